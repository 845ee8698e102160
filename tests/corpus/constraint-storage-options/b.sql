CREATE TABLE t (a int CONSTRAINT k PRIMARY KEY, b int CONSTRAINT u UNIQUE WITH (fillfactor = 80) USING INDEX TABLESPACE "corpus space",
                c int, CONSTRAINT x EXCLUDE USING hash (c WITH =) WITH (fillfactor = 60));
