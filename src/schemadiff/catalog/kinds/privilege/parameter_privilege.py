"""Which settings of the server a role may change: GRANT SET, ALTER SYSTEM ON PARAMETER, since 15."""

from collections.abc import Iterable

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.newer import Newer
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.privilege.privilege import Privilege, granted_words
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement
from schemadiff.catalog.versions import HAS_PARAMETER_PRIVILEGES, Version


@kind("parameter privilege", catalog="pg_parameter_acl")
class ParameterPrivilege(CatalogObject):
    """All that one role may do with one setting of the server; the empty grantee is PUBLIC."""

    granted: tuple[str, ...] = alters(words="privileges", values=granted_words, tells=True)
    """Names of privileges, sorted; with grant option a name ends in `*`."""
    parameter: Quoted = carries()
    grantee: Quoted = carries()

    WORDS = Words(
        alter="change the privileges of {whole} on parameter {part}",
        grant="grant {value} on parameter {part} to {whole}",
        revoke="revoke {value} on parameter {part} from {whole}",
        split=" TO ",
    )

    NEWER = (Newer(HAS_PARAMETER_PRIVILEGES, "privileges on parameters", lambda privilege: True),)

    @classmethod
    def query(cls, version: Version) -> str:
        """Privileges of others than the bootstrap superuser; none before 15."""
        if not version.has(HAS_PARAMETER_PRIVILEGES):
            return """
            SELECT 0::int8 AS objid, 0 AS objsubid, '' AS identity, '{}'::text[] AS granted,
                   '' AS parameter, '' AS grantee
            WHERE false
            """
        return """
        SELECT (row_number() OVER ())::int8 AS objid, 0 AS objsubid,
               format('%%s TO %%s', g.parameter, coalesce(nullif(g.grantee, ''), 'PUBLIC')) AS identity,
               array_agg(g.privilege ORDER BY g.privilege) AS granted, g.parameter, g.grantee
        FROM (SELECT (SELECT string_agg(quote_ident(part), '.') FROM unnest(string_to_array(p.parname, '.')) AS part)
                       AS parameter,
                     CASE a.grantee WHEN 0 THEN '' ELSE quote_ident(r.rolname) END AS grantee,
                     a.privilege_type || CASE WHEN bool_or(a.is_grantable) THEN '*' ELSE '' END AS privilege
              FROM pg_catalog.pg_parameter_acl AS p
              CROSS JOIN LATERAL aclexplode(p.paracl) AS a
              LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
              WHERE a.grantee = 0
                 OR (r.rolname <> ALL(%(connected_roles)s) AND r.rolname <> ALL(%(roles)s))
              GROUP BY p.parname, a.grantee, r.rolname, a.privilege_type) AS g
        GROUP BY g.parameter, g.grantee
        """

    def uses(self) -> tuple[Identity, ...]:
        return (Identity("role", self.grantee),)

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterable[Statement]:
        return self._as_privilege().create()

    def drop(self) -> Iterable[Statement]:
        return self._as_privilege().drop()

    def alter_granted(self, before: "ParameterPrivilege") -> Iterable[Statement]:
        return self._as_privilege().alter_granted(before._as_privilege())

    def _as_privilege(self) -> Privilege:
        return Privilege(
            identity=self.identity,
            target_kind="parameter",
            target=self.parameter,
            grantee=self.grantee,
            granted=self.granted,
            on=Quoted(f"PARAMETER {self.parameter}"),
            column=None,
            given=(),
            handed_on=(),
        )
