CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad');
CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'ok', ms mood[] DEFAULT '{sad}', CHECK (m <> 'sad' OR id > 1));
CREATE INDEX t_m ON t (m) WHERE m = 'glad';
CREATE VIEW v AS SELECT m, count(*) FROM t WHERE m = 'ok' GROUP BY m;
