INSERT INTO t VALUES (1, 'c@d', '{e@f}');
