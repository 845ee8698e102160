CREATE SEQUENCE s1; CREATE SEQUENCE s2;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g(x int DEFAULT 3) RETURNS int LANGUAGE sql AS 'SELECT x';
CREATE TABLE t (a int DEFAULT nextval('s1'), b int DEFAULT f(), c text DEFAULT 'x', d timestamptz DEFAULT now(),
                e int, f int DEFAULT 1, g int[] DEFAULT ARRAY[1, 2], h text DEFAULT E'a\nb\\c', i int DEFAULT g());
