CREATE TABLE t (id int, a int, plain int, gone int GENERATED ALWAYS AS (a + 1) STORED,
                changed int GENERATED ALWAYS AS (a * 2) STORED, kept text GENERATED ALWAYS AS ('x' || a::text) STORED,
                retyped int GENERATED ALWAYS AS (a) STORED);
CREATE INDEX t_changed ON t (changed);
CREATE VIEW v AS SELECT changed, kept FROM t;
COMMENT ON COLUMN t.changed IS 'the double';
GRANT SELECT (changed) ON t TO corpus_alice;
