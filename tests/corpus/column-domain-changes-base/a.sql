CREATE DOMAIN email AS varchar(50) CHECK (VALUE LIKE '%@%');
CREATE TABLE t (id int, e email DEFAULT 'a@b', es email[]);
CREATE VIEW v AS SELECT e FROM t;
