CREATE TYPE e1 AS ENUM ('zero', 'a', 'it''s', 'b', 'c', 'd'); CREATE TYPE e2 AS ENUM ('z', 'y'); CREATE TYPE e3 AS ENUM ('one');
CREATE TABLE t (a e1 DEFAULT 'd', b e2 DEFAULT 'z', c e2[], n e1 DEFAULT 'it''s'); CREATE INDEX i ON t (b) WHERE b = 'y'; CREATE VIEW v AS SELECT b FROM t WHERE b > 'z';
CREATE FUNCTION f(e2) RETURNS e2 LANGUAGE sql AS 'SELECT $1'; COMMENT ON TYPE e2 IS 'zwei'; GRANT USAGE ON TYPE e2 TO corpus_alice;
