CREATE TABLE parent (a int NOT NULL, b text);
