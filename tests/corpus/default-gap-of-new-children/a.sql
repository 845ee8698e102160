CREATE SCHEMA case_1;
SET search_path = case_1;
CREATE TABLE p(a int DEFAULT 4, b int);
CREATE TABLE q(a int DEFAULT 4) PARTITION BY LIST(a);

CREATE SCHEMA case_2;
SET search_path = case_2;
CREATE TABLE p(a int DEFAULT 4, b int);
CREATE TABLE c(a int, b int);
CREATE TABLE q(a int DEFAULT 4) PARTITION BY LIST(a);
CREATE TABLE q1 (a int);
CREATE TABLE q2 PARTITION OF q FOR VALUES IN (2);

CREATE SCHEMA case_3;
SET search_path = case_3;
CREATE TABLE p(b int);
CREATE TABLE c() INHERITS (p);
