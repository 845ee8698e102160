"""The structure of PL/pgSQL, walked from word to word: which statements a body has, and what is in scope of each."""

from collections.abc import Callable
from dataclasses import dataclass, field

from schemadiff.shadow.bodies.probe import Probe
from schemadiff.shadow.bodies.words import Phrase, Unreadable, Words

_RESERVED = frozenset(
    {"ALL", "BEGIN", "BY", "CASE", "DECLARE", "ELSE", "ELSIF", "ELSEIF", "END", "EXECUTE", "FOR", "FOREACH", "FROM"}
    | {"IF", "IN", "INTO", "LOOP", "NOT", "NULL", "OR", "STRICT", "THEN", "TO", "USING", "WHEN", "WHILE", "(", "<<"}
)
"""What begins a statement and is never a variable."""

_QUERY = frozenset({"SELECT", "VALUES", "TABLE", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "("})
_TOLERANT = (
    "OTHERS",
    "UNDEFINED_",
    "INVALID_SCHEMA",
    "AMBIGUOUS_",
    "SYNTAX_ERROR",
    "DATATYPE_MISMATCH",
    "SQLSTATE",
    "INVALID_COLUMN",
)
_IDLE = frozenset({"GET", "MOVE", "CLOSE", "NULL", "COMMIT", "ROLLBACK"})


@dataclass(slots=True)
class _Open:
    """A block, condition or loop that is not closed yet, and the blocks of the probe that its end closes."""

    kind: str
    closes: int = 0
    first: int = 0
    """The first statement that is tried in it."""
    operand: Phrase | None = None


