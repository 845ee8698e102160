CREATE TABLE old (z int);
CREATE TABLE fresh (z int, "B" text DEFAULT 'b', a int NOT NULL, m numeric CHECK (m > 0), PRIMARY KEY (a, z));
