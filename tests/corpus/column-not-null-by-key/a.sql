CREATE TABLE t (a int, b int, c int);
CREATE TABLE u (a int PRIMARY KEY, b int NOT NULL);
CREATE TABLE w (a int, b int, PRIMARY KEY (a, b));
