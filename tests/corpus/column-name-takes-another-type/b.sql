CREATE TABLE t (b int, a text);
CREATE VIEW v AS SELECT b AS x, a AS y FROM t;
CREATE TABLE u (e int, c int, f int, d int);
