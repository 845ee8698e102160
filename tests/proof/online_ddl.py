"""What Postgres locks, reads and writes anew for each kind of schema change, as a table."""

import re
from dataclasses import dataclass

BASE = """
DROP SCHEMA IF EXISTS o CASCADE;
DROP PUBLICATION IF EXISTS news;
DROP ACCESS METHOD IF EXISTS heap_too;
CREATE SCHEMA o;
SET search_path = o;
CREATE TABLE p (id int PRIMARY KEY, n int);
CREATE TABLE t (id bigint PRIMARY KEY, a int, b int NOT NULL, c int, s text);
CREATE INDEX t_b ON t (b);
CREATE INDEX t_s ON t (s);
INSERT INTO p SELECT n, n FROM generate_series(1, 20) AS n;
INSERT INTO t SELECT n, n, n, n, n FROM generate_series(1, 20) AS n;
CREATE TABLE parent (id int NOT NULL, k int, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF parent FOR VALUES FROM (1) TO (10);
CREATE TABLE part_2 PARTITION OF parent FOR VALUES FROM (10) TO (20);
INSERT INTO parent SELECT n, n FROM generate_series(1, 19) AS n;
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
"""

ASIDE = """
DROP SCHEMA IF EXISTS x CASCADE;
CREATE SCHEMA x;
SET search_path = x, o, public;
SET timezone = 'UTC';
"""
"""Where statements before one of the table make what they need."""

CHANGES_BASE = re.compile(r"\b(?:t|p|parent|part_\d|news|ACCESS METHOD)\b")
"""Statements before one of the table that change the tables above."""

CITEXT = "CREATE EXTENSION citext SCHEMA x"
"""Not every server has it."""

COLUMN = "CREATE TABLE k (id int PRIMARY KEY, x {}); INSERT INTO k (id) SELECT generate_series(1, 20);"
"""A table with a column of any type, to be altered."""


@dataclass(frozen=True)
class Row:
    """A statement and what it does; names are of the tables above, several are separated by spaces.

    `locks` are relation:mode in the usual abbreviations, and hold the whole truth, but for indexes and sequences
    that are locked no more than their table.
    """

    statement: str
    locks: str = ""
    scanned: str = ""
    rewritten: str = ""
    rebuilt: str = ""
    setup: str = ""
    majors: tuple[int, ...] = (14, 15, 16, 17, 18)


@dataclass(frozen=True)
class Refused:
    """A statement that Postgres refuses with an SQLSTATE."""

    statement: str
    sqlstate: str
    setup: str = ""
    majors: tuple[int, ...] = (14, 15, 16, 17, 18)


def of_type(before: str, after: str, setup: str = "", **work: str) -> Row:
    """A change of a column's type, which locks the table whole."""
    words = COLUMN.format(before) + setup
    return Row(f"ALTER TABLE k ALTER COLUMN x TYPE {after}", "k:AE", setup=words, **work)


def rewriting(before: str, after: str, setup: str = "") -> Row:
    """A change of type that writes the table anew."""
    return of_type(before, after, setup, scanned="k", rewritten="k", rebuilt="k_pkey")


ALL = {"scanned": "t", "rewritten": "t", "rebuilt": "t_b t_pkey t_s"}
"""A table rewritten."""

FK = "ALTER TABLE t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES p"
CANDIDATE = "CREATE TABLE part_3 (LIKE parent); INSERT INTO part_3 VALUES (25, 1);"
DEFAULT = "CREATE TABLE rest PARTITION OF parent DEFAULT; INSERT INTO rest VALUES (99, 1);"
BOUND = "FOR VALUES FROM (20) TO (30)"
DOMAIN = "CREATE DOMAIN d AS int; CREATE TABLE m (x d); CREATE TABLE n (x d); INSERT INTO m VALUES (1);"
ENUM = "CREATE TYPE mood AS ENUM ('a', 'b'); "
MATVIEW = "CREATE MATERIALIZED VIEW v AS SELECT id FROM p; CREATE UNIQUE INDEX v_id ON v (id);"
TRIGGER = "CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing();"
IDENTITY = "ALTER TABLE t ALTER COLUMN b ADD GENERATED ALWAYS AS IDENTITY"
GENERATED = "CREATE TABLE k (a int, x int GENERATED ALWAYS AS (a + 1) STORED); INSERT INTO k VALUES (1);"
READY = "CREATE UNIQUE INDEX u ON t (b);"
NULLABLE = "CREATE UNIQUE INDEX u ON t (a); ALTER TABLE t DROP CONSTRAINT t_pkey;"

