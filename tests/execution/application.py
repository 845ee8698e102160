"""An application that writes all the while, and remembers what it wrote."""

import random
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import psycopg

Key = tuple[int, int]


@dataclass
class Application:
    """Updates, inserts and deletes rows of app.people in a session of its own; `rows` is what must stand there."""

    url: str
    rows: dict[Key, str]
    writes: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _errors: list[BaseException] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        assert not self._errors, self._errors

    def _run(self) -> None:
        chance = random.Random(7)
        try:
            with psycopg.connect(self.url, autocommit=True) as connection:
                while not self._stop.wait(0.002):
                    self._write(connection, chance)
        except psycopg.Error as error:
            self._errors.append(error)

    def _write(self, connection: psycopg.Connection[tuple[object, ...]], chance: random.Random) -> None:
        self.writes += 1
        text, what = f"Written {self.writes}", chance.random()
        if what < 0.2:
            key = (chance.randint(1, 2), -self.writes)
            connection.execute("INSERT INTO app.people (tenant, id, city) VALUES (%s, %s, %s)", [*key, text])
            self.rows[key] = text
            return
        key = chance.choice(list(self.rows))
        if what < 0.3:
            connection.execute("DELETE FROM app.people WHERE (tenant, id) = (%s, %s)", key)
            del self.rows[key]
        else:
            connection.execute("UPDATE app.people SET city = %s WHERE (tenant, id) = (%s, %s)", [text, *key])
            self.rows[key] = text
