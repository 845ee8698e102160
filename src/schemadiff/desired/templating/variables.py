"""What templates are told, and where they are told something else."""

import json
from collections.abc import Iterator

from schemadiff.config import Project
from schemadiff.notes import Note, NoteKind


def told_otherwise(project: Project) -> Iterator[Note]:
    """Variables that environments of the project give another value than the one in force."""
    for name, value in project.vars.items():
        others = [
            f"{environment.name} has {json.dumps(environment.vars[name], ensure_ascii=False)}"
            for environment in project.environments.values()
            if environment.vars.get(name, value) != value
        ]
        if others:
            yield Note.of(NoteKind.VARIABLE, name, json.dumps(value, ensure_ascii=False), ", ".join(others))
