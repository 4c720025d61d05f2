"""The expected curve: the same for the same seed, dearer and righter along it, and right about what is simulated."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from quorate.flow.estimate import Assumed, enough, estimate, simulated

ASSUMED = Assumed(classes=3, accuracy=0.8, items=1000, price=0.05, expert_price=1.0)


def test_the_same_again_and_more_money_buys_more_right():
    points = estimate(ASSUMED)
    assert points == estimate(ASSUMED)
    assert all(a.cost < b.cost and a.judgements <= b.judgements for a, b in pairwise(points))
    assert points[-1].accuracy > points[0].accuracy + 0.05
    assert all(p.low <= p.accuracy <= p.high for p in points)


def test_prices_and_items_scale_the_cost_and_nothing_else():
    points, dear = estimate(ASSUMED), estimate(replace(ASSUMED, items=3000, price=0.1, expert_price=2.0))
    for cheap, other in zip(points, dear, strict=True):
        assert other.cost == pytest.approx(6 * cheap.cost, abs=0.05)
        assert other.accuracy == cheap.accuracy


def test_a_better_crowd_is_cheaper_for_the_same():
    good, bad = (enough(estimate(replace(ASSUMED, accuracy=a)), 0.9) for a in (0.92, 0.72))
    assert good is not None
    assert bad is None or good.cost < bad.cost
    assert enough(estimate(ASSUMED), 1.01) is None


@pytest.mark.parametrize(("classes", "accuracy"), [(2, 0.7), (8, 0.9)])
def test_the_simulated_are_as_right_as_assumed(classes, accuracy):
    shares = []
    for seed in range(12):
        found = simulated(replace(ASSUMED, classes=classes, accuracy=accuracy), seed)
        shares.append(float(np.mean(found.votes.label == found.truth[found.votes.item])))
    assert np.mean(shares) == pytest.approx(accuracy, abs=0.03)
