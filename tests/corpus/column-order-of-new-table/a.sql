CREATE TABLE old (z int);
