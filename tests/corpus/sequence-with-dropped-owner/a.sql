CREATE TABLE t (id serial PRIMARY KEY, n serial, name text);
CREATE SEQUENCE used; CREATE TABLE u (a int DEFAULT nextval('used'), b int DEFAULT nextval('t_n_seq'));
CREATE FUNCTION nexts() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT nextval('used'); END;
CREATE VIEW v AS SELECT nextval('used') AS n;
