CREATE SCHEMA ext; CREATE EXTENSION hstore SCHEMA ext VERSION '1.4'; CREATE EXTENSION pg_trgm;
CREATE TABLE t (h ext.hstore, x text);
CREATE INDEX t_x ON t USING gin (x gin_trgm_ops);
CREATE INDEX t_h ON t USING gist (h ext.gist_hstore_ops);
CREATE VIEW v AS SELECT x FROM t WHERE (h OPERATOR(ext.->) 'b') IS NOT NULL;
