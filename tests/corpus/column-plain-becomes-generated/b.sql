CREATE TABLE item (
    id int PRIMARY KEY,
    price int,
    total int GENERATED ALWAYS AS (price * 2) STORED,
    label int GENERATED ALWAYS AS (price) STORED,
    number int NOT NULL GENERATED ALWAYS AS (id * 2) STORED
);
CREATE VIEW totals AS SELECT total FROM item;
CREATE TABLE part (id int PRIMARY KEY, total int GENERATED ALWAYS AS (id * 3) STORED) PARTITION BY LIST (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
