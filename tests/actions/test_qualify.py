"""What a policy's terms open, step by step: what was shown, where it was shown, while it holds."""

from __future__ import annotations

import random
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from quorate import clock
from quorate.actions.claim_task import claim_tasks
from quorate.actions.grant_retake import grant_retake
from quorate.actions.sit_exam import answer_question, start_exam
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.errors import Conflict, NotFound
from quorate.store import migrate, projects, qualifications, seats
from quorate.store.statement import dumps

TWO = ({"id": "topic", "schema": "topic"}, {"id": "tone", "schema": "tone"})
LANGUAGES = ({"language": "de"}, {"language": "fr"}, {"language": ["de", "fr"]}, {"language": None}, {})


def gated(
    world: Any, terms: list[Any], exams: dict[str, Any], *, steps: Any = TWO, open_: int = 10, **more: Any
) -> Any:
    """A project of ten known items and some others, where items are in turn German, French, both and of no language."""
    policy = {"judgements": {"min": 1, "max": 3}, "qualification": terms, **more}
    id = world.project(10 + open_, gold=10, policy=policy, steps=steps)
    for name, body in exams.items():
        world.spec(id, "exam", name, body)
    with world.db.work() as connection:
        rows = connection.execute(
            "SELECT id FROM items WHERE project_id = %s ORDER BY substr(key, 2)::int", (id,)
        ).fetchall()
        for place, (item,) in enumerate(rows):
            said = dumps(LANGUAGES[place % len(LANGUAGES)])
            connection.execute("UPDATE items SET attributes = %s::jsonb WHERE id = %s", (said, item))
    return id


def shows(world: Any, project: Any, who: Any, **tests: list[str]) -> None:
    """Let somebody have passed these tests of these exams now."""
    with world.db.work() as connection:
        seats.take(connection, project, who.account)
        for exam, passed in tests.items():
            qualifications.keep(connection, project, who.account, ("exam", exam), passed, clock.now())


def given(world: Any, project: Any, who: Any) -> dict[str, list[str]]:
    """What somebody is leased of all that is open: by step, the languages as the items say them."""
    found: dict[str, list[str]] = {}
    for one in claim_tasks(world.db, who, [project], 50):
        found.setdefault(one.step.name, []).append(str(one.lease.attributes.get("language")))
    return {step: sorted(set(languages)) for step, languages in found.items()}


ALL = sorted({str(one.get("language")) for one in LANGUAGES})


@pytest.mark.parametrize(
    ("terms", "shown", "wanted"),
    [
        (  # each step by its own exam
            [{"exam": "a", "steps": ["topic"], "enough": 1}, {"exam": "b", "steps": ["tone"], "enough": 1}],
            {"a": ["de"], "b": ["fr"]},
            {"topic": ["None", "de"], "tone": ["None", "fr"]},
        ),
        (  # two exams for the same steps: what both let through
            [{"exam": "a", "enough": 1}, {"exam": "b", "enough": 1}],
            {"a": ["de"], "b": ["fr"]},
            {"topic": ["None"], "tone": ["None"]},
        ),
        (  # a step that asks for nothing
            [{"exam": "b", "steps": ["tone"], "enough": 1}],
            {"b": ["fr"]},
            {"topic": ALL, "tone": ["None", "fr"]},
        ),
        ([{"exam": "a"}], {"a": ["de", "fr"]}, {"topic": ALL, "tone": ALL}),  # an item of both is of no third language
    ],
    ids=["a step each", "one step", "one of two", "all"],
)  # fmt: skip
def test_a_language_is_opened_on_the_steps_whose_exam_was_passed(
    shared_world: Any, terms: Any, shown: Any, wanted: Any
) -> None:
    exams = {name: {"per": "language"} for name in ("a", "b")}
    project, who = gated(shared_world, terms, exams), shared_world.person()
    shows(shared_world, project, who, **shown)
    assert given(shared_world, project, who) == wanted


def sit(world: Any, project: Any, who: Any, answer: Any, exam: str = "a") -> Any:
    """Sit an exam to its end; `answer(question)` says what to each."""
    told = start_exam(world.db, who, project, exam)
    while told["question"]:
        told = answer_question(world.db, who, project, exam, told["question"]["id"], answer(told["question"]))
    return told


CLASSES = {"per": "class", "bar": 0.5, "questions": {"min": 4, "max": 5}}


