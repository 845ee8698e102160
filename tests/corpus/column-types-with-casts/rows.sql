INSERT INTO t (id, small, wide, txt, num, flag, j, m, d, arr, tarr)
VALUES (1, 2, 3, 'four', 5.25, true, '{"a": 1}', 'ok', 7, '{1,2}', '{a,b}');
