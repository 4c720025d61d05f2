"""All the specs of a project together: is each right, and do they fit one another?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from quorate.errors import InvalidInput
from quorate.flow.policy import Policy
from quorate.flow.project import ProjectSpec
from quorate.labels.fields import faults_of, path, read
from quorate.labels.guideline import Guideline
from quorate.labels.question import Question
from quorate.labels.schema import parse_question
from quorate.labels.template import Template

Key = tuple[str, str]
"""Kind and name of a spec."""

KINDS = ("project", "schema", "policy", "guideline", "rubric", "template", "training", "exam")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one spec; `error.where` is the path of the field in its file."""

    key: Key
    error: InvalidInput


def _loose(body: Any, at: str) -> Any:
    if not isinstance(body, dict):
        raise InvalidInput("A mapping of fields is wanted here.")
    return body


PARSERS: Mapping[str, Callable[[Any, str], Any]] = {
    "project": lambda body, at: read(ProjectSpec, body, at=""),
    "schema": parse_question,
    "policy": lambda body, at: Policy.parse(_loose(body, at)),
    "guideline": lambda body, at: read(Guideline, body, at=""),
    "template": lambda body, at: read(Template, body, at=""),
    "rubric": _loose,
    "training": _loose,
    "exam": _loose,
}


def check(bodies: Mapping[Key, Any]) -> list[Fault]:
    """Everything that is wrong with these specs, alone and together; nothing when they may be published."""
    faults: list[Fault] = []
    parsed: dict[Key, Any] = {}
    for key, body in bodies.items():
        try:
            parsed[key] = parse(key, body)
        except InvalidInput as error:
            faults.extend(Fault(key, fault) for fault in faults_of(error))
    project = next((key for key in bodies if key[0] == "project"), None)
    if project is None:
        missing = InvalidInput("There is no project spec.", mend="Write project.yaml.")
        return [*faults, Fault(("project", "project"), missing)]
    if project in parsed:
        # a schema that is there but wrong has been told already; only those that are not there are missing
        wrong = {name for kind, name in bodies if kind == "schema" and (kind, name) not in parsed}
        faults.extend(_together(project, parsed[project], questions(parsed), wrong))
    return faults


def parse(key: Key, body: Any) -> Any:
    """One spec, parsed. Raises `InvalidInput` with paths as they are in its file."""
    kind, name = key
    if kind not in PARSERS:
        raise InvalidInput(f"There is no spec of kind `{kind}`.", mend=f"There are: {', '.join(KINDS)}.")
    return PARSERS[kind](body, path(name) if kind == "schema" else "")


def questions(parsed: Mapping[Key, Any]) -> dict[str, Question]:
    """The questions by name."""
    return {name: question for (kind, name), question in parsed.items() if kind == "schema"}


def _together(key: Key, project: ProjectSpec, known: Mapping[str, Question], wrong: set[str]) -> list[Fault]:
    if any(step.asks in wrong for step in project.steps):
        return []
    try:
        project.check(known)
    except InvalidInput as error:
        return [Fault(key, fault) for fault in faults_of(error)]
    return []
