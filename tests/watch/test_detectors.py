"""Every detector against crowds whose bad members are known."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from quorate import plugins
from quorate.errors import InvalidInput
from quorate.truth.votes import Votes
from quorate.watch.detector import Detector, detect, detectors
from quorate.watch.gap import diagnose
from quorate.watch.simulate import crowd
from quorate.watch.work import Work

pytestmark = pytest.mark.slow

OWN = {"random": "random_answers"}
SINGLE = ("random", "constant", "position", "adversarial", "straight_lining", "answer_order", "speed", "sudden_change")
BAD = dict.fromkeys((*SINGLE, "pasted", "machine_text"), 1) | dict.fromkeys(("collusion", "duplicates"), 2)
SEEDS = 12


@pytest.fixture(scope="module")
def looked() -> tuple[dict[str, float], float]:
    """By kind, the share found by its own detector; and honest annotators named by any detector, per 100."""
    own, there, alarms = Counter[str](), Counter[str](), 0
    for seed in range(SEEDS):
        made = crowd(1000 + seed, BAD, honest=86, judgements=50, classes=4)
        named: dict[int, set[str]] = {}
        for one in detectors():
            for finding in one.look(made.work) if one.suits(made.work) else []:
                for j in finding.workers:
                    named.setdefault(j, set()).add(one.use)
        for j, kind in enumerate(made.kinds):
            there[kind] += 1
            own[kind] += OWN.get(kind, kind) in named.get(j, ())
            alarms += kind == "honest" and j in named
    return {kind: own[kind] / there[kind] for kind in BAD}, 100 * alarms / there["honest"]


@pytest.mark.parametrize("kind", BAD)
def test_finds_nine_in_ten_after_fifty_judgements(looked: tuple[dict[str, float], float], kind: str) -> None:
    assert looked[0][kind] >= 0.9


def test_names_at_most_one_honest_annotator_in_a_hundred(looked: tuple[dict[str, float], float]) -> None:
    assert looked[1] <= 1.0


def test_every_detector_is_registered_under_its_own_name() -> None:
    for name in plugins.addresses("detectors"):
        cls = plugins.load("detectors", name)
        assert issubclass(cls, Detector)
        assert cls.model_fields["use"].default == name


def test_detectors_take_parameters_and_may_be_left_out() -> None:
    chosen = {one.use: one for one in detectors({"speed": {"faster": 4}, "constant": False})}
    assert chosen["speed"].faster == 4  # type: ignore[attr-defined]
    assert "constant" not in chosen
    assert len(chosen) == len(plugins.addresses("detectors")) - 1


def test_unknown_detectors_and_parameters_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no detector"):
        detectors({"sped": True})
    with pytest.raises(InvalidInput) as refused:
        detectors({"speed": {"fastr": 4}}, at="watch.detectors.")
    assert str(refused.value.where).startswith("watch.detectors.speed")


def test_of_several_explanations_of_bad_faith_the_likeliest_is_told() -> None:
    made = crowd(7, {"constant": 1})
    bad = made.kinds.index("constant")
    told = [one for one in detect(made.work) if bad in one.workers]
    assert [one.detector for one in told] == ["constant"]
    assert told[0].evidence["share"] > 0.9
    assert "position" in told[0].evidence["also"]


def test_a_detector_without_what_it_needs_stays_silent() -> None:
    made = crowd(3, {"speed": 1})
    bare = replace(made.work, seconds=None, texts=None)
    assert not [one for one in detectors() if one.use in {"speed", "duplicates", "pasted"} and one.suits(bare)]


def test_answers_of_which_nobody_knows_how_long_they_took_are_passed_over() -> None:
    """One in eight of everybody's, and all of one annotator's."""
    made = crowd(3, {"speed": 1, "duplicates": 2})
    work, kinds = made.work, np.array(made.kinds)
    assert work.seconds is not None
    silent = int(np.flatnonzero(kinds == "honest")[0])
    hidden = (np.arange(len(work.votes)) % 8 == 0) | (work.votes.worker == silent)
    partly = replace(work, seconds=np.where(hidden, np.nan, work.seconds))
    using = [one for one in detectors() if one.use in {"speed", "duplicates"}]
    found = {(finding.detector, worker) for finding in detect(partly, using) for worker in finding.workers}
    assert {(kinds[worker], worker) for _, worker in found} == {(of, worker) for of, worker in found}
    assert Counter(of for of, _ in found) == {"speed": 1, "duplicates": 2}


def test_fast_and_right_is_no_trouble() -> None:
    """Ten times faster than others and never wrong: let be. The same pace with random answers: told."""
    made = crowd(11, {"speed": 1})
    bad, work = made.kinds.index("speed"), made.work
    speed = next(one for one in detectors() if one.use == "speed")
    assert any(bad in one.workers for one in speed.look(work))
    label = work.votes.label.copy()
    rows = work.of(bad)
    label[rows] = made.truth[work.votes.item[rows]]
    right = replace(work, votes=replace(work.votes, label=label))
    assert not any(bad in one.workers for one in speed.look(right))


def test_order_of_annotators_does_not_matter() -> None:
    made = crowd(5, {"random": 1, "collusion": 2, "duplicates": 2})
    votes = made.work.votes
    turned = replace(votes, worker=(votes.n_workers - 1 - votes.worker).astype(np.int32), workers=votes.workers[::-1])
    one = {(f.detector, *sorted(f.workers)) for f in detect(made.work)}
    other = {(f.detector, *sorted(votes.n_workers - 1 - w for w in f.workers))
             for f in detect(replace(made.work, votes=turned))}  # fmt: skip
    assert one == other


def test_two_people_at_work_in_the_same_hours_are_two_people() -> None:
    """Many pairs with much time together: none is called one pair of hands."""
    named = 0
    for seed in range(5):
        made = crowd(seed, honest=40, judgements=150)
        duplicates = next(one for one in detectors() if one.use == "duplicates")
        named += len(duplicates.look(made.work))
    assert named == 0


def test_a_handful_of_answers_is_judged_by_nobody() -> None:
    made = crowd(2, {"random": 2, "constant": 2}, judgements=15)
    assert not [one for one in detect(made.work) if one.workers]


def test_nobody_is_named_for_a_run_of_one_class_that_nobody_else_has_seen() -> None:
    """Items came sorted by class: who was alone with the first of them answered `c0` again and again, and rightly."""
    votes = crowd(3, honest=20, classes=2).work.votes
    alone = votes.n_items + np.arange(60)
    run = Work(
        Votes(
            np.concatenate([votes.item, alone]).astype(np.int32),
            np.concatenate([votes.worker, np.zeros(60)]).astype(np.int32),
            np.concatenate([votes.label, np.zeros(60)]).astype(np.int32),
            np.arange(votes.n_items + 60), votes.workers, votes.labels,
        )
    )  # fmt: skip
    assert not [one for one in detect(run) if one.workers]
    assert next(one for one in diagnose(run) if one.worker == 0).reason == "fine"
    known = replace(run, gold=np.where(np.arange(run.votes.n_items) < votes.n_items, -1, 1))
    assert [one.detector for one in detect(known) if one.workers == (0,)], "they are known to be another class"


def test_one_annotator_alone_is_no_outlier() -> None:
    votes = Votes.from_arrays(range(60), ["a"] * 60, ["x", "y"] * 30)
    work = Work(votes, seconds=np.full(60, 5.0))
    assert not [one for one in detect(work) if one.detector not in {"answer_order"}]
