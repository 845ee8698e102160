INSERT INTO desk SELECT n, n, 'd' || n, n, n FROM generate_series(1, 9) AS n;
INSERT INTO lamp SELECT 'd' || n, n FROM generate_series(1, 9) AS n;
INSERT INTO visit SELECT n, '2026-01-20'::date + n, 'g' || n FROM generate_series(1, 30) AS n;
