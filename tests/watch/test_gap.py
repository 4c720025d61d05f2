"""Noise or a gap in skill: each kind of trouble gets its own remedy, and the honest none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from quorate.truth.votes import Votes
from quorate.watch.belief import Belief
from quorate.watch.gap import LEAST, PRIOR, REMEDIES, diagnose, split_pairs
from quorate.watch.honest import Honest
from quorate.watch.simulate import Crowd, crowd
from quorate.watch.work import Work

KINDS = {"random": 1, "constant": 1, "position": 1, "adversarial": 1, "gap": 3, "slips": 2, "fatigue": 2}
REMEDY = {"honest": "none", "gap": "lesson", "slips": "break", "fatigue": "break"}


@pytest.fixture(scope="module")
def told() -> dict[str, float]:
    """By kind, how often the remedy is the right one after a hundred judgements."""
    right, there = Counter[str](), Counter[str]()
    for seed in range(8):
        made = crowd(500 + seed, KINDS, honest=90, judgements=100)
        for one in diagnose(made.work):
            there[made.kinds[one.worker]] += 1
            right[made.kinds[one.worker]] += REMEDIES[one.reason] == REMEDY.get(made.kinds[one.worker], "pause")
    return {kind: right[kind] / there[kind] for kind in there}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_gets_its_remedy(told: dict[str, float], kind: str) -> None:
    assert told[kind] >= 0.87


@pytest.mark.slow
def test_the_honest_get_none(told: dict[str, float]) -> None:
    assert told["honest"] >= 0.99


@pytest.mark.slow
def test_the_bar_lies_where_honest_people_of_the_same_crowd_would_be_named() -> None:
    """Among eight classes it takes less to be sure than among two: most gaps are found after fifty judgements."""
    gaps, honest, bars = [], [], {2: [], 8: []}
    for seed in range(6):
        for classes, bar in bars.items():
            made = crowd(600 + seed, {"gap": 3}, honest=90, classes=classes)
            found = diagnose(made.work)
            bar.append(found[0].doubt)
            for one in found if classes == 8 else []:
                named = gaps if made.kinds[one.worker] == "gap" else honest
                named.append(one.reason)
    assert gaps.count("systematic") / len(gaps) >= 0.85
    assert honest.count("fine") / len(honest) >= 0.985
    assert LEAST <= min(bars[2]) <= np.mean(bars[2]) < np.mean(bars[8]) <= PRIOR["fine"]


def _named(crowds: Iterable[Crowd]) -> tuple[int, int]:
    """How many of so many honest people are said to need something."""
    told = [
        one.reason != "fine" for made in crowds for one in diagnose(made.work) if made.kinds[one.worker] == "honest"
    ]
    return sum(told), len(told)


def test_to_know_every_truth_accuses_no_more_of_the_honest() -> None:
    """Four in a hundred were named when it was learnt from those who looked fine how often the honest err."""

    def told(seed: int) -> Crowd:
        made = crowd(seed, KINDS, honest=90, classes=2)
        return replace(made, work=replace(made.work, gold=made.truth))

    named, of = _named(told(700 + seed) for seed in range(6))
    assert of == 540
    assert named <= 10


def test_few_honest_people_are_let_be_as_many_are() -> None:
    """Of eight people it is not known how unlike honest people are, nor of few errors where they lie."""
    named, of = _named(crowd(800 + seed, honest=8, classes=8) for seed in range(25))
    assert of == 200
    assert named <= 3


def test_of_few_people_less_is_known_how_unlike_they_are() -> None:
    """The tail of those who err most is the longer, the fewer people there are to learn it from."""
    few, many = (crowd(900, honest=honest, classes=4).work for honest in (6, 90))
    none = [np.full(work.votes.n_workers, -np.inf) for work in (few, many)]
    tails = []
    for work, other in zip((few, many), none, strict=True):
        often = Honest.of(Belief.of(work)).learnt(0.9, other).middles(20)
        tails.append(often[-1] / often[10])
    assert tails[0] > 1.1 * tails[1]


def test_a_gap_names_the_two_classes() -> None:
    made = crowd(1, {"gap": 1}, judgements=100)
    one = next(d for d in diagnose(made.work) if made.kinds[d.worker] == "gap")
    assert one.reason == "systematic"
    assert (one.gaps[0].truth, one.gaps[0].label) == (0, 1)
    assert 0.4 <= one.gaps[0].share <= 0.9
    assert one.classes[0]["systematic"] > 0.5 > one.classes[3]["systematic"]


def test_probabilities_sum_to_one() -> None:
    for one in diagnose(crowd(2, KINDS).work):
        assert sum(one.probabilities.values()) == pytest.approx(1)
        for row in one.classes:
            assert sum(row.values()) == pytest.approx(1)
            assert min(row.values()) >= -1e-9


def test_where_everybody_splits_it_is_the_guideline() -> None:
    """Of three classes, two are used interchangeably by everybody: nobody needs a lesson."""
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 3, 300)
    item = np.repeat(np.arange(300), 7)
    worker = np.concatenate([rng.permutation(20)[:7] for _ in range(300)])
    clear = np.where(rng.random(item.size) < 0.95, truth[item], rng.integers(0, 3, item.size))
    leaning = rng.random(item.size) < np.where(truth[item] == 0, 0.62, 0.38)
    label = np.where(truth[item] < 2, np.where(leaning, 0, 1), clear)
    work = Work(Votes.from_arrays(item, worker, np.array(["a", "b", "c"])[label]))
    assert split_pairs(work) == {(0, 1)}
    reasons = Counter(one.reason for one in diagnose(work))
    assert reasons["guideline"] >= 18
