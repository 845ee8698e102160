-- Measurements: partitions of partitions, hash partitions, unlogged tables, foreign tables, everything that is generated.
CREATE SCHEMA metrics;
CREATE COLLATION metrics.numbered (provider = libc, locale = 'C');
CREATE TABLE metrics.device (id integer PRIMARY KEY, name text COLLATE metrics.numbered NOT NULL, options jsonb DEFAULT '{}');
CREATE TABLE metrics.sample (device integer NOT NULL, at timestamptz NOT NULL, value double precision, region text NOT NULL DEFAULT 'eu') PARTITION BY LIST (region);
CREATE TABLE metrics.sample_eu PARTITION OF metrics.sample FOR VALUES IN ('eu') PARTITION BY RANGE (at);
CREATE TABLE metrics.sample_eu_old PARTITION OF metrics.sample_eu FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
CREATE TABLE metrics.sample_eu_new PARTITION OF metrics.sample_eu FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
CREATE TABLE metrics.sample_rest PARTITION OF metrics.sample DEFAULT;
CREATE INDEX sample_at ON metrics.sample USING brin (at);
CREATE INDEX sample_device ON metrics.sample (device, at);
ALTER TABLE metrics.sample ADD FOREIGN KEY (device) REFERENCES metrics.device ON DELETE CASCADE;
CREATE TABLE metrics.counter (key text PRIMARY KEY, value bigint NOT NULL DEFAULT 0) PARTITION BY HASH (key);
CREATE TABLE metrics.counter_0 PARTITION OF metrics.counter FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE metrics.counter_1 PARTITION OF metrics.counter FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE UNLOGGED TABLE metrics.buffer (id bigint GENERATED ALWAYS AS IDENTITY (CACHE 50) PRIMARY KEY, line text NOT NULL) WITH (fillfactor = 70, autovacuum_enabled = false);
CREATE TABLE metrics.alert (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, device integer NOT NULL REFERENCES metrics.device, low float8, high float8,
    width float8 GENERATED ALWAYS AS (high - low) STORED, CONSTRAINT sane CHECK (low < high));
CREATE FUNCTION metrics.per_hour(since timestamptz) RETURNS TABLE (hour timestamptz, mean float8) LANGUAGE sql STABLE ROWS 24 PARALLEL SAFE
    AS $$ SELECT date_trunc('hour', at), avg(value) FROM metrics.sample WHERE at >= since GROUP BY 1 $$;
CREATE FUNCTION metrics.drain() RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE n bigint; BEGIN
    WITH gone AS (DELETE FROM metrics.buffer RETURNING line) SELECT count(*) INTO n FROM gone; RETURN n; END $$;
CREATE MATERIALIZED VIEW metrics.daily AS SELECT device, at::date AS day, max(value) AS most FROM metrics.sample GROUP BY 1, 2;
CREATE INDEX daily_day ON metrics.daily (day);
CREATE VIEW metrics.loud AS SELECT d.name, a.high FROM metrics.device d, LATERAL (SELECT max(high) AS high FROM metrics.alert WHERE device = d.id) a;
ALTER TABLE metrics.sample ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON metrics.sample FOR SELECT TO authenticated USING (device IN (SELECT id FROM metrics.device));
-- changes
ALTER TABLE metrics.sample ADD COLUMN unit text;
CREATE INDEX sample_unit ON metrics.sample (unit);
ALTER TABLE metrics.alert ADD COLUMN muted_until timestamptz;
CREATE TABLE metrics.site (id integer PRIMARY KEY, device integer UNIQUE REFERENCES metrics.device, name text COLLATE metrics.numbered);
ALTER TABLE metrics.device ADD CONSTRAINT named CHECK (name <> '');
