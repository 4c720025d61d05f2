"""Tell annotators all they need to paint and answer a project's tasks, and nothing that was said. Reads only."""

from __future__ import annotations

from typing import Any

from quorate.actions.rules import Rules, Step, rules_of
from quorate.errors import NotFound
from quorate.flow.policy import Policy
from quorate.labels.guideline import Guideline
from quorate.labels.question import Class, Question
from quorate.store import projects, specs
from quorate.store.database import Database
from quorate.store.projects import Project

HIDDEN = {"kind", "title", "description", "rules", "migrate"}
"""What a question's own fields are told without: what is told apart, and how answers are screened."""


def tell_guide(db: Database, project: Project, *, guideline: int | None = None) -> dict[str, Any]:
    """The questions in force, the guideline (in force, or at a version), and what of the policy concerns annotators.

    Raises `NotFound` when the guideline has no such version.
    """
    rules = _rules(db, project)
    steps = [_step(rules, step) for step in sorted(rules.steps.values(), key=lambda step: step.position)]
    return {
        "project": rules.project.name,
        "objective": rules.objective,
        "steps": steps,
        "guideline": _guideline(db, rules, guideline),
        "terms": _terms(rules),
        "skip_reasons": [_class(reason) for reason in rules.policy.reasons.skip],
        "flag_reasons": [_class(reason) for reason in rules.policy.reasons.flag],
        "accessibility": {"text": rules.accessibility},
    }


def guide_mark(db: Database, project: Project, guideline: int | None) -> str:
    """What changes when the guide does: the specs' epoch and the version that is asked for."""
    return f"{project.id.hex}-{_rules(db, project).project.epoch}-{guideline or 'now'}"


def _rules(db: Database, project: Project) -> Rules:
    """The rules of this moment: who has just published something wants to see it."""
    with db.read() as connection:
        epoch = projects.get(connection, project.id).epoch
    return rules_of(db, project.id, epoch)


def _step(rules: Rules, step: Step) -> dict[str, Any]:
    return {
        "step": step.name,
        "ask": step.ask,
        "depends": step.when is not None,
        "schema_version": rules.schema_versions[step.schema_id],
        "question": question_document(step.question),
    }


def question_document(question: Question) -> dict[str, Any]:
    """A question as an editor needs it: its classes with their keys, its kind's own fields, its answer's shape."""
    classed = {name for name, value in vars(question).items() if value and value is question.classes}
    return {
        "kind": question.kind,
        "title": question.title,
        "description": question.description,
        "classes": [_class(one) for one in question.classes],
        "options": question.model_dump(mode="json", by_alias=True, exclude=HIDDEN | classed),
        "answer": question.shape(),
    }


def _class(one: Class) -> dict[str, Any]:
    return one.model_dump(mode="json") | {"title": one.title or one.titled()}


def _guideline(db: Database, rules: Rules, version: int | None) -> dict[str, Any] | None:
    if version is None or version == rules.guideline_version:
        if rules.guideline is None:
            return None
        return guideline_document(rules.guideline["text"], rules.guideline_version)
    with db.read() as connection:
        rows = specs.versions(connection, rules.project.id, "guideline", rules.guideline_name)
    body = next((row.body for row in rows if row.version == version), None)
    if body is None:
        raise NotFound("The guideline has no version {version}.", where="guideline", version=version)
    return guideline_document(body["text"], version)


def guideline_document(text: str, version: int | None) -> dict[str, Any]:
    """A guideline cut into its clauses, each as it is written."""
    sections = Guideline.model_construct(text=text).sections
    clauses = [{"id": one.id, "title": one.title, "level": one.level, "text": one.text} for one in sections]
    return {"version": version, "clauses": clauses}


def _terms(rules: Rules) -> dict[str, Any]:
    policy: Policy = rules.policy
    return {
        "price": policy.pay.most,
        "currency": rules.project.currency,
        "lease_minutes": policy.lease.minutes,
        "feedback": {
            "gold": policy.feedback.gold,
            "adjudicated": policy.feedback.adjudicated,
            "minutes": policy.feedback.minutes,
            "disputes_per_day": policy.feedback.disputes,
        },
    }
