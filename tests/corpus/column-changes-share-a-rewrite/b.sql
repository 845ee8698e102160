CREATE TYPE tone AS ENUM ('high', 'low', 'none');
CREATE TABLE reading (
    id bigint PRIMARY KEY,
    sensor bigint NOT NULL,
    level numeric(12,2) DEFAULT 4,
    label varchar(3) NOT NULL,
    tone tone,
    echo tone NOT NULL,
    doubled integer GENERATED ALWAYS AS (7) STORED,
    CONSTRAINT level_is_low CHECK (level < 100),
    CONSTRAINT sensor_is_known CHECK (sensor > 0)
);
CREATE INDEX reading_sensor ON reading (sensor, level);
CREATE VIEW loud AS SELECT id, level, label FROM reading WHERE level > 5;
