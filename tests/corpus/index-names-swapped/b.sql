CREATE TABLE t (a int, b int);
CREATE INDEX x ON t (b); CREATE INDEX z ON t (a);
ALTER TABLE t ADD CONSTRAINT y UNIQUE (a);
CREATE VIEW n AS SELECT 1 AS a; CREATE SEQUENCE "V";
CREATE TABLE x2 (a int);
CREATE TABLE long (a int, b int);
CREATE INDEX the_index_with_a_name_that_is_so_long_that_it_hardly_fits_one ON long (b);
CREATE INDEX the_index_with_a_name_that_is_so_long_that_it_hardly_fits_two ON long (a, b);
