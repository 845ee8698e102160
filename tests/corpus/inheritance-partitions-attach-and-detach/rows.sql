INSERT INTO p VALUES (1, 'one'), (2, 'two'); INSERT INTO loose VALUES (5, 'five');
