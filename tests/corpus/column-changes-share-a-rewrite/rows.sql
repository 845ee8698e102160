INSERT INTO reading (id, sensor, level, label, tone, echo) VALUES (1, 7, 10, 'abc', 'low', 'high'), (2, 8, NULL, 'de', NULL, 'low');