def test_a_class_is_shown_on_the_step_that_it_is_of(shared_world: Any) -> None:
    world = shared_world
    id = gated(world, [{"exam": "a", "enough": 1}], {"a": CLASSES})
    with world.db.write() as connection:
        project = projects.get(connection, id)
    who = world.person()
    told = sit(world, project, who, lambda question: "a" if question["step"] == "topic" else "b")
    asked = {one["test"]: (one["asked"], one["right"]) for one in told["tests"] if one["asked"]}
    assert asked == {"topic.a": (4, 4), "tone.a": (4, 0)}
    assert [(one["step"], one["title"]) for one in told["tests"] if one["verdict"] == "passed"] == [("topic", "a")]
    assert set(given(world, id, who)) == {"topic"}, "of the other step no class was shown"


def test_an_upgrade_keeps_the_classes_that_were_shown_on_one_step(shared_world: Any) -> None:
    world = shared_world
    id = gated(world, [{"exam": "a"}], {"a": CLASSES})
    with world.db.write() as connection:
        project = projects.get(connection, id)
    one, two = world.person(), world.person()
    sit(world, project, one, lambda question: "a" if question["step"] == "topic" else "b")
    sit(world, project, two, lambda question: "a")
    module = ScriptDirectory(str(migrate.FOLDER)).get_revision("2026_11_29_0200").module

    def shown(who: Any) -> set[str]:
        with world.db.work() as connection:
            return {test for _, _, test in qualifications.held(connection, id, who.account)}

    for statements, after in ((module.DOWNGRADES, [{"a"}, {"a"}]), (module.UPGRADES, [{"a"}, {"a"}])):
        with world.db.work() as connection:
            for statement in statements:
                connection.execute(statement)
        assert [shown(one), shown(two)] == after
    with world.db.work() as connection:  # as if only one step had been asked
        connection.execute(module.DOWNGRADES[-1])
        connection.execute(
            "DELETE FROM questions q USING tasks t, steps s WHERE t.id = q.task_id AND s.id = t.step_id"
            " AND s.name = 'tone' AND q.account_id = %s",
            (one.account,),
        )
        connection.execute(module.UPGRADES[0])
    assert [shown(one), shown(two)] == [{"topic.a"}, {"a"}]


def test_an_item_in_two_languages_is_asked_in_both_their_tests(shared_world: Any) -> None:
    world = shared_world
    id = gated(world, [{"exam": "a", "enough": 1}], {"a": {"per": "language", "bar": 0.5, "questions": {"min": 4}}})
    with world.db.write() as connection:
        project = projects.get(connection, id)
    who = world.person()
    told = sit(world, project, who, lambda question: "a" if question["language"] == "de" else "b")
    assert [(one["test"], one["asked"], one["verdict"]) for one in told["tests"]] == [
        ("de", 4, "passed"),
        ("fr", 4, "failed"),
    ]
    assert given(world, id, who) == {"topic": ["None", "de"], "tone": ["None", "de"]}


