CREATE COLLATION c1 (provider = icu, locale = 'und', rules = '&a < b'); CREATE COLLATION c2 (provider = libc, lc_collate = 'C', lc_ctype = 'POSIX');
