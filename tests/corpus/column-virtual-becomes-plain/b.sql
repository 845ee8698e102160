CREATE TABLE item (id int PRIMARY KEY, price int, total int, number int NOT NULL DEFAULT 7);
CREATE TABLE part (id int PRIMARY KEY, total int) PARTITION BY LIST (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
