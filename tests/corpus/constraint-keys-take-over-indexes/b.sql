CREATE TABLE desk (
    room int, place int, label text, owner int, phone int,
    CONSTRAINT desk_key PRIMARY KEY (room, place) INCLUDE (label) WITH (fillfactor = 80) USING INDEX TABLESPACE "corpus space",
    CONSTRAINT "One owner" UNIQUE (owner) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT one_label UNIQUE (label) WITH (fillfactor = 60)
);
COMMENT ON CONSTRAINT "One owner" ON desk IS 'of the constraint';
COMMENT ON INDEX "One owner" IS 'of its index';
CREATE UNIQUE INDEX one_phone ON desk (phone);
CREATE TABLE lamp (label text REFERENCES desk (label), phone int REFERENCES desk (phone));
CREATE TABLE visit (id int, day date, guest text, PRIMARY KEY (id, day), CONSTRAINT one_guest UNIQUE (id, day, guest)) PARTITION BY RANGE (day);
CREATE TABLE visit_1 PARTITION OF visit FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE visit_2 PARTITION OF visit FOR VALUES FROM ('2026-02-01') TO ('2026-03-01') PARTITION BY RANGE (id);
CREATE TABLE visit_2_1 PARTITION OF visit_2 FOR VALUES FROM (0) TO (100);
