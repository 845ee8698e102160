CREATE TABLE t (a int, b int); ALTER TABLE t OWNER TO corpus_alice; REVOKE ALL ON t FROM corpus_alice;
GRANT SELECT (a) ON t TO corpus_alice; GRANT INSERT ON t TO corpus_bob;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
ALTER FUNCTION f OWNER TO corpus_alice; REVOKE ALL ON FUNCTION f FROM PUBLIC, corpus_alice;
CREATE TYPE ty AS ENUM ('a'); ALTER TYPE ty OWNER TO corpus_bob; REVOKE ALL ON TYPE ty FROM corpus_bob;
