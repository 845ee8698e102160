CREATE COLLATION nd FROM "POSIX";
CREATE TABLE t (a text, b text COLLATE "C", c varchar(4) COLLATE nd, d text[] COLLATE "C");
CREATE INDEX t_a ON t (a); CREATE INDEX t_b ON t (b COLLATE "POSIX");
