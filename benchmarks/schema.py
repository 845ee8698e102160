"""A synthetic schema of any size, the same every time, and the same after a change to about one object in fifty.

Every table has ten columns, a key, a check, two indexes, a comment and a grant; there is an enum for ten tables, a
view for two, a function and a trigger for four, row security with two policies for five.
"""

from collections.abc import Iterator


def statements(tables: int, *, changed: bool = False) -> Iterator[str]:
    """The SQL of a schema with `tables` tables, in an order that loads."""
    for number in range((tables - 1) // 100 + 1):
        yield f"CREATE SCHEMA area_{number}"
    for number in range((tables - 1) // 10 + 1):
        grown = ", 'paused'" if changed and number % 10 == 3 else ""
        yield f"CREATE TYPE area_0.state_{number} AS ENUM ('new', 'open', 'done'{grown})"
    for number in range((tables - 1) // 4 + 1):
        yield _function(number, changed)
    for number in range(tables):
        yield from _table(number, changed)
    for number in range(1, tables):
        parent = number // 2
        action = " ON DELETE CASCADE" if changed and number % 97 == 5 else ""
        yield (
            f"ALTER TABLE {_name(number)} ADD CONSTRAINT item_{number}_parent "
            f"FOREIGN KEY (parent_id) REFERENCES {_name(parent)} (id){action}"
        )
    for number in range(0, tables, 2):
        extra = ", i.code" if changed and number % 100 == 8 else ""
        yield (
            f"CREATE VIEW {_area(number)}.list_{number} AS SELECT i.id, i.title, i.state{extra} "
            f"FROM {_name(number)} AS i LEFT JOIN {_name(number // 2)} AS p ON p.id = i.parent_id"
        )


def _area(number: int) -> str:
    return f"area_{number // 100}"


def _name(number: int) -> str:
    return f"{_area(number)}.item_{number}"


def _function(number: int, changed: bool) -> str:
    clock = "clock_timestamp()" if changed and number % 25 == 7 else "now()"
    return (
        f"CREATE FUNCTION area_0.touch_{number}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN NEW.changed_at := {clock}; RETURN NEW; END $$"
    )


def _table(number: int, changed: bool) -> Iterator[str]:
    table, moved = _name(number), changed and number % 50 == 11
    width = 80 if moved else 40
    new_column = ", note text DEFAULT 'none'" if changed and number % 50 == 21 else ""
    yield (
        f"CREATE TABLE {table} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL, "
        f"code varchar({width}), state area_0.state_{number // 10} NOT NULL DEFAULT 'new', "
        f"amount numeric(12,2) DEFAULT 0, made_at timestamptz NOT NULL DEFAULT now(), changed_at timestamptz, "
        f"tags text[] DEFAULT '{{}}', details jsonb, parent_id bigint{new_column}, "
        f"CONSTRAINT item_{number}_amount CHECK (amount >= {-1 if moved else 0}))"
    )
    yield f"CREATE INDEX item_{number}_title ON {table} (title, code)"
    where = " WHERE amount > 0" if changed and number % 50 == 31 else ""
    yield f"CREATE INDEX item_{number}_state ON {table} (state, made_at DESC){where}"
    yield f"COMMENT ON TABLE {table} IS 'items of sort {number}{', revised' if moved else ''}'"
    yield f"GRANT SELECT ON {table} TO pg_monitor"
    if number % 4 == 0:
        events = "INSERT OR UPDATE" if changed and number % 100 == 12 else "UPDATE"
        yield (
            f"CREATE TRIGGER touch BEFORE {events} ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION area_0.touch_{number // 4}()"
        )
    if number % 5 == 0:
        least = 5 if changed and number % 100 == 15 else 0
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"CREATE POLICY see ON {table} FOR SELECT USING (amount >= {least})"
        yield f"CREATE POLICY own ON {table} FOR UPDATE TO pg_monitor USING (title = CURRENT_USER) WITH CHECK (true)"
