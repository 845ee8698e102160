CREATE TABLE t (id bigserial PRIMARY KEY, name text);
CREATE TABLE u (a int, b int);
