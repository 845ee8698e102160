-- Foreign keys in a circle go one by one; no partition leaves before its table is dropped.
CREATE TABLE band (id int, year int, PRIMARY KEY (id, year)) PARTITION BY LIST (year);
CREATE TABLE band_1 PARTITION OF band FOR VALUES IN (1);
CREATE TABLE band_2 PARTITION OF band FOR VALUES IN (2);
CREATE TABLE gig (id int, band int, year int, PRIMARY KEY (id, year),
  CONSTRAINT gig_band FOREIGN KEY (band, year) REFERENCES band (id, year)) PARTITION BY LIST (year);
CREATE TABLE gig_1 PARTITION OF gig FOR VALUES IN (1);
ALTER TABLE band ADD last_gig int;
ALTER TABLE band ADD CONSTRAINT band_gig FOREIGN KEY (last_gig, year) REFERENCES gig (id, year);
CREATE TABLE fan (id int PRIMARY KEY);
