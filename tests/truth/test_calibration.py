"""The correction of posteriors, by hypothesis and by simulation."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from quorate.errors import InvalidInput
from quorate.truth.calibration import Calibration, Point
from quorate.truth.score import score

POSTERIORS = arrays(np.float64, (8, 3), elements=st.floats(0.001, 1)).map(lambda a: a / a.sum(axis=1, keepdims=True))


@settings(deadline=None)
@given(POSTERIORS, st.integers(0, 50))
def test_rows_are_probabilities_and_keep_the_order_of_clear_classes(proba, n):
    fixed = Calibration().apply(proba, n)
    assert np.allclose(fixed.sum(axis=1), 1)
    assert (fixed > 0).all()
    top = np.sort(proba, axis=1)
    clear = np.log(top[:, -1] / top[:, -2]) > 0.5 * max(n, 1) ** 0.5
    assert (fixed.argmax(axis=1) == proba.argmax(axis=1))[clear].all()


@pytest.mark.slow
@settings(deadline=None)
@given(POSTERIORS)
def test_classes_in_another_order_give_the_answer_in_that_order(proba):
    order = [2, 0, 1]
    truth = np.array([0, 1, 2, 0, 1, 2, 0, 0])
    rank = np.argsort(order)
    first, second = Calibration.fit(proba, 5, truth), Calibration.fit(proba[:, order], 5, rank[truth])
    assert np.allclose(first.apply(proba, 5)[:, order], second.apply(proba[:, order], 5), atol=1e-6)


def test_the_rule_without_truth_is_the_square_root():
    p, m = np.array([0.9, 0.1]), np.array([0.5, 0.5])
    q = p ** (1 / 3) / (p ** (1 / 3)).sum()
    assert np.allclose(Calibration().apply(p, 9, m), 0.97 * q + 0.03 * m)


@pytest.mark.parametrize("classes", [2, 5, 12])
def test_who_are_many_and_agree_are_believed(classes):
    counts = np.array([5, 20, 60, 200, 2000])
    raw = np.full((5, classes), 0.05) ** counts[:, None]  # to where a float is zero
    raw[:, 0] = 1 - raw[:, 1:].sum(axis=1)
    sure = Calibration().apply(raw, counts, np.full(classes, 1 / classes))[:, 0]
    assert (sure > 0.92).all()


def overconfident(rng, n, bias=0.0):
    """Items whose posterior claims three times the log-odds that they have, and favours class 1 by `bias`."""
    logit = rng.normal(0, 1.5, n)
    truth = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    p = 1 / (1 + np.exp(-3 * (logit + bias)))
    return np.stack([1 - p, p], axis=1), truth


def test_gold_mends_what_the_rule_cannot_know():
    rng = np.random.default_rng(0)
    proba, truth = overconfident(rng, 4000, bias=0.8)
    gold = Calibration.fit(proba[:50], 9, truth[:50], proba.mean(axis=0))
    raw, rule, learnt = (
        score(p[50:], truth[50:]) for p in (proba, Calibration().apply(proba, 9), gold.apply(proba, 9))
    )
    assert raw.nll > rule.nll > learnt.nll
    assert learnt.ece < 0.05
    assert learnt.accuracy > raw.accuracy


def test_no_gold_leaves_it_near_the_rule():
    proba, _ = overconfident(np.random.default_rng(1), 100)
    empty = Calibration.fit(np.empty((0, 2)), [], [], proba.mean(axis=0))
    assert np.abs(empty.apply(proba, 9) - Calibration().apply(proba, 9)).max() < 0.06


def test_it_can_be_stored():
    proba, truth = overconfident(np.random.default_rng(2), 60)
    learnt = Calibration.fit(proba, 9, truth)
    again = Calibration.from_dict(json.loads(json.dumps(learnt.as_dict())))
    assert again == learnt
    assert sum(point.weight for point in learnt.points) == pytest.approx(1)
    assert Calibration.from_dict(Calibration().as_dict()) == Calibration((Point(),))


def test_gold_that_does_not_fit_is_refused():
    with pytest.raises(InvalidInput, match="gold labels"):
        Calibration.fit([[0.5, 0.5]], 1, [0, 1])
    with pytest.raises(InvalidInput, match="gold labels"):
        Calibration.fit([[0.5, 0.5]], 1, [2])
