"""Spans and boxes through the real actions: taken, decided, contested, settled by an expert, refitted, told."""

from __future__ import annotations

import pytest

from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
from quorate.actions.claim_task import claim_tasks
from quorate.actions.refit_skills import refit_skills
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.tell_home import tell_series
from quorate.actions.tell_status import tell_status
from quorate.errors import InvalidInput
from quorate.flow.explain import shown
from quorate.labels.schema import parse_question
from quorate.store import projects

SPANS = {"kind": "spans", "classes": ["thing", "number"]}
BOXES = {"kind": "boxes", "classes": ["car"]}
ITEM, NUMBER = {"start": 0, "end": 4, "label": "thing"}, {"start": 5, "end": 6, "label": "number"}
CAR = {"x": 0.1, "y": 0.2, "width": 0.3, "height": 0.2, "label": "car"}


def answer(world, project, value):
    person = world.person()
    (claimed,) = claim_tasks(world.db, person, [project])
    return submit_annotation(world.db, person, Submission(claimed.lease.id, value, seconds=5.0)).state


def nudged(box, by):
    return box | {"x": round(box["x"] + by, 6)}


POLICY = {"judgements": {"min": 2, "max": 4}, "accept": {"confidence": 0.7}}


def test_spans_are_taken_as_they_lie_in_the_text_and_agreement_decides(world, one):
    project = world.project(1, policy=POLICY, schema=SPANS)
    states = []
    while not states or states[-1] == "open":
        states.append(answer(world, project, [ITEM | {"end": 5}, NUMBER]))
    assert states[-1] == "decided"
    assert one("SELECT DISTINCT value FROM annotations") == [([ITEM, NUMBER],)]
    ((value, confidence, probabilities, kind, evidence),) = one(
        "SELECT value, confidence, probabilities, kind, evidence FROM decisions"
    )
    assert (value, kind) == ([ITEM, NUMBER], "crowd")
    assert confidence >= 0.7
    assert set(probabilities) == {"0-4 thing", "5-6 number"}
    assert all("after" in told for told in evidence)


def test_a_span_that_the_text_does_not_have_is_refused_with_its_path(world, one):
    project = world.project(1, schema=SPANS)
    with pytest.raises(InvalidInput) as caught:
        answer(world, project, [ITEM, NUMBER | {"end": 9}])
    assert caught.value.where == "value[1].end"
    assert one("SELECT count(*) FROM annotations") == [(0,)]


def test_a_contested_task_takes_the_value_that_an_expert_gives(world, one):
    project = world.project(1, policy=POLICY | {"accept": {"confidence": 0.99}}, schema=SPANS)
    states = [answer(world, project, value) for value in ([ITEM], [], [NUMBER], [ITEM | {"label": "number"}])]
    assert states == ["open", "open", "open", "contested"]
    expert = world.person()
    ((lease, _),) = claim_cases(world.db, expert, [project])
    adjudicated = adjudicate_task(world.db, expert, Verdict(lease, [NUMBER, ITEM], "Both are there, as clause 1 says."))
    assert adjudicated.state == "decided"
    assert one("SELECT value, kind FROM decisions") == [([ITEM, NUMBER], "expert")]


def test_boxes_are_joined_and_an_audit_near_enough_agrees(world, one):
    policy = POLICY | {"audit": {"rate": 1.0}, "accept": {"confidence": 0.7}}
    project = world.project(1, policy=policy, schema=BOXES)
    states, shifts = [], iter((0.0, 0.01, 0.02, 0.01))
    while not states or states[-1] == "open":
        states.append(answer(world, project, [nudged(CAR, next(shifts))]))
    assert states[-1] == "decided"
    ((value,),) = one("SELECT value FROM decisions")
    assert len(value) == 1
    assert 0.1 < value[0]["x"] < 0.12
    expert = world.person()
    ((lease, _),) = claim_cases(world.db, expert, [project])
    assert adjudicate_task(world.db, expert, Verdict(lease, [nudged(CAR, 0.03)], "A blind look.")).agrees
    assert one("SELECT agrees FROM audits") == [(True,)]


def test_a_refit_keeps_skills_of_marks_and_what_stands(world, one):
    project = world.project(6, policy=POLICY, schema=SPANS)
    people = [world.person() for _ in range(3)]
    for n, person in enumerate(people):
        for claimed in claim_tasks(world.db, person, [project], 10):
            value = [ITEM] if n == 2 else [ITEM, NUMBER]
            submit_annotation(world.db, person, Submission(claimed.lease.id, value, seconds=5.0))
    before = set(one("SELECT id FROM decisions"))
    ((step,),) = one("SELECT id FROM steps")
    assert refit_skills(world.db, step)["tasks"] == 6
    skills = one("SELECT body FROM skills")
    assert len(skills) == 3
    assert all(len(body) == 1 + 2 * 2 + 1 for (body,) in skills)
    assert set(one("SELECT id FROM decisions")) >= before
    assert [ITEM, NUMBER] in [value for (value,) in one("SELECT value FROM decisions")]
    assert answer(world, world.project(1, policy=POLICY, schema=SPANS), []) == "open"


def test_agreement_on_marks_is_told(world):
    policy = {"judgements": {"min": 3, "max": 3}, "accept": {"confidence": 0.3}}
    project = world.project(6, policy=policy, schema=SPANS)
    for value in ([ITEM, NUMBER], [NUMBER, ITEM | {"label": "number"}], [ITEM, NUMBER]):
        person = world.person()
        for claimed in claim_tasks(world.db, person, [project], 10):
            submit_annotation(world.db, person, Submission(claimed.lease.id, value, seconds=5.0))
    with world.db.read() as connection:
        told = projects.get(connection, project)
    agreement = tell_status(world.db, told)["steps"]["topic"]["agreement"]
    assert agreement["metric"] == "distance"
    assert agreement["raw"]["value"] == pytest.approx(1 / 3)  # two of the three say the same, of every item
    chance = 2 * 12 * 6 / (18 * 17)  # of two of the 18 answers, how often they are not alike
    assert agreement["krippendorff"]["value"] == pytest.approx(1 - 2 / 3 / chance)
    points = {p["label"]: (p["right"], p["answers"]) for p in tell_series(world.db, told, "agreement", "day")["points"]}
    assert points == {"thing": (12, 18), "number": (18, 18)}


def test_marks_read_well_in_a_story():
    assert shown([ITEM, NUMBER]) == "thing at 0–4 + number at 5–6"
    assert shown([]) == "none"
    assert parse_question(SPANS).called(ITEM) == "0-4 thing"
