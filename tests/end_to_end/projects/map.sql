-- Places: geographies and geometries with gist, functions that look nearby.
CREATE SCHEMA map;
CREATE TYPE map.surface AS ENUM ('road', 'gravel', 'grass');
CREATE TABLE map.area (id bigint PRIMARY KEY, name text NOT NULL, border extensions.geometry(MultiPolygon, 4326) NOT NULL, parent bigint REFERENCES map.area);
CREATE TABLE map.place (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL, spot extensions.geography(Point, 4326) NOT NULL,
    area bigint REFERENCES map.area, hours int4range[], phone varchar(20), added_by uuid REFERENCES auth.users ON DELETE SET NULL);
CREATE TABLE map.way (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, course extensions.geometry(LineStringZ, 4326) NOT NULL, on_what map.surface,
    length double precision, "from" uuid REFERENCES map.place, "to" uuid REFERENCES map.place, CHECK ("from" <> "to"));
CREATE TABLE map.visit (place uuid NOT NULL REFERENCES map.place ON DELETE CASCADE, who uuid NOT NULL DEFAULT auth.uid(), at timestamptz NOT NULL DEFAULT now(),
    spot extensions.geography, PRIMARY KEY (place, who, at));
CREATE INDEX area_border ON map.area USING gist (border);
CREATE INDEX place_spot ON map.place USING gist (spot);
CREATE INDEX way_course ON map.way USING gist (course) WHERE on_what <> 'grass';
CREATE INDEX place_area ON map.place (area, lower(name));
CREATE FUNCTION map.near(at extensions.geography, metres double precision DEFAULT 500) RETURNS SETOF map.place LANGUAGE sql STABLE SET search_path = ''
    AS $$ SELECT * FROM map.place WHERE extensions.st_dwithin(spot, at, metres) ORDER BY extensions.st_distance(spot, at) $$;
CREATE FUNCTION map.measure() RETURNS trigger LANGUAGE plpgsql SET search_path = ''
    AS $$ BEGIN new.length := extensions.st_length(new.course::extensions.geography); RETURN new; END $$;
CREATE TRIGGER measured BEFORE INSERT OR UPDATE OF course ON map.way FOR EACH ROW EXECUTE FUNCTION map.measure();
CREATE VIEW map.feature AS SELECT id, name, extensions.st_asgeojson(spot) AS shape FROM map.place;
CREATE VIEW map.inside AS SELECT a.name AS area, p.name FROM map.area a JOIN map.place p ON extensions.st_intersects(p.spot, a.border::extensions.geography);
ALTER TABLE map.place ENABLE ROW LEVEL SECURITY;
ALTER TABLE map.visit ENABLE ROW LEVEL SECURITY;
CREATE POLICY open ON map.place FOR SELECT USING (true);
CREATE POLICY adds ON map.place FOR INSERT TO authenticated WITH CHECK (added_by = (SELECT auth.uid()));
CREATE POLICY own ON map.visit TO authenticated USING (who = (SELECT auth.uid()));
GRANT USAGE ON SCHEMA map TO anon, authenticated;
GRANT SELECT ON map.place, map.feature TO anon, authenticated;
CREATE FUNCTION map.noted() RETURNS event_trigger LANGUAGE plpgsql SET search_path = '' AS 'BEGIN END';
-- changes
ALTER TABLE map.area ADD COLUMN centre extensions.geometry(Point, 4326);
CREATE INDEX area_centre ON map.area USING gist (centre);
ALTER TYPE map.surface ADD VALUE 'sand' BEFORE 'grass';
CREATE TABLE map.photo (id bigint PRIMARY KEY, place uuid NOT NULL REFERENCES map.place, seen_from extensions.geography(Point) NOT NULL);
ALTER TABLE map.place ALTER COLUMN phone TYPE text;
