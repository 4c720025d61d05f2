"""Current state follows from the append-only tables and the leases: deriving it again gives the same rows."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from quorate.actions.actor import Actor
from quorate.actions.add_account import add_account, ensure_workspace, grant_role
from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
from quorate.actions.claim_task import claim_tasks
from quorate.actions.end_lease import expire_leases, release_task, skip_task
from quorate.actions.import_items import import_rows
from quorate.actions.publish_spec import publish
from quorate.actions.rebuild_state import compare_state, repair_state
from quorate.actions.refit_skills import refit_skills
from quorate.actions.revise_annotation import revise_annotation
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.verify_ledger import verify_ledger
from quorate.errors import BudgetSpent, Conflict, Unavailable
from quorate.flow.states import WAYS
from quorate.formats.rows import Row
from quorate.store import projects
from quorate.store.database import Database

SPECS = {
    ("project", "project"): {
        "name": "p", "budget": {"total": "9.50", "currency": "USD"},
        "steps": [{"id": "topic", "schema": "topic"},
                  {"id": "more", "schema": "topic", "when": "topic.value == 'a'"}],
    },
    ("schema", "topic"): {"kind": "choice", "classes": ["a", "b", "c"]},
    ("policy", "policy"): {
        "judgements": {"min": 2, "max": 4}, "accept": {"confidence": 0.9}, "gold": {"rate": 0.1},
        "audit": {"rate": 0.2, "min": 0}, "pay": {"judgement": "0.04", "adjudication": "0.30"},
        "limits": {"shares": [{"of": "project", "share": 0.5}, {"of": "step", "share": 0.6, "above": "0.03"}]},
    },
}  # fmt: skip


@pytest.fixture
def project(database_url):
    """A project of two steps, a budget and some gold: database, project, annotators, expert, steps."""
    db = Database(database_url)
    actor = Actor(ensure_workspace(db))
    publish(db, actor, "p", lambda _: SPECS, reason="test")
    with db.read() as connection:
        project = projects.find(connection, actor.workspace, "p").id
    gold = {n: {"topic": "b"} for n in (3, 9)}
    rows = [Row(n, f"i{n}", {"text": f"item {n}"}, gold=gold.get(n, {})) for n in range(1, 25)]
    import_rows(db, project, rows, actor=actor)
    people = []
    for name in ("ann", "bob", "cid", "dee", "eve", "expert"):
        account = add_account(db, actor, name)
        grant_role(db, actor, "p", name, "expert" if name == "expert" else "annotator")
        people.append(Actor(actor.workspace, account))
    yield db, project, people[:-1], people[-1]
    db.close()


NOTE_MOVES = (
    "CREATE TABLE moves (came text, went text)",
    "CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN INSERT INTO moves VALUES (old.state, new.state); RETURN NULL; END'",
    "CREATE TRIGGER note_move AFTER UPDATE OF state ON tasks FOR EACH ROW"
    " WHEN (old.state IS DISTINCT FROM new.state) EXECUTE FUNCTION note_move()",
)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_after_any_work_the_state_is_what_follows_from_what_was_said(project, seed):
    """And every task has gone only the ways that there are from state to state."""
    db, project, people, expert = project
    chance = random.Random(seed)
    with db.work() as connection:
        for statement in NOTE_MOVES:
            connection.execute(statement)
    assert compare_state(db, project) == []
    for turn in range(160):
        if turn % 40 == 39:
            _ask_of(db, expert, chance.choice("abc"))
        person = chance.choice(people)
        with suppress(BudgetSpent):
            for claimed in claim_tasks(db, person, [project], chance.choice((1, 1, 2))):
                _do(db, person, claimed, chance)
        if turn % 20 == 19:
            _judge(db, expert, project)
            expire_leases(db)
            assert compare_state(db, project) == []
    with db.read() as connection:
        steps = [row.id for row in projects.steps(connection, project)]
    for step in steps:
        refit_skills(db, step)
    assert compare_state(db, project) == []
    with db.work() as connection:
        states = {row[0] for row in connection.execute("SELECT DISTINCT state FROM tasks")}
        moves = connection.execute("SELECT DISTINCT came, went FROM moves").fetchall()
    assert "decided" in states, "what else there is, chance says"
    assert [(came, went) for came, went in moves if went not in WAYS[came]] == []
    assert len(moves) >= 2


def _ask_of(db, actor, value):
    """Ask the second question of what has another value than before: some of it rests, some is taken up again."""
    plan = SPECS["project", "project"]
    steps = [plan["steps"][0], {**plan["steps"][1], "when": f"topic.value == '{value}'"}]
    publish(db, actor, "p", lambda _: {**SPECS, ("project", "project"): {**plan, "steps": steps}}, reason="test")


def _do(db, person, claimed, chance):
    """Mostly answer; sometimes pass, give back, keep it, or think better of it."""
    lease = claimed.lease.id
    match chance.choices(("answer", "skip", "release", "keep", "revise"), (20, 1, 1, 1, 2))[0]:
        case "skip":
            skip_task(db, person, lease, "cannot tell")
        case "release":
            release_task(db, person, lease)
        case "keep":
            pass
        case way:
            value = chance.choices("abc", (6, 3, 1))[0]
            done = submit_annotation(db, person, Submission(lease, value, seconds=5.0))
            if way == "revise" and done.state == "open":
                with suppress(Conflict):  # a task whose answer is known counts as decided
                    revise_annotation(db, person, done.annotation, chance.choice("ab"))


def _judge(db, expert, project):
    with suppress(BudgetSpent):
        for lease, _ in claim_cases(db, expert, [project], 2):
            adjudicate_task(db, expert, Verdict(lease, "a", "it says so"))


def test_what_was_changed_behind_the_application_is_told(project):
    db, project, people, _ = project
    for claimed in claim_tasks(db, people[0], [project], 2):
        submit_annotation(db, people[0], Submission(claimed.lease.id, "a", seconds=5.0))
    with db.work() as connection:
        first, last = connection.execute(
            "SELECT min(task_id::text)::uuid, max(task_id::text)::uuid FROM openings"
        ).fetchone()
        connection.execute("UPDATE tasks SET state = 'contested' WHERE id = %s", (first,))
        connection.execute("DELETE FROM openings WHERE task_id = %s", (last,))
        connection.execute("UPDATE seats SET spent = spent - 0.01")
        connection.execute("UPDATE projects SET pool = pool - 1")
    told = {
        (one.noun, one.id): [n for n in one.there if one.there[n] != one.derived[n]]
        for one in compare_state(db, project)
    }
    assert told == {
        ("task", first): ["state"],
        ("task", last): ["openings"],
        ("seat", people[0].account): ["spent"],
        ("project", project): ["pool"],
    }


def test_what_was_changed_behind_the_application_is_mended_and_told(project):
    """After the repair all is as if nothing had happened, skills included: they are those of a refit."""
    db, project, people, expert = project
    chance = random.Random(7)
    for _ in range(40):
        person = chance.choice(people)
        for claimed in claim_tasks(db, person, [project], 1):
            _do(db, person, claimed, chance)
    _judge(db, expert, project)
    with db.read() as connection:
        steps = [row.id for row in projects.steps(connection, project)]
    for step in steps:
        refit_skills(db, step)
    assert compare_state(db, project) == []
    before = _state(db)
    with db.work() as connection:
        connection.execute("UPDATE tasks SET state = 'contested', decision_id = NULL WHERE state = 'decided'")
        connection.execute("DELETE FROM openings WHERE position % 2 = 0")
        connection.execute(
            "INSERT INTO openings (project_id, band, task_id) SELECT project_id, 1, task_id FROM openings LIMIT 3"
        )
        connection.execute("UPDATE seats SET spent = spent - 2, committed = committed + 2")
        connection.execute("UPDATE seats SET answered = 0, answered_in = '{}', given_in = '{\"project\": 1}'")
        connection.execute("UPDATE projects SET pool = pool / 2")
        connection.execute("DELETE FROM skills WHERE account_id = %s", (people[0].account,))
        connection.execute("UPDATE skills SET body = '[[9, 1, 1], [1, 9, 1], [1, 1, 9]]'")
    found = repair_state(db, people[0], project)
    assert {one.noun for one in found} == {"task", "seat", "project", "skill"}
    assert compare_state(db, project) == []
    assert _state(db) == before
    with db.work() as connection:
        ((detail,),) = connection.execute("SELECT detail FROM events WHERE verb = 'state.repaired'").fetchall()
    assert sum(detail["mended"].values()) == len(found)
    assert repair_state(db, people[0], project) == []
    assert verify_ledger(db).fault is None


def _state(db):
    """All that is derived."""
    with db.work() as connection:
        ask = lambda sql: sorted(map(str, connection.execute(sql).fetchall()))  # noqa: E731
        return [
            ask("SELECT id, state, decision_id FROM tasks"),
            ask("SELECT task_id, count(*) FROM openings GROUP BY 1"),
            ask("SELECT account_id, spent, committed, granted, answered, answered_in FROM seats"),
            ask("SELECT pool FROM projects"),
            ask("SELECT step_id, account_id, body FROM skills"),
        ]


@pytest.mark.slow
def test_people_at_work_wait_for_a_repair_and_lose_nothing(project):
    """A repair in the middle of load finds nothing wrong and makes nothing wrong."""
    db, project, people, _ = project
    over = threading.Event()

    def work(person):
        chance = random.Random(str(person.account))
        while not over.is_set():
            with suppress(BudgetSpent, Unavailable):  # of two who wait for each other one is sent away
                for claimed in claim_tasks(db, person, [project], 1):
                    _do(db, person, claimed, chance)
            time.sleep(0.01)

    with ThreadPoolExecutor(len(people)) as pool:
        done = [pool.submit(work, person) for person in people]
        try:
            found = [repair_state(db, people[0], project) for _ in range(3)]
        finally:
            over.set()
        for one in done:
            one.result()
    assert [one for several in found for one in several if one.noun != "skill"] == []
    assert compare_state(db, project) == []
