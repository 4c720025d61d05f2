"""Show an expert the case that they hold: everything, or, if it is blind, the item and the question alone.

Blind ones all look like audits, so that nobody knows what comes back to them. Once the answer is in, all is shown.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.decide_task import given_answers
from quorate.actions.rules import Rules, rules_of
from quorate.actions.tell_guide import guideline_document, question_document
from quorate.errors import Conflict, NotFound
from quorate.flow.believe import believe
from quorate.flow.evidence import Prior
from quorate.flow.excerpt import excerpt
from quorate.flow.similar import similar
from quorate.people.pseudonyms import pseudonym
from quorate.store import accounts, annotations, cases, disputes
from quorate.store import tables as t
from quorate.store.annotations import Held
from quorate.store.cases import Case
from quorate.store.database import Database, Driver

WORDS = {
    "undecided": "The annotators could not settle it.",
    "risky": "A wrong label would be costly here.",
    "audit": "Drawn by chance, to see how right the labels are.",
    "dispute": "An annotator disagrees with what was decided.",
    "second_opinion": "One expert's word is not enough here.",
    "repeat": "Asked again, to see how steady judgements are.",
}
"""Why a case of each kind is there, for people."""
RECENT = timedelta(days=730)
COMPARED = 500
"""Of how many earlier cases the most similar are looked for."""


def show_case(db: Database, actor: Actor, assignment: UUID) -> dict[str, Any]:
    """The case of a lease. Raises `NotFound` when this expert has no such lease."""
    with db.work() as connection:
        rules, case, held = _look(db, connection, actor, assignment)
        shown = _task(rules, held, case, *cases.lease_details(connection, assignment)) | {"assignment": assignment}
        return shown if case.blind else shown | _evidence(db, connection, rules, case, held)


def held_cases(db: Database, actor: Actor, projects: Sequence[UUID]) -> list[dict[str, Any]]:
    """The cases that this expert holds now, oldest first."""
    assert actor.account is not None
    with db.work() as connection:
        leases = cases.held(connection, actor.account, list(projects))
    return [show_case(db, actor, lease) for lease in leases]


def reveal_case(db: Database, actor: Actor, assignment: UUID) -> dict[str, Any]:
    """All that is known of a case that this expert has answered, the blind ones too. Raises `Conflict` before."""
    with db.work() as connection:
        rules, case, held = _look(db, connection, actor, assignment)
        _refuse_blind(case, held)
        shown = _task(rules, held, case, *cases.lease_details(connection, assignment)) | {"assignment": assignment}
        return shown | _evidence(db, connection, rules, case, held)


def precedents(db: Database, actor: Actor, assignment: UUID, limit: int) -> list[dict[str, Any]]:
    """Earlier cases that are like this one, most like first. Raises `Conflict` while it is to be judged blind."""
    assert actor.account is not None
    with db.work() as connection:
        rules, case, held = _look(db, connection, actor, assignment)
        _refuse_blind(case, held)
        rows = cases.judged(
            connection, held.project_id, held.step_id, held.task_id, actor.account, clock.now() - RECENT, COMPARED
        )
    with db.read() as reader:
        salt = accounts.salt(reader, held.workspace_id)
    likest = similar(held.body, held.attributes, [(row["body"], row["attributes"]) for row in rows], limit=limit)
    step = rules.asked(held.step_id)
    told = []
    for one in likest:
        row = rows[one.index]
        value = row["value"] if row["decided"] is None else step.heard(row["decided"], row["decided_schema"])
        told.append(
            {
                "item": row["item"],
                "excerpt": excerpt(row["body"]),
                "body": row["body"],
                "value": row["decided"] if value is None else value,
                "expert": pseudonym(row["account_id"], salt),
                "said": row["value"],
                "rationale": row["rationale"],
                "clauses": row["clauses"],
                "error": row["error"],
                "guideline_version": row["guideline_version"],
                "at": row["at"],
                "likeness": round(one.score, 4),
                "words": one.words,
                "attributes": one.attributes,
            }
        )
    return told


def _look(db: Database, connection: Driver, actor: Actor, assignment: UUID) -> tuple[Rules, Case, Held]:
    assert actor.account is not None
    case_id = cases.of_lease(connection, assignment, actor.account)
    case = cases.get(connection, case_id) if case_id else None
    held = annotations.look(connection, assignment, actor.account, UUID(t.NO_CASE)) if case else None
    if case is None or held is None:
        raise NotFound("You hold no such case.", where="assignment", mend="Claim one first.")
    return rules_of(db, held.project_id, held.epoch), case, held


def _refuse_blind(case: Case, held: Held) -> None:
    if case.blind and held.state != "submitted":
        raise Conflict("You are to judge this without knowing what was said.", mend="Adjudicate it first.")


def _task(rules: Rules, held: Held, case: Case, key: str, expires: Any) -> dict[str, Any]:
    step = rules.asked(held.step_id)
    why = "audit" if case.blind else case.kind
    return {
        "task": held.task_id,
        "project": rules.project.name,
        "step": step.name,
        "ask": step.ask,
        "kind": step.question.kind,
        "item": key,
        "body": held.body,
        "media": held.media,
        "language": held.attributes.get("language"),
        "schema_version": rules.schema_versions[step.schema_id],
        "guideline_version": rules.guideline_version,
        "expires_at": expires,
        "why": why,
        "words": WORDS[why],
        "blind": case.blind,
        "due_at": case.due_at,
        "question": question_document(step.question),
        "guideline": rules.guideline and guideline_document(rules.guideline["text"], rules.guideline_version),
        "template": _template(rules),
    }


def _template(rules: Rules) -> dict[str, Any]:
    written = rules.template.model_dump(mode="json", exclude={"fields"})
    fields = {name: question_document(question) for name, question in rules.template.questions.items()}
    return written | {"fields": fields}


def _evidence(db: Database, connection: Driver, rules: Rules, case: Case, held: Held) -> dict[str, Any]:
    step = rules.asked(held.step_id)
    prior = Prior.from_json(held.prior) if held.prior else None
    posterior = believe(step.question, given_answers(held, step), prior, trace=False)
    with db.read() as reader:
        salt = accounts.salt(reader, held.workspace_id)
    return {
        "rule": case.rule,
        "opened_at": case.opened_at,
        "risk": case.risk,
        "worth": case.value,
        "attributes": held.attributes,
        "state": held.task_state,
        "decided": held.decided,
        "decided_by": held.decided_by,
        "value": posterior.value,
        "confidence": posterior.confidence,
        "probabilities": {str(label): p for label, p in posterior.probabilities.items()},
        "answers": [_answer(given, salt) for given in held.given],
        "findings": cases.findings(connection, held.task_id),
        "said": [_said(row, salt) for row in cases.adjudications(connection, held.task_id)],
        "disputes": [_dispute(row, salt) for row in disputes.of_case(connection, case.id)],
    }


def _answer(given: dict[str, Any], salt: bytes) -> dict[str, Any]:
    return {
        "annotation": given["id"],
        "annotator": pseudonym(UUID(given["account_id"]), salt),
        "role": given["role"],
        "value": given["value"],
        "comment": given["comment"],
        "seconds": given["seconds"],
        "at": given["created_at"],
        "skill": given["skill"],
        "accuracy": _accuracy(given["skill"]),
    }


def _accuracy(rows: Any) -> float | None:
    """How often the annotator is right, over all classes alike; None for skills that are no confusion matrix."""
    if not rows or any(len(row) != len(rows) for row in rows) or len(rows) < 2:
        return None
    return float(sum(row[k] / sum(row) for k, row in enumerate(rows))) / len(rows)


def _said(row: dict[str, Any], salt: bytes) -> dict[str, Any]:
    names = ("value", "rationale", "clauses", "error", "at", "kind")
    return {"expert": pseudonym(row["account_id"], salt)} | {name: row[name] for name in names}


def _dispute(row: dict[str, Any], salt: bytes) -> dict[str, Any]:
    return {
        "annotator": pseudonym(row["account_id"], salt),
        "annotation": row["annotation_id"],
        "value": row["value"],
        "against": row["against"],
        "reason": row["reason"],
        "at": row["created_at"],
    }
