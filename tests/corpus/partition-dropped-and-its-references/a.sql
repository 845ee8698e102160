-- The reference goes before the partition leaves: rows point at it.
CREATE TABLE tour (id int, season int, guide text, PRIMARY KEY (id, season)) PARTITION BY LIST (season);
CREATE TABLE tour_2025 PARTITION OF tour FOR VALUES IN (2025);
CREATE TABLE tour_2026 PARTITION OF tour FOR VALUES IN (2026);
CREATE TABLE ticket (id int PRIMARY KEY, tour int, season int, FOREIGN KEY (tour, season) REFERENCES tour (id, season));
INSERT INTO tour VALUES (1, 2025, 'Ada'), (2, 2026, 'Bo');
INSERT INTO ticket VALUES (1, 1, 2025), (2, 2, 2026);
