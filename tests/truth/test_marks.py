"""Spans and boxes by several hands: what is found in simulated truth, and what must not matter."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from quorate.errors import InvalidInput
from quorate.truth.boxes import Boxes
from quorate.truth.clusters import box_overlap, clusters, span_overlap
from quorate.truth.marks import MarkModel
from quorate.truth.spans import Spans
from quorate.truth.votes import Votes

SIDES = ("x", "y", "width", "height")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def spans(rng: np.random.Generator, items: int = 60, workers: int = 8) -> tuple[Votes, list[set[Any]]]:
    """Three spans an item; workers see most of them, now and then misplace an end, mix classes or invent one."""
    care = np.linspace(0.55, 0.97, workers)
    rows, truth = [], []
    for item in range(items):
        true = [(20 * n + int(rng.integers(8)), 3 + int(rng.integers(4)), "AB"[int(rng.integers(2))]) for n in range(3)]
        truth.append({(start, start + size, label) for start, size, label in true})
        for worker in rng.choice(workers, 5, replace=False):
            marks = []
            for start, size, label in true:
                if rng.random() > care[worker]:
                    continue
                end = start + size + int(rng.integers(1, 3) if rng.random() > care[worker] else 0)
                said = label if rng.random() < care[worker] else "AB"["BA".index(label)]
                marks.append({"start": start, "end": end, "label": said})
            if rng.random() > care[worker]:
                marks.append({"start": 70, "end": 74, "label": "A"})
            rows.append((f"i{item:03}", f"w{worker}", json.dumps(marks)))
    return Votes.from_arrays(*zip(*rows, strict=True)), truth


def boxes(rng: np.random.Generator, items: int = 60, workers: int = 7) -> tuple[Votes, list[list[Any]]]:
    """Two boxes an item; workers draw them with an error of their own and miss some."""
    off = np.linspace(0.02, 0.25, workers)
    rows, truth = [], []
    for item in range(items):
        true = [(n * 0.5 + rng.uniform(0, 0.2), rng.uniform(0, 0.6), 0.2, 0.3) for n in range(2)]
        truth.append([(x, y, x + w, y + h) for x, y, w, h in true])
        for worker in range(workers):
            marks = [
                dict(
                    zip(
                        ("x", "y", "width", "height"), np.array(box) + rng.normal(0, off[worker] * 0.15, 4), strict=True
                    )
                )
                for box in true
                if rng.random() < 0.8
            ]
            rows.append((f"i{item:03}", f"w{worker}", json.dumps(marks)))
    return Votes.from_arrays(*zip(*rows, strict=True)), truth


def keys(marks: Any) -> set[Any]:
    return {(mark["start"], mark["end"], mark["label"]) for mark in marks}


def test_spans_of_a_mixed_crowd_are_found_better_than_by_most(rng: np.random.Generator) -> None:
    votes, truth = spans(rng)
    model = Spans().fit(votes)
    hits = sum(len(keys(found) & true) for found, true in zip(model.labels_, truth, strict=True))
    made = sum(len(found) for found in model.labels_)
    size = np.bincount(votes.item)
    plain_hits = plain_made = 0
    for item, true in enumerate(truth):
        said = [keys(json.loads(votes.labels[label])) for label in votes.label[votes.item == item]]
        most = {key for key in set().union(*said) if sum(key in one for one in said) > size[item] / 2}
        plain_hits, plain_made = plain_hits + len(most & true), plain_made + len(most)
    assert 2 * hits / (made + 180) > 2 * plain_hits / (plain_made + 180) + 0.05
    assert np.corrcoef(model.exact_, np.linspace(0.55, 0.97, 8))[0, 1] > 0.7


def test_boxes_lie_nearer_the_truth_than_the_plain_mean(rng: np.random.Generator) -> None:
    votes, truth = boxes(rng)
    model = Boxes().fit(votes)
    assert sum(len(found) == 2 for found in model.labels_) >= 57
    errors = []
    for found, true in zip(model.labels_, truth, strict=True):
        if len(found) == 2:
            errors.append(np.abs(np.array([Boxes.read(mark) for mark in found]) - np.array(true)).mean())
    assert np.mean(errors) < 0.006
    assert (np.diff(model.exact_) > 0).mean() > 0.6  # the worse somebody draws, the larger the spread


@pytest.mark.parametrize(("model", "made"), [(Spans(), spans), (Boxes(), boxes)])
def test_the_order_of_votes_means_nothing_and_gold_is_kept(
    model: MarkModel, made: Any, rng: np.random.Generator
) -> None:
    votes, _ = made(rng)
    first = model.fit(votes).labels_.tolist()
    confidence = model.confidence_
    assert model.fit(votes.take(rng.permutation(len(votes)))).labels_.tolist() == first
    assert ((confidence >= 0) & (confidence <= 1)).all()
    gold = first[1]
    assert model.fit(votes, {votes.items[0]: gold}).labels_[0] == gold
    assert model.confidence_[0] == 1


def test_nobody_marks_anything() -> None:
    model = Spans().fit(Votes.from_arrays(["a", "a", "b"], ["x", "y", "x"], ["[]"] * 3))
    assert model.labels_.tolist() == [[], []]
    assert 0 < model.confidence_[1] <= model.confidence_[0] <= 1


def test_what_is_no_mark_is_refused() -> None:
    for label in ("PER", '[{"from": 1}]', "[3]"):
        with pytest.raises(InvalidInput):
            Spans().fit(Votes.from_arrays(["a"], ["x"], [label]))


def test_spans_of_the_result_do_not_cross_unless_they_may() -> None:
    said = ['[{"start": 0, "end": 4, "label": "A"}, {"start": 0, "end": 40, "label": "B"}]'] * 3
    votes = Votes.from_arrays(["a"] * 3, ["x", "y", "z"], said)
    assert len(Spans().fit(votes).labels_[0]) == 1
    assert len(Spans(crossing=True).fit(votes).labels_[0]) == 2


def test_clusters_hold_one_mark_of_each_seat_and_prefer_the_nearest() -> None:
    places = np.array([[0.0, 10], [0, 9], [2, 10], [30, 40]])
    assert clusters(places, [0, 1, 1, 0], [0, 0, 0, 0], span_overlap, 0.3) == [0, 0, 1, 2]
    assert box_overlap(np.array([0.0, 0, 2, 2]), np.array([1.0, 0, 3, 2])) == pytest.approx(1 / 3)
