INSERT INTO t VALUES ('a', 'y', '{z}');
