"""Sets of labels: simulated skills and truths are found, open vocabularies are allowed for, real sets improve."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from quorate.errors import InvalidInput
from quorate.truth.multilabel import MultiLabel, read_set
from quorate.truth.votes import Votes


def simulate(seed: int, labels: int = 12, items: int = 300) -> tuple[Votes, np.ndarray, np.ndarray, np.ndarray]:
    """Five of 30 annotators an item; each finds a true label with .3 to .9 and slips with .01 to .2."""
    rng = np.random.default_rng(seed)
    truth = rng.random((items, labels)) < rng.uniform(0.05, 0.4, labels)
    hit, slip = rng.uniform(0.3, 0.9, 30), rng.uniform(0.01, 0.2, 30)
    item = np.repeat(np.arange(items), 5)
    worker = np.concatenate([rng.choice(30, 5, replace=False) for _ in range(items)])
    picked = rng.random((len(item), labels)) < np.where(truth[item], hit[worker, None], slip[worker, None])
    sets = [json.dumps([f"l{label:02d}" for label in np.flatnonzero(row)]) for row in picked]
    return Votes.from_arrays(item, worker, sets), truth, hit, slip


def micro_f1(said: dict, truth: dict) -> float:
    shared = sum(len(set(said[item]) & truth[item]) for item in truth)
    return 2 * shared / (sum(len(said[item]) for item in truth) + sum(map(len, truth.values())))


def more_than_half(votes: Votes) -> dict:
    """The simplest aggregate: labels that more than half of the item's votes have."""
    said = {}
    for place, name in enumerate(votes.items):
        sets = [read_set(votes.labels[code]) for code in votes.label[votes.item == place]]
        flat = [label for own in sets for label in own]
        said[name] = {label for label in flat if 2 * flat.count(label) > len(sets)}
    return said


def test_skills_and_truths_are_found() -> None:
    votes, truth, hit, slip = simulate(0)
    model = MultiLabel().fit(votes)
    assert np.corrcoef(model.hit_, hit)[0, 1] > 0.8
    assert np.corrcoef(model.slip_, slip)[0, 1] > 0.8
    wanted = {item: {f"l{label:02d}" for label in np.flatnonzero(row)} for item, row in enumerate(truth)}
    found = micro_f1(dict(zip(votes.items, model.labels_, strict=True)), wanted)
    assert found > micro_f1(more_than_half(votes), wanted) + 0.05
    right = truth[model.cells_.item, model.cells_.label]
    for low, high in [(0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1.01)]:
        own = (model.proba_ >= low) & (model.proba_ < high)
        assert model.proba_[own].mean() == pytest.approx(right[own].mean(), abs=0.08)


def test_unseen_labels_of_an_open_vocabulary_are_allowed_for() -> None:
    votes, _, hit, _ = simulate(1)
    open_, closed = MultiLabel(closed=False).fit(votes), MultiLabel(closed=True).fit(votes)
    assert np.abs(open_.hit_ - hit).mean() < 0.12
    assert len(open_.proba_) < len(closed.proba_) == votes.n_items * 12


def test_gold_is_kept_and_helps_the_rest() -> None:
    votes, truth, _, _ = simulate(2)
    wanted = {item: {f"l{label:02d}" for label in np.flatnonzero(row)} for item, row in enumerate(truth)}
    model = MultiLabel().fit(votes, {item: wanted[item] for item in range(150)})
    assert all(set(model.labels_[item]) == wanted[item] for item in range(150))


def test_sets_may_be_collections_and_empty() -> None:
    assert read_set('["b", "a", "b"]') == ["a", "b"]
    assert read_set(("x",)) == ["x"]
    none = Votes.from_arrays([1, 1], ["a", "b"], ["[]", "[]"])
    assert list(MultiLabel().fit_predict(none)) == [()]
    with pytest.raises(InvalidInput, match="not a set"):
        read_set("cat, dog")


def test_names_of_labels_do_not_matter() -> None:
    votes, _, _, _ = simulate(3)
    names = {f"l{label:02d}": f"m{99 - label}" for label in range(12)}
    other = np.array([json.dumps([names[name] for name in read_set(value)]) for value in votes.labels], dtype=object)
    turned = Votes.from_arrays(votes.item, votes.worker, other[votes.label])
    one, two = MultiLabel().fit(votes), MultiLabel().fit(turned)
    assert all({names[name] for name in a} == set(b) for a, b in zip(one.labels_, two.labels_, strict=True))


@pytest.mark.parametrize(("name", "simplest", "limit"), [("news_events", 0.378, 0.48), ("sound_tags", 0.0344, 0.15)])
def test_real_sets_beat_more_than_half(data_sets: Path, name: str, simplest: float, limit: float) -> None:
    votes = Votes.read(data_sets / name / "votes.csv")
    with (data_sets / name / "gold.csv").open() as file:
        truth = {row["item"]: set(json.loads(row["label"])) for row in csv.DictReader(file)}
    assert micro_f1(more_than_half(votes), truth) == pytest.approx(simplest, abs=0.001)
    said = dict(zip(votes.items, MultiLabel().fit_predict(votes), strict=True))
    assert micro_f1(said, truth) > limit
