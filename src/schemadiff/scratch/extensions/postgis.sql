-- Geometries and geographies as text: types, operators, and the functions that schemas use most.

CREATE TYPE box2d;
CREATE TYPE box3d;
CREATE TYPE box2df;
CREATE TYPE gidx;

DO $types$
DECLARE
    name text;
    modifiers text;
BEGIN
    FOREACH name IN ARRAY ARRAY['box2d', 'box3d', 'box2df', 'gidx', 'geometry', 'geography'] LOOP
        modifiers := '';
        EXECUTE format($io$
            CREATE FUNCTION %1$s_in(cstring) RETURNS %1$s LANGUAGE internal IMMUTABLE STRICT AS 'textin';
            CREATE FUNCTION %1$s_out(%1$s) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
        $io$, name);
        IF name LIKE 'geo%' THEN
            modifiers := format(', TYPMOD_IN = %1$s_typmod_in, TYPMOD_OUT = %1$s_typmod_out', name);
        END IF;
        EXECUTE format('CREATE TYPE %1$s (INPUT = %1$s_in, OUTPUT = %1$s_out, STORAGE = main%2$s)', name, modifiers);
    END LOOP;
END
$types$;

CREATE TYPE geometry_dump AS (path integer[], geom geometry);
CREATE TABLE spatial_ref_sys (
    srid integer PRIMARY KEY, auth_name varchar(256), auth_srid integer, srtext varchar(2048), proj4text varchar(2048)
);
GRANT SELECT ON spatial_ref_sys TO PUBLIC;

CREATE CAST (geometry AS geography) WITH INOUT AS IMPLICIT;
CREATE CAST (geography AS geometry) WITH INOUT;
CREATE CAST (geometry AS box2d) WITH INOUT AS IMPLICIT;
CREATE CAST (geometry AS box3d) WITH INOUT AS IMPLICIT;
CREATE CAST (geometry AS text) WITH INOUT AS IMPLICIT;
CREATE CAST (text AS geometry) WITH INOUT AS IMPLICIT;

-- Values are kept as text, and compared as such: the types begin as it does.
DO $compared$
DECLARE
    name text;
    comparison text[];
BEGIN
    FOREACH name IN ARRAY ARRAY['geometry', 'geography'] LOOP
        FOREACH comparison SLICE 1 IN ARRAY ARRAY[
            ['lt', '<'], ['le', '<='], ['eq', '='], ['ge', '>='], ['gt', '>']
        ] LOOP
            EXECUTE format($operator$
                CREATE FUNCTION %1$s_%2$s(%1$s, %1$s) RETURNS boolean
                LANGUAGE internal IMMUTABLE STRICT AS 'bytea%2$s';
                CREATE OPERATOR %3$s (LEFTARG = %1$s, RIGHTARG = %1$s, FUNCTION = %1$s_%2$s);
            $operator$, name, comparison[1], comparison[2]);
        END LOOP;
        EXECUTE format($class$
            CREATE FUNCTION %1$s_cmp(%1$s, %1$s) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'byteacmp';
            CREATE OPERATOR CLASS btree_%1$s_ops DEFAULT FOR TYPE %1$s USING btree AS
                OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
                FUNCTION 1 %1$s_cmp(%1$s, %1$s);
        $class$, name);
    END LOOP;
END
$compared$;

DO $operators$
DECLARE
    operator text[];
BEGIN
    FOREACH operator SLICE 1 IN ARRAY ARRAY[
        ['&&', 'geometry', 'overlaps', 'boolean'], ['&&', 'geography', 'overlaps', 'boolean'],
        ['~=', 'geometry', 'same', 'boolean'], ['~', 'geometry', 'contains', 'boolean'],
        ['@', 'geometry', 'within', 'boolean'], ['<<', 'geometry', 'left', 'boolean'],
        ['>>', 'geometry', 'right', 'boolean'], ['&&&', 'geometry', 'overlaps_nd', 'boolean'],
        ['<->', 'geometry', 'distance_centroid', 'double precision'],
        ['<#>', 'geometry', 'distance_box', 'double precision'],
        ['<->', 'geography', 'distance_knn', 'double precision']
    ] LOOP
        EXECUTE format($operator$
            CREATE FUNCTION %1$s_%3$s(%1$s, %1$s) RETURNS %4$s
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT NULL::%4$s';
            CREATE OPERATOR %2$s (LEFTARG = %1$s, RIGHTARG = %1$s, FUNCTION = %1$s_%3$s);
        $operator$, operator[2], operator[1], operator[3], operator[4]);
    END LOOP;
