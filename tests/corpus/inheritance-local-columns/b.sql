CREATE TABLE p (a bigint, b text, c int NOT NULL, e int CHECK (e > 0));
CREATE TABLE child (a bigint, b text DEFAULT 'child', d int, CHECK (a > 1)) INHERITS (p);
CREATE TABLE other (c int NOT NULL, e int DEFAULT 5) INHERITS (p);
CREATE INDEX ON child (a); CREATE VIEW v AS SELECT a, b, c FROM p;
