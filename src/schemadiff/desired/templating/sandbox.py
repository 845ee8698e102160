"""Rendering of .sql.j2 files in a sandbox, with a map from the rendered text back to where it was written."""

import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from jinja2 import BaseLoader, StrictUndefined
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Environment
from jinja2.exceptions import TemplateNotFound, TemplateRuntimeError, TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.nodes import Concat, Expr, Impossible, TemplateData
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from schemadiff.config import Variable
from schemadiff.desired import limits
from schemadiff.desired.reading.source import Source, Span, Text
from schemadiff.desired.reading.text import read_text
from schemadiff.desired.templating.filters import FILTERS, KEPT_FILTERS, MARKER, finalize
from schemadiff.errors import DesiredError

_SIDE_BY_SIDE = "SQL is not put together with {}; write the parts side by side"

_MOST_BITS = 100 * 1000

_MAIN = "//"
"""Before the name of a desired file, which no template can have."""


class Renderer:
    """Renders files that call the templates of one directory; these lie in `root`, or else in the directory.

    Both read `variables` as `vars`.
    """

    def __init__(
        self, directory: Path | None, root: Path | None, variables: Mapping[str, Variable] | None = None
    ) -> None:
        self._directory = directory
        self._root = root
        self._environment = _Sandbox(_Loader(self._text_of), variables or {})
        self._main: Text | None = None

    def render(self, file: Text) -> Source:
        """The SQL that `file` renders to; DesiredError with file, line and the line itself if it does not."""
        self._main = file
        environment = self._environment
        try:
            rendered = environment.get_template(_MAIN + file.name).render()
        except DesiredError:
            raise
        except Exception as error:  # a template can raise anything
            raise self._located(error, file) from error
        return _mapped(rendered, file, environment.spans)

    def _text_of(self, name: str) -> Text:
        if self._main is not None and name == _MAIN + self._main.name:
            return self._main
        if self._directory is None or name.startswith("/") or ".." in name.split("/"):
            raise TemplateNotFound(name)
        path = self._directory / name
        if not path.is_file():
            raise TemplateNotFound(name)
        return Text(str(path), read_text(path, self._root or self._directory))

    def _located(self, error: Exception, file: Text) -> DesiredError:
        texts = self._environment.texts
        places = [
            (texts[frame.filename], frame.lineno or 1)
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename in texts
        ]
        if isinstance(error, TemplateSyntaxError):
            places.append((texts[error.filename or file.name], error.lineno))
        message = (getattr(error, "message", None) or str(error)).replace(_MAIN, "")
        if isinstance(error, MemoryError):
            message = f"needs more than {limits.TEMPLATE_MEMORY >> 20} MB of memory"
        next_step = ""
        if isinstance(error, TemplateNotFound):
            where = f"in {self._directory}" if self._directory else "because no directory of templates is set"
            message = f"there is no template {error.name!r} {where}"
            next_step = "correct the name, or write the template"
        return _place_error(places or [(file, 1)], message, next_step)


class _Loader(BaseLoader):
    def __init__(self, text_of: Callable[[str], Text]) -> None:
        self._text_of = text_of

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        assert isinstance(environment, _Sandbox)
        text = self._text_of(template)
        environment.texts[text.name] = text
        return text.text, text.name, lambda: not template.startswith(_MAIN)


