CREATE SCHEMA case_1;
SET search_path = case_1;
CREATE TABLE p(id int4range, r int4range, EXCLUDE USING GIST (id WITH =, r WITH &&)) PARTITION BY RANGE(id);
CREATE TABLE c (id int4range, r int4range);
CREATE TABLE d PARTITION OF p FOR VALUES FROM ('[1,2)') TO ('[10,20)');

CREATE SCHEMA case_2;
SET search_path = case_2;
CREATE TABLE p(id int4range, r int4range, EXCLUDE USING GIST (id WITH =, r WITH &&)) PARTITION BY RANGE(id);
CREATE TABLE c PARTITION OF p FOR VALUES FROM ('[1,2)') TO ('[10,30)');

CREATE SCHEMA case_3;
SET search_path = case_3;
CREATE TABLE p(id int4range, r int4range, CONSTRAINT x EXCLUDE USING GIST (id WITH =, r WITH &&)) PARTITION BY RANGE(id);
CREATE TABLE c  (id int4range, r int4range, CONSTRAINT c_id_r_excl EXCLUDE USING GIST (id WITH =, r WITH &&));
