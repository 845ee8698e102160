CREATE TABLE p (a int PRIMARY KEY, b int UNIQUE, c int, d int, UNIQUE (c, d));
CREATE TABLE t (a int, b int CONSTRAINT u UNIQUE DEFERRABLE, c int CONSTRAINT ch CHECK (c > 1),
                d int CONSTRAINT fk REFERENCES p (b) ON DELETE CASCADE, e int, CONSTRAINT x EXCLUDE (e WITH =) WHERE (e > 0),
                CONSTRAINT k PRIMARY KEY (a, b), CONSTRAINT inc UNIQUE (a) INCLUDE (b), CONSTRAINT same CHECK (e > 0),
                CONSTRAINT comp FOREIGN KEY (a, b) REFERENCES p (c, d) MATCH FULL);
COMMENT ON CONSTRAINT ch ON t IS 'kept';
