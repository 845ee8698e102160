CREATE TABLE item (id int PRIMARY KEY, price int, total int NOT NULL DEFAULT 3, label text, number int GENERATED ALWAYS AS IDENTITY);
CREATE VIEW totals AS SELECT total FROM item;
CREATE TABLE part (id int PRIMARY KEY, total int) PARTITION BY LIST (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
