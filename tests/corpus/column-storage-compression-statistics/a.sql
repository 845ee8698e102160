CREATE TABLE t (a text, b text, c text, d int, e text, f bytea);
ALTER TABLE t ALTER a SET STORAGE EXTERNAL, ALTER b SET COMPRESSION pglz, ALTER c SET STATISTICS 55,
    ALTER d SET (n_distinct = 5, n_distinct_inherited = 6), ALTER f SET STORAGE MAIN;