END
$operators$;

-- No rows but NULLs and those of one page go into such an index: nothing of it is ever asked.
DO $indexes$
DECLARE
    class text[];
    number integer;
    functions text;
BEGIN
    FOREACH class SLICE 1 IN ARRAY ARRAY[
        ['gist_geometry_ops_2d', 'geometry', 'DEFAULT'], ['gist_geometry_ops_nd', 'geometry', ''],
        ['gist_geography_ops', 'geography', 'DEFAULT']
    ] LOOP
        functions := '';
        FOREACH number IN ARRAY ARRAY[1, 2, 5, 6, 7] LOOP
            EXECUTE format(
                $$CREATE FUNCTION %s_%s(internal) RETURNS internal LANGUAGE internal AS 'trigger_out'$$,
                class[1], number
            );
            functions := functions || format(', FUNCTION %s %s_%1$s(internal)', number, class[1]);
        END LOOP;
        EXECUTE format(
            'CREATE OPERATOR CLASS %s %s FOR TYPE %s USING gist AS OPERATOR 3 %s%s',
            class[1], class[3], class[2], CASE WHEN class[1] LIKE '%_nd' THEN '&&&' ELSE '&&' END, functions
        );
    END LOOP;
    CREATE FUNCTION inclusion_info(internal) RETURNS internal LANGUAGE internal AS 'brin_minmax_opcinfo';
    CREATE FUNCTION inclusion(internal, internal) RETURNS boolean LANGUAGE internal AS 'btequalimage';
    FOREACH class SLICE 1 IN ARRAY ARRAY[
        ['brin_geometry_inclusion_ops_2d', 'geometry'], ['brin_geography_inclusion_ops', 'geography']
    ] LOOP
        EXECUTE format($class$
            CREATE OPERATOR CLASS %s DEFAULT FOR TYPE %s USING brin AS FUNCTION 1 inclusion_info(internal),
                FUNCTION 2 inclusion(internal, internal), FUNCTION 3 inclusion(internal, internal),
                FUNCTION 4 inclusion(internal, internal)
        $class$, class[1], class[2]);
    END LOOP;
END
$indexes$;

DO $functions$
DECLARE
    function text[];
