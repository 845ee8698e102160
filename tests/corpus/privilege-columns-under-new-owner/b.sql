CREATE SCHEMA case_1;
SET search_path = case_1;
CREATE TABLE t(a int, b int);
GRANT SELECT(a) ON t TO corpus_bob;
ALTER TABLE t OWNER TO "corpus Carol";

CREATE SCHEMA case_2;
SET search_path = case_2;
CREATE TABLE t(a int, b int);
ALTER TABLE t OWNER TO corpus_bob;
GRANT SELECT(a), UPDATE(b) ON t TO corpus_alice;

CREATE SCHEMA case_3;
SET search_path = case_3;
CREATE TABLE t(a int, b int);
ALTER TABLE t OWNER TO corpus_bob;
REVOKE ALL ON t FROM corpus_bob;
GRANT UPDATE(a) ON t TO corpus_alice;
GRANT SELECT ON t TO "corpus Carol";

CREATE SCHEMA case_4;
SET search_path = case_4;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1';
ALTER FUNCTION f OWNER TO corpus_bob;
REVOKE ALL ON FUNCTION f FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f TO corpus_alice;
CREATE TYPE ty AS ENUM('a');
ALTER TYPE ty OWNER TO corpus_bob;
REVOKE ALL ON TYPE ty FROM corpus_bob;
REVOKE ALL ON TYPE ty FROM PUBLIC;

CREATE SCHEMA case_5;
SET search_path = case_5;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1';
ALTER FUNCTION f OWNER TO corpus_bob;
REVOKE ALL ON FUNCTION f FROM corpus_bob;
GRANT EXECUTE ON FUNCTION f TO corpus_alice;
