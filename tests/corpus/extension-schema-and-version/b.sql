CREATE SCHEMA ext; CREATE EXTENSION hstore SCHEMA public; CREATE EXTENSION pg_trgm SCHEMA ext; CREATE EXTENSION citext;
CREATE TABLE t (h hstore, x citext);
CREATE INDEX t_x ON t USING gin ((x::text) ext.gin_trgm_ops);
CREATE INDEX t_h ON t USING gist (h gist_hstore_ops);
COMMENT ON EXTENSION citext IS 'mine';
