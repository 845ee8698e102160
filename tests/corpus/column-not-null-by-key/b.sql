CREATE TABLE t (a int, b int PRIMARY KEY, c int);
CREATE TABLE u (a int, b int PRIMARY KEY);
CREATE TABLE w (a int PRIMARY KEY, b int);
