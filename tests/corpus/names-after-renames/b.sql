CREATE TABLE team (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code serial UNIQUE, name text NOT NULL,
                   boss int NOT NULL REFERENCES team, salary int CHECK (salary > 0), extra text NOT NULL DEFAULT 'x');
CREATE INDEX ON team (name); CREATE INDEX ON team (lower(name));
CREATE TABLE ev (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL, team int NOT NULL REFERENCES team, body text NOT NULL,
                 PRIMARY KEY (id, at), UNIQUE (at, body), CHECK (body <> '')) PARTITION BY RANGE (at);
CREATE TABLE ev_1 PARTITION OF ev FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE ev_2 PARTITION OF ev FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (at);
CREATE TABLE ev_2a PARTITION OF ev_2 FOR VALUES IN ('2021-02-02');
CREATE INDEX ON ev (body); CREATE INDEX ON ev (lower(body), team);
CREATE TYPE mood AS (a int, b text); CREATE DOMAIN dm AS int NOT NULL CONSTRAINT dm_pos CHECK (VALUE > 0); CREATE TYPE en AS ENUM ('a', 'b');
CREATE TABLE hold (m mood, d dm, e en, PRIMARY KEY (d));
CREATE MATERIALIZED VIEW mv AS SELECT id, name FROM team; CREATE INDEX ON mv (name);
CREATE TABLE par (a int NOT NULL, b text NOT NULL, CHECK (a > 0)); CREATE TABLE chi (c int) INHERITS (par);
