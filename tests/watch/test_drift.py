"""Detectors of drift: silent on a steady step, and found when something moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quorate.truth.votes import Votes
from quorate.watch.class_mix import ClassMix
from quorate.watch.clause_agreement import ClauseAgreement
from quorate.watch.detector import Finding
from quorate.watch.hard_items import HardItems
from quorate.watch.item_content import ItemContent
from quorate.watch.sudden_change import cusum, moment
from quorate.watch.work import Work

pytestmark = pytest.mark.slow

WORDS = [f"word{i}" for i in range(16)]


def step(seed: int, *, mix: float = 0.5, clause: float = 0.9, topic: bool = False, items: int = 300) -> Work:
    """300 items, 5 answers each in the order of arrival; the last third with another mix, agreement or topic."""
    rng = np.random.default_rng(seed)
    late = np.arange(items) >= items * 2 // 3
    truth = (rng.random(items) < np.where(late, mix, 0.5)).astype(int)
    item = np.repeat(np.arange(items), 5)
    worker = np.concatenate([rng.permutation(25)[:5] for _ in range(items)])
    right = rng.random(item.size) < np.where(late[item] & (truth[item] == 1), clause, 0.9)
    label = np.where(right, truth[item], 1 - truth[item])
    votes = Votes(item.astype(np.int32), worker.astype(np.int32), label.astype(np.int32), np.arange(items),
                  np.arange(25), np.array(["no", "yes"]), None, np.arange(item.size) * 10.0)  # fmt: skip
    bodies = [" ".join(rng.choice(WORDS[8:] if topic and late[i] else WORDS, 12)) for i in range(items)]
    return Work(votes, bodies=bodies, clauses={0: "§1", 1: "§2"})


DETECTORS = (ClassMix(), ClauseAgreement(), ItemContent())


@pytest.mark.parametrize("seed", range(3))
def test_what_moved_is_named(seed: int) -> None:
    (mixed,) = ClassMix().look(step(seed, mix=0.8))
    assert mixed.evidence["shares"]["yes"][1] == pytest.approx(0.8, abs=0.1)
    clauses = ClauseAgreement().look(step(seed, clause=0.65))
    assert max(clauses, key=lambda one: one.score).evidence["clause"] == "§2"
    (content,) = ItemContent().look(step(seed, topic=True))
    assert set(content.evidence["words"]) <= set(WORDS[8:])


def test_a_steady_step_is_left_in_peace() -> None:
    found: list[Finding] = []
    for seed in range(40):
        work = step(100 + seed)
        found += [one for detector in DETECTORS for one in detector.look(work)]
    assert len(found) <= 1  # 120 looks at one in a thousand


def test_other_people_are_no_other_understanding() -> None:
    """Careless people take over for the last third: agreement falls, but nobody's own does."""
    work = step(1, items=600)
    votes = work.votes
    rng = np.random.default_rng(0)
    late = votes.item >= 400
    worker = np.where(late, votes.worker + 25, votes.worker).astype(np.int32)
    label = np.where(late & (rng.random(len(votes)) < 0.2), 1 - votes.label, votes.label).astype(np.int32)
    swapped = replace(work, votes=replace(votes, worker=worker, label=label, workers=np.arange(50)))
    assert not ClauseAgreement().look(swapped)


def test_hard_items_are_told_apart_from_bad_annotators() -> None:
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 3, 300)
    item = np.repeat(np.arange(300), 15)
    worker = np.concatenate([rng.permutation(30)[:15] for _ in range(300)])
    right = rng.random(item.size) < np.where(worker < 6, 0.4, 0.95)  # six poor annotators
    label = np.where(right, truth[item], (truth[item] + rng.integers(1, 3, item.size)) % 3)
    split = item < 15  # and fifteen items on which everybody tosses a coin between a and b
    label = np.where(split, rng.integers(0, 2, item.size), label)
    votes = Votes.from_arrays(item, worker, np.array(["a", "b", "c"])[label])
    (found,) = HardItems().look(Work(votes))
    assert found.evidence["classes"] == ["a", "b"]
    assert len(found.items) >= 3  # with few answers an item, slips explain as much: it rather stays silent
    assert max(found.items) < 15


def test_cusum_is_tied_down_and_the_moment_is_found() -> None:
    right = np.array([1.0] * 40 + [0.0] * 40)
    line = cusum(right)
    assert line[-1] == pytest.approx(0)
    assert int(line.argmax()) == 39
    chance = moment(right, 8)
    assert chance.sum() == pytest.approx(1)
    assert int(chance.argmax()) == 40
