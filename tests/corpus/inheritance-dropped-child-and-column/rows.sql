INSERT INTO entry VALUES (1, 1, 'one', 1), (1, 2, 'two', 2), (1, 3, 'three', 3), (2, 3, 'four', 4);
INSERT INTO child VALUES (2, 'b', 3); INSERT INTO grandchild VALUES (3, 'c', 4, 5);
INSERT INTO parent VALUES (1, 'a'), (5, NULL);
