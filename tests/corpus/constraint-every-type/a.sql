CREATE TABLE t (a int, b int, c text, r int4range);
CREATE TABLE u (a int, b int);
