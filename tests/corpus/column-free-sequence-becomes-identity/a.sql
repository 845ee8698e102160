CREATE SCHEMA case_1;
SET search_path = case_1;
CREATE SEQUENCE x;
CREATE TABLE t(a int NOT NULL DEFAULT nextval('x'));

CREATE SCHEMA case_2;
SET search_path = case_2;
CREATE SEQUENCE t_a_seq;
CREATE TABLE t(a int NOT NULL DEFAULT nextval('t_a_seq'));

CREATE SCHEMA case_3;
SET search_path = case_3;
CREATE SEQUENCE t_a_seq AS int START 4 increment 2;
CREATE TABLE t(a int NOT NULL DEFAULT nextval('t_a_seq'::regclass), b int DEFAULT nextval('t_a_seq'));

CREATE SCHEMA case_4;
SET search_path = case_4;
CREATE SEQUENCE x;
CREATE TABLE t(a int NOT NULL DEFAULT nextval('x'), b int DEFAULT nextval('x'));

CREATE SCHEMA case_5;
SET search_path = case_5;
CREATE SEQUENCE x;
CREATE TABLE t(a int NOT NULL DEFAULT nextval('x'));
ALTER SEQUENCE x owned BY t.a;
