CREATE TABLE t (a int, g jsonb);
CREATE INDEX i1 ON t (a) WITH (fillfactor = 80);
CREATE INDEX i2 ON t (a) WITH (fillfactor = 50, deduplicate_items = off);
CREATE INDEX i3 ON t USING gin (g) WITH (gin_pending_list_limit = 256);
CREATE INDEX i4 ON t USING brin (a) WITH (autosummarize = off, pages_per_range = 8);
CREATE UNIQUE INDEX i5 ON t (a);
CREATE TABLE u (x int REFERENCES t (a));
