-- Each of these is printed otherwise by a server that has read what it printed.
CREATE TABLE words (id integer PRIMARY KEY, state varchar(9) DEFAULT 'new', note text, mark text GENERATED ALWAYS AS (
    CASE WHEN state IN ('new', 'old') THEN 'known' END) STORED);
CREATE TABLE spoken (what text, whom text);
ALTER TABLE words ADD CONSTRAINT words_state CHECK (state IN ('new', 'old'));
CREATE DOMAIN word AS varchar(9) CONSTRAINT word_known CHECK (VALUE IN ('yes', 'no'));
CREATE INDEX words_new ON words (id) WHERE state IN ('new', 'newer');
CREATE INDEX words_known ON words ((state IN ('new', 'old')));
CREATE STATISTICS words_apart ON (state IN ('new', 'old')), note FROM words;
CREATE VIEW words_joined AS SELECT 'first' AS line UNION ALL SELECT 'second' UNION ALL SELECT NULL;
CREATE VIEW words_inside AS SELECT id FROM words WHERE note IN (SELECT 'a' UNION SELECT 'b');
CREATE MATERIALIZED VIEW words_kept AS WITH w AS (SELECT 1 AS one UNION SELECT '2') SELECT one, 'x' AS x FROM w;
CREATE UNIQUE INDEX words_kept_one ON words_kept (one);
CREATE VIEW words_of_kept AS SELECT max(one) AS last FROM words_kept;
CREATE FUNCTION words_said() RETURNS SETOF text BEGIN ATOMIC
    SELECT said FROM (SELECT note AS said FROM words UNION ALL SELECT 'nothing') AS s; END;
CREATE FUNCTION words_asked(what text[] DEFAULT ARRAY['a'::varchar(9), 'b']::varchar[]) RETURNS integer
    LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION words_touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER words_touch BEFORE UPDATE ON words
    FOR EACH ROW WHEN (NEW.state IN ('new', 'old')) EXECUTE FUNCTION words_touched();
CREATE RULE words_also AS ON INSERT TO words
    DO ALSO INSERT INTO spoken SELECT 'x', 'y' WHERE EXISTS (SELECT 'a' UNION SELECT 'b');
CREATE POLICY words_read ON words USING (note IN (SELECT 'a' UNION SELECT 'b')) WITH CHECK (state IN ('new', 'old'));
