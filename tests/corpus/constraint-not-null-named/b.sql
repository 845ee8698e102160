CREATE TABLE t (a int CONSTRAINT "A is there" NOT NULL, b int, c int CONSTRAINT c_there NOT NULL, d int NOT NULL,
                e int CONSTRAINT e_no NOT NULL NO INHERIT, f int NOT NULL, g int,
                h int CONSTRAINT h_there NOT NULL PRIMARY KEY, i int CONSTRAINT t_i_not_null NOT NULL);
ALTER TABLE t ADD CONSTRAINT later2 NOT NULL g NOT VALID;
COMMENT ON CONSTRAINT "A is there" ON t IS 'because';
CREATE TABLE made (a int CONSTRAINT made_there NOT NULL, b int NOT NULL NO INHERIT, b2 int,
                   c int GENERATED ALWAYS AS IDENTITY CONSTRAINT c_there NOT NULL);
ALTER TABLE made ADD CONSTRAINT made_later NOT NULL b2 NOT VALID;
COMMENT ON CONSTRAINT made_there ON made IS 'made';
