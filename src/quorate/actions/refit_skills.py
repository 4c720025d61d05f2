"""Re-estimate all skills of a step from all its answers, then decide anew what that moved across a threshold."""

from collections.abc import Sequence
from uuid import UUID

from quorate import clock
from quorate.actions.decide_task import RECOUNT, Cause, Outcome, cost_so_far, decide_task, event, firsts, given_answers
from quorate.actions.open_dependents import open_dependents
from quorate.actions.rules import Rules, Step, rules_now
from quorate.flow.believe import believe
from quorate.flow.decide import Accept, AskMore, Escalate, Facts, decide, heard
from quorate.flow.evidence import Answer, Role
from quorate.flow.refit import Heard, Refit, Said, refit
from quorate.flow.route import ahead, stands, usual
from quorate.store import annotations, cases, jobs, ledger, openings, skills
from quorate.store import tables as t
from quorate.store.annotations import Situation
from quorate.store.database import Database, Driver
from quorate.store.skills import Evidence, Given
from quorate.store.statement import Statement

LEAST, GROWTH = 30, 0.2
"""A step is refitted once it has had 30 more answers and a fifth more: the work over its life stays linear."""


def refit_due(db: Database) -> int:
    """Enqueue a refit of every step that has had enough new answers; how many were enqueued."""
    with db.work() as connection:
        due = skills.due(connection, LEAST, GROWTH)
        return sum(enqueue_refit(connection, step) for step in due)


def enqueue_refit(connection: Driver, step: UUID) -> bool:
    """Want this step refitted once the transaction has committed; False when that is wanted already."""
    return jobs.enqueue(connection, "refit_skills", {"step": str(step)}, once=f"refit {step}")


def refit_skills(db: Database, step_id: UUID) -> dict[str, int] | None:
    """Refit a step: how many tasks were looked at, decided anew and reopened. None when the step is gone."""
    now = clock.now()
    with db.work() as connection:
        project = skills.lock_step(connection, step_id)
        if project is None:
            return None
        answered = skills.answers(connection, step_id)
        rules = rules_now(db, project)
        if step_id not in rules.steps:
            return None
        step = rules.steps[step_id]
        tasks = list(skills.evidence(connection, step_id))
        learnt = refit(step.question, [heard for task in tasks for heard in _heard(task)])
        bodies = {str(name): skill.to_json() for name, skill in learnt.skills.items()}
        skills.keep(connection, step_id, bodies, [list(row) for row in learnt.prior.rows], answered, now)
        _keep_edges(connection, step, learnt)
    moved = [task.task for task in tasks if _moves(task, step, rules, learnt)]
    changed = [_redecide(db, rules, step, task) for task in moved]
    return {"tasks": len(tasks), "decided": changed.count("decided"), "reopened": changed.count("open")}


def _keep_edges(connection: Driver, step: Step, learnt: Refit) -> None:
    """How far ahead of one another the annotators are on each two classes."""
    others = usual(step.question, list(learnt.skills.values()))
    if others is None:
        return
    edges = {str(name): ahead(step.question, skill, others) for name, skill in learnt.skills.items()}
    skills.keep_edges(connection, step.id, edges, others.tolist())


def _heard(task: Evidence) -> list[Heard]:
    """The task's answers; and by themselves those that experts gave again, measured by the decision in force."""
    first = _firsts(task)
    again = [one for one in task.given if one not in first]
    heard = [Heard(_said(first), task.gold)]
    return heard + ([Heard(_said(again), task.decided)] if again and task.decided is not None else [])


def _said(given: Sequence[Given]) -> list[Said]:
    return [Said(account, Role(role), value) for _, account, role, value in given]


def _firsts(task: Evidence) -> list[Given]:
    rows = [{"account_id": one[1], "role": one[2], "given": one} for one in task.given]
    return [row["given"] for row in firsts(rows)]


def _moves(task: Evidence, step: Step, rules: Rules, learnt: Refit) -> bool:
    """Whether this task, believed anew, is no longer where it stands."""
    if task.gold is not None or task.state not in {"open", "contested", "decided"} or task.decided_by == "expert":
        return False
    answers = [
        Answer(id, account, Role(role), value, learnt.skills[account]) for id, account, role, value in _firsts(task)
    ]
    facts = Facts.of(answers, same=step.question.same, skips=task.skips, item=task.attributes, machine=rules.machine)
    policy = rules.policy_on(step)
    posterior = believe(step.question, heard(answers, policy, facts), learnt.prior, trace=False)
    match decide(facts, posterior, policy):
        case Accept():
            return task.state != "decided" or not step.question.same(task.decided, posterior.value)
        case Escalate():
            return task.state != "contested"
        case AskMore():
            return task.state == "decided"
        case _:
            return True


def reconsider(db: Database, project: UUID, account: UUID) -> int:
    """Decide anew what an annotator has answered, after their answers began or ceased to count; how many changed.

    What an expert decided stays.
    """
    rules = rules_now(db, project)
    with db.work() as connection:
        tasks = annotations.tasks_of(connection, project, account)
    return sum(
        _redecide(db, rules, rules.steps[step], task, RECOUNT) is not None
        for task, step in tasks
        if step in rules.steps
    )


def _redecide(db: Database, rules: Rules, step: Step, task: UUID, reason: str = "refit") -> str | None:
    """Decide one task anew; None when it changed at the same moment, which the next refit will see."""
    with db.work() as connection:
        situation = annotations.look_at_task(connection, task, UUID(t.NO_CASE))
        if situation is None:
            return None
        cause = Cause(reason, None, clock.now(), cost_so_far(situation))
        answers = given_answers(situation, step)
        outcome = decide_task(rules, step, situation, answers, cause, leases=situation.leases)
        if not _changes(outcome, situation):
            return None
        if outcome.state == "open" and situation.task_state == "decided":
            told = {"confidence": repr(outcome.posterior.confidence)}
            outcome.events.append(event(rules, cause, "task.reopened", task, told))
        if not _write(connection, step, outcome, situation):
            return None
        if outcome.state == "decided":
            cases.withdraw(connection, [task], cause.now)
        ledger.tell(connection, open_dependents(connection, rules, [situation.item_id], actor=None, now=cause.now))
        return outcome.state


def _changes(outcome: Outcome, situation: Situation) -> bool:
    return outcome.state != situation.task_state or bool(outcome.decisions)


def _write(connection: Driver, step: Step, outcome: Outcome, situation: Situation) -> bool:
    statement = Statement(gate="gate")
    where = stands(step.question, outcome.posterior)
    annotations.add_gate(statement, situation, outcome.state, outcome.decision_id, where)
    statement.append(t.decisions, outcome.decisions)
    statement.append(t.cases, outcome.cases)
    statement.append(t.events, [e.row() for e in outcome.events])
    openings.add_change(statement, places=outcome.places, keep=outcome.keep, gate="gate", project=situation.project_id)
    return statement.run_gated(connection) is not None
