"""What the others' answers say of an item: its class better than confusions alone say it, and how hard it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quorate.truth.votes import Votes
from quorate.watch.belief import _WEIGHTS, Belief
from quorate.watch.gap import Fits
from quorate.watch.hypotheses import coin
from quorate.watch.simulate import crowd
from quorate.watch.work import Floats, Work

KINDS = {"random": 2, "position": 2, "gap": 3, "slips": 2, "fatigue": 2}


def _truth_told(work: Work, belief: Belief, truth: np.ndarray) -> float:
    """The mean of ln P(the class that it is), over votes."""
    return float(np.mean(np.log(belief.without[np.arange(len(work.votes)), truth[work.votes.item]] + 1e-6)))


@pytest.mark.parametrize("classes", [2, 8])
def test_who_is_known_by_the_ways_people_answer_is_believed_better(classes: int) -> None:
    gained = []
    for seed in range(4):
        made = crowd(300 + seed, KINDS, honest=60, classes=classes)
        first = Belief.of(made.work)
        last = Fits.learnt(made.work).honest.belief
        gained.append(_truth_told(made.work, last, made.truth) - _truth_told(made.work, first, made.truth))
    assert min(gained) > 0
    assert np.mean(gained) > 0.01


def _votes(hard: float) -> Work:
    """Sixty people who are right 80 % of the time, on items as unlike in difficulty as that."""
    rng = np.random.default_rng(4)
    truth, worker = rng.integers(0, 3, 800), np.concatenate([rng.permutation(60)[:7] for _ in range(800)])
    item = np.repeat(np.arange(800), 7)
    right = rng.random(item.size) < 1 / (1 + np.exp(-1.6 + hard * rng.normal(0, 1, 800)[item]))
    label = np.where(right, truth[item], (truth[item] + rng.integers(1, 3, item.size)) % 3)
    return Work(Votes.from_arrays(item, worker, np.array(["a", "b", "c"])[label]))


def test_it_is_learnt_whether_some_items_are_harder() -> None:
    assert Fits.learnt(_votes(0.0)).honest.belief.spread == 0
    assert Fits.learnt(_votes(1.2)).honest.belief.spread >= 0.7


def test_an_item_on_which_the_others_are_at_odds_is_hard() -> None:
    belief = Fits.learnt(_votes(1.2)).honest.belief
    hard, sure = belief.joint[:, 2].sum(axis=1), belief.without.max(axis=1)
    assert hard[sure < 0.6].mean() > 1.5 * hard[sure > 0.99].mean()


def test_a_way_of_answering_is_the_same_on_all_items_together() -> None:
    way = coin(4, 0.8)
    belief = replace(Belief.of(crowd(1).work), spread=1.05)
    each: Floats = belief.harder(way)
    assert each[0, 0, 0] > 0.9
    assert each[2, 0, 0] < 0.7
    assert np.allclose(each.sum(axis=2), 1)
    assert np.allclose(np.tensordot(_WEIGHTS, each, 1), way, atol=0.01)


def test_of_a_known_item_only_how_hard_it_is_is_asked() -> None:
    made = crowd(2, KINDS, honest=60)
    belief = Fits.learnt(replace(made.work, gold=made.truth)).honest.belief
    assert np.array_equal(belief.without.argmax(axis=1), made.truth[made.work.votes.item])
    assert np.allclose(belief.without.max(axis=1), 1)
    assert np.std(belief.joint[:, 2].sum(axis=1)) > 0.02
