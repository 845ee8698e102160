CREATE TABLE t(id int, a int GENERATED ALWAYS AS IDENTITY);
ALTER TABLE t OWNER TO corpus_alice;
CREATE TABLE u(a serial, b int);
ALTER TABLE u OWNER TO corpus_bob;