@dataclass(slots=True)
class Walk:
    """One body on its way to its probe."""

    words: Words
    probe: Probe = field(default_factory=Probe)
    _open: list[_Open] = field(default_factory=list)
    _label: str = ""

    def whole(self) -> Probe:
        """The probe of the body. Raises Unreadable."""
        while self.words.peek() == "#":
            self._option()
        while not self.words.done:
            self._statement()
        if self._open or self._label:
            raise Unreadable("a block has no end")
        return self.probe

    def _option(self) -> None:
        self.words.take()
        name, value = self.words.take(), self.words.take()
        if name.lower() == "variable_conflict":
            self.probe.lines.append(f"#variable_conflict {value}")

    def _statement(self) -> None:
        words, word, following = self.words, self.words.peek(), self.words.peek(1)
        if word == "<<":
            words.take()
            self._label = f"<<{words.take()}>>"
            words.skip(">>")
        elif word not in _RESERVED and following in (":=", "=", "[", "."):
            self._assignment()
        elif (walk := _WALKS.get(word)) is not None:
            words.take()
            walk(self)
        elif word in _IDLE:
            words.until(";")
        else:
            self.probe.statement(words.until(";"))

    def _assignment(self) -> None:
        phrase = self.words.until(";")
        end = phrase.name_end()
        if phrase.words[end : end + 1] not in ((":=",), ("=",)):
            self.probe.untried.append(phrase.text)
            return
        self.probe.assign(phrase.part(0, end))
        self.probe.expression(phrase.part(end + 1), phrase.tokens[0].start)

    def _declare(self) -> None:
        self._emit(f"{self._taken_label()} DECLARE")
        later: list[tuple[str, Phrase, Phrase]] = []
        while self.words.peek() != "BEGIN":
            if self.words.skip("DECLARE"):
                continue
            self._declaration(self.words.until(";"), later)
        self.words.take()
        self._begin()
        for keyword, arguments, phrase in later:
            if not keyword:
                self.probe.expression(phrase)
                continue
            self._emit("DECLARE" if arguments else "")
            for argument in arguments.split():
                self._emit(f"{argument.text};")
            self._emit("BEGIN")
            self.probe.query(phrase)
            self._emit("END;")

    def _declaration(self, phrase: Phrase, later: list[tuple[str, Phrase, Phrase]]) -> None:
        words = phrase.words
        name = phrase.part(0, 1).text
        if "CURSOR" in words[1:4]:
            self._emit(f"{name} refcursor;")
            arguments, query = phrase.part(words.index("CURSOR") + 1).cut("FOR", "IS")
            later.append(("cursor", arguments.part(1, -1) if arguments else arguments, query))
            return
        if words[1:2] == ("ALIAS",):
            self._emit(f"{phrase.text};")
            return
        declared, default = phrase.part(1).cut(":=", "=", "DEFAULT")
        if declared.words[:1] == ("CONSTANT",):
            declared = declared.part(1)
        kind = declared.part(0, declared.find({"NOT"}))
        known = self.probe.records.get(name.lower(), True)
        self.probe.records[name.lower()] = known and kind.words == ("RECORD",)
        self._emit(f"{name} {kind.text};")
        later.append(("", default.part(0, 0), default))

    def _begin(self) -> None:
        self._emit(f"{self._taken_label()} BEGIN")
        self._open.append(_Open("BLOCK", 1, len(self.probe.tried)))

    def _end(self) -> None:
        kind = self.words.take() if self.words.peek() in ("IF", "LOOP", "CASE") else "BLOCK"
        if not self._open or self._open[-1].kind != kind.upper():
            raise Unreadable(f"END of {kind} without its beginning")
        self._emit("END; " * self._open.pop().closes)
        while not self.words.done and not self.words.skip(";"):
            self.words.take()

    def _exception(self) -> None:
        block = self._innermost("BLOCK")
        self._emit("DECLARE sqlstate text; sqlerrm text; BEGIN")
        block.closes += 1

    def _when(self) -> None:
        outer = self._open[-1] if self._open else _Open("")
        phrase = self.words.until("THEN")
        if outer.kind == "CASE" and outer.operand:
            self._case(outer.operand, phrase)
        elif outer.kind == "CASE":
            self.probe.expression(phrase)
        elif any(word.startswith(_TOLERANT) for word in phrase.words):
            for tried in self.probe.tried[outer.first :]:
                tried.guarded = True

    def _case(self, operand: Phrase, values: Phrase) -> None:
        equal = Words(f"({operand.text}\n) IN ({values.text}\n);").until(";")
        self.probe.expression(equal, values.tokens[0].start)

    def _if(self) -> None:
        self._open.append(_Open("IF"))
        self._elsif()

    def _elsif(self) -> None:
        self.probe.expression(self.words.until("THEN"))

    def _begin_case(self) -> None:
        if self.words.skip("WHEN"):
            self._open.append(_Open("CASE"))
        else:
            phrase = self.words.until("WHEN")
            self.probe.expression(phrase)
            self._open.append(_Open("CASE", operand=phrase))
        self._when()

    def _while(self) -> None:
        self.probe.expression(self.words.until("LOOP"))
        self._loop()

    def _loop(self) -> None:
        self._taken_label()
        self._open.append(_Open("LOOP"))

    def _for(self) -> None:
        targets, source = self.words.until("IN"), self.words.until("LOOP")
        label, loop = self._taken_label(), _Open("LOOP")
        self._open.append(loop)
        first = source.words[:1]
        name = targets.text
        for target in targets.split():
            self.probe.assign(target)
        if first == ("EXECUTE",):
            self._executed(source.part(1))
        elif source.find({".."}) is not None:
            loop.closes = 1
            bounds = source.part(1) if first == ("REVERSE",) else source
            lower, upper = bounds.cut("..")
            for phrase in (lower, *upper.cut("BY")):
                self.probe.expression(phrase)
            self._emit(f"{label} DECLARE {name} int; BEGIN")
        elif first and first[0] in _QUERY:
            self.probe.query(source)
            if self.probe.records.get(name.lower()):
                loop.closes = 1
                self._emit(f"DECLARE {name} record; BEGIN")
                self.probe.shape(name, source.text)
        else:
            loop.closes = 1
            self._emit(f"{label} DECLARE {name} record; BEGIN")

    def _foreach(self) -> None:
        targets, source = self.words.until("IN"), self.words.until("LOOP")
        self.probe.assign(targets.part(0, targets.find({"SLICE"})))
        self.probe.expression(source.part(1))
        self._loop()

    def _exit(self) -> None:
        self.probe.expression(self.words.until(";").cut("WHEN")[1])

    def _return(self) -> None:
        if self.words.skip("QUERY"):
            phrase = self.words.until(";")
            if phrase.words[:1] == ("EXECUTE",):
                self._executed(phrase.part(1))
            else:
                self.probe.query(phrase)
            return
        self.words.skip("NEXT")
        self.probe.expression(self.words.until(";"))

    def _raise(self) -> None:
        said, options = self.words.until(";").cut("USING")
        place = said.find({","})
        if place is not None:
            self.probe.expression(said.part(place + 1))
        for option in options.split():
            self.probe.expression(option.part(2))

    def _execute(self) -> None:
        self._executed(self.words.until(";"))

    def _executed(self, phrase: Phrase) -> None:
        self.probe.untried.append(phrase.text)
        command, rest = phrase.cut("INTO", "USING")
        self.probe.expression(command)
        if phrase.words[len(command) : len(command) + 1] == ("INTO",):
            targets, rest = rest.cut("USING")
            for target in targets.part(targets.words[:1] == ("STRICT",)).split():
                self.probe.assign(target)
        self.probe.expression(rest.part(0, rest.find({"INTO"})))

    def _fetch(self) -> None:
        for target in self.words.until(";").cut("INTO")[1].split():
            self.probe.assign(target)

    def _open_cursor(self) -> None:
        query = self.words.until(";").cut("FOR")[1]
        if query.words[:1] == ("EXECUTE",):
            self._executed(query.part(1))
        else:
            self.probe.query(query)

    def _assert(self) -> None:
        self.probe.expression(self.words.until(";"))

    def _perform(self) -> None:
        self.probe.expression(self.words.until(";"))

    def _nothing(self) -> None:
        pass

    def _innermost(self, kind: str) -> _Open:
        if not self._open or self._open[-1].kind != kind:
            raise Unreadable("EXCEPTION outside of a block")
        return self._open[-1]

    def _taken_label(self) -> str:
        label, self._label = self._label, ""
        return label

    def _emit(self, line: str) -> None:
        self.probe.lines.append(line)


_WALKS: dict[str, Callable[[Walk], None]] = {
    "DECLARE": Walk._declare,
    "BEGIN": Walk._begin,
    "END": Walk._end,
    "EXCEPTION": Walk._exception,
    "WHEN": Walk._when,
    "IF": Walk._if,
    "ELSIF": Walk._elsif,
    "ELSEIF": Walk._elsif,
    "ELSE": Walk._nothing,
    "CASE": Walk._begin_case,
    "WHILE": Walk._while,
    "LOOP": Walk._loop,
    "FOR": Walk._for,
    "FOREACH": Walk._foreach,
    "EXIT": Walk._exit,
    "CONTINUE": Walk._exit,
    "RETURN": Walk._return,
    "RAISE": Walk._raise,
    "EXECUTE": Walk._execute,
    "FETCH": Walk._fetch,
    "OPEN": Walk._open_cursor,
    "ASSERT": Walk._assert,
    "PERFORM": Walk._perform,
}