COLUMNS = (
    Row("ALTER TABLE t ADD COLUMN x int", "t:AE"),
    Row("ALTER TABLE t ADD COLUMN x int DEFAULT 5 NOT NULL", "t:AE"),
    Row("ALTER TABLE t ADD COLUMN x timestamptz DEFAULT now() NOT NULL", "t:AE"),
    Row("ALTER TABLE t ADD COLUMN x uuid DEFAULT gen_random_uuid()", "t:AE", **ALL),
    Row("ALTER TABLE t ADD COLUMN x timestamptz DEFAULT clock_timestamp()", "t:AE", **ALL),
    Row("ALTER TABLE t ADD COLUMN x bigserial", "t:AE", **ALL),
    Row("ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS IDENTITY", "t:AE", **ALL),
    Row("ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (a + 1) STORED", "t:AE", **ALL),
    Row("ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (a + 1) VIRTUAL", "t:AE", majors=(18,)),
    Row("ALTER TABLE t ADD COLUMN x d", "t:AE", **ALL, setup="CREATE DOMAIN d AS int CHECK (VALUE > 0)"),
    Row("ALTER TABLE t ADD COLUMN x d", "t:AE", setup="CREATE DOMAIN d AS int"),
    Row("ALTER TABLE t ADD COLUMN x int CHECK (x > 0)", "t:AE", scanned="t"),
    Row("ALTER TABLE t ADD COLUMN x int UNIQUE", "t:AE", scanned="t"),
    Row("ALTER TABLE t ADD COLUMN x int REFERENCES p", "t:AE p:SRE"),
    Row("ALTER TABLE t ADD COLUMN x int DEFAULT 1 REFERENCES p", "t:AE p:SRE", scanned="p t"),
    Row("ALTER TABLE t DROP COLUMN a", "t:AE"),
    Row("ALTER TABLE t ALTER COLUMN a SET NOT NULL", "t:AE", scanned="t"),
    Row("ALTER TABLE t ALTER COLUMN a SET NOT NULL", "t:AE", setup="ALTER TABLE t ADD CHECK (a IS NOT NULL)"),
    Row("ALTER TABLE t ALTER a SET NOT NULL", "t:AE", setup="ALTER TABLE t ADD CHECK (a IS NOT NULL AND c > 0)"),
    Row(
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
        "t:AE",
        scanned="t",
        setup="ALTER TABLE t ADD CHECK (a IS NOT NULL) NOT VALID",
    ),
    Row("ALTER TABLE t ADD CONSTRAINT t_a_set NOT NULL a NOT VALID", "t:AE", majors=(18,)),
    Row("ALTER TABLE t ALTER COLUMN b DROP NOT NULL", "t:AE"),
    Row("ALTER TABLE t ALTER COLUMN a SET DEFAULT 1", "t:AE"),
    Row("ALTER TABLE t ALTER COLUMN a DROP DEFAULT", "t:AE"),
    Row("ALTER TABLE t ALTER COLUMN b DROP IDENTITY", "t:AE", setup=IDENTITY),
    Row("ALTER TABLE k ALTER COLUMN x DROP EXPRESSION", "k:AE", setup=GENERATED),
    Row("ALTER TABLE t ALTER COLUMN s SET STORAGE external", "t:AE"),
    Row("ALTER TABLE t ALTER COLUMN s SET COMPRESSION pglz", "t:AE"),
    Row(IDENTITY, "t:AE"),
    Row(
        "ALTER TABLE k ALTER COLUMN x SET EXPRESSION AS (a + 2)",
        "k:AE",
        scanned="k",
        rewritten="k",
        setup=GENERATED,
        majors=(17, 18),
    ),
    Row("ALTER TABLE t ALTER COLUMN a SET STATISTICS 500", "t:SUE"),
    Row("ALTER TABLE t ALTER COLUMN a SET (n_distinct = 5)", "t:SUE"),
    Row("ALTER TABLE t RENAME COLUMN a TO x", "t:AE"),
    Row("ALTER TABLE t RENAME TO x", "t:AE"),
    Row("ALTER TABLE t SET SCHEMA public", "t:AE"),
    Row("ALTER TABLE t OWNER TO pg_monitor", "t:AE t_b:AE t_pkey:AE t_s:AE"),
)

