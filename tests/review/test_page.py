"""The review as a page: whole in one file, and no name in it becomes markup."""

import base64
import re
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.plans.model import FieldChange, Plan, Script, Segment, Step
from schemadiff.plans.observation import Lock, Observation
from schemadiff.review.page.html import review_page
from schemadiff.review.page.timeline import timeline

from .made_plan import UP, made_plan

HOSTILE = """x"><script>alert(1)</script><img src=x onerror=alert(2)>' onload='alert(3){{ 7 * 7 }}"""

VOID = {"meta", "input", "line", "br"}


class Page(HTMLParser):
    """What a browser makes of a page: every tag, closed in order, with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(plan: Plan) -> str:
    return review_page(plan, "c" * 64, "plans/x")


def hostile_plan() -> Plan:
    body = FieldChange("definition", f"SELECT '{HOSTILE}'\nFROM a", f"SELECT '{HOSTILE}'\nFROM b")
    locks = Observation((Lock(HOSTILE, "AccessExclusiveLock"),), scanned=(HOSTILE,))
    step = Step(
        Sql(f"CREATE VIEW {HOSTILE}"), StepOperation.ALTER, "view", HOSTILE, (body,), holder=HOSTILE, observed=locks
    )
    script = Script((Segment((step, *UP.segments[0].steps)),))
    return made_plan(name=HOSTILE, up=script, down=script, unmanaged=(HOSTILE,), target=HOSTILE)


def test_names_add_no_markup() -> None:
    found = Page(page(hostile_plan()))
    assert [tag for tag, _ in found.tags].count("script") == 1
    assert [tag for tag, _ in found.tags].count("img") == 0
    for tag, attributes in found.tags:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
    assert "{{ 7 * 7 }}" in page(hostile_plan())


def test_it_loads_nothing_and_runs_its_own_script_only() -> None:
    text = page(hostile_plan())
    found = Page(text)
    assert not [attributes for _, attributes in found.tags if attributes.keys() & {"src", "href", "action", "style"}]
    (policy,) = [one["content"] or "" for tag, one in found.tags if one.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    for tag in ("script", "style"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert f"sha256-{base64.b64encode(sha256(inside.encode()).digest()).decode()}" in policy


def test_every_line_can_be_filtered() -> None:
    lines = [one for _, one in Page(page(made_plan())).tags if (one.get("class") or "").startswith("line ")]
    risks = {one["data-words"]: one["data-risk"] for one in lines if one["data-words"]}
    assert risks["table app.contact column app.contact.fax contact.fax (gone for good) data-loss breaks-clients"] == "3"
    assert len([one for one in risks.values() if one == "1"]) >= 3


def test_definitions_stand_side_by_side() -> None:
    body = FieldChange("definition", "SELECT a\nFROM t\nWHERE x > 100", "SELECT a\nFROM t\nWHERE x > 200")
    step = Step(Sql("CREATE VIEW v"), StepOperation.ALTER, "view", "app.v", (body,))
    text = page(made_plan(up=Script((Segment((step,)),))))
    assert "WHERE x &gt; <del>100</del></pre>" in text
    assert "WHERE x &gt; <ins>200</ins></pre>" in text


def test_locks_last_until_the_segment_commits() -> None:
    def locking(mode: str, **work: tuple[str, ...]) -> Step:
        return replace(UP.steps[0], observed=Observation((Lock("app.contact", mode),), **work))

    first = Segment(
        (locking("ShareLock"), UP.steps[1], locking("AccessExclusiveLock", scanned=("app.contact",)), UP.steps[2])
    )
    found = timeline(Script((first, Segment((UP.steps[1],)), Segment((locking("ShareLock"),)))))
    (row,) = found.rows
    assert [(bar.first, bar.last, bar.level, bar.works) for bar in row.bars] == [
        (0, 1, "writes", False),
        (2, 3, "everything", True),
        (5, 5, "writes", False),
    ]
    assert (found.numbers, found.commits) == (("1.1", "1.2", "1.3", "1.4", "2.1", "3.1"), (4, 5, 6))


def test_nothing_to_do() -> None:
    empty = Script(())
    assert "Nothing to do" in page(made_plan(up=empty, down=empty))
