"""A schema: named questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quorate import plugins
from quorate.errors import InvalidInput
from quorate.labels.fields import gather, path, read
from quorate.labels.question import Class, Question
from quorate.labels.validators import validators

__all__ = ["Class", "Question", "parse", "parse_question"]


def parse(body: object) -> dict[str, Question]:
    """The questions of a schema by name; raises `InvalidSpec` with every fault and its path.

    >>> topic = parse({"topic": {"kind": "choice", "classes": ["spam", "ham"]}})["topic"]
    >>> topic.check("spam"), topic.distance("spam", "ham"), topic.aggregate
    ('spam', 1.0, 'categorical')
    """
    if not isinstance(body, Mapping) or not body:
        raise InvalidInput("A schema is a mapping of names to questions.", mend="Write such as `topic: {kind: …}`.")
    questions: dict[str, Question] = {}

    def add(name: str, entry: object) -> None:
        questions[name] = parse_question(entry, at=name)

    gather([lambda name=name, entry=entry: add(name, entry) for name, entry in body.items()])  # type: ignore[misc]
    return questions


def parse_question(entry: object, at: str = "") -> Question:
    """One question from its entry; its validators are tried too, so that all that can be wrong is wrong now."""
    if not isinstance(entry, Mapping):
        raise InvalidInput("A question is a mapping of fields.", where=at, mend="Write such as {kind: choice, …}.")
    if not isinstance(entry.get("kind"), str):
        raise InvalidInput("A question needs its kind.", where=path(at, "kind"), mend="Write `kind: choice`.")
    question: Question = read(_kind(entry, at), dict(entry), at=at)
    validators(question, at)
    return question


def _kind(entry: Mapping[str, Any], at: str) -> type[Question]:
    try:
        kind: type[Question] = plugins.load("kinds", entry["kind"])
    except InvalidInput as error:
        error.where = path(at, "kind")
        raise
    return kind
