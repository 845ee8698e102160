CREATE TABLE t (a int, g jsonb);
CREATE INDEX i1 ON t (a) WITH (fillfactor = 70);
CREATE INDEX i2 ON t (a);
CREATE INDEX i3 ON t USING gin (g) WITH (fastupdate = off, gin_pending_list_limit = 128);
CREATE INDEX i4 ON t USING brin (a) WITH (pages_per_range = 8, autosummarize = on);
CREATE UNIQUE INDEX i5 ON t (a) WITH (deduplicate_items = off);
CREATE TABLE u (x int REFERENCES t (a));
