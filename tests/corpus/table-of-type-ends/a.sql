CREATE SCHEMA case_1;
SET search_path = case_1;
CREATE TYPE ty AS (a int, b text, c int);
CREATE TABLE t OF ty (a DEFAULT 4, PRIMARY KEY(a));

CREATE SCHEMA case_2;
SET search_path = case_2;
CREATE TYPE ty AS (a int, b text, c int);
CREATE TABLE t OF ty (a DEFAULT 4, PRIMARY KEY(a));
CREATE VIEW v AS SELECT a, b FROM t;
