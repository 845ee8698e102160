CREATE SCHEMA case_1;
SET search_path = case_1;
CREATE TABLE t(a int, b int);
GRANT SELECT(a) ON t TO corpus_alice;
ALTER TABLE t OWNER TO corpus_bob;
GRANT UPDATE(b) ON t TO corpus_bob;

CREATE SCHEMA case_2;
SET search_path = case_2;
CREATE TABLE t(a int, b int);
ALTER TABLE t OWNER TO corpus_alice;
GRANT SELECT(a), UPDATE(b) ON t TO corpus_alice;
REVOKE SELECT ON t FROM corpus_alice;
GRANT SELECT(a) ON t TO corpus_bob;

CREATE SCHEMA case_3;
SET search_path = case_3;
CREATE TABLE t(a int, b int);
ALTER TABLE t OWNER TO corpus_alice;
REVOKE ALL ON t FROM corpus_alice;
GRANT SELECT(a) ON t TO corpus_alice;
GRANT ALL ON t TO "corpus Carol";

CREATE SCHEMA case_4;
SET search_path = case_4;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1';
ALTER FUNCTION f OWNER TO corpus_alice;
REVOKE ALL ON FUNCTION f FROM PUBLIC;
REVOKE ALL ON FUNCTION f FROM corpus_alice;
CREATE TYPE ty AS ENUM('a');
ALTER TYPE ty OWNER TO corpus_alice;

CREATE SCHEMA case_5;
SET search_path = case_5;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1';
ALTER FUNCTION f OWNER TO corpus_alice;
GRANT EXECUTE ON FUNCTION f TO corpus_bob WITH GRANT option;
