CREATE TABLE t(id int, c serial);
ALTER TABLE t OWNER TO corpus_bob;
