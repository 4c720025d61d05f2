"""Becoming trusted, against a real database: trainings, exams, qualification, renewal, probation."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from quorate import clock
from quorate.actions import submit_annotation as submitting
from quorate.actions.actor import Actor
from quorate.actions.bar_annotator import bar_annotator
from quorate.actions.claim_task import claim_tasks
from quorate.actions.help_annotator import send_lesson
from quorate.actions.publish_spec import publish_spec
from quorate.actions.sit_exam import answer_question, start_exam
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.take_training import practise, read_lesson, tell_training
from quorate.errors import Barred, BudgetSpent, Conflict, InvalidInput, Unqualified

WORK = {"judgements": {"min": 1, "max": 3}, "feedback": {"gold": False}}
EXAM = {"qualification": [{"exam": "basics"}], **WORK}
LESSONS = {
    "lessons": [
        {"id": "one", "title": "One", "text": "Read."},
        {
            "id": "two", "title": "Two", "text": "Try.", "clause": "2",
            "practice": [{"item": "x", "answer": "a", "why": "Because.", "clause": 2.1}],
        },
    ]
}  # fmt: skip


def examined(world, policy=EXAM, exam=None, items=60, gold=40, **more):
    """A project whose first items are known (`a`), with an exam that gates it."""
    id = world.project(items, gold=gold, policy=policy, **more)
    return world.spec(id, "exam", "basics", exam or {})


def sit(world, person, project, right=lambda n: True, exam="basics"):
    """Sit an exam to its end; the n-th answer is right if `right(n)`."""
    told, n = start_exam(world.db, person, project, exam), 0
    while told["question"]:
        value = "a" if right(n) else "b"
        told = answer_question(world.db, person, project, exam, told["question"]["id"], value)
        n += 1
    return told


def known(world, kinds):
    """Give the known items other answers, languages: one (answer, language) each, in their order."""
    with world.db.work() as connection:
        for order, (answer, language) in enumerate(kinds, start=1):
            connection.execute(
                "UPDATE tasks SET gold = to_jsonb(%s::text) WHERE gold_order = %s RETURNING item_id", (answer, order)
            )
            connection.execute(
                "UPDATE items SET attributes = jsonb_build_object('language', %s::text) WHERE id ="
                " (SELECT item_id FROM tasks WHERE gold_order = %s)",
                (language, order),
            )


@pytest.fixture
def later(monkeypatch):
    real, ahead = clock.now, timedelta()

    def go(**more):
        nonlocal ahead
        ahead += timedelta(**more)

    monkeypatch.setattr(clock, "now", lambda: real() + ahead)
    return go


def test_there_is_no_work_before_the_exam_and_some_after_it(world, one):
    project, person = examined(world), world.person()
    with pytest.raises(Unqualified, match="exam `basics`") as refused:
        claim_tasks(world.db, person, [project.id])
    assert "Take the exam" in refused.value.mend
    told = sit(world, person, project)
    assert (told["state"], [test["asked"] for test in told["tests"]]) == ("passed", [13])
    assert told["tests"][0]["belief"] > 0.95
    assert len(claim_tasks(world.db, person, [project.id], 3)) == 3
    assert one("SELECT count(*), count(DISTINCT task_id) FROM questions") == [(13, 13)]
    verbs = one("SELECT verb, count(*) FROM events WHERE verb ~ '^(exam|qualification)' GROUP BY 1 ORDER BY 1")
    assert verbs == [("exam.answered", 13), ("exam.ended", 1), ("exam.started", 1), ("qualification.earned", 1)]
    with pytest.raises(Conflict, match="You have passed"):
        start_exam(world.db, person, project, "basics")
    assert claim_tasks(world.db, Actor(world.workspace, world.person("machine").account, machine=True), [project.id])


def test_who_fails_waits_and_is_never_asked_the_same_again(world, one, later):
    project, person = examined(world, exam={"retake": {"after_days": 2, "times": 1}}), world.person()
    told = sit(world, person, project, right=lambda n: False)
    assert (told["state"], told["tests"][0]["asked"], told["retake"]["left"]) == ("failed", 8, 1)
    with pytest.raises(Unqualified):
        claim_tasks(world.db, person, [project.id])
    with pytest.raises(Conflict, match="too early"):
        start_exam(world.db, person, project, "basics")
    later(days=2)
    assert sit(world, person, project, right=lambda n: n % 2)["state"] == "failed"
    later(days=2)
    with pytest.raises(Conflict, match="as often as"):
        start_exam(world.db, person, project, "basics")
    ((asked, different),) = one("SELECT count(*), count(DISTINCT task_id) FROM questions")
    assert asked == different >= 16


def test_a_sitting_goes_on_where_it_was_left_and_takes_each_answer_once(world, one):
    project, person = examined(world), world.person()
    first = start_exam(world.db, person, project, "basics")
    assert start_exam(world.db, person, project, "basics")["question"]["id"] == first["question"]["id"]

    def answer(_):
        try:
            return answer_question(world.db, person, project, "basics", first["question"]["id"], "a")
        except Conflict:
            return None

    with ThreadPoolExecutor(6) as pool:
        done = [told for told in pool.map(answer, range(6)) if told]
    assert len(done) == 1
    assert one("SELECT count(*) FROM questions WHERE answered_at IS NOT NULL") == [(1,)]
    assert one("SELECT count(*) FROM questions") == [(2,)]
    with pytest.raises(InvalidInput):
        answer_question(world.db, person, project, "basics", done[0]["question"]["id"], "z")


def test_work_never_brings_what_the_exam_has_asked(world, one):
    project = examined(world, {**EXAM, "gold": {"rate": 0.5}}, items=120, gold=20)
    person = world.person()
    sit(world, person, project)
    for _ in range(60):
        for claimed in claim_tasks(world.db, person, [project.id]):
            submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=5.0))
    assert one("SELECT count(*) FROM assignments WHERE gold") == [(7,)]
    assert one("SELECT count(*) FROM assignments JOIN questions USING (task_id, account_id)") == [(0,)]


def test_each_class_is_tested_by_itself_and_one_may_be_enough(world, one):
    policy = {**EXAM, "qualification": [{"exam": "basics", "enough": 1}]}
    project = examined(world, policy, {"per": "class"}, items=90, gold=75)
    known(world, [("abc"[n % 3], "en") for n in range(75)])
    person = world.person()
    told = start_exam(world.db, person, project, "basics")
    while told["question"]:
        told = answer_question(world.db, person, project, "basics", told["question"]["id"], "a")
    assert told["state"] == "partly"
    assert {test["test"]: test["verdict"] for test in told["tests"]} == {
        "topic.a": "passed", "topic.b": "failed", "topic.c": "failed",
    }  # fmt: skip
    with world.db.work() as connection:  # five stand at each class, of ten nothing is known
        connection.execute("UPDATE items SET attributes = '{}'")
        connection.execute(
            "UPDATE tasks SET likely = k.n / 5 FROM (SELECT t.id, row_number() OVER (ORDER BY t.id) - 1 AS n"
            " FROM tasks t WHERE gold IS NULL) AS k WHERE k.id = tasks.id AND k.n < 10"
        )
    leased = [claimed.lease.task_id for claimed in claim_tasks(world.db, person, [project.id], 20)]
    with world.db.work() as connection:
        stood = connection.execute("SELECT likely FROM tasks WHERE id = ANY(%s)", (leased,)).fetchall()
    assert Counter(likely for (likely,) in stood) == {0: 5, None: 5}, "what they have passed, and what is nobody's yet"
    assert told["retake"]["left"] == 3, "it is counted from the last pass, also of a part"


def test_who_is_qualified_for_a_language_gets_items_of_that_language(world, one):
    policy = {**EXAM, "qualification": [{"exam": "basics", "enough": 1}], "gold": {"rate": 0.3}}
    project = examined(world, policy, {"per": "language"}, items=90, gold=60)
    known(world, [("a", "en" if n % 2 else "de") for n in range(60)])
    with world.db.work() as connection:
        connection.execute(
            "UPDATE items SET attributes = jsonb_build_object('language', CASE WHEN right(key, 1) < '5'"
            " THEN 'en' ELSE 'de' END) WHERE id IN (SELECT item_id FROM tasks WHERE gold IS NULL)"
        )
    person = world.person()
    told = start_exam(world.db, person, project, "basics")
    while told["question"]:
        value = "a" if told["question"]["language"] == "de" else "b"
        told = answer_question(world.db, person, project, "basics", told["question"]["id"], value)
    leased = [c for _ in range(6) for c in claim_tasks(world.db, person, [project.id], 10)]
    assert len(leased) >= 15
    assert {claimed.lease.attributes["language"] for claimed in leased} == {"de"}


def test_a_step_can_be_closed_while_another_is_open(world):
    steps = ({"id": "topic", "schema": "topic"}, {"id": "tone", "schema": "tone"})
    policy = {**WORK, "qualification": [{"exam": "basics", "steps": ["tone"]}]}
    project = examined(world, policy, {"steps": ["topic"]}, items=6, gold=0, steps=steps)
    person = world.person()
    leased = claim_tasks(world.db, person, [project.id], 20)
    assert Counter(claimed.step.name for claimed in leased) == {"topic": 6}
    with pytest.raises(Conflict, match="too few known items"):
        start_exam(world.db, person, project, "basics")


def test_it_runs_out_and_ongoing_known_items_renew_it(world, one, later):
    terms = [{"exam": "basics", "days": 30, "renew": {"bar": 0.7, "min": 8}}]
    project = examined(world, {**EXAM, "qualification": terms, "gold": {"rate": 0.5}}, items=200, gold=60)
    good, idle = world.person(), world.person()
    for person in (good, idle):
        sit(world, person, project)
    while one("SELECT count(*) FROM assignments WHERE gold") < [(9,)]:
        for claimed in claim_tasks(world.db, good, [project.id]):
            submit_annotation(world.db, good, Submission(claimed.lease.id, "a", seconds=5.0))
    assert claim_tasks(world.db, idle, [project.id])
    later(days=31)
    assert claim_tasks(world.db, good, [project.id])
    assert one("SELECT count(*) FROM events WHERE verb = 'qualification.renewed'") == [(1,)]
    with pytest.raises(Unqualified, match="run out"):
        claim_tasks(world.db, idle, [project.id])
    assert start_exam(world.db, idle, project, "basics")["state"] == "open"
    later(days=31)  # nothing known was answered since
    with pytest.raises(Unqualified, match="run out"):
        claim_tasks(world.db, good, [project.id])


def test_a_budget_that_is_spent_is_told_apart_from_a_qualification(world, one):
    policy = {**EXAM, "pay": {"judgement": "0.10"}}
    project = examined(world, policy, budget="0.20")
    person = world.person()
    with pytest.raises(Unqualified):
        claim_tasks(world.db, person, [project.id])
    assert one("SELECT pool FROM projects") == one("SELECT budget FROM projects")
    sit(world, person, project)
    assert len(claim_tasks(world.db, person, [project.id], 2)) == 2
    with pytest.raises(BudgetSpent):
        claim_tasks(world.db, person, [project.id])


def test_a_lesson_on_two_classes_brings_what_the_training_teaches_of_them(world, one):
    id = world.project(4, policy=WORK)
    project, person = world.spec(id, "training", "start", LESSONS), world.person()
    lesson = str(send_lesson(world.db, Actor(world.workspace), project, person.account, "topic", ["a"]))
    told = tell_training(world.db, person, project, lesson)
    assert [(one["id"], one["title"]) for one in told["lessons"]][1:] == [("taught.0", "Two")]
    read_lesson(world.db, person, project, lesson, "pair")
    read_lesson(world.db, person, project, lesson, "taught.0")
    assert practise(world.db, person, project, lesson, "taught.0", 0, "a")["done"]
    assert not tell_training(world.db, person, project, "start")["done"], "the training itself is another thing"


def test_a_training_explains_at_once_and_opens_the_work(world, one):
    id = world.project(4, policy={**WORK, "qualification": [{"training": "start"}]})
    project, person = world.spec(id, "training", "start", LESSONS), world.person()
    with pytest.raises(Unqualified, match="training `start`"):
        claim_tasks(world.db, person, [id])
    assert read_lesson(world.db, person, project, "start", "one") == {"done": False}
    read_lesson(world.db, person, project, "start", "two")
    wrong = practise(world.db, person, project, "start", "two", 0, "b")
    assert wrong == {"right": False, "expected": "a", "why": "Because.", "clause": "2.1", "done": False}
    told = tell_training(world.db, person, project, "start")
    assert [lesson["read"] for lesson in told["lessons"]] == [True, True]
    assert "answer" not in str(told)
    with pytest.raises(InvalidInput):
        practise(world.db, person, project, "start", "two", 0, "z")
    assert practise(world.db, person, project, "start", "two", 0, "a")["done"]
    assert tell_training(world.db, person, project, "start")["done"]
    assert len(claim_tasks(world.db, person, [id])) == 1


def test_an_answer_is_kept_though_there_is_no_more_work_for_who_gave_it(world, one, monkeypatch):
    project, person = examined(world, WORK), world.person()
    (claimed,) = claim_tasks(world.db, person, [project.id])
    taken = submitting.Submit.write

    def write_then_pause(self, then_claim):
        written = taken(self, then_claim)
        with world.db.work() as other:
            other.execute("UPDATE seats SET barred = 'paused', barred_why = 'so'")
        return None if written is None else type(written)(0, [])

    monkeypatch.setattr(submitting.Submit, "write", write_then_pause)
    done = submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=5.0), then_claim=1)
    assert list(done.next) == []
    assert one("SELECT count(*) FROM annotations") == [(1,)]
    with pytest.raises(Barred):
        claim_tasks(world.db, person, [project.id])


def test_a_paused_annotator_stays_paused_whatever_they_have_passed(world):
    project, person = examined(world), world.person()
    sit(world, person, project)
    bar_annotator(world.db, world.person(), project, person.account, "paused", "so")
    with pytest.raises(Barred, match="paused"):
        claim_tasks(world.db, person, [project.id])


@pytest.mark.slow
def test_newcomers_meet_more_known_items_and_less_and_less_so(world, one):
    random.seed(1)  # as claims draw
    policy = {**WORK, "gold": {"rate": 0.1}, "probation": {"answers": 100, "gold": 5}}
    project = world.project(700, gold=250, policy=policy)
    for person in [world.person() for _ in range(8)]:
        for _ in range(20):
            for claimed in claim_tasks(world.db, person, [project]):
                submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=5.0))
    ((new,),) = one("SELECT count(*) FROM assignments WHERE gold")
    with world.db.work() as connection:
        connection.execute("UPDATE seats SET answered = 100")
        people = connection.execute("SELECT account_id FROM seats").fetchall()
    for (account,) in people:
        for _ in range(20):
            person = Actor(world.workspace, account)
            for claimed in claim_tasks(world.db, person, [project]):
                submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=5.0))
    ((all_,),) = one("SELECT count(*) FROM assignments WHERE gold")
    old = all_ - new
    assert 45 <= new <= 100  # 160 claims at .46 on average
    assert 4 <= old <= 32  # 160 claims at .1


def test_a_newcomers_word_is_heard_with_others(world, one):
    policy = {**WORK, "accept": {"confidence": 0.3, "evidence": 0.1}, "probation": {"answers": 50, "overlap": 3}}
    project = world.project(1, policy=policy)
    states = []
    for _ in range(3):
        person = world.person()
        (claimed,) = claim_tasks(world.db, person, [project])
        states.append(submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=5.0)).state)
    assert states == ["open", "open", "decided"]
    other = world.project(1, policy=policy)
    person = world.person()
    (claimed,) = claim_tasks(world.db, person, [other])
    with world.db.work() as connection:
        connection.execute("UPDATE seats SET answered = 60 WHERE project_id = %s", (other,))
    assert submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=5.0)).state == "decided"


def test_an_exam_with_too_few_known_items_is_refused_when_published(world, one):
    project = world.project(30, gold=12, policy=WORK)
    name = str(project)
    plan = {"name": name, "steps": [{"id": "topic", "schema": "topic"}]}
    world.spec(project, "project", "project", plan, version=2)
    actor = Actor(world.workspace)
    with pytest.raises(InvalidInput, match="12 known items are too few"):
        publish_spec(world.db, actor, name, "exam", "basics", {}, reason="try")
    with pytest.raises(InvalidInput, match="known items of topic"):
        publish_spec(world.db, actor, name, "exam", "basics", {"per": "class", "bar": 0.5}, reason="try")
    lower = publish_spec(world.db, actor, name, "exam", "basics", {"bar": 0.7}, reason="try")
    assert [change.kind for change in lower.changes] == ["exam"]
