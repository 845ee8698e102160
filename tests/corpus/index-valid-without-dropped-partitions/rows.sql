INSERT INTO visit SELECT n, 1 + n % 4, 1 + n % 2, 'note ' || n FROM generate_series(1, 20) AS n WHERE n % 4 <> 1 OR n % 2 = 1;
