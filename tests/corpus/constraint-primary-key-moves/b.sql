CREATE SCHEMA case_1;
SET search_path = case_1;
CREATE TABLE p(id int, b int NOT NULL CONSTRAINT new_pk PRIMARY KEY, c int);
CREATE TABLE c(p int REFERENCES p(b));
ALTER TABLE p replica IDENTITY USING INDEX new_pk;
ALTER TABLE p cluster ON new_pk;
CREATE VIEW v AS SELECT b, c FROM p group BY b;

CREATE SCHEMA case_2;
SET search_path = case_2;
CREATE TABLE p(id int, b int NOT NULL, CONSTRAINT new_pk PRIMARY KEY(id, b)) PARTITION BY RANGE(id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
ALTER TABLE p1 replica IDENTITY USING INDEX p1_pkey;
CREATE TABLE c(p int);

CREATE SCHEMA case_3;
SET search_path = case_3;
CREATE TABLE p(id int NOT NULL PRIMARY KEY, b int UNIQUE);
CREATE TABLE c(x int REFERENCES p(id), y int REFERENCES p(b));
