"""Names survive quoting, whatever they hold."""

from hypothesis import given
from hypothesis import strategies as st
from psycopg import Connection, connect

from properties.dice import NASTY, RESERVED
from schemadiff.catalog.sql import last_name, literal, name_parts, qualifier, quote_ident, schema_of, unquoted
from schemadiff.scratch.server import ScratchServer

NAMES = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=63),
    st.sampled_from([*RESERVED, *NASTY]),
)


@given(NAMES)
def test_unquoted_undoes_quote_ident(name: str) -> None:
    assert unquoted(quote_ident(name)) == name


def test_the_server_quotes_alike(server17: ScratchServer) -> None:
    with connect(server17.url("postgres"), autocommit=True) as connection:
        _check(connection)


def _check(connection: Connection) -> None:
    @given(st.lists(NAMES, min_size=1, max_size=50))
    def alike(names: list[str]) -> None:
        query = "SELECT quote_ident(n) FROM unnest(%s::text[]) WITH ORDINALITY AS u(n, i) ORDER BY i"
        rows = connection.execute(query, [names])
        assert [quoted for (quoted,) in rows] == [quote_ident(name) for name in names]
        chosen = ", ".join(literal(name) for name in names)
        row = connection.execute(f"SELECT ARRAY[{chosen}]".encode()).fetchone()
        assert row is not None and row[0] == names

    alike()


@given(st.lists(NAMES, min_size=1, max_size=3), st.sampled_from(["", "(integer, other.t)", " ON public.t"]))
def test_names_are_divided_outside_of_quotes(names: list[str], rest: str) -> None:
    quoted = [quote_ident(name) for name in names]
    name = ".".join(quoted)
    assert name_parts(name) == tuple(quoted)
    assert (qualifier(name + rest), last_name(name + rest)) == (".".join(quoted[:-1]), quoted[-1])
    assert schema_of(name + rest) == (quoted[0] if quoted[1:] else None)
