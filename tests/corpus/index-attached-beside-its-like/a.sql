CREATE TABLE stays (day date NOT NULL, place int NOT NULL, guest text) PARTITION BY RANGE (day);
CREATE TABLE stays_old PARTITION OF stays FOR VALUES FROM ('2020-01-01') TO ('2024-01-01');
CREATE TABLE stays_new PARTITION OF stays FOR VALUES FROM ('2024-01-01') TO ('2030-01-01') PARTITION BY LIST (place);
CREATE TABLE stays_new_1 PARTITION OF stays_new FOR VALUES IN (1);
ALTER TABLE stays_old ADD CONSTRAINT own_key PRIMARY KEY (day, place);
CREATE INDEX by_guest ON stays_new_1 (guest);
CREATE TABLE bills (day date, place int);
