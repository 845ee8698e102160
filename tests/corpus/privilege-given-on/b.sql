CREATE SCHEMA case_1;
GRANT USAGE ON SCHEMA case_1 TO PUBLIC;
SET search_path = case_1;
CREATE TABLE t(a int);
GRANT SELECT ON t TO corpus_bob;
GRANT SELECT ON t TO "corpus Carol";
GRANT UPDATE ON t TO "corpus Carol";

CREATE SCHEMA case_2;
GRANT USAGE ON SCHEMA case_2 TO PUBLIC;
SET search_path = case_2;
CREATE TABLE t(a int);
GRANT SELECT, INSERT ON t TO corpus_alice;
GRANT SELECT ON t TO corpus_bob;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1';

CREATE SCHEMA case_3;
GRANT USAGE ON SCHEMA case_3 TO PUBLIC;
SET search_path = case_3;
CREATE TABLE t(a int);
GRANT SELECT ON t TO corpus_bob;

CREATE SCHEMA case_4;
GRANT USAGE ON SCHEMA case_4 TO PUBLIC;
SET search_path = case_4;
CREATE TABLE t(a int);
GRANT SELECT(a) ON t TO corpus_bob;
