"""A plan made by hand, with one of everything that a review speaks of."""

from datetime import UTC, datetime

from schemadiff.catalog.fingerprint import State
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Preflight
from schemadiff.desired.data_steps.steps import Backfill, Check
from schemadiff.notes import Note, NoteKind
from schemadiff.plans.model import FieldChange, Opinion, Plan, Proof, Recovery, Script, Segment, Step

BACKFILL = Backfill(
    name="contact_sync_times",
    sql=Sql("UPDATE app.contact SET synced_at = created_at WHERE :batch AND synced_at IS NULL"),
    table=Sql("app.contact"),
    key=Sql("id"),
    batch_size=1000,
    sha256="0" * 64,
)

LOST = (Risk(Hazard.DATA_LOSS, "column.drop"), Risk(Hazard.BREAKS_CLIENTS, "column.drop"))

UP = Script(
    segments=(
        Segment(
            (
                Step(
                    Sql("ALTER TABLE app.contact ADD COLUMN synced_at timestamptz"),
                    StepOperation.CREATE,
                    "column",
                    "app.contact.synced_at",
                    changes=(FieldChange("type", None, "timestamp with time zone"),),
                    holder="table app.contact",
                ),
                Step(
                    Sql("ALTER TABLE app.contact DROP COLUMN fax"),
                    StepOperation.DROP,
                    "column",
                    "app.contact.fax",
                    holder="table app.contact",
                    risks=LOST,
                    recovery=Recovery.STRUCTURE_ONLY,
                ),
                Step(
                    Sql("CREATE FUNCTION app.contact_by(text) RETURNS app.contact LANGUAGE sql RETURN NULL"),
                    StepOperation.CREATE,
                    "function",
                    "app.contact_by(text)",
                ),
            )
        ),
        Segment(
            (
                Step(
                    Sql("CREATE INDEX CONCURRENTLY contact_synced ON app.contact (synced_at)"),
                    StepOperation.CREATE,
                    "index",
                    "app.contact_synced",
                    holder="table app.contact",
                    risks=(Risk(Hazard.LONG_SCAN, "index.create"),),
                ),
            ),
            transactional=False,
        ),
        Segment.of_backfill(BACKFILL),
    )
)

DOWN = Script(
    segments=(
        Segment(
            (
                Step(
                    Sql("ALTER TABLE app.contact DROP COLUMN synced_at"),
                    StepOperation.DROP,
                    "column",
                    "app.contact.synced_at",
                    holder="table app.contact",
                    risks=LOST[:1],
                ),
                Step(
                    Sql("ALTER TABLE app.contact ALTER COLUMN email SET NOT NULL"),
                    StepOperation.ALTER,
                    "column",
                    "app.contact.email",
                    changes=(FieldChange("not_null", "no", "yes"),),
                    holder="table app.contact",
                ),
            )
        ),
    ),
    preflights=(
        Preflight(
            "app.contact", Problem.of(ProblemKind.NULL, "email"), Sql("SELECT * FROM app.contact WHERE email IS NULL")
        ),
    ),
)


def made_plan(**changes: object) -> Plan:
    """The plan, with some of its fields replaced."""
    fields: dict[str, object] = {
        "name": "contact_sync",
        "created_at": datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC),
        "target": "postgresql://postgres@db.example.org/app",
        "server_version": 170010,
        "live": State("a" * 64, {"table app.contact": "a" * 64}),
        "desired": State("b" * 64, {"table app.contact": "b" * 64}),
        "up": UP,
        "down": DOWN,
        "checks": (
            Check("every_contact_is_synced", Sql("SELECT count(*) = 0 AS ok FROM app.contact")),
            Check("lookup_needs_a_key", Sql("SELECT app.contact_by(NULL)"), raises="P0001"),
        ),
        "unmanaged": ("text search configuration app.simple",),
        "notes": (Note.of(NoteKind.VERSION, "PostgreSQL 17.10", "PostgreSQL 17.6"),),
        "proof": Proof(
            up=(Opinion("schemadiff", True), Opinion("migra", True)),
            down=(Opinion("schemadiff", True), Opinion("migra", True)),
            server="local binaries, PostgreSQL 17.6",
            seconds=1.5,
        ),
    }
    return Plan(**(fields | changes))  # type: ignore[arg-type]
