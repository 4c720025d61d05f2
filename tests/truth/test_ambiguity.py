"""Noise and division look alike in the votes of one item; skills tell them apart."""

from __future__ import annotations

import numpy as np
import pytest

from quorate.errors import InvalidInput
from quorate.truth.ambiguity import ambiguity
from quorate.truth.dawid_skene import DawidSkene
from quorate.truth.votes import Votes


def crowd(rng, items=600, classes=3, divided=0.15, per_item=12, workers=40):
    """Good and poor workers; on divided items each informed person means one of two classes with a share of its own."""
    truth = rng.integers(classes, size=items)
    other = (truth + 1 + rng.integers(classes - 1, size=items)) % classes
    split = rng.random(items) < divided
    share = np.where(split, rng.uniform(0.4, 0.6, items), 1.0)
    skill = np.where(np.arange(workers) < workers * 0.7, 0.95, 0.45)
    item = np.repeat(np.arange(items), per_item)
    worker = np.concatenate([rng.choice(workers, per_item, replace=False) for _ in range(items)])
    meant = np.where(rng.random(item.size) < share[item], truth[item], other[item])
    slip = rng.integers(classes, size=item.size)
    label = np.where(rng.random(item.size) < skill[worker], meant, slip)
    return Votes.from_arrays(item, worker, label, classes=range(classes)), truth, other, split, share


def judged(votes, **options):
    model = DawidSkene().fit(votes)
    return ambiguity(votes, model.proba_, model.skills_, **options)


def auc(score, positive):
    order = score.argsort()
    rank = np.empty(score.size)
    rank[order] = np.arange(1, score.size + 1)
    n = positive.sum()
    return (rank[positive].sum() - n * (n + 1) / 2) / (n * (~positive).sum())


def test_divided_items_are_told_from_noisy_ones():
    votes, _, _, split, _ = crowd(np.random.default_rng(1))
    found = judged(votes)
    assert auc(found.divided, split) > 0.97
    assert auc(found.divided, split) > auc(found.disagreement, split)
    assert found.rate == pytest.approx(split.mean(), abs=0.05)
    assert found.informed[split].mean() > 0.3
    assert found.informed[~split].mean() < 0.05


def test_the_interval_holds_the_share_of_informed_people():
    votes, truth, _, split, share = crowd(np.random.default_rng(2), per_item=15, workers=60)
    found = judged(votes, level=0.9)
    rows = np.flatnonzero(split)
    inside = (found.low[rows, truth[rows]] <= share[rows]) & (share[rows] <= found.high[rows, truth[rows]])
    assert inside.mean() > 0.85
    assert np.abs(found.soft[rows, truth[rows]] - share[rows]).mean() < 0.17
    assert (found.high - found.low)[rows].mean() < 0.6


def test_without_division_none_is_found():
    votes, truth, _, _, _ = crowd(np.random.default_rng(3), divided=0.0)
    found = judged(votes)
    assert found.rate < 0.03
    assert (found.soft.argmax(axis=1) == truth).mean() > 0.98
    assert np.nanmean(found.noise) == pytest.approx(np.nanmean(found.disagreement), abs=0.03)


def test_the_same_split_means_division_among_the_able_and_noise_among_the_poor():
    skills = np.stack([np.full((2, 2), q) + np.eye(2) * (1 - 2 * q) for q in (0.03, 0.45)])[np.repeat([0, 1], 8)]
    votes = Votes.from_arrays(np.repeat([0, 1], 8), [f"{w:02}" for w in range(16)], np.tile([0, 1], 8), classes=[0, 1])
    found = ambiguity(votes, np.full((2, 2), 0.5), skills)
    assert found.divided[0] > 0.9
    assert found.divided[1] < 0.2
    assert found.disagreement[0] == found.disagreement[1] == pytest.approx(4 / 7)
    assert found.noise[0] < 0.1
    assert found.noise[1] > 0.45


def test_shapes_bounds_and_items_with_one_vote_or_none():
    votes = Votes.from_arrays([0, 0, 1, 3], ["a", "b", "a", "b"], [0, 1, 1, 0], classes=[0, 1])
    votes = votes.take(votes.item != 2)
    model = DawidSkene().fit(votes)
    found = ambiguity(votes, model.proba_, model.skills_)
    assert (found.low <= found.soft).all()
    assert (found.soft <= found.high).all()
    assert found.soft.sum(axis=1) == pytest.approx(np.ones(votes.n_items))
    assert np.isnan(found.disagreement[1])


def test_skills_must_be_confusion_matrices():
    votes = Votes.from_arrays([0, 1], ["a", "b"], [0, 1])
    with pytest.raises(InvalidInput):
        ambiguity(votes, np.full((2, 2), 0.5), np.ones(2))
