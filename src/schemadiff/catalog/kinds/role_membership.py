"""That a role is a member of another one: GRANT role TO role. By whom it was granted is no difference."""

from collections.abc import Iterator, Mapping

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import Purpose, StepOperation
from schemadiff.catalog.statements.statement import Statement
from schemadiff.catalog.versions import HAS_MEMBERSHIP_OPTIONS, Version


@kind("role membership", catalog="pg_auth_members")
class RoleMembership(CatalogObject):
    """A membership in which at least one of the two roles is ours, by effect of all who granted it."""

    admin: bool = alters(by="alter_options")
    inherit: bool | None = alters(by="alter_options")
    """None before 16, where the member's own attribute decides."""
    set: bool | None = alters(by="alter_options")
    role: Quoted = carries()
    member: Quoted = carries()
    grantors: tuple[str, ...] = carries()
    """Who granted it, empty for whoever would by default; REVOKE takes back what one grantor gave."""

    WORDS = Words(
        alter="alter the membership of {whole} in {part}",
        grant="grant role {part} to {whole}",
        revoke="revoke role {part} from {whole}",
        split=" TO ",
    )

    @classmethod
    def query(cls, version: Version) -> str:
        """Memberships with the options that the server's version knows, one row for all grantors."""
        options, grantors = "NULL::bool AS inherit, NULL::bool AS set", "ARRAY['']"
        if version.tells(HAS_MEMBERSHIP_OPTIONS):
            options = "bool_or(m.inherit_option) AS inherit, bool_or(m.set_option) AS set"
            usual = "m.grantor = 10 OR g.rolname = current_user"
            name = f"CASE WHEN {usual} THEN '' ELSE quote_ident(g.rolname) END"
            grantors = f"array_agg(DISTINCT {name} ORDER BY {name})"
        return f"""
        SELECT (row_number() OVER ())::int8 AS objid, 0 AS objsubid,
               format('%%I TO %%I', r.rolname, u.rolname) AS identity,
               bool_or(m.admin_option) AS admin, {options},
               quote_ident(r.rolname) AS role, quote_ident(u.rolname) AS member, {grantors} AS grantors
        FROM pg_catalog.pg_auth_members AS m
        JOIN pg_catalog.pg_roles AS r ON r.oid = m.roleid
        JOIN pg_catalog.pg_roles AS u ON u.oid = m.member
        LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = m.grantor
        WHERE (r.rolname <> ALL(%(fixed_roles)s) OR u.rolname <> ALL(%(fixed_roles)s))
          AND r.rolname <> ALL(%(connected_roles)s) AND u.rolname <> ALL(%(connected_roles)s)
        GROUP BY r.rolname, u.rolname
        """

    def uses(self) -> tuple[Identity, ...]:
        granted_by = (by for by in self.grantors if by not in ("", self.member))
        grants = (Identity("role membership", Quoted(f"{self.role} TO {by}")) for by in granted_by)
        return (Identity("role", self.role), Identity("role", self.member), *grants)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        before_16 = " WITH ADMIN OPTION" if self.admin else ""
        words = before_16 if self.inherit is None else _written(self._options())
        purpose = Purpose(StepOperation.GRANT)
        return (Statement(Sql(f"GRANT {self.identity}{words}"), (Hazard.WIDENS_ACCESS,), purpose=purpose),)

    def drop(self) -> Iterator[Statement]:
        for by in self._by():
            words = f"REVOKE {self.role} FROM {self.member}{by}"
            yield Statement(Sql(words), (Hazard.NARROWS_ACCESS,), purpose=Purpose(StepOperation.REVOKE))

    def alter_options(self, before: "RoleMembership") -> Iterator[Statement]:
        old = before._options()
        changed = {n: v for n, v in self._options().items() if v != old[n] and None not in (v, old[n])}
        hazards = (Hazard.WIDENS_ACCESS,) if any(changed.values()) else ()
        hazards = hazards if all(changed.values()) else (*hazards, Hazard.NARROWS_ACCESS)
        if before.inherit is None and changed:
            grant = f"GRANT {self.identity} WITH ADMIN OPTION"
            revoke = f"REVOKE ADMIN OPTION FOR {self.role} FROM {self.member}"
            yield Statement(Sql(grant if self.admin else revoke), hazards)
        elif changed:
            for by in before._by():
                yield Statement(Sql(f"GRANT {self.identity}{_written(changed)}{by}"), hazards)

    def _options(self) -> dict[str, bool | None]:
        return {"ADMIN": self.admin, "INHERIT": self.inherit, "SET": self.set}

    def _by(self) -> list[str]:
        """The member's own grants come first, which lean on what others gave; then those of named roles."""
        grantors = sorted(self.grantors, key=lambda grantor: (grantor != self.member, not grantor))
        return [f" GRANTED BY {grantor}" if grantor else "" for grantor in grantors]


def _written(options: Mapping[str, bool | None]) -> str:
    return " WITH " + ", ".join(f"{name} {'TRUE' if on else 'FALSE'}" for name, on in options.items())
