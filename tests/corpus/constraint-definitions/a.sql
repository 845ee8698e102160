CREATE TABLE p (a int PRIMARY KEY, b int UNIQUE, c int, d int, UNIQUE (c, d));
CREATE TABLE t (a int CONSTRAINT k PRIMARY KEY, b int CONSTRAINT u UNIQUE, c int CONSTRAINT ch CHECK (c > 0),
                d int CONSTRAINT fk REFERENCES p, e int, CONSTRAINT x EXCLUDE (e WITH =),
                CONSTRAINT inc UNIQUE (a, b), CONSTRAINT same CHECK (e > 0),
                CONSTRAINT comp FOREIGN KEY (a, b) REFERENCES p (c, d));
COMMENT ON CONSTRAINT ch ON t IS 'kept';
