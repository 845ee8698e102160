CREATE TABLE t(k int, c serial) PARTITION BY HASH(k);
ALTER TABLE t OWNER TO corpus_bob;
