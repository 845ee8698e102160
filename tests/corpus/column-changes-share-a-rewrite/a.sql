CREATE TYPE tone AS ENUM ('low', 'high');
CREATE TABLE reading (
    id integer PRIMARY KEY,
    sensor integer NOT NULL,
    level integer DEFAULT 3,
    label varchar(40) NOT NULL,
    tone tone,
    echo tone,
    doubled integer GENERATED ALWAYS AS (level * 2) STORED,
    CONSTRAINT level_is_low CHECK (level < 100)
);
CREATE INDEX reading_sensor ON reading (sensor, level);
CREATE VIEW loud AS SELECT id, level, label FROM reading WHERE level > 5;
