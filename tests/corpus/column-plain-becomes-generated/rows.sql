INSERT INTO item VALUES (1, 1, 5, 'five'), (2, NULL, 7, NULL); INSERT INTO part VALUES (1, 8);