TYPES = (
    of_type("varchar(5)", "varchar(10)"),
    of_type("varchar(5)", "varchar"),
    of_type("varchar(5)", "text"),
    of_type("text", "varchar"),
    of_type("varchar", "text"),
    of_type("numeric(10,2)", "numeric(12,2)"),
    of_type("numeric(10,2)", "numeric"),
    of_type("timestamptz(3)", "timestamptz(6)"),
    of_type("timestamp(3)", "timestamp"),
    of_type("time(3)", "time(6)"),
    of_type("interval(3)", "interval(6)"),
    of_type("varbit(5)", "varbit(10)"),
    of_type("varbit(5)", "varbit"),
    of_type("cidr", "inet"),
    of_type("int", "d", "CREATE DOMAIN d AS int"),
    Row("ALTER TABLE k ALTER x TYPE int", "k:AE", setup="CREATE DOMAIN d AS int; " + COLUMN.format("d")),
    of_type("timestamp", "timestamptz"),
    of_type("timestamptz", "timestamp"),
    of_type("text", "varchar(100) USING x::varchar(100)", "", scanned="k", rewritten="k", rebuilt="k_pkey"),
    of_type("varchar(5)", "varchar(100) USING x::varchar(100)"),
    of_type("varchar(5)", "varchar(10)", "CREATE INDEX k_x ON k (x)"),
    of_type("text", "citext", "CREATE INDEX k_x ON k (x); " + CITEXT, scanned="k", rebuilt="k_x"),
    of_type("int", "oid", "CREATE INDEX k_x ON k (x)", scanned="k", rebuilt="k_x"),
    of_type("timestamp", "timestamptz", "CREATE INDEX k_x ON k (x)", scanned="k", rebuilt="k_x"),
    of_type("text", 'text COLLATE "C"', "CREATE INDEX k_x ON k (x)", scanned="k", rebuilt="k_x"),
    of_type("varchar(5)", "varchar(9)", "CREATE INDEX k_x ON k (id) WHERE x > 'a'", scanned="k", rebuilt="k_x"),
    of_type("varchar(5)", "varchar(9)", "CREATE INDEX k_x ON k (lower(x))", scanned="k", rebuilt="k_x"),
    of_type("varchar(5)", "varchar(9)", "ALTER TABLE k ADD CHECK (x > '')", scanned="k"),
    rewriting("int", "bigint"),
    rewriting("bigint", "int"),
    rewriting("int", "numeric"),
    rewriting("int", "text"),
    rewriting("varchar(10)", "varchar(5)"),
    rewriting("text", "varchar(10)"),
    rewriting("char(5)", "char(10)"),
    rewriting("char(5)", "text"),
    rewriting("numeric(10,2)", "numeric(10,3)"),
    rewriting("numeric", "numeric(10,2)"),
    rewriting("timestamptz(6)", "timestamptz(3)"),
    rewriting("json", "jsonb USING x::jsonb"),
    rewriting("uuid", "text"),
    rewriting("varchar(10)[]", "varchar(20)[]"),
    rewriting("int", "d", "CREATE DOMAIN d AS int CHECK (VALUE > 0)"),
    rewriting("timestamp", "timestamptz", "SET timezone = 'Europe/Berlin'"),
    Row(
        "ALTER TABLE k ALTER COLUMN x TYPE text",
        "k:AE",
        "k",
        "k",
        "k_pkey",
        setup=ENUM + COLUMN.format("mood"),
    ),
    Row(
        "ALTER TABLE k ALTER COLUMN x TYPE mood_too USING x::text::mood_too",
        "k:AE",
        "k",
        "k",
        "k_pkey",
        setup=ENUM + "CREATE TYPE mood_too AS ENUM ('a'); " + COLUMN.format("mood"),
    ),
    Row(
        "ALTER TABLE k ALTER COLUMN x TYPE varchar(9)",
        "k:AE q:AE",
        setup="CREATE TABLE q (x varchar(9) PRIMARY KEY);"
        "CREATE TABLE k (x varchar(5) REFERENCES q); INSERT INTO q VALUES ('a'); INSERT INTO k VALUES ('a')",
    ),
    Row(
        "ALTER TABLE q ALTER COLUMN x TYPE varchar(9)",
        "k:AE q:AE",
        setup="CREATE TABLE q (x varchar(5) PRIMARY KEY);"
        "CREATE TABLE k (x varchar(9) REFERENCES q); INSERT INTO q VALUES ('a'); INSERT INTO k VALUES ('a')",
    ),
)

