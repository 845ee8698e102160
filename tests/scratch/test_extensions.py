"""Extensions: those the server lacks get stand-ins that are real extensions."""

from collections.abc import Callable

import psycopg
import pytest

from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.stand_ins.known import known_stand_ins, without_live
from schemadiff.scratch.stand_ins.stand_in import StandIn

FreshDatabase = Callable[[ScratchServer], str]


def test_uuid_ossp_is_an_extension_with_members(server: ScratchServer, fresh_database: FreshDatabase) -> None:
    with psycopg.connect(fresh_database(server)) as connection:
        connection.execute('CREATE SCHEMA elsewhere; CREATE EXTENSION "uuid-ossp" SCHEMA elsewhere')
        connection.execute("SET search_path = elsewhere")
        members = connection.execute("""
            SELECT count(*)
            FROM pg_depend AS d
            JOIN pg_extension AS e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
            WHERE e.extname = 'uuid-ossp' AND d.deptype = 'e'
        """).fetchone()
        assert members == (10,)
        names = connection.execute("""
            SELECT uuid_generate_v3(uuid_ns_dns(), 'www.widgets.com')::text,
                substr(uuid_generate_v5(uuid_ns_url(), 'x')::text, 15, 1),
                uuid_generate_v4() <> uuid_generate_v4(),
                uuid_nil()::text
        """).fetchone()
        nil = "00000000-0000-0000-0000-000000000000"
        assert names == ("3d813cbb-47fb-32ba-91df-831e1593ac29", "5", True, nil)


def test_a_stand_in_has_the_version_asked_for(server: ScratchServer, fresh_database: FreshDatabase) -> None:
    assert server.add_extension(StandIn("made_up-thing", "2.1-beta"))
    with psycopg.connect(fresh_database(server)) as connection:
        connection.execute('CREATE EXTENSION "made_up-thing"')
        query = "SELECT extversion FROM pg_extension WHERE extname = 'made_up-thing'"
        assert connection.execute(query).fetchone() == ("2.1-beta",)


def test_a_language_stand_in_takes_functions(server: ScratchServer, fresh_database: FreshDatabase) -> None:
    assert server.add_extension(without_live("plv8", "3.2"))
    with psycopg.connect(fresh_database(server)) as connection:
        connection.execute("CREATE EXTENSION plv8; CREATE FUNCTION f() RETURNS int LANGUAGE plv8 AS 'return 1'")


def test_names_that_leave_the_folder_are_refused(server: ScratchServer) -> None:
    assert not server.add_extension(StandIn("../../x", "1"))
    assert not server.add_extension(StandIn("x", "1/../../y"))
    assert not server.add_extension(StandIn("x--y", "1"))


def test_vector_columns_print_their_dimensions(server: ScratchServer, fresh_database: FreshDatabase) -> None:
    with psycopg.connect(fresh_database(server)) as connection:
        connection.execute("CREATE EXTENSION vector; CREATE TABLE t (v vector(1536), w vector)")
        connection.execute("CREATE VIEW nearest AS SELECT v <=> '[1]'::vector AS distance FROM t ORDER BY 1")
        query = """
            SELECT format_type(atttypid, atttypmod)
            FROM pg_attribute
            WHERE attrelid = 't'::regclass AND attnum > 0
        """
        assert connection.execute(query).fetchall() == [("vector(1536)",), ("vector",)]


def test_modifiers_of_shapes_are_printed_as_postgis_does(server: ScratchServer, fresh_database: FreshDatabase) -> None:
    with psycopg.connect(fresh_database(server)) as connection:
        connection.execute("CREATE EXTENSION postgis; CREATE ROLE mapper")
        connection.execute("GRANT CREATE ON SCHEMA public TO mapper; SET ROLE mapper")
        connection.execute("""
            CREATE TABLE t (a geometry(point, 4326), b geography(POINT), c geometry(polygonzm), d geometry(geometry),
                e geometry, f geometry(Geometry, 3857), g geometry(MULTIPOLYGON, 0), h geography(Point, 4326)[])
        """)
        connection.execute("CREATE INDEX ON t USING gist (a); CREATE INDEX ON t USING brin (b)")
        connection.execute("INSERT INTO t (a, b) VALUES (st_setsrid(st_point(1, 2), 4326), 'POINT(1 2)')")
        found = connection.execute("""
            SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0
        """).fetchall()
        assert [word for (word,) in found] == [
            "geometry(Point,4326)",
            "geography(Point,4326)",
            "geometry(PolygonZM)",
            "geometry",
            "geometry",
            "geometry(Geometry,3857)",
            "geometry(MultiPolygon)",
            "geography(Point,4326)[]",
        ]
        with pytest.raises(psycopg.errors.InvalidParameterValue, match="Invalid geometry type modifier: pont"):
            connection.execute("CREATE TABLE u (a geometry(pont, 4326))")


def test_indexes_of_vectors_are_built_in_name(server: ScratchServer, fresh_database: FreshDatabase) -> None:
    with psycopg.connect(fresh_database(server)) as connection:
        connection.execute("CREATE EXTENSION vector; CREATE TABLE t (v vector(3), h halfvec(3), b bit(3))")
        connection.execute("CREATE INDEX ON t USING hnsw (v vector_cosine_ops)")
        connection.execute("CREATE INDEX ON t USING ivfflat (h halfvec_l2_ops)")
        connection.execute("CREATE INDEX ON t USING hnsw (b bit_hamming_ops) WHERE v IS NOT NULL")
        rows = "SELECT format('[%s,1,1]', n)::vector, '[2,2,2]'::halfvec, B'101' FROM generate_series(1, 999) AS n"
        connection.execute(f"INSERT INTO t {rows}".encode())
        connection.execute("CREATE INDEX ON t USING hnsw (h halfvec_ip_ops)")


@pytest.mark.parametrize("stand_in", known_stand_ins().values(), ids=lambda one: one.name)
def test_known_stand_ins_can_be_created(
    stand_in: StandIn, server17: ScratchServer, fresh_database: FreshDatabase
) -> None:
    with psycopg.connect(fresh_database(server17)) as connection:
        connection.execute(f'CREATE EXTENSION "{stand_in.name}"'.encode())
