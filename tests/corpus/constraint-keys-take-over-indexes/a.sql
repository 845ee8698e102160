CREATE TABLE desk (room int, place int, label text, owner int, phone int);
CREATE UNIQUE INDEX one_label ON desk (label) WITH (fillfactor = 70);
COMMENT ON INDEX one_label IS 'was an index';
ALTER TABLE desk ADD CONSTRAINT one_phone UNIQUE (phone);
CREATE TABLE lamp (label text REFERENCES desk (label), phone int REFERENCES desk (phone));
CREATE TABLE visit (id int, day date, guest text) PARTITION BY RANGE (day);
CREATE TABLE visit_1 PARTITION OF visit FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE visit_2 PARTITION OF visit FOR VALUES FROM ('2026-02-01') TO ('2026-03-01') PARTITION BY RANGE (id);
CREATE TABLE visit_2_1 PARTITION OF visit_2 FOR VALUES FROM (0) TO (100);
