"""Tell how annotators work: how good, how fast, at what cost, what was noticed. Reads only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.naming import naming
from quorate.actions.rules import rules_of
from quorate.actions.tell_skills import tell_skills
from quorate.actions.tell_standing import qualified, tell_exams
from quorate.errors import NotFound
from quorate.people.pseudonyms import pseudonym
from quorate.store import accounts, annotators, notices
from quorate.store.database import Database, Driver
from quorate.store.projects import Project
from quorate.truth.bounds import clopper_pearson

Told = dict[str, Any]
EXAM = ("name", "title", "state", "may_start", "left", "not_before")
SKILL = ("step", "answers", "accuracy", "low", "high", "verdict")


def tell_annotators(db: Database, project: Project, *, names: bool) -> list[Told]:
    """A row for everyone who works or may work here, most answers first."""
    with db.work() as connection:
        rows = annotators.everyone(connection, project.id)
        terms = _terms(db, connection, project, rows)
    return [
        {**row, "qualification": terms[one["id"]]}
        for row, one in zip(_told(db, project, rows, tell_skills(db, project), names=names), rows, strict=True)
    ]


def _terms(db: Database, connection: Driver, project: Project, rows: list[Told]) -> dict[UUID, list[Told]]:
    people = [row["id"] for row in rows if row["kind"] == "person"]
    machines: dict[UUID, list[Told]] = {row["id"]: [] for row in rows if row["kind"] != "person"}
    return machines | qualified(connection, rules_of(db, project.id), people)


def annotator_called(db: Database, project: Project, called: str) -> UUID:
    """The account behind a pseudonym, among those of this project. Raises `NotFound`."""
    with db.read() as reader:
        salt = accounts.salt(reader, project.workspace_id)
    with db.work() as connection:
        for account in annotators.accounts(connection, project.id):
            if pseudonym(account, salt) == called:
                return account
    raise NotFound("There is no annotator '{called}' in this project.", where="annotator", called=called)


def tell_annotator(db: Database, project: Project, account: UUID, *, names: bool) -> Told:
    """What somebody is good at, what they confuse, how it went over time, what was noticed, what they were told."""
    with db.work() as connection:
        rows = annotators.everyone(connection, project.id)
        history = annotators.history(connection, project.id, account)
        noticed = annotators.findings(connection, project.id, account)
        told = notices.of_annotator(connection, project.id, account)
        terms = _terms(db, connection, project, [one for one in rows if one["id"] == account])
        sat = tell_exams(connection, rules_of(db, project.id), account, clock.now())
    skills = tell_skills(db, project)
    row = next(row for row, one in zip(_told(db, project, rows, skills, names=names), rows, strict=True)
               if one["id"] == account)  # fmt: skip
    authors = naming(db, project.workspace_id, names=names)({one["author_id"] for one in told if one["author_id"]})
    return {
        **row,
        "qualification": terms[account],
        "exams": [{name: one[name] for name in EXAM} for one in sat],
        "confusions": [_confusion(one) for one in skills if one["annotator"] == row["annotator"] and _is_square(one)],
        "history": history,
        "noticed": noticed,
        "notices": [{**one, "author": authors.get(one.pop("author_id"))} for one in told],
    }


def _told(db: Database, project: Project, rows: list[Told], skills: list[Told], *, names: bool) -> list[Told]:
    with db.read() as reader:
        salt = accounts.salt(reader, project.workspace_id)
    total = sum(row["answers"] for row in rows) or 1
    told = []
    for row in rows:
        called = pseudonym(row["id"], salt)
        kept = ("kind", "roles", "answers", "cost", "seconds", "findings", "discounted")
        told.append(
            {
                "annotator": called,
                "name": row["name"] if names else None,
                **{name: row[name] for name in kept},
                "share": row["answers"] / total,
                "last_seen": row["last"],
                "status": row["barred"] or "active",
                "reason": row["barred_why"],
                "agreement": _rate(row["agreeing"], row["compared"]),
                "skills": [{name: s.get(name) for name in SKILL} for s in skills if s["annotator"] == called],
            }
        )
    return told


def _rate(right: int, answers: int) -> Told | None:
    if not answers:
        return None
    low, high = clopper_pearson(right, answers, 0.025)
    return {"value": right / answers, "low": float(low), "high": float(high), "answers": answers}


def _is_square(skill: Told) -> bool:
    size = len(skill["labels"])
    return bool(size) and len(skill["skill"]) == size and all(len(row) == size for row in skill["skill"])


def _confusion(skill: Told) -> Told:
    """By true class, how probably each class is said."""
    rows = [[value / (sum(row) or 1) for value in row] for row in skill["skill"]]
    return {"step": skill["step"], "labels": skill["labels"], "rows": rows, "verdict": skill.get("verdict")}
