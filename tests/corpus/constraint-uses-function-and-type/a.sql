CREATE TYPE e AS ENUM ('x', 'y');
CREATE FUNCTION ok(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
CREATE TABLE t (a int CHECK (ok(a)), b e CHECK (b <> 'x'), c text, CONSTRAINT c_ex EXCLUDE (lower(c) WITH =));
