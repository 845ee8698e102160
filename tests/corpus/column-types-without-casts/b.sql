CREATE TABLE readings (
    id uuid PRIMARY KEY, place uuid[], taken int NOT NULL DEFAULT 0, shown date, spot numeric(8, 2), notes inet
);
CREATE VIEW shown AS SELECT id, taken, place FROM readings WHERE shown > '2020-01-01';
CREATE INDEX by_day ON readings (taken) WHERE shown > '2020-01-01';
