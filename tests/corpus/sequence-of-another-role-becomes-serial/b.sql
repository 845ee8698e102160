CREATE TABLE t(id int, a serial);
ALTER TABLE t OWNER TO corpus_alice;
CREATE TABLE u(a int GENERATED ALWAYS AS IDENTITY, b serial);
ALTER TABLE u OWNER TO corpus_bob;
CREATE TABLE v(a serial);
ALTER TABLE v OWNER TO corpus_bob;
