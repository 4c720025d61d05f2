"""What a policy says of lateness, and what is not asked for then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.flow.lag import ABOUT, FACTS, QUEUE, facts, waived
from quorate.flow.policy import Policy
from quorate.flow.project import ProjectSpec
from quorate.flow.trust import Term
from quorate.labels.fields import InvalidSpec

STEPS = ("topic", "severity", "tone")
EXAMS = ("basics", "edge")
names = st.dictionaries(st.sampled_from(STEPS), st.frozensets(st.sampled_from(EXAMS)))
terms = st.lists(
    st.builds(lambda exam, steps: Term(exam=exam, steps=tuple(sorted(steps))), st.sampled_from(EXAMS),
              st.sets(st.sampled_from(STEPS))),
    max_size=4,
).map(tuple)  # fmt: skip


def asked(those):
    return {(term.exam, step) for term in those for step in (term.steps or STEPS)}


@given(terms, names)
def test_just_what_is_waived_is_not_asked(those, given_up):
    gone = {(exam, step) for step, exams in given_up.items() for exam in exams}
    assert asked(waived(those, given_up, STEPS)) == asked(those) - gone


def test_what_is_not_known_is_not_there():
    known = facts({"left": 3, "pace": None, "step": "topic"}, dict.fromkeys(QUEUE, 1))
    assert known["left"] == 3
    assert "pace" not in known
    assert set(ABOUT) == set(FACTS)


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ({"when": "late_hours > 0", "do": "open"}, "waives something"),
        ({"when": "late_hours > 0", "do": "call", "waive": ["basics"]}, "waives something"),
        ({"when": "lateness > 0", "do": "call"}, "lateness"),
        ({"when": "late_hours", "do": "call"}, "neither true nor false"),
        ({"when": "late_hours > 0", "do": "panic"}, "call"),
    ],
)
def test_a_measure_that_makes_no_sense_is_refused(measure, said):
    with pytest.raises(InvalidSpec, match=said):
        Policy.parse({"lag": [{"name": "behind", **measure}]})


def test_a_measure_and_an_alert_have_names_of_their_own():
    measure = {"name": "behind", "when": "late_hours > 0", "do": "call"}
    with pytest.raises(InvalidSpec, match="there twice"):
        Policy.parse({"alerts": [{"name": "behind", "when": "answers < 1"}], "lag": [measure]})


@pytest.mark.parametrize(
    ("written", "at"),
    [("2026-12-31", "2026-12-31T23:59:59+00:00"), ("2026-12-31T18:00+01:00", "2026-12-31T18:00:00+01:00"),
     ("2026-12-31T18:00", "2026-12-31T18:00:00+00:00")],
)  # fmt: skip
def test_a_project_is_due_on_a_day_or_at_a_moment(written, at):
    plan = ProjectSpec.model_validate({"name": "p", "due": written, "steps": [{"id": "topic"}]})
    assert plan.due.isoformat() == at
