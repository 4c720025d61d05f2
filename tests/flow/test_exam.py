"""What exams promise: exact beliefs, few wrong verdicts, few questions, a draw that covers every class."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from quorate.errors import InvalidInput
from quorate.flow.exam import Again, Candidate, Exam, Tally, again, at_least, draw, groups_of, interval, odds, verdict
from quorate.flow.specs import check, parse
from quorate.flow.trust import Leads, Probation, Renewal
from quorate.labels.schema import parse_question

COUNTS = st.integers(0, 60)
EXAM = Exam()
TOPIC = parse_question({"kind": "choice", "classes": ["a", "b", "c"]})


@given(COUNTS, COUNTS, st.floats(0.05, 0.95))
def test_the_belief_is_the_beta_distributions(right: int, wrong: int, bar: float) -> None:
    assert at_least(bar, right, wrong) == pytest.approx(beta.sf(bar, 1 + right, 1 + wrong), abs=1e-9)


def test_the_interval_is_the_beta_distributions() -> None:
    assert interval(9, 1) == pytest.approx(beta.interval(0.95, 10, 2), abs=1e-9)


def test_thirteen_right_without_a_miss_show_four_fifths() -> None:
    assert EXAM.fewest == 13
    assert [verdict(EXAM, Tally(right, 0)) for right in (0, 12, 13)] == ["open", "open", "passed"]


def test_a_slip_at_the_start_fails_nobody_and_guessing_does() -> None:
    assert at_least(0.8, 0, 1) < 0.05
    assert verdict(EXAM, Tally(0, 1)) == "open"
    assert verdict(EXAM, Tally(3, 5)) == "failed"
    assert verdict(EXAM, Tally(32, 8)) == "undecided"


@pytest.mark.parametrize("skill", [0.5, 0.7, 0.8, 0.9, 0.97])
def test_the_odds_agree_with_simulated_sittings(skill: float) -> None:
    chance, sittings = random.Random(7), 4000
    ends: Counter[str] = Counter()
    asked = 0
    for _ in range(sittings):
        tally = Tally()
        while verdict(EXAM, tally) == "open":
            tally = tally.plus(chance.random() < skill)
        ends[verdict(EXAM, tally)] += 1
        asked += tally.asked
    told = odds(EXAM, skill)
    assert told.passed + told.failed + told.undecided == pytest.approx(1)
    assert ends["passed"] / sittings == pytest.approx(told.passed, abs=0.025)
    assert ends["failed"] / sittings == pytest.approx(told.failed, abs=0.025)
    assert asked / sittings == pytest.approx(told.questions, rel=0.05)


def test_wrong_verdicts_are_rare_and_the_clear_cases_short() -> None:
    poor, fair, good, best = (odds(EXAM, skill) for skill in (0.5, 0.7, 0.9, 0.97))
    assert poor.passed < 0.0005
    assert poor.questions < 11
    assert fair.passed < 0.03
    assert good.failed < 0.02
    assert best.failed < 0.0005
    assert best.passed > 0.97
    assert best.questions < 17


@pytest.mark.parametrize(
    ("skill", "told"),
    [(0.5, (0.0, 99.8, 0.2, 10.2)), (0.7, (1.4, 67.6, 31.0, 23.5)), (0.8, (11.6, 21.1, 67.3, 32.6)),
     (0.9, (60.2, 1.4, 38.4, 28.2)), (0.95, (92.3, 0.1, 7.6, 20.2)), (0.97, (98.4, 0.0, 1.6, 16.9))],
)  # fmt: skip
def test_the_documents_tell_the_odds_as_they_are(skill: float, told: tuple[float, ...]) -> None:
    found = odds(EXAM, skill)
    shares = [100 * share for share in (found.passed, found.failed, found.undecided)]
    assert [*(round(share, 1) for share in shares), round(found.questions, 1)] == list(told)


def test_an_exam_that_nobody_can_pass_is_refused() -> None:
    with pytest.raises(InvalidInput, match="13 right answers") as refused:
        parse(("exam", "e"), {"questions": {"min": 5, "max": 12}})
    assert refused.value.where == "questions.max"
    parse(("exam", "e"), {"questions": {"min": 5, "max": 13}})


def test_every_class_is_asked_as_often_as_its_neighbour() -> None:
    pool = [Candidate(n, "", "a" if n < 90 else "b") for n in range(100)]
    chance, asked = random.Random(3), []
    for _ in range(20):
        drawn = draw(EXAM, pool, {"": Tally()}, asked, chance)
        assert drawn is not None
        pool.remove(drawn)
        asked.append((drawn.group, drawn.stratum))
    assert Counter(stratum for _, stratum in asked) == {"a": 10, "b": 10}


def test_a_test_that_has_ended_asks_no_more() -> None:
    exam = Exam(per="language")
    pool = [Candidate(1, "de", "a"), Candidate(2, "en", "a")]
    tallies = {"de": Tally(13, 0), "en": Tally(2, 1)}
    drawn = draw(exam, pool, tallies, [], random.Random(1))
    assert drawn is not None
    assert drawn.group == "en"
    assert draw(exam, pool[:1], tallies, [], random.Random(1)) is None


def test_questions_belong_to_tests() -> None:
    asked = ("topic", TOPIC)
    assert groups_of("whole", asked, "a", {}) == ("",)
    assert groups_of("class", asked, "a", {}) == ("topic.a",)
    assert groups_of("language", asked, "a", {"language": "de"}) == ("de",)
    assert groups_of("language", asked, "a", {"language": ["fr", "de"]}) == ("de", "fr")
    assert groups_of("language", asked, "a", {"language": ""}) == groups_of("domain", asked, "a", {}) == ()


def test_an_item_of_two_languages_is_asked_where_there_is_none_of_one() -> None:
    exam = Exam(per="language")
    both = [Candidate(1, "de", "a", shared=True), Candidate(1, "fr", "a", shared=True)]
    for seed in range(10):
        drawn = draw(exam, [Candidate(2, "de", "b"), *both], {"de": Tally()}, [], random.Random(seed))
        assert drawn is not None
        assert drawn.task == 2
    assert draw(exam, both, {"de": Tally(), "fr": Tally(9, 0)}, [], random.Random(1)) == both[0]


def test_probation_fades() -> None:
    probation = Probation(answers=50, overlap=5)
    assert [probation.fewest(1, [(n, 0)]) for n in (0, 25, 50, 500)] == [5, 3, 1, 1]
    assert probation.fewest(2, []) == 2
    assert probation.fewest(1, [(500, 0), (0, 0)]) == 5
    assert Probation(answers=0, overlap=5).fewest(1, [(0, 0)]) == 1


def test_probation_does_not_fade_while_known_items_are_answered_wrong() -> None:
    probation = Probation(answers=50, setback=10)
    assert [round(probation.left(50, missed), 9) for missed in (0, 1, 3, 5, 50)] == [0, 0.2, 0.6, 1, 1]
    assert Probation(answers=50, setback=0).left(50, 50) == 0


def test_renewal_and_leads_want_enough_that_is_good_enough() -> None:
    assert not Renewal().shown(9, 0)
    assert not Renewal().shown(12, 0)
    assert Renewal().shown(13, 0)
    assert not Renewal().shown(13, 3)
    assert not Leads().shown(39, 0)
    assert Leads().shown(40, 0)
    assert not Leads().shown(40, 4)


PROJECT = {
    ("project", "project"): {"name": "p", "steps": [{"id": "q"}]},
    ("schema", "q"): {"kind": "choice", "classes": ["a", "b"]},
}
LESSON = {"id": "one", "title": "One", "text": "Read."}


@pytest.mark.parametrize(
    ("key", "body", "where"),
    [
        (("exam", "e"), {"bar": 2}, "bar"),
        (("exam", "e"), {"steps": ["z"]}, "steps[0]"),
        (("exam", "e"), {"pre": "class"}, "pre"),
        (("training", "t"), {"lessons": []}, "lessons"),
        (("training", "t"), {"lessons": [LESSON, LESSON]}, "lessons[1].id"),
        (
            ("training", "t"),
            {"lessons": [{**LESSON, "practice": [{"item": "x", "answer": "z", "why": "so"}]}]},
            "lessons[0].practice[0].answer",
        ),
        (("policy", "policy"), {"qualification": [{"exam": "nowhere"}]}, "qualification[0].exam"),
        (("policy", "policy"), {"qualification": [{}]}, "qualification[0]"),
        (("policy", "policy"), {"qualification": [{"exam": "x", "training": "y"}]}, "qualification[0]"),
    ],
)
def test_a_fault_in_what_makes_trusted_is_told_where_it_is(key, body, where) -> None:
    assert [(fault.key, fault.error.where) for fault in check({**PROJECT, key: body})] == [(key, where)]


def test_what_fits_together_is_right() -> None:
    practice = {"step": "q", "item": {"text": "x"}, "answer": "a", "why": {"en": "So.", "de": "So."}, "clause": 2.1}
    bodies = {
        **PROJECT,
        ("training", "t"): {"lessons": [{**LESSON, "practice": [practice]}]},
        ("exam", "e"): {"per": "class", "steps": ["q"]},
        ("policy", "policy"): {"qualification": [{"training": "t"}, {"exam": "e", "steps": ["q"], "days": 90}]},
    }
    assert check(bodies) == []
    training = parse(("training", "t"), bodies["training", "t"])
    assert training.wanted == {("one", -1), ("one", 0)}
    assert training.lessons[0].practice[0].clause == "2.1"


def test_takes_are_counted_since_the_last_pass_of_a_part_and_granted_ones_are_open_at_once() -> None:
    exam, start = Exam.model_validate({"retake": {"times": 1, "after_days": 2}}), datetime(2026, 3, 2, tzinfo=UTC)

    def days(n: float) -> datetime:
        return start + timedelta(days=n)

    failed = [{"state": "failed", "ended_at": days(n)} for n in (3, 1)]
    assert again(exam, []) == Again(2, None)
    assert again(exam, failed) == Again(0, days(5))
    assert again(exam, [{"state": "open", "ended_at": None}, *failed[1:]]) == Again(1, days(3))
    for passed, wait in (("passed", None), ("partly", days(6))):
        assert again(exam, [{"state": passed, "ended_at": days(4)}, *failed]) == Again(2, wait)
        assert again(exam, [*failed, {"state": passed, "ended_at": days(0)}]) == Again(0, days(5))
    assert again(exam, failed, [days(4)]) == Again(1, None)
    assert again(exam, failed, [days(2)]) == Again(1, days(5)), "that one has been used"
    assert again(exam, [*failed, {"state": "partly", "ended_at": days(0)}], [days(-1)]) == Again(0, days(5))
