"""Work that runs late, on a clock of its own: it is foreseen, something is done, and undone when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from quorate import clock
from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
from quorate.actions.assign_cases import assign_cases
from quorate.actions.claim_task import claim_tasks
from quorate.actions.keep_channel import keep_channel
from quorate.actions.keep_hours import keep_hours
from quorate.actions.rules import rules_now
from quorate.actions.send_messages import send_messages
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.tell_forecast import tell_forecast
from quorate.actions.tell_home import tell_home
from quorate.actions.watch_lag import watch_lag
from quorate.errors import Unqualified
from quorate.flow.lag import NEVER
from quorate.people.hours import Hours
from quorate.settings import settings
from quorate.store import notices, projects, qualifications
from quorate.store import tables as t

EVERY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BEHIND = {"name": "behind", "when": "late_hours > 0", "for": "0s"}
DUE = {"due": "2026-03-03T01:00Z"}
"""Five hours after ten labels have come in ten hours, from Monday at ten."""


@pytest.fixture
def work(shared_world, at):
    return Work(shared_world, at)


@pytest.fixture
def one(work):
    """Rows of a plain query, which names its project as `p`."""

    def rows(sql):
        with work.world.db.work() as connection:
            return connection.execute(sql, {"p": work.project}).fetchall()

    return rows


class Work:
    """A project with a due date, in which one annotator answers."""

    def __init__(self, world, at) -> None:
        self.world, self.at = world, at
        self.ann = world.person()

    def begin(self, *lag, items=20, due=DUE, **more):
        policy = {"accept": {"confidence": 0.4, "evidence": 0}, "lag": list(lag), **more.pop("policy", {})}
        self.project = self.world.project(items, policy=policy, plan=due, **more)
        return self

    def answer(self, count, each=timedelta(0), value="a"):
        for _ in range(count):
            (claimed,) = claim_tasks(self.world.db, self.ann, [self.project])
            submit_annotation(self.world.db, self.ann, Submission(claimed.lease.id, value, seconds=5.0))
            self.at.now += each
        return self

    def member(self, role, **hours):
        someone = self.world.person()
        with self.world.db.write() as connection:
            connection.execute(
                insert(t.members).values(
                    project_id=self.project, account_id=someone.account, role=role, created_at=clock.now()
                )
            )
        if hours:
            self.say(someone, **hours)
        return someone

    def say(self, someone, start, end, **more):
        week = {day: [{"from": start, "to": end}] for day in EVERY}
        keep_hours(self.world.db, someone, someone.account, Hours.read({"zone": "UTC", "week": week, **more}))

    def watch(self):
        """What is done about it, and undone, that was not before."""
        before = len(self.told())
        watch_lag(self.world.db)
        return [verb for verb, *_ in self.told()[before:]]

    def queue(self):
        """What is wanted, in order: band, place, task."""
        with self.world.db.work() as connection:
            sql = "SELECT band, position, task_id FROM openings WHERE project_id = %s ORDER BY 1, 2"
            return connection.execute(sql, (self.project,)).fetchall()

    def forecast(self):
        return tell_forecast(self.world.db, self.of())

    def of(self):
        with self.world.db.read() as connection:
            return projects.get(connection, self.project)

    def told(self):
        with self.world.db.work() as connection:
            rows = connection.execute(
                "SELECT verb, detail FROM events WHERE project_id = %s AND verb LIKE 'lag.%%' ORDER BY seq",
                (self.project,),
            ).fetchall()
        return [(verb, detail["do"], detail["step"]) for verb, detail in rows]


def test_a_step_is_done_when_its_pace_says_and_as_late_as_the_date_is_earlier(work):
    told = work.begin().answer(10, timedelta(hours=1)).forecast()
    (step,) = told["steps"]
    assert (step["left"], step["people"]) == (10, 1)
    assert step["pace"] == pytest.approx(1, rel=0.02)
    assert step["late_hours"] == told["late_hours"] == pytest.approx(5, abs=0.2)
    assert step["needed"] == pytest.approx(2)
    assert told["low"] < told["done"] < told["high"]


def test_who_said_their_hours_works_in_them_only(work):
    work.begin().answer(10, timedelta(hours=1))
    work.say(work.ann, "10:00", "20:00")
    (step,) = work.forecast()["steps"]
    assert step["on_duty"] == 0
    assert step["done"] == work.at.now + timedelta(hours=24), "ten hours of work from ten o'clock tomorrow on"


def test_one_late_step_makes_the_whole_late_however_little_is_known_of_another(work):
    steps = ({"id": "first", "schema": "first"}, {"id": "second", "schema": "second", "when": "first.value == 'b'"})
    told = work.begin(steps=steps).answer(8, timedelta(hours=1)).answer(1, value="b").answer(1).forecast()
    first, second = told["steps"]
    assert (first["known"], second["known"], told["known"], told["done"]) == (True, False, False, None)
    assert told["late_hours"] == first["late_hours"] > 0
    assert told["not_before"] == first["done"]
    work.at.pass_(days=3)
    assert work.forecast()["steps"][1]["late_hours"] > 24, "what is past due is late, at whatever pace"


def test_a_step_that_never_began_is_late_once_it_had_the_time_to(work):
    work.begin({**BEHIND, "do": "raise"}, items=50, due={"due": "2026-03-05T10:00Z"})
    work.at.pass_(hours=7)
    (step,) = work.forecast()["steps"]
    assert (step["known"], step["late_hours"], work.watch()) == (False, None, []), "published but seven hours ago"
    work.at.pass_(hours=1)
    (step,) = work.forecast()["steps"]
    assert (step["known"], step["pace"], step["done"], step["late_hours"]) == (True, 0, None, NEVER)
    assert work.watch() == ["lag.taken"]
    assert any("No end is in sight; due Thu" in need["text"] for need in tell_home(work.world.db, work.of())["needs"])


def test_a_step_that_has_stalled_is_late_at_the_pace_it_had(work):
    work.begin({**BEHIND, "do": "raise"}, items=50, due={"due": "2026-03-05T10:00Z"}).answer(4, timedelta(hours=10))
    (step,) = work.forecast()["steps"]
    assert step["pace"] == pytest.approx(4 / 40)
    assert step["late_hours"] == pytest.approx(460 - 32)
    assert step["low"] < step["done"] < step["high"]
    assert work.watch() == ["lag.taken"]


def test_what_opened_just_now_is_not_late_though_its_items_are_old(work):
    steps = ({"id": "first", "schema": "first"}, {"id": "second", "schema": "second", "when": "first.value == 'b'"})
    work.begin(steps=steps, due={"due": "2026-03-06T10:00Z"}).answer(8, timedelta(hours=8)).answer(1, value="b")
    assert [step["known"] for step in work.forecast()["steps"]] == [True, False]
    work.at.pass_(hours=4)
    assert work.forecast()["steps"][1]["late_hours"] == NEVER


def test_the_tasks_of_a_late_step_come_first_and_it_is_told_until_it_is_over(work, web, monkeypatch):
    monkeypatch.setenv("QUORATE_MESSAGES_TO", "127.0.0.1")
    settings.cache_clear()
    steps = ({"id": "first", "schema": "first"}, {"id": "second", "schema": "second"})
    measure = {**BEHIND, "do": "raise", "when": "late_hours > 0 && left > 30", "to": ["team"], "say": "Hurry."}
    work.begin(measure, items=40, steps=steps, policy={"messages": {"group": "0s"}})
    keep_channel(work.world.db, work.ann, work.of(), "team", f"http://127.0.0.1:{web.port}/in")
    names = {id: step.name for id, step in rules_now(work.world.db, work.project).steps.items()}

    def next_step():
        (claimed,) = claim_tasks(work.world.db, work.world.person(), [work.project])
        return names[claimed.lease.step_id]

    work.answer(12, timedelta(minutes=30))
    before, order = next_step(), work.queue()
    late = sum(step["left"] > 30 for step in work.forecast()["steps"])
    assert work.watch() == ["lag.taken"] * late != []
    taken = work.forecast()["taken"]
    assert {one["do"] for one in taken} == {"raise"}
    assert {one["say"] for one in taken} == {"Hurry."}
    assert next_step() in {one["step"] for one in taken}
    assert before
    assert work.watch() == [], "it is done once"
    assert send_messages(work.world.db) == 1
    assert {one["rule"] for one in web.bodies[0]["data"]["alerts"]} == {"behind"}
    assert {band for band, _, _ in work.queue()} == {0, 1} if late == 1 else {0}
    work.answer(50)
    assert work.watch() == ["lag.undone"] * len(taken)
    assert work.forecast()["taken"] == []
    assert set(work.queue()) < set(order), "what is left of it is where it was"
    send_messages(work.world.db)
    assert {one["state"] for one in web.bodies[1]["data"]["alerts"]} == {"recovered"}
    settings.cache_clear()


def test_a_late_step_opens_to_those_who_lack_only_what_is_waived(work):
    asked = {"qualification": [{"training": "basics"}]}
    work.begin({**BEHIND, "do": "open", "waive": ["basics"]}, policy=asked, items=30)
    newcomer = work.world.person()

    def tries(someone):
        rules_now(work.world.db, work.project)
        return claim_tasks(work.world.db, someone, [work.project])

    with pytest.raises(Unqualified):
        tries(newcomer)
    with work.world.db.work() as connection:  # the one who has shown it
        qualifications.keep(connection, work.project, work.ann.account, ("training", "basics"), [""], clock.now())
    work.answer(10, timedelta(hours=1))
    assert work.watch() == ["lag.taken"]
    assert work.told() == [("lag.taken", "open", "topic")]
    (claimed,) = tries(newcomer)
    rules_now(work.world.db, work.project)
    submit_annotation(work.world.db, newcomer, Submission(claimed.lease.id, "a", seconds=5.0))
    work.answer(17)
    assert work.watch() == ["lag.undone"]
    with pytest.raises(Unqualified):
        tries(newcomer)


def test_experts_are_called_when_cases_would_wait_too_long(work, one):
    call = {"name": "experts wanted", "when": "wait_hours > 20 && cases > 3", "do": "call", "for": "30m"}
    work.begin(call, items=40, due={}, policy={"escalate": [{"when": "true", "reason": "always"}]})
    eva, eli = work.member("expert"), work.member("expert")
    work.answer(6, timedelta(hours=1))
    for _ in range(6):
        work.at.pass_(hours=1)
        ((lease, _),) = claim_cases(work.world.db, eva, [work.project])
        adjudicate_task(work.world.db, eva, Verdict(lease, "a", "Because.", seconds=60))
    work.answer(30)
    queue = work.forecast()["queue"]
    assert queue["judged"] == pytest.approx(0.5, rel=0.05)
    assert queue["wait_hours"] == pytest.approx(60, rel=0.05)
    assert work.watch() == [], "it has to last"
    work.at.pass_(minutes=31)
    assert work.watch() == ["lag.taken"]
    with work.world.db.work() as connection:
        for expert in (eva, eli):
            (notice,) = notices.unread(connection, expert.account)
            assert "will be late" in notice["text"]
    ((called,),) = one("SELECT detail -> 'called' FROM events WHERE project_id = %(p)s AND verb = 'lag.taken'")
    assert called == 2


def test_cases_that_nobody_judges_are_late_too(work):
    always = {"escalate": [{"when": "true", "reason": "always"}]}
    work.begin({**BEHIND, "do": "call"}, items=4, due={"due": "2026-03-03T10:00Z"}, policy=always)
    work.member("expert")
    work.answer(4)
    assert (work.forecast()["late_hours"] < 0, work.watch()) == (True, []), "they have half of their 24 hours"
    work.at.pass_(hours=12)
    told = work.forecast()
    assert (told["queue"]["wait_hours"], told["steps"][0]["late_hours"]) == (NEVER, NEVER)
    assert work.watch() == ["lag.taken"]


def test_cases_go_to_experts_who_can_be_in_time(work, one):
    deal = {"name": "deal", "when": "cases > 5", "do": "reallocate", "for": "0s"}
    work.begin(deal, items=40, due={}, policy={"escalate": [{"when": "true", "reason": "always"}]})
    eva, eli = work.member("expert", start="10:00", end="11:00"), work.member("expert", start="10:00", end="11:00")
    away = [{"from": "2026-03-01", "to": "2026-03-09"}]
    work.say(eli, "10:00", "11:00", away=away)
    work.answer(40)
    assert assign_cases(work.world.db) == 40
    counted = "SELECT assigned_to, count(*) FROM cases WHERE project_id = %(p)s GROUP BY 1"
    assert one(counted) == [(eva.account, 40)]
    work.say(eli, "10:00", "18:00")
    assert work.watch() == ["lag.taken"]
    assert dict(one(counted)) == {eva.account: 12, eli.account: 28}, "her hour until the date is twelve cases"
    assert work.told() == [("lag.taken", "reallocate", "topic")]
    passed = "SELECT DISTINCT detail ->> 'why' FROM events WHERE project_id = %(p)s AND verb = 'case.passed'"
    assert one(passed) == [("reallocated",)], "her turn was not over"
