INSERT INTO t (id, m) VALUES (1, 'glad'), (2, 'sad');
