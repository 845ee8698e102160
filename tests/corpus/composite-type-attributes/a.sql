CREATE TYPE p AS (a int, b text, gone int); COMMENT ON COLUMN p.a IS 'one';
CREATE TYPE used AS (a int); CREATE TABLE t (x used, y used[]); CREATE VIEW v AS SELECT (x).a FROM t;
