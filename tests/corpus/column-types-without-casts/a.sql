CREATE TABLE readings (
    id int PRIMARY KEY, place int[] DEFAULT '{1}', taken timestamptz(3) NOT NULL DEFAULT now(), shown boolean, spot point, notes json
);
CREATE VIEW shown AS SELECT id, taken, place FROM readings WHERE shown;
CREATE INDEX by_day ON readings (taken) WHERE shown;
