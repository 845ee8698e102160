INSERT INTO p VALUES (1, 'a', 2, 3), (12, 'b', 4, 5);
