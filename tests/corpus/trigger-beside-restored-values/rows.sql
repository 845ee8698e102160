INSERT INTO guest VALUES (1, 'glad', 1.234), (2, 'sad', 5.6);
INSERT INTO fee VALUES (1, 1.234, 'memo');
