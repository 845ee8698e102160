CREATE TYPE p AS (a bigint, b text COLLATE "C", fresh int); COMMENT ON COLUMN p.a IS 'two'; COMMENT ON COLUMN p.b IS 'b';
CREATE TYPE used AS (a int, b text); CREATE TABLE t (x used, y used[]); CREATE VIEW v AS SELECT (x).a FROM t;
