CREATE COLLATION nd FROM "POSIX";
CREATE TABLE t (a text COLLATE "C", b text, c varchar(9) COLLATE "C", d text[] COLLATE nd);
CREATE INDEX t_a ON t (a); CREATE INDEX t_b ON t (b COLLATE "POSIX");
