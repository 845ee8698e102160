CREATE FUNCTION plain(t text, short boolean DEFAULT false) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower(t)';
CREATE TABLE t (name text DEFAULT plain('y'), low text GENERATED ALWAYS AS (plain(name)) STORED, CHECK (plain(name) <> ''));
CREATE INDEX ON t (plain(name));
CREATE VIEW v AS SELECT plain(name) AS low FROM t;
CREATE POLICY p ON t USING (plain(name) = 'a');
CREATE FUNCTION pair(a int, b "char") RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE VIEW w AS SELECT pair(1, 'x'::"char") AS one;
CREATE FUNCTION kept(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE VIEW u AS SELECT kept(1, 2) AS one;
