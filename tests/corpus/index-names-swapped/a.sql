CREATE TABLE t (a int, b int);
CREATE INDEX x ON t (a); CREATE INDEX y ON t (b);
ALTER TABLE t ADD CONSTRAINT z UNIQUE (a);
CREATE TABLE "V" (c int); CREATE SEQUENCE n;
CREATE TABLE long (a int, b int);
CREATE INDEX the_index_with_a_name_that_is_so_long_that_it_hardly_fits_one ON long (a);
CREATE INDEX the_index_with_a_name_that_is_so_long_that_it_hardly_fits_two ON long (b);