CONSTRAINTS = (
    Row("ALTER TABLE t ADD CHECK (a > 0)", "t:AE", "t"),
    Row("ALTER TABLE t ADD CHECK (a > 0) NOT VALID", "t:AE"),
    Row(
        "ALTER TABLE t VALIDATE CONSTRAINT c",
        "t:SUE",
        "t",
        setup="ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
    ),
    Row(FK, "p:SRE t:SRE", "p t"),
    Row(FK + " NOT VALID", "p:SRE t:SRE"),
    Row("ALTER TABLE t VALIDATE CONSTRAINT t_a_fkey", "p:RS t:SUE", "p t", setup=FK + " NOT VALID"),
    Row(
        "ALTER TABLE parent ADD CONSTRAINT f FOREIGN KEY (k) REFERENCES p",
        "p:AE parent:SRE part_1:SRE part_2:SRE",
        setup="ALTER TABLE part_1 ADD CONSTRAINT f FOREIGN KEY (k) REFERENCES p;"
        "ALTER TABLE part_2 ADD CONSTRAINT f FOREIGN KEY (k) REFERENCES p",
        majors=(15, 16, 17),
    ),
    Row("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p NOT ENFORCED", "p:SRE t:SRE", majors=(18,)),
    Row("CREATE TABLE x (a int REFERENCES p)", "p:SRE"),
    Row("ALTER TABLE t ADD UNIQUE (a)", "t:AE", "t"),
    Row("ALTER TABLE t ADD CONSTRAINT x UNIQUE USING INDEX u", "t:AE", setup=READY),
    Row("ALTER TABLE t ADD PRIMARY KEY (b)", "t:AE", "t", setup="ALTER TABLE t DROP CONSTRAINT t_pkey"),
    Row(
        "ALTER TABLE t ADD PRIMARY KEY USING INDEX u",
        "t:AE",
        setup=READY + "ALTER TABLE t DROP CONSTRAINT t_pkey",
    ),
    Row(
        "ALTER TABLE t ADD PRIMARY KEY USING INDEX u",
        "t:AE",
        setup=NULLABLE + "ALTER TABLE t ADD CHECK (a IS NOT NULL)",
    ),
    Row("ALTER TABLE t ADD PRIMARY KEY USING INDEX u", "t:AE", "t", setup=NULLABLE),
    Row("ALTER TABLE t DROP CONSTRAINT t_pkey, ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX u", "t:AE", setup=READY),
    Row("ALTER TABLE t ADD EXCLUDE USING btree (a WITH =)", "t:AE", "t"),
    Row("ALTER TABLE t DROP CONSTRAINT x", "t:AE", setup="ALTER TABLE t ADD CONSTRAINT x CHECK (a > 0)"),
    Row("ALTER TABLE t DROP CONSTRAINT x", "t:AE", setup="ALTER TABLE t ADD CONSTRAINT x UNIQUE (a)"),
    Row("ALTER TABLE t DROP CONSTRAINT t_pkey", "t:AE"),
    Row("ALTER TABLE t DROP CONSTRAINT t_a_fkey", "p:AE t:AE", setup=FK),
    Row("DROP TABLE t", "p:AE t:AE", setup=FK),
    Row("DROP TABLE p CASCADE", "p:AE t:AE", setup=FK),
    Row("ALTER TABLE t ALTER CONSTRAINT t_a_fkey DEFERRABLE", "t:AE", setup=FK),
    Row("ALTER TABLE t RENAME CONSTRAINT t_a_fkey TO x", "t:AE", setup=FK),
    Row("ALTER DOMAIN d ADD CHECK (VALUE > 0)", "m:S n:S", "m n", setup=DOMAIN),
    Row("ALTER DOMAIN d SET NOT NULL", "m:S n:S", "m n", setup=DOMAIN),
    Row("ALTER DOMAIN d ADD CHECK (VALUE > 0) NOT VALID", "", setup=DOMAIN),
    Row(
        "ALTER DOMAIN d VALIDATE CONSTRAINT x",
        "m:S n:S",
        "m n",
        setup=DOMAIN + "ALTER DOMAIN d ADD CONSTRAINT x CHECK (VALUE > 0) NOT VALID",
    ),
    Row("ALTER DOMAIN d DROP CONSTRAINT x", "", setup=DOMAIN + "ALTER DOMAIN d ADD CONSTRAINT x CHECK (VALUE > 0)"),
)

