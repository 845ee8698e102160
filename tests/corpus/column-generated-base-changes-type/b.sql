CREATE FUNCTION twice(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE TABLE t (a bigint, b bigint GENERATED ALWAYS AS (twice(a)) STORED, CHECK (b > 0));
CREATE INDEX i ON t (b);
