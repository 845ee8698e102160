"""SARIF 2.1.0, which code hosts and editors show beside the lines of a change."""

from urllib.parse import quote

from schemadiff import __version__
from schemadiff.plans.directory.serialization import Json, text_sha
from schemadiff.printable import one_line
from schemadiff.review.annotating.remarks import Place, Remark

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(remarks: tuple[Remark, ...]) -> dict[str, Json]:
    """The remarks on a plan as a SARIF log with one run."""
    rules = {remark.rule: remark for remark in remarks}
    driver: dict[str, Json] = {
        "name": "schemadiff",
        "version": __version__,
        "rules": [
            {"id": rule, "shortDescription": {"text": rule}, "fullDescription": {"text": remark.meaning}}
            for rule, remark in rules.items()
        ],
    }
    results: list[Json] = [_result(remark, list(rules).index(remark.rule)) for remark in remarks]
    run: dict[str, Json] = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(remark: Remark, rule: int) -> dict[str, Json]:
    result: dict[str, Json] = {
        "ruleId": remark.rule,
        "ruleIndex": rule,
        "level": remark.level.value,
        "message": {"text": one_line(remark.message)},
        "partialFingerprints": {"schemadiff/v1": text_sha(f"{remark.rule} {remark.object}")},
    }
    return result if remark.place is None else result | {"locations": [_location(remark.place)]}


def _location(place: Place) -> dict[str, Json]:
    region: dict[str, Json] = {"startLine": place.line, "startColumn": place.column}
    uri = quote(place.file.replace("\\", "/"))
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
