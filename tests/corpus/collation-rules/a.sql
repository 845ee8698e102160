CREATE COLLATION c1 (provider = icu, locale = 'und', rules = '&a < g'); CREATE COLLATION c2 (provider = libc, lc_collate = 'C', lc_ctype = 'C');
