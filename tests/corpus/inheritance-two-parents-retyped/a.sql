CREATE TYPE e AS ENUM('a','b');
CREATE TABLE p(a int, x e);
CREATE TABLE q(a int, b int, x e);
CREATE TABLE c(a int, b int, x e) INHERITS (p, q);
