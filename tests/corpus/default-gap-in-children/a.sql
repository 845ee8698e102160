CREATE SCHEMA case_1;
SET search_path = case_1;
CREATE TABLE p(a int, b int);
CREATE TABLE c() INHERITS (p);

CREATE SCHEMA case_2;
SET search_path = case_2;
CREATE TABLE p(a int DEFAULT 4, b int);
CREATE TABLE c() INHERITS (p);
ALTER TABLE c ALTER a DROP DEFAULT;

CREATE SCHEMA case_3;
SET search_path = case_3;
CREATE TABLE p(a int DEFAULT 4, b int) PARTITION BY RANGE(a);
CREATE TABLE c PARTITION OF p FOR VALUES FROM (0) TO (10);
ALTER TABLE c ALTER a DROP DEFAULT;

CREATE SCHEMA case_4;
SET search_path = case_4;
CREATE TABLE p(a int);
CREATE TABLE c() INHERITS (p);

CREATE SCHEMA case_5;
SET search_path = case_5;
CREATE TABLE p(a int);
CREATE TABLE c() INHERITS (p);

CREATE SCHEMA case_6;
SET search_path = case_6;
CREATE TABLE p(a int);
CREATE TABLE c() INHERITS (p);
CREATE TABLE g() INHERITS (c);

CREATE SCHEMA case_7;
SET search_path = case_7;
CREATE TABLE p(a int);
CREATE TABLE c() INHERITS (p);
CREATE TABLE g() INHERITS (c);
