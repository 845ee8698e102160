CREATE COLLATION nd (provider = icu, locale = 'und', deterministic = false);
CREATE TABLE t (a text, b text COLLATE "C", c varchar(4) COLLATE nd, d text[] COLLATE "C");
CREATE INDEX t_a ON t (a); CREATE INDEX t_b ON t (b COLLATE "POSIX");
