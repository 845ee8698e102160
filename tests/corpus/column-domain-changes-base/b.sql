CREATE DOMAIN email AS text DEFAULT 'x@y' NOT NULL CHECK (VALUE ~ '@');
CREATE TABLE t (id int, e email DEFAULT 'a@b', es email[]);
CREATE VIEW v AS SELECT e FROM t;
