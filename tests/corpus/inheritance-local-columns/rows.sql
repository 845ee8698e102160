INSERT INTO child VALUES (2, 'x', 3, 4); INSERT INTO other VALUES (2, 'x', 3);