UNIQUE_PARTS = """
ALTER TABLE ONLY parent ADD CONSTRAINT parent_k UNIQUE (id, k);
ALTER TABLE part_1 ADD CONSTRAINT part_1_k UNIQUE (id, k);
"""

INDEXES = (
    Row("CREATE INDEX x ON t (a)", "t:S", "t"),
    Row("CREATE UNIQUE INDEX x ON t (a)", "t:S", "t"),
    Row("CREATE INDEX CONCURRENTLY x ON t (a)", "t:SUE", "t"),
    Row("DROP INDEX t_b", "t:AE t_b:AE"),
    Row("DROP INDEX CONCURRENTLY t_b", "t:SUE t_b:SUE"),
    Row("ALTER INDEX t_b RENAME TO x", "t_b:SUE"),
    Row("ALTER INDEX t_b SET (fillfactor = 80)", "t_b:SUE"),
    Row("REINDEX INDEX t_b", "t:S t_b:AE", "t", rebuilt="t_b"),
    Row("REINDEX INDEX CONCURRENTLY t_b", "t:SUE t_b:SUE", "t", rebuilt="t_b"),
    Row("CREATE INDEX x ON parent (k)", "parent:S part_1:S part_2:S", "part_1 part_2"),
    Row("CREATE INDEX x ON ONLY parent (k)", "parent:S"),
    Row(
        "ALTER INDEX x ATTACH PARTITION x_1",
        "parent:AS part_1:AS x:SUE x_1:AE",
        setup="CREATE INDEX x ON ONLY parent (k); CREATE INDEX x_1 ON part_1 (k)",
    ),
    Row(
        "ALTER TABLE parent ADD UNIQUE (id, k)",
        "parent:AE part_1:S part_2:S",
        "part_1 part_2",
        majors=(15, 16, 17),
    ),
    Row("ALTER TABLE parent ADD UNIQUE (id, k)", "parent:AE part_1:AE part_2:AE", "part_1 part_2", majors=(18,)),
    Row("ALTER TABLE ONLY parent ADD UNIQUE (id, k)", "parent:AE"),
    Row(
        "ALTER INDEX parent_k ATTACH PARTITION part_1_k",
        "parent:AS part_1:AS parent_k:SUE part_1_k:AE",
        setup=UNIQUE_PARTS,
    ),
)

PARTITIONS = (
    Row(f"CREATE TABLE x PARTITION OF parent {BOUND}", "parent:AE"),
    Row(f"ALTER TABLE parent ATTACH PARTITION part_3 {BOUND}", "parent:SUE part_3:AE", "part_3", setup=CANDIDATE),
    Row(
        f"ALTER TABLE parent ATTACH PARTITION part_3 {BOUND}",
        "parent:SUE part_3:AE rest:AE",
        "part_3 rest",
        setup=CANDIDATE + DEFAULT,
    ),
    Row(
        f"ALTER TABLE parent ATTACH PARTITION part_3 {BOUND}",
        "parent:SUE part_3:AE rest:AE",
        setup=CANDIDATE + DEFAULT + "ALTER TABLE part_3 ADD PRIMARY KEY (id), ADD CHECK (id >= 20 AND id < 30);"
        "ALTER TABLE rest ADD CHECK (NOT (id >= 20 AND id < 30))",
    ),
    Row(
        f"ALTER TABLE parent ATTACH PARTITION part_3 {BOUND}",
        "p:AE parent:SUE part_3:AE",
        setup="ALTER TABLE parent ADD FOREIGN KEY (k) REFERENCES p;"
        + CANDIDATE
        + "ALTER TABLE part_3 ADD PRIMARY KEY (id), ADD CHECK (id >= 20 AND id < 30),"
        "  ADD FOREIGN KEY (k) REFERENCES p",
    ),
    Row("ALTER TABLE parent DETACH PARTITION part_1", "parent:AE part_1:AE"),
    Row("DROP TABLE part_1", "parent:AE part_1:AE"),
    Row("ALTER TABLE parent DETACH PARTITION part_1 CONCURRENTLY", "parent:SUE part_1:AE"),
)

