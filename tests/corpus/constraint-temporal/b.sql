CREATE TABLE p (id int4range, at daterange, extra int,
                CONSTRAINT p_pkey PRIMARY KEY (id, at WITHOUT OVERLAPS), UNIQUE (at, id WITHOUT OVERLAPS));
CREATE TABLE t (id int4range, at daterange, FOREIGN KEY (id, PERIOD at) REFERENCES p (id, PERIOD at));