def test_what_has_run_out_is_renewed_while_another_test_is_held(
    shared_world: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each by what was answered since it was shown itself."""
    world = shared_world
    terms = [{"exam": "a", "days": 30, "enough": 1, "renew": {"bar": 0.5, "min": 4}}]
    id = gated(world, terms, {"a": {"per": "language"}}, steps=TWO[:1], open_=30, gold={"rate": 0.5})
    who = world.person()

    def renewed() -> list[Any]:
        with world.db.work() as connection:
            rows = connection.execute("SELECT detail FROM events WHERE verb = 'qualification.renewed'"
                                      " AND object_id = %s ORDER BY at", (who.account,)).fetchall()  # fmt: skip
        return [detail["tests"] for (detail,) in rows]

    shows(world, id, who, a=["de", "fr"])
    monkeypatch.setattr(random, "random", lambda: 0.0)  # each claim brings a known item while there is one
    at.pass_(hours=1)
    for _ in range(20):
        for claimed in claim_tasks(world.db, who, [id]):
            submit_annotation(world.db, who, Submission(claimed.lease.id, "a", seconds=5.0))
    at.pass_(days=10)
    shows(world, id, who, a=["fr"])
    at.pass_(days=21)
    assert given(world, id, who) == {"topic": ALL}
    assert renewed() == [["de"]]
    at.pass_(days=10)
    claim_tasks(world.db, who, [id])
    assert renewed() == [["de"]], "French was shown after all of its known items were answered"
    with world.db.work() as connection:
        (reach,) = connection.execute("SELECT reach FROM seats WHERE account_id = %s", (who.account,)).fetchone()
    assert list(reach["language"].values()) == [["de"]]


def test_a_question_whose_step_was_removed_is_exchanged(shared_world: Any) -> None:
    world = shared_world
    id = gated(world, [{"exam": "a"}], {"a": {"bar": 0.5}})
    with world.db.write() as connection:
        project = projects.get(connection, id)
    who, other = world.person(), world.person()
    told = {one: start_exam(world.db, one, project, "a") for one in (who, other)}
    with world.db.work() as connection:  # both wait at a question of the step that goes
        connection.execute("UPDATE questions q SET task_id = (SELECT t.id FROM tasks t JOIN steps s ON s.id = t.step_id"
                           " WHERE s.name = 'tone' AND t.gold IS NOT NULL AND t.project_id = %s ORDER BY t.id LIMIT 1)"
                           " WHERE account_id = ANY(%s)", (id, [who.account, other.account]))  # fmt: skip
    world.spec(id, "project", "project", {"name": str(id), "steps": [TWO[0]]}, version=2)
    with world.db.write() as connection:
        connection.execute(
            text("UPDATE steps SET retired_at = now() WHERE project_id = :id AND name = 'tone'"), {"id": id}
        )
        connection.execute(text("UPDATE projects SET epoch = epoch + 1 WHERE id = :id"), {"id": id})
        project = projects.get(connection, id)
    begun = start_exam(world.db, who, project, "a")
    assert (begun["withdrawn"], begun["question"]["step"]) == (True, "topic")
    assert not start_exam(world.db, who, project, "a")["withdrawn"]
    late = answer_question(world.db, other, project, "a", told[other]["question"]["id"], "a")
    assert (late["withdrawn"], late["question"]["step"], late["tests"][0]["asked"]) == (True, "topic", 0)
    assert sit(world, project, who, lambda question: "a")["state"] == "passed"
    with world.db.work() as connection:
        rows = connection.execute(
            "SELECT count(*) FROM events WHERE verb = 'exam.withdrawn' AND project_id = %s", (id,)
        )
        assert rows.fetchone() == (2,)


def test_a_manager_grants_a_further_sitting_and_says_why(shared_world: Any) -> None:
    world = shared_world
    exam = {"bar": 0.5, "questions": {"min": 1}, "retake": {"times": 0}}
    id = gated(world, [{"exam": "a"}], {"a": exam})
    with world.db.write() as connection:
        project = projects.get(connection, id)
    who, manager = world.person(), world.person()
    with pytest.raises(Conflict, match="as it is"):
        grant_retake(world.db, manager, project, who.account, "a", "for nothing")
    assert sit(world, project, who, lambda question: "b")["retake"]["left"] == 0
    with pytest.raises(Conflict, match="as often as"):
        start_exam(world.db, who, project, "a")
    grant_retake(world.db, manager, project, who.account, "a", "The connection broke down.")
    with pytest.raises(Conflict, match="as it is"):
        grant_retake(world.db, manager, project, who.account, "a", "twice")
    assert sit(world, project, who, lambda question: "a")["state"] == "passed"
    with pytest.raises(NotFound):
        grant_retake(world.db, manager, project, who.account, "b", "no such exam")
    with world.db.work() as connection:
        rows = connection.execute("SELECT actor, object_id, detail FROM events WHERE verb = 'exam.granted'").fetchall()
    assert rows == [(manager.account, who.account, {"exam": "a", "reason": "The connection broke down."})]


def test_what_came_in_twice_is_asked_once(shared_world: Any) -> None:
    world = shared_world
    id = gated(world, [{"exam": "a"}], {"a": {"bar": 0.5, "questions": {"min": 8}}}, steps=TWO[:1])
    with world.db.work() as connection:
        connection.execute("UPDATE items SET hash = 'same' WHERE project_id = %s AND substr(key, 2)::int < 4", (id,))
    with world.db.write() as connection:
        project = projects.get(connection, id)
    told = sit(world, project, world.person(), lambda question: "a")
    assert (told["state"], told["tests"][0]["asked"]) == ("undecided", 7), "of ten items four are the same"


def test_known_items_answered_wrong_keep_a_newcomer_on_probation(
    shared_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = shared_world
    policy = {"judgements": {"min": 1, "max": 3}, "gold": {"rate": 0.1}, "probation": {"answers": 10, "gold": 5}}
    id = world.project(30, gold=10, policy=policy)
    monkeypatch.setattr(
        random, "random", lambda: 0.3
    )  # between the chance at the start, .5, and the one at the end, .1
    good, bad = world.person(), world.person()
    for who, value in ((good, "a"), (bad, "b")):
        for _ in range(12):
            for claimed in claim_tasks(world.db, who, [id]):
                submit_annotation(world.db, who, Submission(claimed.lease.id, value, seconds=5.0), then_claim=0)
    with world.db.work() as connection:
        rows = connection.execute(
            "SELECT s.account_id, s.answered, s.missed, (SELECT count(*) FROM assignments a"
            " WHERE a.account_id = s.account_id AND a.gold) FROM seats s WHERE project_id = %s", (id,)
        ).fetchall()  # fmt: skip
    assert {who: tuple(rest) for who, *rest in rows} == {good.account: (12, 0, 6), bad.account: (12, 10, 10)}
