CREATE TYPE e AS ENUM('b','c');
CREATE TABLE p(a bigint, x e);
CREATE TABLE q(a bigint, b int, x e);
CREATE TABLE c(a bigint, b int, x e) INHERITS (p, q);
