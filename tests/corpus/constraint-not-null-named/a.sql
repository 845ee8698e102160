CREATE TABLE t (a int CONSTRAINT a_there NOT NULL, b int NOT NULL, c int, d int NOT NULL NO INHERIT, e int NOT NULL,
                f int, g int NOT NULL, h int PRIMARY KEY, i int NOT NULL);
ALTER TABLE t ADD CONSTRAINT later NOT NULL f NOT VALID;
COMMENT ON CONSTRAINT a_there ON t IS 'why';
CREATE TABLE gone (a int CONSTRAINT gone_there NOT NULL);
