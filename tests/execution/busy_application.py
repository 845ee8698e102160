"""An application with several sessions that write all the while, to several tables, and know what was committed."""

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import psycopg

Session = psycopg.Connection[tuple[Any, ...]]

_GONE = (psycopg.OperationalError, psycopg.InterfaceError)
_AGAIN = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure, psycopg.errors.LockNotAvailable)


@dataclass
class BusyApplication:
    """Writes to app.customer and app.sale; `customers` and `sales` are what must stand there, by id."""

    url: str
    customers: dict[int, dict[str, Any]]
    sales: dict[int, tuple[int, str]]
    sessions: int = 3
    writes: int = 0
    begun: int = 0
    """How often it was started: each time with new ids for new rows."""
    has_note: bool = True
    """Whether customers have a note, as far as the application knows: a plan drops it and brings it back."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _errors: list[BaseException] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._stop.clear()
        self.begun += 1
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(self.sessions)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        assert not self._errors, self._errors

    def _run(self, number: int) -> None:
        writer = _Writer(self, number)
        try:
            for write in writer.writes():
                if self._stop.wait(0.002):
                    return
                write()
                self.writes += 1
        except BaseException as error:
            self._errors.append(error)
        finally:
            writer.close()


@dataclass
class _Writer:
    """One session, which alone writes to the rows whose ids leave its number as a rest."""

    of: BusyApplication
    number: int
    _session: Session | None = None

    def __post_init__(self) -> None:
        self.chance = random.Random(self.number)
        self.ids = [one for one in self.of.customers if one % self.of.sessions == self.number]
        self.next = 1_000_000 * self.of.sessions * self.of.begun + self.number

    def writes(self) -> Iterator[Any]:
        while True:
            yield self.chance.choices((self.change, self.insert, self.delete, self.sell), (6, 2, 1, 3))[0]

    def change(self) -> None:
        one = self.chance.choice(self.ids)
        columns = ["name", "mail", *(["note"] if self.of.has_note else [])]
        column, value = self.chance.choice(columns), f"w{self.number}-{self.of.writes}"
        text = f"UPDATE app.customer SET {column} = %s WHERE id = %s"
        try:
            done = self.committed(
                [(text, (value, one))], f"SELECT {column} = %s FROM app.customer WHERE id = %s", (value, one)
            )
        except psycopg.errors.UndefinedColumn:
            self.of.has_note = False
            return
        if done:
            self.of.customers[one][column] = value

    def insert(self) -> None:
        self.next += self.of.sessions
        one, values = self.next, {"name": f"new{self.next}", "mail": f"m{self.next}", "note": None}
        text = "INSERT INTO app.customer (id, name, mail, code) VALUES (%s, %s, %s, %s)"
        given = (one, values["name"], values["mail"], f"c{one}")
        if self.committed([(text, given)], "SELECT true FROM app.customer WHERE id = %s", (one,)):
            self.of.customers[one] = values
            self.ids.append(one)

    def delete(self) -> None:
        one = self.chance.choice(self.ids)
        if len(self.ids) < 10:
            return
        sold = [sale for sale, (customer, _) in list(self.of.sales.items()) if customer == one]
        texts = ["DELETE FROM app.sale WHERE customer = %s", "DELETE FROM app.customer WHERE id = %s"]
        gone = "SELECT NOT EXISTS (SELECT FROM app.customer WHERE id = %s)"
        if self.committed([(text, (one,)) for text in texts], gone, (one,)):
            del self.of.customers[one]
            self.ids.remove(one)
            for sale in sold:
                del self.of.sales[sale]

    def sell(self) -> None:
        """A sale and its customer's name in one transaction, or sales changed by their customer."""
        one, self.next = self.chance.choice(self.ids), self.next + self.of.sessions
        sale, text = self.next, f"sold{self.next}"
        insert = "INSERT INTO app.sale (id, customer, what) VALUES (%s, %s, %s)"
        update = "UPDATE app.customer AS c SET name = s.what FROM app.sale AS s WHERE s.customer = c.id AND s.id = %s"
        statements = [(insert, (sale, one, text)), (update, (sale,))]
        if self.committed(statements, "SELECT true FROM app.sale WHERE id = %s", (sale,)):
            self.of.sales[sale] = (one, text)
            self.of.customers[one]["name"] = text

    def committed(self, statements: list[tuple[str, Any]], asked: str, values: Any) -> bool:
        """Whether these are committed in one transaction: where the session broke off meanwhile, `asked` tells."""
        try:
            session = self.session()
            with session.transaction():
                for text, given in statements:
                    session.execute(text.encode(), given)
            return True
        except _AGAIN:
            return False
        except _GONE:
            self.close()
            self._session = None
        row = self.session().execute(asked.encode(), values).fetchone()
        return bool(row and row[0])

    def close(self) -> None:
        """End the session."""
        if self._session is not None:
            self._session.close()

    def session(self) -> Session:
        """The session, anew where it was cut off."""
        while self._session is None:
            try:
                self._session = psycopg.connect(self.of.url, autocommit=True, prepare_threshold=None)
            except _GONE:
                time.sleep(0.05)
        return self._session
