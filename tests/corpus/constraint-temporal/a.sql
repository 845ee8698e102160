CREATE TABLE p (id int4range, at daterange, CONSTRAINT p_pkey PRIMARY KEY (id, at WITHOUT OVERLAPS));
CREATE TABLE t (id int4range, at daterange);
