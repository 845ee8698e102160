INSERT INTO port SELECT n, 'c' || n, n, CASE WHEN n % 2 = 0 THEN 'sea'::kind END, 'n' || n FROM generate_series(1, 30) AS n;
INSERT INTO port (id) VALUES (31);
INSERT INTO ship (home) SELECT nullif(n, 4) FROM generate_series(1, 9) AS n;
