-- A partitioned index takes in the oldest of the indexes that are alike: which one that is must come back.
CREATE TABLE seat (hall int NOT NULL, line int NOT NULL) PARTITION BY LIST (hall);
CREATE TABLE seat_1 PARTITION OF seat FOR VALUES IN (1);
CREATE TABLE seat_2 PARTITION OF seat FOR VALUES IN (2);
CREATE UNIQUE INDEX seat_place ON seat (hall, line);
ALTER TABLE seat_1 ADD CONSTRAINT seat_1_own UNIQUE (hall, line);
ALTER TABLE seat_2 ADD CONSTRAINT seat_2_own PRIMARY KEY (hall, line);
CREATE INDEX seat_line ON seat (line);
CREATE INDEX seat_1_line_own ON seat_1 (line);
