"""Make each case one expert's turn, so that it is judged in time; pass it on when they are late, away, or gone.

Where nobody has said when they work, it goes by turns among those who are seen at work; while there are not two of
them (or the policy says `never`), cases stay anybody's, and nothing happens here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from quorate import clock
from quorate.actions.rules import Rules, rules_of
from quorate.people.duty import Expert, Lapse, Matter, Turn, lapsed, turn
from quorate.people.hours import ALWAYS, Hours
from quorate.store import duty, ledger, seats
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event

BATCH = 200
FEWEST = 5
USUAL = timedelta(minutes=5)
"""How long a case takes while fewer than `FEWEST` have been judged."""
LATELY = timedelta(hours=1)
"""Who has judged or taken a case so lately is at work, though they have not said when they work."""
AGAIN = timedelta(minutes=10)
"""A case that nobody can take is looked at again so much later."""


def assign_cases(db: Database, now: datetime | None = None) -> int:
    """Look at every project in which cases wait; how many turns began, passed or ended."""
    now = now or clock.now()
    with db.work() as connection:
        waiting = duty.projects(connection)
    return sum(_assign(db, project, now) for project in waiting)


def reallocate_cases(connection: Driver, rules: Rules, now: datetime) -> int:
    """Deal the cases out anew that whoever's turn it is would judge too late, where another is done earlier."""
    if not duty.lock(connection, rules.project.id):
        return 0
    look = _Assign(connection, rules, now)
    return look.deal_anew() if look.wanted else 0


def _assign(db: Database, project: UUID, now: datetime) -> int:
    rules = rules_of(db, project)
    with db.work() as connection:
        return _Assign(connection, rules, now).run() if duty.lock(connection, project) else 0


def experts_of(connection: Driver, project: UUID) -> tuple[dict[UUID, Hours], bool]:
    """The experts who may judge, with their hours; and whether any of them said some."""
    rows = [row for row in duty.people(connection, project, ["expert"]) if row["barred"] is None]
    found = {row["account"]: Hours.read(row["hours"]) if row["hours"] else ALWAYS for row in rows}
    return found, any(row["hours"] for row in rows)


def taking_turns(connection: Driver, rules: Rules, now: datetime) -> dict[UUID, Hours]:
    """The experts among whom cases go by turns, with their hours; nobody where cases are anybody's."""
    how, (found, declared) = rules.policy.experts.assign, experts_of(connection, rules.project.id)
    if how == "never":
        return {}
    if how == "always" or declared:
        return found
    # of who has said nothing we cannot wait for those who do not come
    seen = duty.seen(connection, rules.project.id, list(found), now - LATELY)
    return {account: found[account] for account in seen} if len(seen) > 1 else {}


