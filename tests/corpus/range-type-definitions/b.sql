CREATE TYPE r1 AS RANGE (subtype = float8, multirange_type_name = "R many"); CREATE TYPE r2 AS RANGE (subtype = int); CREATE TABLE t (a r1, b r2_multirange); COMMENT ON TYPE r2_multirange IS 'viele';
