"""Answers of other kinds as detectors see them: numbers by parts of their range, spans by how alike they are."""

from __future__ import annotations

import numpy as np
import pytest

from quorate.watch.detector import detect
from quorate.watch.encode import alike, cut
from quorate.watch.simulate_kinds import MAKERS, TROUBLE, crowd_of


@pytest.mark.parametrize("kind", MAKERS)
def test_each_bad_one_is_named_and_hardly_anybody_honest(kind):
    crowd = crowd_of(kind, 3, dict.fromkeys(TROUBLE, 1) | {"copying": 2})
    named = [crowd.kinds[j] for j in {j for found in detect(crowd.work) for j in found.workers}]
    assert set(named) >= set(TROUBLE)
    assert named.count("honest") <= 1


def test_numbers_are_cut_where_as_many_lie_and_few_stand_for_themselves():
    codes, names = cut(np.arange(1.0, 101.0))
    assert np.bincount(codes).tolist() == [20] * 5
    assert names[0] == "1 to 20.8"
    codes, names = cut(np.array([1.0, 3.0, 3.0, 1.0]))
    assert (codes.tolist(), names) == ([0, 1, 1, 0], ["1", "3"])


def test_likeness_is_known_only_where_others_have_answered():
    near, chance = alike("aab", np.array([0, 0, 1]), np.array([0, 1, 2]), lambda a, b: float(a != b))
    assert near[:2].tolist() == [1.0, 1.0]
    assert np.isnan(near[2])
    assert np.isnan(chance[2])
