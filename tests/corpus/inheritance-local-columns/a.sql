CREATE TABLE p (a int, b text DEFAULT 'p', c int);
CREATE TABLE child (a int, b text DEFAULT 'child', d int, CHECK (a > 0)) INHERITS (p);
CREATE TABLE other (c int NOT NULL) INHERITS (p);
CREATE INDEX ON child (a); CREATE VIEW v AS SELECT * FROM p;
