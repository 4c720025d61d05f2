"""What the detectors see in votes of real crowds."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from quorate.truth import read_labels
from quorate.watch.detector import detect
from quorate.watch.hypotheses import rates
from quorate.watch.recorded import read_work
from quorate.watch.speed import Pace

pytestmark = pytest.mark.slow  # whole sets, each with its crowd simulated

DATA = Path(os.environ.get("QUORATE_DATA_SETS", Path(__file__).parents[3] / "shared" / "data"))


def folder(name: str) -> Path:
    if not (DATA / name).is_dir():
        pytest.skip(f"the votes of {name} are not here (set QUORATE_DATA_SETS)")
    return DATA / name


@pytest.mark.parametrize("name", ["sp", "senti_1k"])
def test_those_named_are_wrong_far_more_often(name: str) -> None:
    """The truth is not shown to the detectors; those whom they name disagree with it more than the others do."""
    work = read_work(folder(name) / "votes.csv").newest(100)
    gold = read_labels(folder(name) / "gold.csv")
    truth = np.array([gold.get(str(item), "") for item in work.votes.items])[work.votes.item]
    right = work.votes.labels.astype(str)[work.votes.label] == truth
    faith = {"random_answers", "constant", "position", "adversarial", "straight_lining", "answer_order"}
    named = sorted({j for one in detect(work) if one.detector in faith for j in one.workers})
    assert named
    bad, known = np.isin(work.votes.worker, named), truth != ""
    assert right[known & bad].mean() < right[known & ~bad].mean() - 0.1


@pytest.mark.parametrize("name", ["med_cause", "med_relations", "news_events"])
def test_time_grows_with_length_or_not_at_all(name: str) -> None:
    work = read_work(folder(name) / "votes.csv", folder(name) / "items.jsonl")
    pace = Pace.of(work)
    assert 3 < np.exp(pace.middle) < 300
    assert 0 <= pace.per_word < 2
    for one in detect(work):
        if one.detector == "speed":
            assert one.evidence["times_faster"] > 2
            assert one.evidence["seconds"] == pytest.approx(np.median(work.seconds[work.of(one.workers[0])]))  # type: ignore[index]


def test_rates_of_a_real_crowd_follow_the_truth() -> None:
    work = read_work(folder("med_cause") / "votes.csv")
    gold = read_labels(folder("med_cause") / "gold.csv")
    truth = np.array([gold[str(item)] for item in work.votes.items])[work.votes.item]
    right = np.bincount(work.votes.worker, work.votes.labels.astype(str)[work.votes.label] == truth) / work.answers
    busy = work.answers >= 30
    assert np.corrcoef(right[busy], rates(work)[busy])[0, 1] > 0.5
