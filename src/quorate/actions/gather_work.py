"""A step's newest answers as what detectors look at, whatever the kind of label. Reads only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np

from quorate.actions.rules import Rules, Step
from quorate.labels.guideline import Guideline
from quorate.labels.question import Question, words
from quorate.labels.validators import count_words
from quorate.truth.votes import Votes
from quorate.watch.encode import CLASSED, encoded
from quorate.watch.work import Work

Row = dict[str, Any]
_CLAUSE = re.compile(r"\d+(?:\.\d+)+")
ALIKE = 100
"""Of kinds whose answers are compared one by one, only so many of each annotator are looked at."""

Bodies = Mapping[UUID, tuple[Any, bool]]
"""What items say, and whether it is for all to read."""


@dataclass(frozen=True, slots=True)
class Look:
    """What detectors see, and the answers behind it: `rows` are those of `work.votes`.

    `parts`: where answers say several things at once, a work of two classes for each class, for the diagnosis.
    """

    work: Work
    rows: Sequence[Row]
    parts: tuple[Work, ...] = ()

    def answers(self, places: Sequence[int]) -> list[UUID]:
        """The ids of these answers."""
        return [self.rows[place]["id"] for place in places]


def gather_work(rules: Rules, step: Step, rows: Sequence[Row], bodies: Bodies) -> Look | None:
    """The answers as arrays, oldest first; items are tasks. None with fewer than three annotators."""
    question = step.question
    heard = [(row, step.heard(row["value"], row["schema_id"])) for row in sorted(rows, key=lambda r: r["created_at"])]
    classed = question.aggregate in CLASSED
    known = [(row, value) for row, value in heard if value is not None and (not classed or value in question.ids)]
    if not classed and question.aggregate != "numeric":
        known = _newest(known)
    if len({row["account_id"] for row, _ in known}) < 3:
        return None
    rows, values = [row for row, _ in known], [value for _, value in known]
    work = _work(question, rows, values, bodies)
    if classed:
        place = {id: code for code, id in enumerate(question.ids)}
        gold = _gold(work, {row["task_id"]: place.get(row["gold"], -1) for row in rows if row["gold"] is not None})
        return Look(replace(work, gold=gold, clauses=_clauses(rules, step)), rows)
    if question.aggregate == "text":
        work = replace(work, texts=values)
    parts = tuple(_part(work, values, id) for id in question.ids) if question.aggregate == "per_class" else ()
    return Look(work, rows, parts)


def _newest(known: Sequence[tuple[Row, Any]]) -> list[tuple[Row, Any]]:
    seen: dict[UUID, int] = {}
    kept = []
    for row, value in reversed(known):
        seen[row["account_id"]] = seen.get(row["account_id"], 0) + 1
        if seen[row["account_id"]] <= ALIKE:
            kept.append((row, value))
    return kept[::-1]


def _work(question: Question, rows: Sequence[Row], values: Sequence[Any], bodies: Bodies) -> Work:
    tasks = {row["task_id"]: row for row in rows}
    items = {id: place for place, id in enumerate(tasks)}
    workers = {id: place for place, id in enumerate(dict.fromkeys(row["account_id"] for row in rows))}
    found = [bodies.get(row["item_id"], (None, False)) for row in tasks.values()]
    said = [_words(body) for body, _ in found]
    votes = Votes(
        np.array([items[row["task_id"]] for row in rows], np.int32),
        np.array([workers[row["account_id"]] for row in rows], np.int32),
        np.zeros(len(rows), np.int32), np.array(list(items), object), np.array(list(workers), object),
        np.array([""], object), None, np.array([row["created_at"].timestamp() for row in rows]),
    )  # fmt: skip
    seconds = np.array([np.nan if row["seconds"] is None else row["seconds"] for row in rows], float)
    texts = [row["comment"] or "" for row in rows]
    return replace(
        encoded(question, values, votes),
        seconds=seconds if np.isfinite(seconds).any() else None,
        length=np.array([count_words(text) for text in said], float) if any(said) else None,
        texts=texts if any(texts) else None,
        # A finding tells words of them to whoever may read findings.
        bodies=[text if free else "" for text, (_, free) in zip(said, found, strict=True)] if any(said) else None,
    )


def _gold(work: Work, known: Mapping[UUID, int]) -> Any:
    found = np.array([known.get(task, -1) for task in work.votes.items], np.intp)
    return found if found.size and found.max() >= 0 else None


def _part(work: Work, values: Sequence[Any], id: str) -> Work:
    """Whether one class applies, as a question of its own."""
    votes = work.votes
    said = np.array([id in value for value in values], np.int32)
    names = np.array([f"not {id}", id], object)
    binary = Votes(votes.item, votes.worker, said, votes.items, votes.workers, names, None, votes.time)
    return Work(binary)


def _words(body: Any) -> str:
    return " ".join(one for one in body.values() if isinstance(one, str)) if isinstance(body, dict) else ""


def _clauses(rules: Rules, step: Step) -> dict[int, str]:
    """Class → the clause that speaks of it."""
    found = {place: clause_of(rules, step, id) for place, id in enumerate(step.question.ids)}
    return {place: clause for place, clause in found.items() if clause}


def clause_of(rules: Rules, step: Step, label: str) -> str | None:
    """The clause that speaks of a class: the one that its description names, else the first that has its title."""
    if rules.guideline is None:
        return None
    one = next((c for c in step.question.classes if c.id == label), None)
    if one is None:
        return None
    clauses = Guideline.model_construct(text=rules.guideline["text"]).clauses
    told = _CLAUSE.findall(words(one.description))
    named = next((number for number in told if number in clauses), None)
    title = one.titled().casefold()
    return named or next((number for number, first in clauses.items() if title in first.casefold()), None)
