INSERT INTO t (k, d, c) VALUES ('a', 'b', ROW('a', 1)); INSERT INTO u VALUES ('a');