OTHERS = (
    Row("CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing()", "t:SRE"),
    Row(
        "CREATE OR REPLACE TRIGGER g AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION nothing()", "t:SRE", setup=TRIGGER
    ),
    Row("ALTER TABLE t DISABLE TRIGGER g", "t:SRE", setup=TRIGGER),
    Row("ALTER TABLE t ENABLE TRIGGER g", "t:SRE", setup=TRIGGER + "ALTER TABLE t DISABLE TRIGGER g"),
    Row("DROP TRIGGER g ON t", "t:AE", setup=TRIGGER),
    Row("ALTER TRIGGER g ON t RENAME TO x", "t:AE", setup=TRIGGER),
    Row("CREATE RULE x AS ON DELETE TO t DO ALSO NOTHING", "t:AE"),
    Row("CREATE POLICY x ON t USING (a IN (SELECT id FROM p))", "p:AS t:AE"),
    Row("ALTER POLICY x ON t USING (a > 1)", "t:AE", setup="CREATE POLICY x ON t USING (true)"),
    Row("DROP POLICY x ON t", "t:AE", setup="CREATE POLICY x ON t USING (true)"),
    Row("ALTER TABLE t ENABLE ROW LEVEL SECURITY", "t:AE"),
    Row("ALTER TABLE t FORCE ROW LEVEL SECURITY", "t:AE"),
    Row("CREATE POLICY x ON parent USING (true)", "parent:AE"),
    Row("ALTER TABLE parent ENABLE ROW LEVEL SECURITY", "parent:AE"),
    Row("CREATE VIEW x AS SELECT p.id FROM p JOIN t USING (id)", "p:AS t:AS"),
    Row("CREATE OR REPLACE VIEW v AS SELECT id, n FROM p", "p:AS v:AE", setup="CREATE VIEW v AS SELECT id FROM p"),
    Row("REFRESH MATERIALIZED VIEW v", "p:AS v:AE", "p v", "v", "v_id", setup=MATVIEW),
    Row("REFRESH MATERIALIZED VIEW CONCURRENTLY v", "p:AS v:E", "p v", setup=MATVIEW),
    Row("CREATE OR REPLACE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"),
    Row("ALTER TYPE mood ADD VALUE 'c'", setup=ENUM + "CREATE TABLE k (x mood)"),
    Row("ALTER TYPE mood RENAME VALUE 'a' TO 'c'", setup=ENUM + "CREATE TABLE k (x mood)"),
    Row("ALTER TYPE pair ADD ATTRIBUTE z int", "pair:AE", setup="CREATE TYPE pair AS (x int, y int)"),
    Row("ALTER TABLE t SET (fillfactor = 80)", "t:SUE"),
    Row("ALTER TABLE t SET (autovacuum_enabled = false)", "t:SUE"),
    Row("ALTER TABLE t SET (user_catalog_table = true)", "t:AE"),
    Row("ALTER TABLE t SET TABLESPACE pg_default", "t:AE"),
    Row("ALTER TABLE t SET UNLOGGED", "t:AE", **ALL),
    Row("ALTER TABLE t SET LOGGED", "t:AE", **ALL, setup="ALTER TABLE t SET UNLOGGED"),
    Row(
        "ALTER TABLE t SET ACCESS METHOD heap_too",
        "t:AE",
        **ALL,
        setup="CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler",
        majors=(15, 16, 17, 18),
    ),
    Row("CLUSTER t USING t_b", "t:AE", **ALL),
    Row("VACUUM FULL t", "t:AE", **ALL),
    Row("ALTER TABLE t REPLICA IDENTITY FULL", "t:AE"),
    Row("ALTER TABLE t REPLICA IDENTITY USING INDEX t_pkey", "t:AE t_pkey:S"),
    Row("ALTER PUBLICATION news ADD TABLE t", "t:SUE", setup="CREATE PUBLICATION news"),
    Row("ALTER PUBLICATION news DROP TABLE t", "t:SUE", setup="CREATE PUBLICATION news FOR TABLE t"),
    Row("ALTER PUBLICATION news SET TABLE p", "p:SUE t:SUE", setup="CREATE PUBLICATION news FOR TABLE t"),
    Row("CREATE STATISTICS x ON a, b FROM t", "t:SUE"),
    Row("COMMENT ON TABLE t IS 'x'", "t:SUE"),
    Row("COMMENT ON COLUMN t.a IS 'x'", "t:SUE"),
    Row("GRANT SELECT ON t TO pg_monitor", majors=(14, 15, 16, 17)),
    Row("REVOKE SELECT ON t FROM pg_monitor", setup="GRANT SELECT ON t TO pg_monitor", majors=(14, 15, 16, 17)),
    Row("GRANT SELECT ON t TO pg_monitor", "t:AS", majors=(18,)),
    Row("ALTER SEQUENCE q INCREMENT 2", "q:SRE", setup="CREATE SEQUENCE q"),
    Row("ALTER TABLE k INHERIT t", "k:AE t:SUE", setup="CREATE TABLE k (LIKE t)"),
    Row("ALTER TABLE k NO INHERIT t", "k:AE t:AS", setup="CREATE TABLE k () INHERITS (t)"),
)

