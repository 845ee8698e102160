CREATE TABLE tour (id int, season int, guide text, PRIMARY KEY (id, season)) PARTITION BY LIST (season);
CREATE TABLE tour_2026 PARTITION OF tour FOR VALUES IN (2026);
CREATE TABLE ticket (id int PRIMARY KEY, tour int, season int);