class _Assign:
    """One look at one project, by the only one who looks."""

    def __init__(self, connection: Driver, rules: Rules, now: datetime) -> None:
        self.connection, self.rules, self.now = connection, rules, now
        self.project = rules.project.id
        hours = taking_turns(connection, rules, now)
        self.wanted = bool(hours) or rules.policy.experts.assign == "always"
        for account in hours:  # what they may be given is looked up on their seats
            seats.take(connection, self.project, account)
        seconds = duty.seconds_a_case(connection, self.project, FEWEST)
        self.takes = USUAL if seconds is None else timedelta(seconds=max(seconds, 1.0))
        desks = duty.desks(connection, self.project, list(hours), now)
        self.experts = {
            account: Expert(account, when, self.takes * desks.get(account, {"cases": 0})["cases"])
            for account, when in hours.items()
        }
        self.rows: list[dict[str, Any]] = []
        self.events: list[Event] = []
        self.turns = 0

    def run(self) -> int:
        if not self.wanted:
            for row in duty.assigned(self.connection, self.project, BATCH):
                self._pass(row, None, "unassigned")
            return self._write()
        back = {account: self._back(one.hours) for account, one in self.experts.items()}
        over = duty.doubtful(self.connection, self.project, back, BATCH)
        waiting = duty.waiting(self.connection, self.project, self.now, BATCH)
        if over or waiting:
            self._remember()
        for row in over:
            why = lapsed(self._matter(row), row["assigned_to"], row["turn_ends_at"], self.experts, self.now)
            if why is not None:
                self._pass(row, self._turn(row, [*row["passed"], row["assigned_to"]]), why)
        for row in waiting:
            self._give(row, self._turn(row, row["passed"]))
        return self._write()

    def deal_anew(self) -> int:
        self._remember()
        for row in duty.assigned(self.connection, self.project, BATCH):
            mine = self.experts.get(row["assigned_to"])
            done = mine and mine.hours.finish(self.now, mine.desk)
            found = self._turn(row, row["passed"])
            if found is None or found.expert == row["assigned_to"] or (done and done <= max(found.done, row["due"])):
                continue
            if mine:
                self.experts[mine.account] = replace(mine, desk=max(mine.desk - self.takes, timedelta(0)))
            self._pass(row, found, "reallocated")
        return self._write()

    def _back(self, hours: Hours) -> datetime:
        span = hours.next(self.now)
        return span[0] if span else datetime.max.replace(tzinfo=self.now.tzinfo)

    def _remember(self) -> None:
        """What each judged of late, and has on the desk: whose work, and which class."""
        since = self.now - timedelta(days=self.rules.policy.experts.rotate_days)
        annotators: dict[UUID, Counter[UUID]] = {account: Counter() for account in self.experts}
        classes: dict[UUID, Counter[str]] = {account: Counter() for account in self.experts}
        for row in duty.judged(self.connection, self.project, list(self.experts), since):
            if row["expert"] in self.experts:
                annotators[row["expert"]].update(row["authors"])
                classes[row["expert"]].update([row["label"]] if row["label"] else [])
        self.experts = {
            account: replace(one, annotators=annotators[account], classes=classes[account])
            for account, one in self.experts.items()
        }

    def _matter(self, row: Mapping[str, Any]) -> Matter:
        authors, unfit = frozenset([*row["authors"], *row["touched"]]), frozenset(row["unfit"])
        return Matter(authors, row["label"], self.takes, row["due"], unfit)

    def _turn(self, row: Mapping[str, Any], passed: list[UUID]) -> Turn | None:
        return turn(self._matter(row), list(self.experts.values()), self.now, passed=frozenset(passed))

    def _give(self, row: Mapping[str, Any], found: Turn | None) -> None:
        self._keep(row, found, row["passed"])
        if found is not None:
            self.turns += 1
            self._tell(row, "case.assigned", _told(found))

    def _pass(
        self, row: Mapping[str, Any], found: Turn | None, why: Lapse | Literal["unassigned", "reallocated"]
    ) -> None:
        mine = row["assigned_to"]
        self.turns += 1
        self._keep(row, found, [*row["passed"], mine])
        self._tell(row, "case.passed", {"from": str(mine), "why": why, **(_told(found) if found else {"expert": None})})

    def _keep(self, row: Mapping[str, Any], found: Turn | None, passed: list[UUID]) -> None:
        given: dict[str, Any] = {"assigned_to": None, "backup": None, "turn_ends_at": self.now + AGAIN}
        if found is not None:
            given = {"assigned_to": found.expert, "backup": found.backup, "turn_ends_at": found.ends}
            self._burden(self.experts[found.expert], row)
        self.rows.append({"id": row["id"], **given, "passed": passed})

    def _burden(self, expert: Expert, row: Mapping[str, Any]) -> None:
        """What is theirs now counts for whose turn the next one is."""
        annotators, classes = Counter(expert.annotators), Counter(expert.classes)
        annotators.update(row["authors"])
        classes.update([row["label"]] if row["label"] else [])
        desk = expert.desk + self.takes
        self.experts[expert.account] = replace(expert, desk=desk, annotators=annotators, classes=classes)

    def _tell(self, row: Mapping[str, Any], verb: str, told: dict[str, Any]) -> None:
        if row["kind"] == "repeat":
            return  # what an expert is asked again is to be known to nobody before they have answered
        self.events.append(
            Event(
                actor=None, verb=verb, object_id=row["id"], at=self.now, content={"task": str(row["task_id"]), **told},
                workspace_id=self.rules.project.workspace_id, project_id=self.project,
            )
        )  # fmt: skip

    def _write(self) -> int:
        duty.give(self.connection, self.rows)
        if self.events:
            ledger.tell(self.connection, self.events)
        return self.turns


def _told(found: Turn) -> dict[str, Any]:
    return {"expert": str(found.expert), "backup": found.backup and str(found.backup), "late": found.late}
