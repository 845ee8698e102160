CREATE SEQUENCE s2;
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
CREATE FUNCTION g(x int DEFAULT 3) RETURNS int LANGUAGE sql AS 'SELECT x';
CREATE TABLE t (a int DEFAULT nextval('s2'), b int DEFAULT f(), c text DEFAULT 'y', d timestamptz DEFAULT clock_timestamp(),
                e int DEFAULT nextval('s2'), f int, g int[] DEFAULT '{}', h text DEFAULT '$$', i int DEFAULT g(4));
