CREATE TABLE one (a int DEFAULT 1, b int CHECK (b > 0), n int CONSTRAINT only_parent CHECK (n > 0) NO INHERIT);
CREATE TABLE two (b int, c text NOT NULL);
CREATE TABLE three (c text NOT NULL, d int);
CREATE TABLE child (x int) INHERITS (one, two);
CREATE TABLE alone (a int, b int, n int, CONSTRAINT one_b_check CHECK (b > 0));
CREATE TABLE turned (c text NOT NULL, b int, d int); ALTER TABLE turned INHERIT two, INHERIT three;
CREATE TABLE grown (a int, b int, n int); ALTER TABLE grown ADD CONSTRAINT one_b_check CHECK (b > 0), INHERIT one;
CREATE TABLE grand () INHERITS (child);
