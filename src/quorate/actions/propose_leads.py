"""Propose annotators for promotion by what known items have shown of them; a person accepts or declines."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.naming import naming
from quorate.actions.rules import Rules, rules_of
from quorate.errors import Conflict, InvalidInput, NotFound
from quorate.flow.exam import Tally, at_least, interval
from quorate.ids import new_id
from quorate.people.pseudonyms import pseudonym
from quorate.people.roles import Role
from quorate.store import accounts, leads, ledger, projects, seats
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.projects import Project

Told = dict[str, Any]


def propose_leads(db: Database) -> int:
    """Look at every project; how many annotators were proposed."""
    with db.read() as reader:
        found = projects.everywhere(reader)
    return sum(_propose(db, project) for project in found)


def _propose(db: Database, project: UUID) -> int:
    rules, now = rules_of(db, project), clock.now()
    terms = rules.policy.leads
    if terms is None:
        return 0
    with db.work() as connection:
        since = now - timedelta(days=terms.again_days)
        who = leads.candidates(connection, project, terms.gold, since)
        tallies = _tallies(connection, rules, who) if who else {}
        return sum(
            _add(connection, rules, account, tally)
            for account, tally in tallies.items()
            if terms.shown(tally.right, tally.wrong)
        )


def _tallies(connection: Driver, rules: Rules, who: list[UUID]) -> dict[UUID, Tally]:
    tallies: dict[UUID, Tally] = defaultdict(Tally)
    for row in leads.known(connection, rules.project.id, who):
        step = rules.steps.get(row["step_id"])
        said = step and step.heard(row["value"], row["schema_id"])
        if step is not None and said is not None:
            tallies[row["account_id"]] = tallies[row["account_id"]].plus(step.question.same(said, row["gold"]))
    return tallies


def _add(connection: Driver, rules: Rules, account: UUID, tally: Tally) -> bool:
    terms = rules.policy.leads
    assert terms is not None
    low, high = interval(tally.right, tally.wrong)
    evidence = {
        "right": tally.right, "answers": tally.asked, "low": low, "high": high, "bar": terms.bar,
        "belief": at_least(terms.bar, tally.right, tally.wrong),
    }  # fmt: skip
    row = {"id": new_id(), "project_id": rules.project.id, "account_id": account, "role": Role.EXPERT.value,
           "evidence": evidence, "created_at": clock.now()}  # fmt: skip
    if not leads.add(connection, row):
        return False
    told = {"account": str(account), "role": row["role"], "evidence": {k: repr(v) for k, v in evidence.items()}}
    _tell(connection, rules.project, None, "lead.proposed", UUID(str(row["id"])), told)
    return True


def accept_lead(db: Database, actor: Actor, project: Project, lead: UUID, reason: str) -> None:
    """Give the role that is proposed. Raises `NotFound` when there is no such open proposal, `Conflict` when whoever is
    proposed has been barred since."""
    now = clock.now()
    with db.work() as connection:
        account, role = _decided(connection, actor, project, lead, "accepted", reason)
        barred, _, discounted = seats.standing(connection, project.id, account)
        if barred or discounted:
            raise Conflict(
                "Whoever is proposed may not work in this project now.",
                where="lead",
                mend="Let them work again first, or decline the proposal.",
            )
        leads.grant(connection, project.id, account, role, now)
        _tell(connection, project, actor, "role.granted", account, {"role": role})


def decline_lead(db: Database, actor: Actor, project: Project, lead: UUID, reason: str) -> None:
    """Do not; the reason is kept. Raises `NotFound`, and `InvalidInput` without a reason."""
    if not reason.strip():
        raise InvalidInput("A reason is wanted.", where="reason", mend="Say why, in a sentence; it is kept.")
    with db.work() as connection:
        _decided(connection, actor, project, lead, "declined", reason)


def _decided(
    connection: Driver, actor: Actor, project: Project, lead: UUID, state: str, reason: str
) -> tuple[UUID, str]:
    found = leads.decide(connection, project.id, lead, state, reason, actor.account, clock.now())
    if found is None:
        raise NotFound("There is no such open proposal.", where="lead")
    told = {"account": str(found[0]), "role": found[1], "reason": reason}
    _tell(connection, project, actor, f"lead.{state}", lead, told)
    return found


def tell_leads(db: Database, project: Project, *, names: bool) -> list[Told]:
    """The proposals, open ones first, with their evidence."""
    with db.read() as reader:
        salt = accounts.salt(reader, project.workspace_id)
    with db.work() as connection:
        rows = leads.of_project(connection, project.id)
    called = naming(db, project.workspace_id, names=names)
    known = called({row["account_id"] for row in rows} | {row["author_id"] for row in rows if row["author_id"]})
    kept = ("id", "role", "evidence", "state", "reason", "created_at", "decided_at")
    return [
        {
            **{name: row[name] for name in kept},
            "annotator": pseudonym(row["account_id"], salt),
            "name": known.get(row["account_id"]) if names else None,
            "author": known.get(row["author_id"]),
        }
        for row in rows
    ]


def _tell(connection: Driver, project: Project, actor: Actor | None, verb: str, about: UUID, content: Told) -> None:
    ledger.tell(connection, [Event(
        actor=actor.account if actor else None, verb=verb, object_id=about, content=content,
        workspace_id=project.workspace_id, project_id=project.id,
    )])  # fmt: skip
