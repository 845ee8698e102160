CREATE TABLE p(a int, "all" boolean, CONSTRAINT k CHECK (a > 0));