BEGIN
    FOREACH function SLICE 1 IN ARRAY ARRAY[
        ['postgis_version()', 'text'],
        ['st_point(double precision, double precision)', 'geometry'],
        ['st_point(double precision, double precision, srid integer)', 'geometry'],
        ['st_makepoint(double precision, double precision)', 'geometry'],
        ['st_makepoint(double precision, double precision, double precision)', 'geometry'],
        ['st_setsrid(geom geometry, srid integer)', 'geometry'],
        ['st_setsrid(geog geography, srid integer)', 'geography'],
        ['st_srid(geom geometry)', 'integer'],
        ['st_transform(geometry, integer)', 'geometry'],
        ['st_geomfromtext(text)', 'geometry'],
        ['st_geomfromtext(text, integer)', 'geometry'],
        ['st_pointfromtext(text)', 'geometry'],
        ['st_pointfromtext(text, integer)', 'geometry'],
        ['st_geomfromewkt(text)', 'geometry'],
        ['st_geogfromtext(text)', 'geography'],
        ['st_geomfromwkb(bytea)', 'geometry'],
        ['st_geomfromwkb(bytea, integer)', 'geometry'],
        ['st_geomfromgeojson(text)', 'geometry'],
        ['st_geomfromgeojson(json)', 'geometry'],
        ['st_geomfromgeojson(jsonb)', 'geometry'],
        ['st_asgeojson(geom geometry, maxdecimaldigits integer DEFAULT 9, options integer DEFAULT 8)', 'text'],
        ['st_asgeojson(geog geography, maxdecimaldigits integer DEFAULT 9, options integer DEFAULT 0)', 'text'],
        ['st_astext(geometry)', 'text'],
        ['st_astext(geography)', 'text'],
        ['st_astext(text)', 'text'],
        ['st_asewkt(geometry)', 'text'],
        ['st_asbinary(geometry)', 'bytea'],
        ['st_asbinary(geography)', 'bytea'],
        ['st_x(geometry)', 'double precision'],
        ['st_y(geometry)', 'double precision'],
        ['st_z(geometry)', 'double precision'],
        ['st_geometrytype(geometry)', 'text'],
        ['st_npoints(geometry)', 'integer'],
        ['st_isvalid(geometry)', 'boolean'],
        ['st_isempty(geometry)', 'boolean'],
        ['st_makevalid(geometry)', 'geometry'],
        ['st_distance(geom1 geometry, geom2 geometry)', 'double precision'],
        ['st_distance(geog1 geography, geog2 geography, use_spheroid boolean DEFAULT true)', 'double precision'],
        ['st_distancesphere(geom1 geometry, geom2 geometry)', 'double precision'],
        ['st_dwithin(geom1 geometry, geom2 geometry, double precision)', 'boolean'],
        ['st_dwithin(geog1 geography, geog2 geography, tolerance double precision, use_spheroid boolean DEFAULT true)',
         'boolean'],
        ['st_intersects(geom1 geometry, geom2 geometry)', 'boolean'],
        ['st_intersects(geog1 geography, geog2 geography)', 'boolean'],
        ['st_contains(geom1 geometry, geom2 geometry)', 'boolean'],
        ['st_within(geom1 geometry, geom2 geometry)', 'boolean'],
        ['st_covers(geom1 geometry, geom2 geometry)', 'boolean'],
        ['st_covers(geog1 geography, geog2 geography)', 'boolean'],
        ['st_coveredby(geom1 geometry, geom2 geometry)', 'boolean'],
        ['st_coveredby(geog1 geography, geog2 geography)', 'boolean'],
        ['st_touches(geom1 geometry, geom2 geometry)', 'boolean'],
        ['st_overlaps(geom1 geometry, geom2 geometry)', 'boolean'],
        ['st_equals(geom1 geometry, geom2 geometry)', 'boolean'],
        ['st_area(geometry)', 'double precision'],
        ['st_area(geog geography, use_spheroid boolean DEFAULT true)', 'double precision'],
        ['st_length(geometry)', 'double precision'],
        ['st_length(geog geography, use_spheroid boolean DEFAULT true)', 'double precision'],
        ['st_buffer(geom geometry, radius double precision, options text DEFAULT '''')', 'geometry'],
        ['st_buffer(geography, double precision)', 'geography'],
        ['st_centroid(geometry)', 'geometry'],
        ['st_envelope(geometry)', 'geometry'],
        ['st_convexhull(geometry)', 'geometry'],
        ['st_intersection(geom1 geometry, geom2 geometry, gridsize double precision DEFAULT -1)', 'geometry'],
        ['st_difference(geom1 geometry, geom2 geometry, gridsize double precision DEFAULT -1)', 'geometry'],
        ['st_union(geom1 geometry, geom2 geometry)', 'geometry'],
        ['st_collect(geom1 geometry, geom2 geometry)', 'geometry'],
        ['st_makeline(geom1 geometry, geom2 geometry)', 'geometry'],
        ['st_multi(geometry)', 'geometry'],
        ['st_simplify(geometry, double precision)', 'geometry'],
        ['st_makeenvelope(double precision, double precision, double precision, double precision, integer DEFAULT 0)',
         'geometry'],
        ['st_geohash(geom geometry, maxchars integer DEFAULT 0)', 'text'],
        ['st_project(geog geography, distance double precision, azimuth double precision)', 'geography']
    ] LOOP
        EXECUTE format(
            'CREATE FUNCTION %s RETURNS %s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS %L',
            function[1], function[2], format('SELECT NULL::%s', function[2])
        );
    END LOOP;
END
$functions$;

CREATE FUNCTION next_geometry(geometry, geometry) RETURNS geometry LANGUAGE sql IMMUTABLE AS 'SELECT $2';
CREATE AGGREGATE st_union(geometry) (SFUNC = next_geometry, STYPE = geometry);
CREATE AGGREGATE st_collect(geometry) (SFUNC = next_geometry, STYPE = geometry);
CREATE AGGREGATE st_makeline(geometry) (SFUNC = next_geometry, STYPE = geometry);
CREATE AGGREGATE st_extent(geometry) (SFUNC = next_geometry, STYPE = geometry);