ROWS = (*COLUMNS, *TYPES, *CONSTRAINTS, *INDEXES, *PARTITIONS, *OTHERS)

USED = "CREATE TABLE k (id int, x varchar(5));"
WIDEN = "ALTER TABLE k ALTER COLUMN x TYPE varchar(9)"

REFUSED = (
    Refused("ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (a + 1) VIRTUAL", "42601", majors=(14, 15, 16, 17)),
    Refused(WIDEN, "0A000", USED + "CREATE VIEW v AS SELECT x FROM k"),
    Refused(WIDEN, "0A000", USED + "CREATE RULE r AS ON UPDATE TO k WHERE new.x = '' DO ALSO NOTHING"),
    Refused(
        WIDEN,
        "0A000",
        USED + "ALTER TABLE k ADD y text GENERATED ALWAYS AS (upper(x)) STORED",
        majors=(15, 16, 17, 18),
    ),
    Refused(WIDEN, "0A000", USED + "CREATE POLICY r ON k USING (x > '')"),
    Refused(WIDEN, "0A000", USED + "CREATE TRIGGER r AFTER UPDATE OF x ON k EXECUTE FUNCTION nothing()"),
    Refused(
        WIDEN,
        "0A000",
        USED + "CREATE TRIGGER r AFTER INSERT ON k FOR EACH ROW WHEN (new.x > '') EXECUTE FUNCTION nothing()",
    ),
    Refused(WIDEN, "0A000", USED + "CREATE PUBLICATION news FOR TABLE k WHERE (x > '')", majors=(15, 16, 17, 18)),
    Refused(WIDEN, "0A000", USED + "CREATE PUBLICATION news FOR TABLE k (x)", majors=(15, 16, 17, 18)),
    Refused(WIDEN, "0A000", USED + "CREATE FUNCTION r() RETURNS bigint RETURN (SELECT count(x) FROM k)"),
    Refused("ALTER TABLE parent ADD FOREIGN KEY (k) REFERENCES p NOT VALID", "42809", majors=(15, 16, 17)),
    Refused("ALTER TABLE t ADD UNIQUE USING INDEX u", "42809", "CREATE UNIQUE INDEX u ON t (a) WHERE a > 1"),
    Refused("ALTER TABLE t ADD UNIQUE USING INDEX u", "42809", "CREATE UNIQUE INDEX u ON t ((a + 1))"),
    Refused("ALTER TABLE t ADD UNIQUE USING INDEX u", "42809", "CREATE UNIQUE INDEX u ON t (a DESC)"),
    Refused("ALTER TABLE parent ADD UNIQUE USING INDEX u", "0A000", "CREATE UNIQUE INDEX u ON parent (id, k)"),
    Refused("CREATE INDEX CONCURRENTLY ON parent (k)", "0A000"),
    Refused(
        "ALTER INDEX u ATTACH PARTITION u_1",
        "42P17",
        "ALTER TABLE ONLY parent ADD CONSTRAINT u UNIQUE (id, k); CREATE UNIQUE INDEX u_1 ON part_1 (id, k)",
    ),
    Refused("DROP INDEX CONCURRENTLY t_pkey", "2BP01"),
    Refused("CREATE OR REPLACE VIEW v AS SELECT n, id FROM p", "42P16", "CREATE VIEW v AS SELECT id, n FROM p"),
    Refused(
        "ALTER TYPE pair ALTER ATTRIBUTE x TYPE bigint", "0A000", "CREATE TYPE pair AS (x int); CREATE TABLE k (x pair)"
    ),
    Refused("REFRESH MATERIALIZED VIEW CONCURRENTLY v", "55000", "CREATE MATERIALIZED VIEW v AS SELECT 1"),
)
