"""How large live's tables are, by its own statistics: what takes a moment on a small one may take long on another."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from schemadiff.catalog.reading.loads import TableLoad
from schemadiff.catalog.sql import Quoted
from schemadiff.config import Online
from schemadiff.planning.renames.policy import Rename

Ask = Callable[[Iterable[str]], tuple[TableLoad, ...]]
"""Tells how large and busy the tables of these names are."""


def _nothing(names: Iterable[str]) -> tuple[TableLoad, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of live's tables, asked of live when they are needed; a table of unknown size counts as small.

    Tables may have been renamed on the copy that is planned from: live is asked by their old names.
    """

    ask: Ask = _nothing
    renames: Sequence[Rename] = ()
    policy: Online = Online.AUTO
    _known: dict[Quoted, TableLoad | None] = field(default_factory=dict)

    def after(self, renames: Sequence[Rename]) -> "Sizes":
        """The same sizes of tables that have new names."""
        return Sizes(self.ask, renames, self.policy, self._known)

    def of(self, table: Quoted) -> TableLoad | None:
        """How large a table is, with its partitions; None where live does not tell."""
        name = self._on_live(table)
        if name not in self._known:
            self._known[name] = next(iter(self.ask([name])), None)
        return self._known[name]

    def is_large(self, table: Quoted) -> bool:
        """Whether a scan of the table takes longer than an application should wait."""
        load = self.of(table)
        return load is not None and load.large

    def online(self, table: Quoted) -> bool:
        """Whether a change of the table's rows takes its online form."""
        return self.policy is Online.ALWAYS or (self.policy is Online.AUTO and self.is_large(table))

    def _on_live(self, table: Quoted) -> Quoted:
        for rename in reversed(self.renames):
            old, new = rename.old.name, rename.new.name
            if rename.part is None and (table == new or table.startswith(f"{new}.")):
                table = Quoted(old + table.removeprefix(new))
        return table


UNKNOWN = Sizes()
"""Where nobody tells: all tables count as small."""
