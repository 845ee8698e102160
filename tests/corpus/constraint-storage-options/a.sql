CREATE TABLE t (a int CONSTRAINT k PRIMARY KEY WITH (fillfactor = 70), b int CONSTRAINT u UNIQUE,
                c int, CONSTRAINT x EXCLUDE USING hash (c WITH =));
