CREATE COLLATION c1 (provider = icu, locale = 'fr'); CREATE COLLATION c2 (provider = icu, locale = 'und');
CREATE COLLATION c3 (provider = libc, lc_collate = 'POSIX', lc_ctype = 'C'); CREATE COLLATION c4 (provider = icu, locale = 'en');
CREATE COLLATION c5 (provider = libc, lc_collate = 'C', lc_ctype = 'POSIX');
CREATE TABLE t (a text COLLATE c1, b text); CREATE INDEX i ON t (b COLLATE c3); COMMENT ON COLLATION c4 IS 'vier';
