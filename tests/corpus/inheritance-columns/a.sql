CREATE TABLE p (a int, t text, g int); CREATE TABLE child () INHERITS (p);

