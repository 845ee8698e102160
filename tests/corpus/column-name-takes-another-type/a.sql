CREATE TABLE t (a int, b text);
CREATE VIEW v AS SELECT a AS x, b AS y FROM t;
CREATE TABLE u (c int, d int, e int);
