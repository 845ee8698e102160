"""What a role may do with an object: GRANT and REVOKE, compared by effect."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemadiff.catalog.declaring.fields import alters, carries, key
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepOperation
from schemadiff.catalog.statements.statement import Statement


def granted_words(granted: object) -> str:
    """Names of privileges as people read them."""
    assert isinstance(granted, Sequence)
    plain = [name for name in granted if not name.endswith("*")]
    optioned = [name.rstrip("*") for name in granted if name.endswith("*")]
    parts = [", ".join(plain)] if plain else []
    return " and ".join([*parts, f"{', '.join(optioned)} with grant option"] if optioned else parts)


@kind("privilege", catalog="pg_authid")
class Privilege(CatalogObject):
    """All that one role may do with one object; the empty grantee is PUBLIC."""

    target_kind: str = key(words="kind of the object")
    target: Quoted = key()
    grantee: Quoted = key(values={"": "PUBLIC"})
    granted: tuple[str, ...] = alters(words="privileges", values=granted_words, tells=True)
    """Names of privileges, sorted; with grant option a name ends in `*`."""
    on: Quoted = carries()
    """The object as GRANT addresses it."""
    column: Quoted | None = carries()
    given: tuple[tuple[str, Quoted], ...] = carries()
    """Names of privileges and who gave them, where somebody may give them on."""
    handed_on: tuple[str, ...] = carries()
    """Names of privileges that the role gave to others."""

    WORDS = Words(
        alter="change the privileges of {whole} on {object}",
        grant="grant {value} on {object} to {whole}",
        revoke="revoke {value} on {object} from {whole}",
        split=" TO ",
    )
    SATELLITE = True

    def within(self) -> Identity:
        return Identity(self.target_kind, self.target)

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        yield from self._change(("GRANT", "TO"), self.granted)

    def drop(self) -> Iterator[Statement]:
        yield from self._change(("REVOKE", "FROM"), self.granted)

    def alter_granted(self, before: "Privilege") -> Iterator[Statement]:
        had, has = _options(before.granted), _options(self.granted)
        gone = [name for name in had if name not in has]
        yield from before._change(("REVOKE", "FROM"), gone)
        unoptioned = [name for name in has if had.get(name) and not has[name]]
        if unoptioned:
            made = before._statement("REVOKE GRANT OPTION FOR", unoptioned, "FROM", Hazard.NARROWS_ACCESS)
            option = RawChange("granted", tuple(f"{name}*" for name in unoptioned), tuple(unoptioned))
            yield replace(made, purpose=Purpose(StepOperation.REVOKE, fields=(), changes=(option,)))
        new = [
            f"{name}*" if option else name
            for name, option in has.items()
            if name not in had or (option and not had[name])
        ]
        yield from self._change(("GRANT", "TO"), new)

    def _change(self, words: tuple[str, str], granted: Sequence[str]) -> Iterator[Statement]:
        verb, preposition = words
        hazard = Hazard.WIDENS_ACCESS if verb == "GRANT" else Hazard.NARROWS_ACCESS
        plain = [name.rstrip("*") for name in granted if verb == "REVOKE" or not name.endswith("*")]
        optioned = [name[:-1] for name in granted if verb == "GRANT" and name.endswith("*")]
        if plain:
            yield self._statement(verb, plain, preposition, hazard)
        if optioned:
            made = self._statement(verb, optioned, preposition, hazard)
            given = RawChange("granted", None, tuple(f"{name}*" for name in optioned))
            purpose = Purpose(StepOperation.GRANT, fields=(), changes=(given,))
            yield replace(made, sql=Sql(f"{made.sql} WITH GRANT OPTION"), purpose=purpose)

    def _statement(self, verb: str, names: Sequence[str], preposition: str, hazard: Hazard) -> Statement:
        suffix = f" ({self.column})" if self.column else ""
        listed = ", ".join(f"{name}{suffix}" for name in names)
        cascade = " CASCADE" if verb != "GRANT" and set(names) & set(self.handed_on) else ""
        words = f"{verb} {listed} ON {self.on} {preposition} {self.grantee or 'PUBLIC'}{cascade}"
        gives, granted = verb == "GRANT", tuple(names)
        change = RawChange("granted", None, granted) if gives else RawChange("granted", granted, None)
        operation = StepOperation.GRANT if gives else StepOperation.REVOKE
        return Statement(Sql(words), (hazard,), purpose=Purpose(operation, fields=(), changes=(change,)))


def _options(granted: Sequence[str]) -> dict[str, bool]:
    return {name.rstrip("*"): name.endswith("*") for name in granted}
