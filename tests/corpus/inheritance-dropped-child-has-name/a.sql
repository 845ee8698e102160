CREATE TABLE p(a int);
CREATE TABLE c("all" text, CONSTRAINT k CHECK ("all" <> '')) INHERITS (p);
