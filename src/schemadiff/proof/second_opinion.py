"""migra's judgement: a differ that shares no code with ours, and has other blind spots."""

import warnings

from sqlalchemy import Engine, create_engine, pool

from schemadiff.planning.plan import Opinion

JUDGE = "migra"


def second_opinion(reached_url: str, wanted_url: str) -> Opinion:
    """Whether migra, too, finds no difference between two databases."""
    try:
        found = _differences(reached_url, wanted_url)
    except Exception as error:  # migra fails in many ways on what it does not know; none of them is a verdict
        return Opinion(JUDGE, True, (f"no second opinion: migra itself fails ({_first_line(error)})",))
    return Opinion(JUDGE, not found, found)


def _differences(reached_url: str, wanted_url: str) -> tuple[str, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from migra import Migration
    engines = [_engine(url) for url in (reached_url, wanted_url)]
    try:
        with engines[0].connect() as reached, engines[1].connect() as wanted:
            migration = Migration(reached, wanted)
            migration.set_safety(False)
            migration.add_all_changes()
            return tuple(str(statement).strip() for statement in migration.statements)
    finally:
        for engine in engines:
            engine.dispose()


def _engine(url: str) -> Engine:
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=pool.NullPool)


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip()}".splitlines()[0]
