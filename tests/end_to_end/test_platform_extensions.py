"""Extensions of a hosted platform, which no scratch server has: used, kept, created and left alone."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from schemadiff.scratch.stand_ins.index_options import write_options

from .conftest import OWNER, Stage
from .platform_extensions import CREATED, EXTENSIONS
from .shell import Shell

PROJECT = """
CREATE TABLE public.note (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    about jsonb CHECK (extensions.matches_schema('{"type": "object"}', about)),
    embedding extensions.vector(384),
    mean extensions.vector UNIQUE,
    sent_as bigint REFERENCES net.sent
);
CREATE INDEX note_embedding ON public.note USING hnsw (embedding extensions.vector_cosine_ops);
CREATE INDEX note_near ON public.note USING gist (embedding extensions.vector_near_ops) WHERE id > 9;
CREATE FUNCTION public.tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN PERFORM net.http_post(url := 'https://x.test', body := to_jsonb(new)); RETURN new; END $$;
CREATE TRIGGER tell AFTER INSERT ON public.note FOR EACH ROW EXECUTE FUNCTION public.tell();
CREATE FUNCTION public.nearest(asked extensions.vector) RETURNS SETOF public.note LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT * FROM public.note ORDER BY embedding OPERATOR(extensions.<->) asked; END;
CREATE VIEW public.plan_of_jobs AS SELECT jobid, schedule FROM cron.job;
CREATE VIEW public.queue AS SELECT q.queue_name, extensions.sum(n.mean) AS mean, (net.collect(1)).answer
    FROM pgmq.list_queues() AS q, public.note AS n GROUP BY 1, 3;
CREATE FUNCTION public.read() RETURNS pgmq.message LANGUAGE sql
    BEGIN ATOMIC SELECT * FROM pgmq.read('q'); END;
CREATE TABLE public.place (id int PRIMARY KEY, spot extensions.geography(Point) NOT NULL,
    area extensions.geometry(MultiPolygon, 3857), CHECK (extensions.st_isvalid(area)));
CREATE INDEX place_spot ON public.place USING gist (spot);
CREATE FUNCTION public.near(asked extensions.geography) RETURNS SETOF public.place LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT * FROM public.place WHERE extensions.st_dwithin(spot, asked, 100); END;
"""

OPTIONS = (("m", "16"), ("ef_construction", "64"))

_NUMBERS = count(1)


@pytest.fixture
def extended(stage_of: Callable[[int], Stage], tmp_path: Path) -> Iterator[Callable[[int], Shell]]:
    """Gives a database of the platform with its extensions, on a server of a major version."""
    dropped = []

    def database(major: int) -> Shell:
        server = stage_of(major).server
        name = f"extended_{next(_NUMBERS)}"
        for extension in EXTENSIONS:
            server.add_extension(extension)
        server.create_database(name, template=server.platform_template, owner=OWNER)
        dropped.append((server, name))
        with psycopg.connect(server.url(name), autocommit=True) as admin:
            admin.execute(CREATED)
            with psycopg.connect(server.url(name, OWNER)) as connection:
                connection.execute(PROJECT.encode())
            write_options(admin, "public.note_embedding", 0, OPTIONS)
        return Shell(tmp_path, server.url(name, OWNER))

    yield database
    for server, name in dropped:
        server.drop_database(name)


@pytest.mark.parametrize("major", [15, 17])
def test_all_the_way(major: int, extended: Callable[[int], Shell]) -> None:
    project = extended(major)
    before = project.dump()
    project("init", "--from-live")
    declared = (project.folder / "desired_schema/_database/extensions.sql").read_text()
    assert "says the platform" not in declared, "the platform owns the extensions"
    assert (
        "WITH (m='16', ef_construction='64')" in (project.folder / "desired_schema/public/tables/note.sql").read_text()
    )
    assert "nothing to do" in project("plan").stderr
    project.write(
        "desired_schema/chunk.sql",
        """CREATE TABLE public.chunk (id int PRIMARY KEY, part extensions.vector(8) NOT NULL, job bigint);
        CREATE INDEX chunk_part ON public.chunk USING hnsw (part extensions.vector_cosine_ops);
        CREATE INDEX note_jobs ON public.note USING hnsw (mean extensions.vector_cosine_ops);
        CREATE VIEW public.chunk_of_job AS
            SELECT c.id, j.command FROM public.chunk AS c JOIN cron.job AS j ON j.jobid = c.job;
        ALTER TABLE public.place ADD COLUMN way extensions.geometry(linestringz, 4326);
        CREATE INDEX place_way ON public.place USING gist (way);
        """,
    )
    plan = project.plan()
    review = (project.folder / plan / "review.md").read_text()
    assert "index public.chunk_part is compared by its text" in review
    up = (project.folder / plan / "up.sql").read_text()
    assert "EXTENSION" not in up
    assert "ADD COLUMN way extensions.geometry(LineStringZ,4326);" in up
    project("apply", plan, "--auto-approve")
    assert "nothing to do" in project("plan").stderr
    project("rollback", plan, "--auto-approve")
    assert project.dump() == before


def test_what_files_say_of_extensions(extended: Callable[[int], Shell]) -> None:
    project = extended(17)
    project("init", "--from-live")
    table = project.folder / "desired_schema/public/tables/note.sql"
    table.write_text(table.read_text().replace("m='16'", "m='24'"))
    # those that it no longer names are kept where they are, with their versions; one that live lacks is created
    extensions = project.folder / "desired_schema/_database/extensions.sql"
    extensions.write_text(
        "CREATE EXTENSION IF NOT EXISTS vector; CREATE EXTENSION http WITH SCHEMA extensions;\nCREATE EXTENSION pg_tle;"
    )
    project.write(
        "desired_schema/more.sql",
        "CREATE INDEX note_mean ON note USING hnsw (mean extensions.vector_cosine_ops) WITH (m = 8) WHERE id > 1;",
    )
    plan = project.plan()
    up = (project.folder / plan / "up.sql").read_text()
    statements = [line for line in up.splitlines() if line.startswith(("CREATE", "ALTER", "DROP", "COMMENT"))]
    assert statements == [
        "CREATE EXTENSION http SCHEMA extensions;",
        "CREATE EXTENSION pg_tle;",
        "ALTER INDEX public.note_embedding SET (m=24);",
        "CREATE INDEX CONCURRENTLY note_mean ON public.note USING hnsw (mean extensions.vector_cosine_ops) "
        "WITH (m='8') WHERE (id > 1);",
    ]
    assert "extension http is created on live" in (project.folder / plan / "review.md").read_text()
