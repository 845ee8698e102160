CREATE COLLATION c1 (provider = icu, locale = 'de'); CREATE COLLATION c2 (provider = icu, locale = 'und', deterministic = false);
CREATE COLLATION c3 (provider = libc, lc_collate = 'C', lc_ctype = 'C'); CREATE COLLATION c4 FROM "C";
CREATE TABLE t (a text COLLATE c1, b text); CREATE INDEX i ON t (b COLLATE c3); COMMENT ON COLLATION c4 IS 'four';
