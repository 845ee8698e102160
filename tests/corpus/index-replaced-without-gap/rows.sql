INSERT INTO song SELECT n, 't' || n, 1900 + n, n, n FROM generate_series(1, 9) AS n;
INSERT INTO play SELECT n, n FROM generate_series(1, 9) AS n;
