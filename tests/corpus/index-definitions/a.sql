CREATE TABLE t (a int, b text, c text, d int[], e tsvector, f int4range, g jsonb, h point, i inet);
CREATE INDEX i01 ON t (a); CREATE INDEX i02 ON t USING hash (a); CREATE INDEX i03 ON t USING gin (d);
CREATE INDEX i04 ON t USING gist (e tsvector_ops (siglen = 100)); CREATE INDEX i05 ON t USING brin (a int4_minmax_multi_ops (values_per_range = 16));
CREATE INDEX i06 ON t USING spgist (h); CREATE INDEX i07 ON t (b text_pattern_ops); CREATE INDEX i08 ON t (b COLLATE "C" DESC NULLS LAST);
CREATE INDEX i09 ON t (a) INCLUDE (b); CREATE INDEX i10 ON t (lower(b)); CREATE INDEX i11 ON t (a) WHERE a > 0;
CREATE UNIQUE INDEX i12 ON t (a); CREATE INDEX i13 ON t ((a + 1), b, (g ->> 'x')); CREATE INDEX i14 ON t USING gin (g jsonb_path_ops);
CREATE INDEX i15 ON t (c); CREATE INDEX gone ON t (b);
COMMENT ON INDEX i01 IS 'one';
