"""Measures add up, and each metric is what it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate import plugins
from quorate.watch.facts import EVER, GRAINS, MEASURES, NOBODY, Fact, Reading, answered, begin, decided, tally
from quorate.watch.metrics import BY, HOW, METRICS, UNTOLD, passed

NOW = datetime(2026, 3, 1, 12, 34, 56, tzinfo=UTC)
STEP, ANN, BEN, CAT = (UUID(int=n) for n in (1, 2, 3, 4))
READING = Reading(classes=frozenset({"a", "b"}))

facts = st.builds(
    Fact,
    measure=st.sampled_from(sorted(MEASURES)),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    step=st.just(STEP),
    label=st.sampled_from(["", "a", "b"]),
    account=st.sampled_from([NOBODY, ANN, BEN]),
    n=st.integers(0, 5),
    total=st.integers(0, 100).map(float),
)


def test_every_metric_follows_from_a_measure_that_there_is():
    assert {metric.measure for metric in METRICS.values()} <= MEASURES.keys()
    assert {metric.how for metric in METRICS.values()} <= HOW.keys()
    assert {by for metric in METRICS.values() for by in metric.by} <= set(BY)
    assert plugins.load("metrics", "work") is METRICS
    assert {name for name, metric in METRICS.items() if set(metric.by) < set(BY)} == UNTOLD.keys(), "it is said why"


@given(st.lists(facts, max_size=40))
def test_each_grain_adds_up_to_the_coarser_one(some):
    sums = tally(some, {})
    for fine, coarse in (("minute", "hour"), ("hour", "day"), ("day", "ever")):
        again: dict = {}
        for (grain, measure, at, *rest), (n, total, most) in sums.items():
            if grain == fine:
                row = again.setdefault((coarse, measure, begin(at, coarse), *rest), [0, 0.0, 0.0])
                row[0], row[1], row[2] = row[0] + n, row[1] + total, max(row[2], most)
        assert again == {key: row for key, row in sums.items() if key[0] == coarse}


@given(st.lists(facts, max_size=20), st.integers(0, 20))
def test_batches_add_up_to_the_whole(some, cut):
    whole, added = tally(some, {}), tally(some[:cut], {})
    for key, (n, total, most) in tally(some[cut:], {}).items():
        row = added.setdefault(key, [0, 0.0, 0.0])
        row[0], row[1], row[2] = row[0] + n, row[1] + total, max(row[2], most)
    assert added == whole


def test_what_is_older_than_is_kept_goes_to_the_coarser_grains_only():
    sums = tally([Fact("answers", NOW, STEP)], {"minute": NOW + timedelta(minutes=1)})
    assert {key[0] for key in sums} == set(GRAINS) - {"minute"}
    assert ("ever", "answers", EVER, STEP, "", NOBODY) in sums


@pytest.mark.parametrize(
    ("grain", "began"),
    [("minute", datetime(2026, 3, 1, 12, 34, tzinfo=UTC)), ("hour", datetime(2026, 3, 1, 12, tzinfo=UTC)),
     ("day", datetime(2026, 3, 1, tzinfo=UTC))],
)  # fmt: skip
def test_stretches_begin_on_the_clock_and_have_passed_as_far_as_they_have(grain, began):
    assert begin(NOW, grain) == began
    assert passed(began, grain, NOW) == (NOW - began).total_seconds()
    assert passed(began, grain, NOW + timedelta(days=9)) == GRAINS[grain].total_seconds()


def decision(values, value="a", **more):
    answers = [
        {"account": who, "value": said, "schema": None, "cost": 0.04}
        for who, said in zip((ANN, BEN, CAT), values, strict=False)
    ]
    return {
        "at": NOW, "step": STEP, "kind": "crowd", "value": value, "schema": None, "first": True, "before": None,
        "before_schema": None, "confidence": 0.9, "judgements": len(values), "cost": Decimal("0.12"),
        "escalated": False, "imported": NOW - timedelta(minutes=2), "answers": answers, **more,
    }  # fmt: skip


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=3))
def test_agreement_is_the_share_of_pairs_that_agree(values):
    pairs = list(combinations(values, 2))
    found = [fact for fact in decided(decision(values), READING) if fact.measure == "pairs"]
    n, total = sum(f.n for f in found), sum(f.total for f in found)
    assert n == 2 * len(pairs)
    assert total == 2 * sum(x == y for x, y in pairs)


def test_a_first_decision_and_one_that_overturns_it():
    found = {fact.measure: fact for fact in decided(decision("aab"), READING)}
    assert (found["labels"].n, found["labels"].total, found["labels"].label) == (1, 0.0, "a")
    assert found["quality_seconds"].total == 120
    assert found["item_cost"].total == 0.12
    assert found["escalated"].total == 0
    paid = [fact for fact in decided(decision("aab"), READING) if fact.measure == "agreeing_cost"]
    assert [(fact.account, fact.n, fact.total) for fact in paid] == [(ANN, 1, 0.04), (BEN, 1, 0.04), (CAT, 0, 0.04)]
    (later,) = decided(decision("", "b", first=False, before="a"), READING)
    assert (later.measure, later.n, later.total) == ("labels", 0, 1.0)
    assert list(decided(decision("", "a", first=False, before="a"), READING)) == []
    assert list(decided(decision("", kind="gold"), READING)) == []
    assert "escalated" not in {fact.measure for fact in decided(decision("ab", escalated=True), READING)}


def annotation(**more):
    return {
        "at": NOW, "step": STEP, "account": ANN, "role": "crowd", "value": "a", "schema": None, "seconds": 5.0,
        "leased": NOW - timedelta(seconds=7), "cost": Decimal("0.04"), "supersedes": None, "gold": None, **more,
    }  # fmt: skip


def test_an_answer_a_revision_an_adjudication():
    found = {fact.measure: (fact.n, fact.total, fact.label) for fact in answered(annotation(gold="b"), READING)}
    assert found == {
        "answers": (1, 0.0, "a"), "answer_seconds": (1, 5.0, "a"), "latency_seconds": (1, 7.0, "a"),
        "wage": (5000, 144000.0, "a"), "cost": (1, 0.04, "a"), "gold": (1, 0.0, "b"),
    }  # fmt: skip
    unpaid = {fact.measure: (fact.n, fact.total) for fact in answered(annotation(cost=Decimal(0)), READING)}
    assert unpaid["wage"] == (5000, 0.0), "an hour for nothing is an hour"
    assert "wage" not in {fact.measure for fact in answered(annotation(role="model"), READING)}
    (revised,) = answered(annotation(supersedes=ANN, cost=Decimal(0)), READING)
    assert (revised.measure, revised.n, revised.total) == ("answers", 0, 1.0)
    assert [fact.measure for fact in answered(annotation(role="expert"), READING)] == ["cost"]


def test_a_free_text_is_never_a_class():
    assert {fact.label for fact in answered(annotation(value="my address is 4 Elm Street"), Reading())} == {""}
    assert {fact.label for fact in answered(annotation(value=["a"]), READING)} == {""}


def test_a_metric_of_nothing_is_nothing_and_of_something_as_its_registry_says():
    for metric in METRICS.values():
        assert metric.value(0, 0.0, 0.0, 60.0) in {None, 0.0}
        assert metric.value(4, 2.0, 1.5, 60.0) == {
            "mean": 0.5, "count": 4, "sum": 2.0, "most": 1.5, "pace": 240.0, "level": 4.0
        }[metric.how]  # fmt: skip
