"""Show an expert the case that they hold: everything, or, if it is blind, the item and the question alone.

Blind ones all look like audits, so that nobody knows what comes back to them.
"""

from typing import Any
from uuid import UUID

from quorate.actions.actor import Actor
from quorate.actions.decide_task import given_answers
from quorate.actions.rules import Rules, rules_of
from quorate.errors import NotFound
from quorate.flow.believe import believe
from quorate.flow.evidence import Prior
from quorate.people.pseudonyms import pseudonym
from quorate.store import accounts, annotations, cases
from quorate.store import tables as t
from quorate.store.annotations import Held
from quorate.store.cases import Case
from quorate.store.database import Database


def show_case(db: Database, actor: Actor, assignment: UUID) -> dict[str, Any]:
    """The case of a lease. Raises `NotFound` when this expert has no such lease."""
    assert actor.account is not None
    with db.work() as connection:
        case_id = cases.of_lease(connection, assignment, actor.account)
        case = cases.get(connection, case_id) if case_id else None
        held = annotations.look(connection, assignment, actor.account, UUID(t.NO_CASE)) if case else None
        if case is None or held is None:
            raise NotFound("You hold no such case.", where="assignment", mend="Claim one first.")
        rules = rules_of(db, held.project_id, held.epoch)
        key, expires = cases.lease_details(connection, assignment)
        findings = cases.findings(connection, held.task_id)
    why = "audit" if case.blind else case.kind
    shown = _task(rules, held, assignment, key, expires) | {"why": why, "blind": case.blind}
    if not case.blind:
        with db.read() as reader:
            salt = accounts.salt(reader, held.workspace_id)
        shown |= _evidence(rules, held, case, salt) | {"findings": findings}
    return shown


def _task(rules: Rules, held: Held, assignment: UUID, key: str, expires: Any) -> dict[str, Any]:
    step = rules.asked(held.step_id)
    return {
        "assignment": assignment,
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
        "guideline": rules.guideline,
        "template": rules.template.model_dump(mode="json"),
    }


def _evidence(rules: Rules, held: Held, case: Case, salt: bytes) -> dict[str, Any]:
    step = rules.steps[held.step_id]
    prior = Prior.from_json(held.prior) if held.prior else None
    posterior = believe(step.question, given_answers(held, step), prior, trace=False)
    return {
        "rule": case.rule,
        "value": posterior.value,
        "probabilities": {str(label): p for label, p in posterior.probabilities.items()},
        "answers": [
            {
                "annotator": pseudonym(UUID(given["account_id"]), salt),
                "role": given["role"],
                "value": given["value"],
                "comment": given["comment"],
                "seconds": given["seconds"],
                "skill": given["skill"],
            }
            for given in held.given
        ],
    }