class _Compiler(CodeGenerator):
    """Leaves every decision about what is SQL to the sandbox at run time."""

    def visit_Concat(self, node: Concat, frame: Frame) -> None:
        self.write("environment.concatenated((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def _output_child_to_const(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        # a constant would be marked safe before finalize sees that it is a bare string
        if not isinstance(node, TemplateData):
            raise Impossible()
        return super()._output_child_to_const(node, frame, finalize)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Markup means SQL here: only filters, macros and captured blocks make it."""

    code_generator_class = _Compiler
    intercepted_binops = frozenset({"+", "%", "*", "**"})

    def __init__(self, loader: BaseLoader, variables: Mapping[str, Variable]) -> None:
        self.texts: dict[str, Text] = {}
        self.spans: list[Span] = []
        super().__init__(
            loader=loader,
            undefined=StrictUndefined,
            autoescape=True,
            finalize=finalize,
            keep_trailing_newline=True,
            optimized=False,
            extensions=[_Markers],
        )
        self.filters = {name: self.filters[name] for name in KEPT_FILTERS} | FILTERS
        self._variables = MappingProxyType(dict(variables))
        self.globals = {name: self.globals[name] for name in ("range", "dict", "namespace")} | {"vars": self._variables}

    def getattr(self, obj: object, attribute: str) -> object:
        """`vars.name` is a variable, whatever methods the mapping has."""
        return self.getitem(obj, attribute) if obj is self._variables else super().getattr(obj, attribute)

    def getitem(self, obj: object, argument: object) -> object:
        """As Jinja does it; a variable that nobody gave says how to give it."""
        if obj is not self._variables:
            return super().getitem(obj, argument)
        if argument in self._variables:
            return self._variables[str(argument)]
        name = str(argument)
        return self.undefined(
            f"there is no variable {name!r}: give it a value under [vars] in schemadiff.toml, with --var {name}=..., "
            f"or in SCHEMADIFF_VAR_{name.upper()}"
        )

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        return not isinstance(obj, Markup) and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        if isinstance(left, Markup) or isinstance(right, Markup):
            raise TemplateRuntimeError(_SIDE_BY_SIDE.format(operator))
        if operator == "**" and not _is_small_power(left, right):
            raise TemplateRuntimeError("the power is too large a number")
        return super().call_binop(context, operator, left, right)

    def concatenated(self, parts: tuple[object, ...]) -> str:
        """`a ~ b` of strings and numbers."""
        if any(isinstance(part, Markup) for part in parts):
            raise TemplateRuntimeError(_SIDE_BY_SIDE.format("~"))
        return "".join(str(part) for part in parts)


def _is_small_power(base: object, exponent: object) -> bool:
    """Whether it is computed in no time: nothing interrupts the interpreter meanwhile."""
    if isinstance(base, int) and isinstance(exponent, int):
        return base.bit_length() * abs(exponent) <= _MOST_BITS
    return True


class _Markers(Extension):
    """Puts a marker before each part of a template that writes something."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        if "\x1e" in source or "\x1f" in source or "\0" in source:
            raise TemplateSyntaxError("a template cannot contain control characters", 1, name, filename)
        return source

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        environment = self.environment
        assert isinstance(environment, _Sandbox) and stream.filename is not None
        text = environment.texts[stream.filename]
        cursor = 0
        for token in stream:
            searched = {"data": token.value, "variable_begin": "{{", "block_begin": "{%"}.get(token.type)
            if searched is not None:
                found = text.text.find(searched, max(cursor, text.start_of(token.lineno)))
                offset = cursor if found < 0 else found
                cursor = offset + len(searched)
                if token.type != "block_begin":
                    number = len(environment.spans)
                    environment.spans.append(Span(0, text, offset, token.type == "variable_begin"))
                    yield Token(token.lineno, "data", f"\x1e{number}\x1f")
            yield token


def _mapped(rendered: str, file: Text, known: list[Span]) -> Source:
    pieces: list[str] = []
    spans: list[Span] = [Span(0, file, 0, expression=True)]
    length = end = 0
    for marker in MARKER.finditer(rendered):
        pieces.append(rendered[end : marker.start()])
        length += len(pieces[-1])
        end = marker.end()
        span = known[int(marker.group()[1:-1])]
        spans.append(Span(length, span.origin, span.offset, span.expression))
    pieces.append(rendered[end:])
    return Source(file, "".join(pieces), tuple(spans))


def _place_error(places: list[tuple[Text, int]], message: str, next_step: str) -> DesiredError:
    """An error in the last of the places, which the first one called."""
    named = re.findall(r"'([^']+)'", message)
    (file, line), (inner, inner_line) = places[0], places[-1]
    if inner is file:
        line = inner_line
    offset = _offset_in_line(file, line, named if inner is file else [])
    if inner is file:
        return Source(file).error(offset, message, next_step)
    inner_offset = _offset_in_line(inner, inner_line, named)
    spans = (Span(0, file, offset, expression=True), Span(1, inner, inner_offset))
    return Source(file, "", spans).error(1, message, next_step)


def _offset_in_line(text: Text, line: int, named: list[str]) -> int:
    """Where in the line a name of the message is; otherwise where its first character is."""
    start = text.start_of(line)
    content = text.text[start:].split("\n", 1)[0]
    for name in named:
        if (found := re.search(rf"\b{re.escape(name)}\b", content)) is not None:
            return start + found.start()
    return start + len(content) - len(content.lstrip())
