"""Whose case it is, on a real database: turns by hours, what passes on and why, and what an expert is given."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
from quorate.actions.assign_cases import assign_cases
from quorate.actions.bar_annotator import bar_annotator
from quorate.actions.claim_task import claim_tasks
from quorate.actions.declare_fitness import declare_fitness
from quorate.actions.end_lease import release_task, skip_task
from quorate.actions.keep_hours import keep_hours, remove_hours, tell_hours
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.tell_duty import tell_duty
from quorate.errors import InvalidInput
from quorate.people.hours import Hours
from quorate.store import projects
from quorate.store import tables as t

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)  # as `at` begins
DAYTIME = [{"from": "09:00", "to": "17:00"}]
EVERY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ESCALATING = {"escalate": [{"when": "true", "reason": "always"}], "judgements": {"min": 1, "max": 3}}


@pytest.fixture
def office(shared_world, at):
    yield Office(shared_world, at)
    with shared_world.db.work() as connection:
        connection.execute("UPDATE cases SET closed_at = opened_at")


@pytest.fixture
def one(office):
    """Rows of a plain query, which names its `project`."""

    def rows(sql):
        with office.world.db.work() as connection:
            return connection.execute(sql, {"p": office.project}).fetchall()

    return rows


class Office:
    """A project whose every answer becomes a case, and experts with hours."""

    def __init__(self, world, at) -> None:
        self.world, self.at = world, at
        self.project = world.project(60, policy=ESCALATING)

    def expert(self, week=EVERY, spans=DAYTIME, zone="UTC", **more):
        someone = self.member("expert")
        if week:
            said = Hours.read({"zone": zone, "week": dict.fromkeys(week, spans), **more})
            keep_hours(self.world.db, someone, someone.account, said)
        return someone

    def member(self, role):
        someone = self.world.person()
        with self.world.db.write() as connection:
            connection.execute(
                insert(t.members).values(
                    project_id=self.project, account_id=someone.account, role=role, created_at=self.at.now
                )
            )
        return someone

    def cases(self, count, by=None, value="a"):
        """As many cases; by this annotator."""
        someone = by or self.world.person()
        for _ in range(count):
            (claimed,) = claim_tasks(self.world.db, someone, [self.project])
            submit_annotation(self.world.db, someone, Submission(claimed.lease.id, value, seconds=5.0))
        return someone

    def assign(self):
        return assign_cases(self.world.db)

    def desks(self):
        with self.world.db.work() as connection:
            rows = connection.execute("SELECT assigned_to FROM cases WHERE closed_at IS NULL").fetchall()
        return Counter(row[0] for row in rows)

    def told(self):
        with self.world.db.work() as connection:
            rows = connection.execute(
                "SELECT verb, detail FROM events WHERE verb IN ('case.assigned', 'case.passed')"
                " AND project_id = %s ORDER BY seq",
                (self.project,),
            ).fetchall()
        return [(verb.split(".")[1], detail.get("why")) for verb, detail in rows]

    def claim(self, expert, count=1):
        return claim_cases(self.world.db, expert, [self.project], count)

    def judge(self, expert, value="a"):
        ((lease, _),) = self.claim(expert)
        adjudicate_task(self.world.db, expert, Verdict(lease, value, "Because.", seconds=60))


def test_where_nobody_has_said_their_hours_cases_stay_anybodys(office):
    ann, ben = office.expert(week=()), office.expert(week=())
    office.cases(2)
    assert office.assign() == 0
    assert office.told() == []
    assert len(office.claim(ann)) == len(office.claim(ben)) == 1


def test_those_seen_at_work_take_turns_though_nobody_has_said_their_hours(office):
    ann, ben, _absent = (office.expert(week=()) for _ in range(3))
    author = office.cases(2)
    judged = Counter()

    def work(*experts):
        for expert in experts:
            office.assign()
            for lease, _ in office.claim(expert):
                adjudicate_task(office.world.db, expert, Verdict(lease, "a", "Because.", seconds=60))
                judged[expert.account] += 1

    work(ann, ben)
    office.cases(20, author)
    for _ in range(16):
        work(ann)
    assert judged[ann.account] == 11, "the other half waits for who is at work, too"
    office.at.pass_(hours=1, minutes=1)
    for _ in range(10):
        work(ann)
    assert judged[ann.account] == 21, "and no longer than they are"


def test_a_case_is_due_and_the_turn_of_who_is_at_work(office, one):
    evening = office.expert(spans=[{"from": "18:00", "to": "22:00"}])
    day = office.expert()
    office.cases(1)
    assert office.assign() == 1
    assert office.assign() == 0, "it is given once"
    ((due, given, backup, ends),) = one(
        "SELECT due_at, assigned_to, backup, turn_ends_at FROM cases WHERE project_id = %(p)s"
    )
    assert due == MONDAY + timedelta(hours=24)
    assert {given, backup} == {day.account, evening.account}
    assert MONDAY < ends < due
    assert office.told() == [("assigned", None)]


def test_each_claims_their_own_and_not_what_is_anothers_turn(office):
    ann, ben = office.expert(), office.expert()
    office.cases(4)
    assert office.assign() == 4
    assert set(office.desks().values()) == {2}
    assert len(office.claim(ann, 10)) == 2
    assert office.claim(ann) == []
    assert len(office.claim(ben, 10)) == 2


def test_nobody_gets_a_case_that_the_claim_would_refuse_them(office, one):
    """Duty and the claim keep to one rule: who is party to an item is not its judge, also when it turns out later."""
    ann, ben = office.expert(), office.expert()
    office.cases(3)
    with office.world.db.work() as connection:
        connection.execute(
            'UPDATE items SET attributes = \'{"parties": "Acme"}\' WHERE project_id = %s', (office.project,)
        )
    declare_fitness(office.world.db, ann, ann.account, "conflict", ["acme"])
    assert office.assign() == 3
    assert office.desks() == {ben.account: 3}
    assert one("SELECT DISTINCT backup FROM cases WHERE project_id = %(p)s") == [(None,)]
    declare_fitness(office.world.db, ann, ann.account, "conflict", [])
    declare_fitness(office.world.db, ben, ben.account, "conflict", ["ACME"])
    assert office.assign() == 3
    assert office.desks() == {ann.account: 3}
    assert office.told()[3:] == [("passed", "unfit")] * 3
    assert [len(office.claim(who, 3)) for who in (ben, ann)] == [0, 3]


def test_ones_own_comes_first_then_what_is_anybodys(office):
    ann = office.expert()
    office.cases(1)
    office.assign()
    office.cases(2)
    claimed = [office.claim(ann) for _ in range(4)]
    assert [len(found) for found in claimed] == [1, 1, 1, 0]
    with office.world.db.work() as connection:
        mine = connection.execute("SELECT id FROM cases WHERE assigned_to = %s", (ann.account,)).fetchone()
    assert claimed[0][0][1] == mine[0]


def test_turns_go_round_over_annotators_and_classes(office):
    experts = [office.expert() for _ in range(3)]
    author = office.cases(12)
    office.assign()
    assert set(office.desks().values()) == {4}
    for expert in experts:
        for _ in range(4):
            office.judge(expert, "b")
    office.at.pass_(days=1)
    office.cases(9, author)
    office.assign()
    assert set(office.desks().values()) == {3}, "what was judged counts as well as what is on the desk"


def test_who_is_late_loses_the_turn_to_the_backup_before_it_is_due(office, one):
    ann, ben = office.expert(), office.expert()
    office.cases(1)
    office.assign()
    ((first, backup, due, ends),) = one(
        "SELECT assigned_to, backup, due_at, turn_ends_at FROM cases WHERE project_id = %(p)s"
    )
    office.at.now = ends - timedelta(seconds=1)
    assert office.assign() == 0
    office.at.now = ends
    assert office.assign() == 1
    assert office.told()[-1] == ("passed", "late")
    assert one("SELECT assigned_to, passed FROM cases WHERE project_id = %(p)s") == [(backup, [first])]
    assert office.at.now < due
    late = ann if ann.account == first else ben
    assert office.claim(late) == []
    office.at.now = one("SELECT turn_ends_at FROM cases WHERE project_id = %(p)s")[0][0]
    office.assign()
    assert one("SELECT assigned_to FROM cases WHERE project_id = %(p)s") == [(None,)]
    assert len(office.claim(late)) == 1, "nobody is left, so it is anybody's again"


def test_who_goes_away_loses_the_turn_at_once(office, one):
    office.expert()
    ben = office.expert()
    office.cases(4)
    office.assign()
    assert office.desks()[ben.account] == 2
    away = [{"from": "2026-03-02", "to": "2026-03-09"}]
    said = Hours.read({"zone": "UTC", "week": dict.fromkeys(EVERY, DAYTIME), "away": away})
    keep_hours(office.world.db, ben, ben.account, said)
    assert office.assign() == 2
    assert office.told()[-2:] == [("passed", "away")] * 2
    assert office.desks()[ben.account] == 0


def test_who_passes_on_a_case_or_is_barred_loses_the_turn(office):
    ann, ben = office.expert(), office.expert()
    office.cases(4)
    office.assign()
    ((lease, _),) = office.claim(ann)
    skip_task(office.world.db, ann, lease, "unsure")
    office.assign()
    assert office.told()[-1] == ("passed", "skipped")
    with office.world.db.read() as connection:
        project = projects.get(connection, office.project)
    bar_annotator(office.world.db, office.world.person(), project, ben.account, "paused", "A rest.")
    office.assign()
    assert {why for verb, why in office.told() if verb == "passed"} == {"skipped", "left"}
    assert ben.account not in office.desks()


def test_nobody_judges_their_own_work(office):
    ann, ben = office.expert(), office.expert()
    office.cases(6, by=ann)
    office.assign()
    assert office.desks() == {ben.account: 6}


def test_when_nobody_says_their_hours_any_more_turns_end(office):
    ann = office.expert()
    office.expert(week=())
    office.cases(2)
    office.assign()
    remove_hours(office.world.db, ann, ann.account)
    office.assign()
    assert office.desks() == {None: 2}
    assert office.told()[-1] == ("passed", "unassigned")


def test_what_is_given_back_stays_ones_turn(office):
    ann = office.expert()
    office.cases(1)
    office.assign()
    ((lease, _),) = office.claim(ann)
    release_task(office.world.db, ann, lease)
    assert office.assign() == 0
    assert office.desks() == {ann.account: 1}


def test_however_many_assign_at_once_each_case_is_given_once(office):
    office.expert(), office.expert()
    office.cases(40)
    with ThreadPoolExecutor(4) as several:
        given = list(several.map(lambda _: office.assign(), range(8)))
    assert sum(given) == 40
    assert sorted(office.desks().values()) == [20, 20]
    assert office.told() == [("assigned", None)] * 40


def test_it_is_told_who_is_on_duty(office):
    day, night = office.expert(), office.expert(spans=[{"from": "20:00", "to": "00:00"}])
    always = office.member("annotator")
    office.cases(2)
    office.assign()
    with office.world.db.read() as connection:
        project = projects.get(connection, office.project)
    told = tell_duty(office.world.db, project, names=True, reader=day.account)
    assert told["on_duty"] == {"annotator": 1, "expert": 1}
    assert told["assigning"]
    people = {one["person"]: one for one in told["people"]}
    assert [one["you"] for one in told["people"] if one["you"]] == [True]
    mine, theirs = people[str(day.account)], people[str(night.account)]
    assert (mine["working"], mine["until"]) == (True, MONDAY.replace(hour=17))
    assert (theirs["working"], theirs["next"]) == (False, MONDAY.replace(hour=20))
    assert people[str(always.account)]["until"] is None
    assert mine["cases"] + theirs["cases"] == 2
    office.at.pass_(days=2)
    told = tell_duty(office.world.db, project, names=True)
    assert sum(one["overdue"] for one in told["people"]) == 2


def test_hours_are_kept_and_the_ledger_does_not_tell_them(office):
    ann = office.expert(away=[{"from": "2026-12-24", "to": "2026-12-31"}])
    assert tell_hours(office.world.db, ann.account)["away"] == [{"from": "2026-12-24", "to": "2026-12-31"}]
    with office.world.db.work() as connection:
        said = connection.execute(
            "SELECT detail FROM events WHERE verb = 'hours.kept' AND object_id = %s", (ann.account,)
        )
        assert said.fetchall() == [({},)]
    too_many = [{"from": f"2027-01-{day:02}", "to": f"2027-01-{day:02}"} for day in range(1, 29)] * 8
    with pytest.raises(InvalidInput, match="more than"):
        keep_hours(office.world.db, ann, ann.account, Hours.read({"zone": "UTC", "week": {}, "away": too_many}))
