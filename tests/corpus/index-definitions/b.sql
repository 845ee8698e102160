CREATE TABLE t (a int, b text, c text, d int[], e tsvector, f int4range, g jsonb, h point, i inet);
CREATE INDEX i01 ON t (a DESC); CREATE INDEX i02 ON t USING hash (b); CREATE INDEX i03 ON t USING gin (d, g);
CREATE INDEX i04 ON t USING gist (e tsvector_ops (siglen = 200)); CREATE INDEX i05 ON t USING brin (a int4_minmax_multi_ops (values_per_range = 32));
CREATE INDEX i06 ON t USING spgist (h kd_point_ops); CREATE INDEX i07 ON t (b varchar_pattern_ops); CREATE INDEX i08 ON t (b COLLATE "POSIX" DESC NULLS LAST);
CREATE INDEX i09 ON t (a) INCLUDE (c); CREATE INDEX i10 ON t (upper(b)); CREATE INDEX i11 ON t (a) WHERE a > 1;
CREATE INDEX i12 ON t (a); CREATE INDEX i13 ON t ((a + 2), b, (g ->> 'y')); CREATE INDEX i14 ON t USING gin (g);
CREATE INDEX i15 ON t USING spgist (i); CREATE UNIQUE INDEX fresh ON t (b) WHERE c IS NULL;
COMMENT ON INDEX i01 IS 'one';
