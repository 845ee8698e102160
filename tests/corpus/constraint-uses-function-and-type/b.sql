CREATE TYPE e AS ENUM ('y', 'z');
CREATE FUNCTION ok(n int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 10';
CREATE TABLE t (a int CHECK (ok(a)), b e CHECK (b <> 'y'), c text, CONSTRAINT c_ex EXCLUDE (upper(c) WITH =));
