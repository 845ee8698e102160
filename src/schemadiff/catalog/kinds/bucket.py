"""A bucket of the platform's storage: a row of storage.buckets. What is in it is no part of it."""

from schemadiff.catalog.declaring.fields import alters, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.rows import RowsOf
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.sql import Sql, literal, unquoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement, changing


@kind("bucket", catalog="storage.buckets")
class Bucket(CatalogObject):
    """A bucket. One that holds files cannot be dropped: the platform's foreign key keeps it."""

    type: str = replaces()
    name: str = alters()
    public: bool = alters(on="make {kind} {name} public", off="make {kind} {name} private")
    file_size_limit: int | None = alters(words="size limit")
    allowed_mime_types: tuple[str, ...] | None = alters(words="allowed MIME types")
    avif_autodetection: bool = alters(words="AVIF detection")

    WORDS = Words(plural="buckets")
    ROWS = RowsOf(
        "storage",
        "buckets",
        "id",
        inserted=True,
        form="insert into storage.buckets (id, name, public) values ('avatars', 'avatars', false)",
    )
    # Columns differ between ages of the platform: what a table has not reads as what it would mean.
    QUERY = """
        SELECT (row_number() OVER ())::int8 AS objid, 0 AS objsubid, quote_ident(b.id) AS identity,
               coalesce(r.held ->> 'type', 'STANDARD') AS type, b.name AS name,
               coalesce((r.held ->> 'public')::bool, false) AS public,
               (r.held ->> 'file_size_limit')::int8 AS file_size_limit,
               CASE jsonb_typeof(r.held -> 'allowed_mime_types') WHEN 'array' THEN
                   ARRAY(SELECT m FROM jsonb_array_elements_text(r.held -> 'allowed_mime_types') AS m ORDER BY m)
               END AS allowed_mime_types,
               coalesce((r.held ->> 'avif_autodetection')::bool, false) AS avif_autodetection
        FROM storage.buckets AS b CROSS JOIN LATERAL (SELECT to_jsonb(b)) AS r (held)
    """

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        values = {"id": literal(unquoted(self.identity)), "name": literal(self.name)}
        values |= {name: value for name, value in self._values().items() if value not in ("NULL", "false")}
        if self.type != "STANDARD":
            values["type"] = literal(self.type)
        words = f"INSERT INTO storage.buckets ({', '.join(values)})\nVALUES ({', '.join(values.values())})"
        return (Statement(Sql(words), (Hazard.WIDENS_ACCESS,) if self.public else ()),)

    def drop(self) -> tuple[Statement, ...]:
        """The platform refuses a DELETE without this setting, which lasts for the transaction."""
        allowed = Statement(Sql("SELECT pg_catalog.set_config('storage.allow_delete_query', 'true', true)"))
        return allowed, Statement(Sql(f"DELETE FROM storage.buckets WHERE {self._mine}"), (Hazard.DATA_LOSS,))

    def alter_name(self, before: "Bucket") -> tuple[Statement, ...]:
        return self._set("name", literal(self.name))

    def alter_public(self, before: "Bucket") -> tuple[Statement, ...]:
        hazard = Hazard.EXPOSES_DATA if self.public else Hazard.BREAKS_CLIENTS
        return self._set("public", self._values()["public"], hazard)

    def alter_file_size_limit(self, before: "Bucket") -> tuple[Statement, ...]:
        return self._set("file_size_limit", self._values()["file_size_limit"])

    def alter_allowed_mime_types(self, before: "Bucket") -> tuple[Statement, ...]:
        return self._set("allowed_mime_types", self._values()["allowed_mime_types"])

    def alter_avif_autodetection(self, before: "Bucket") -> tuple[Statement, ...]:
        return self._set("avif_autodetection", self._values()["avif_autodetection"])

    @property
    def _mine(self) -> str:
        return f"id = {literal(unquoted(self.identity))}"

    def _set(self, column: str, value: str, *hazards: Hazard) -> tuple[Statement, ...]:
        words = f"UPDATE storage.buckets SET {column} = {value} WHERE {self._mine}"
        return tuple(changing([Statement(Sql(words), hazards)], column))

    def _values(self) -> dict[str, Sql]:
        """The columns that files may leave out, as SQL."""
        types, size = self.allowed_mime_types, self.file_size_limit
        return {
            "public": Sql(str(self.public).lower()),
            "file_size_limit": Sql("NULL" if size is None else str(size)),
            "allowed_mime_types": Sql("NULL" if types is None else f"{literal(_array(types))}"),
            "avif_autodetection": Sql(str(self.avif_autodetection).lower()),
        }


def _array(texts: tuple[str, ...]) -> str:
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
