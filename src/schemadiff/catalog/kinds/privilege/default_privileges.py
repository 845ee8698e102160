"""What objects will grant that a role makes later: ALTER DEFAULT PRIVILEGES."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.kinds.privilege.acl import parse_acl, told_items
from schemadiff.catalog.kinds.privilege.privilege import granted_words
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepOperation
from schemadiff.catalog.statements.statement import Statement
from schemadiff.catalog.versions import Version

OBJECTS = {"r": "TABLES", "S": "SEQUENCES", "f": "FUNCTIONS", "T": "TYPES", "n": "SCHEMAS", "L": "LARGE OBJECTS"}


def acl_words(acl: object) -> str:
    """An access control list as people read it."""
    assert isinstance(acl, Sequence)
    granted = parse_acl(acl)
    return "; ".join(f"{granted_words(sorted(granted[who]))} to {who or 'PUBLIC'}" for who in sorted(granted))


@kind("default acl", catalog="pg_default_acl")
class DefaultPrivileges(CatalogObject):
    """The grants that one type of object gets when one role makes it, everywhere or in one schema.

    Everywhere, they stand instead of the built-in ones; in a schema they come on top.
    Source: Postgres docs, ALTER DEFAULT PRIVILEGES.
    """

    acl: tuple[str, ...] = alters(words="privileges", values=acl_words, tells=True)
    builtin: tuple[str, ...] = carries()
    """The grants that hold where this object is absent."""
    role: Quoted = carries()
    schema: Quoted | None = carries()
    object_type: str = carries()

    WORDS = Words(
        alter="change what new {whole} grant {part}",
        grant="grant {value} on new {whole} {part}",
        revoke="revoke {value} on new {whole} {part}",
        wholes={letter: name.lower() for letter, name in OBJECTS.items()},
    )

    REACHES_EVERYTHING = True

    @classmethod
    def query(cls, version: Version) -> str:
        """Default privileges everywhere and in schemas in scope."""
        usual = "acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, r.oid)"
        return f"""
        SELECT d.oid::int8 AS objid, 0 AS objsubid,
               format('FOR ROLE %%I%%s ON %%s', r.rolname, coalesce(' IN SCHEMA ' || quote_ident(n.nspname), ''),
                      d.defaclobjtype) AS identity,
               {told_items("d.defaclacl", version)} AS acl,
               CASE WHEN d.defaclnamespace = 0 AND d.defaclobjtype <> 'L'
                    THEN {told_items(usual, version)} ELSE '{{}}' END AS builtin,
               quote_ident(r.rolname) AS role, quote_ident(n.nspname) AS schema, d.defaclobjtype::text AS object_type
        FROM pg_catalog.pg_default_acl AS d
        JOIN pg_catalog.pg_roles AS r ON r.oid = d.defaclrole
        LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace
        WHERE (d.defaclnamespace = 0 OR n.oid = ANY(%(schemas)s)) AND r.rolname <> ALL(%(roles)s)
        """

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        yield from self._change(self.builtin, self.acl)

    def drop(self) -> Iterator[Statement]:
        yield from self._change(self.acl, self.builtin)

    def alter_acl(self, before: "DefaultPrivileges") -> Iterator[Statement]:
        yield from self._change(before.acl, self.acl)

    def _change(self, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Statement]:
        had, has = parse_acl(before), parse_acl(after)
        for grantee in sorted(had.keys() | has.keys()):
            old, new = had.get(grantee, set()), has.get(grantee, set())
            if gone := sorted(name.rstrip("*") for name in old - new if name.rstrip("*") not in new):
                yield self._statement("REVOKE", gone, "FROM", grantee)
            plain = sorted(name for name in new - old if not name.endswith("*"))
            optioned = sorted(name[:-1] for name in new - old if name.endswith("*"))
            if demoted := [name for name in plain if name + "*" in old]:
                yield self._statement("REVOKE GRANT OPTION FOR", demoted, "FROM", grantee)
            if fresh := [name for name in plain if name + "*" not in old]:
                yield self._statement("GRANT", fresh, "TO", grantee)
            if optioned:
                made = self._statement("GRANT", optioned, "TO", grantee)
                yield replace(made, sql=Sql(f"{made.sql} WITH GRANT OPTION"))

    def _statement(self, verb: str, names: list[str], preposition: str, grantee: str) -> Statement:
        place = f" IN SCHEMA {self.schema}" if self.schema else ""
        told = f"{', '.join(names)} {preposition.lower()} {grantee or 'PUBLIC'}"
        gives = verb == "GRANT"
        change = RawChange("acl", None, told) if gives else RawChange("acl", told, None)
        operation = StepOperation.GRANT if gives else StepOperation.REVOKE
        return Statement(
            Sql(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE {self.role}{place} "
                f"{verb} {', '.join(names)} ON {OBJECTS[self.object_type]} {preposition} {grantee or 'PUBLIC'}"
            ),
            purpose=Purpose(operation, fields=(), changes=(change,)),
        )
