"""Consensus: what it promises beyond the shared battery, on simulated votes and on real ones."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quorate import truth
from quorate.errors import InvalidInput
from quorate.truth.check import coded, simulate
from quorate.truth.consensus import Consensus
from quorate.truth.copies import copy_weights, find_copies
from quorate.truth.score import code_truth, score
from quorate.truth.tables import read_labels
from quorate.truth.votes import Votes

DATA = Path(os.environ.get("QUORATE_DATA_SETS", Path(__file__).parents[3] / "shared" / "data"))


def thin_crowd(seed=0, n_items=300):
    """Many workers with few votes each, a third of them spammers with a favourite label."""
    rng = np.random.default_rng(seed)
    truths = rng.integers(0, 4, n_items)
    item = np.repeat(np.arange(n_items), 5)
    worker = rng.integers(0, 120, len(item))
    spam = worker % 3 == 0
    right = rng.random(len(item)) < 0.85
    label = np.where(spam, worker % 4, np.where(right, truths[item], rng.integers(0, 4, len(item))))
    return coded(item, worker, label, n_items, 120, 4), truths


def test_weights_are_a_distribution_that_leaves_nobody_out():
    votes, _ = simulate(np.random.default_rng(0))
    weights = Consensus().fit(votes).weights_
    assert list(weights) == ["mace", "ibcc", "communities", "ebcc"]
    assert sum(weights.values()) == pytest.approx(1)
    assert min(weights.values()) > 0.02


def test_subtypes_are_judged_by_what_they_add_to_the_same_model_without():
    alike = {"mace": -0.5, "ibcc": -0.45, "communities": -0.3}  # a learnt prior foresees far better
    mace, ibcc, communities, ebcc = Consensus()._weigh(alike | {"ebcc": -0.44})
    assert ebcc > 0.6 > communities > ibcc >= mace
    assert Consensus()._weigh(alike | {"ebcc": -0.45})[-1] < 0.3
    assert Consensus()._weigh(alike)[-1] > 0.9


def test_spammers_with_few_votes_are_told_by_the_small_model():
    votes, truths = thin_crowd()
    fitted = Consensus().fit(votes)
    assert max(fitted.weights_, key=fitted.weights_.get) in {"mace", "communities"}
    majority = (truth.make("majority").fit(votes).codes_ == truths).mean()
    assert (fitted.codes_ == truths).mean() > majority + 0.02


def test_many_votes_take_the_cheap_pool():
    votes, truths = simulate(np.random.default_rng(1))
    fitted = Consensus(budget=len(votes) * votes.n_classes - 1).fit(votes)
    assert list(fitted.weights_) == ["mace", "ibcc", "communities"]
    assert (fitted.codes_ == truths).mean() > 0.9


def test_threads_do_not_change_a_bit():
    votes, _ = simulate(np.random.default_rng(2))
    one, two = (Consensus(threads=n).fit_predict_proba(votes) for n in (1, 2))
    assert np.array_equal(one, two)


def test_gold_teaches_what_the_crowd_gets_wrong():
    rng = np.random.default_rng(3)
    truths = rng.integers(0, 2, 400)
    item = np.repeat(np.arange(400), 5)
    worker = rng.integers(0, 20, len(item))
    chance = np.where(truths[item] == 1, 0.42, 0.95)  # most of class 1 is taken for class 0
    label = np.where(rng.random(len(item)) < chance, truths[item], 1 - truths[item])
    votes = coded(item, worker, label, 400, 20, 2)
    gold = np.where(np.arange(400) < 60, truths, -1)
    plain, taught = (Consensus().fit(votes, g).proba_[60:] for g in (None, gold))
    assert score(taught, truths[60:]).nll < score(plain, truths[60:]).nll
    assert score(taught, truths[60:]).accuracy >= score(plain, truths[60:]).accuracy


def test_gold_items_have_an_answer_of_their_own_votes_too():
    votes, truths = simulate(np.random.default_rng(4))
    right = votes.label == truths[votes.item]
    clear = int(np.bincount(votes.item, right).argmax())
    gold = np.full(votes.n_items, -1)
    gold[clear] = (truths[clear] + 1) % votes.n_classes
    fitted = Consensus().fit(votes, gold)
    assert fitted.proba_[clear, gold[clear]] == 1
    assert fitted.unaided_[clear].argmax() == truths[clear]


def classifier(rng, truths, right=0.8, k=3):
    """Probabilities that are right so often, and say so."""
    said = np.where(rng.random(len(truths)) < right, truths, rng.integers(0, k, len(truths)))
    return np.where(np.eye(k)[said] > 0, 0.9, 0.1 / (k - 1))


def test_a_good_classifier_helps_a_thin_crowd_and_a_random_one_does_no_harm():
    votes, truths = simulate(np.random.default_rng(5), n_items=600, per_item=2)
    rng = np.random.default_rng(6)
    alone = score(Consensus().fit(votes).proba_, truths)
    joined = Consensus().fit(votes, model_proba=classifier(rng, truths))
    helped = score(joined.proba_, truths)
    noise = score(Consensus().fit(votes, model_proba=rng.dirichlet(np.ones(3), 600)).proba_, truths)
    assert helped.accuracy > alone.accuracy + 0.02
    assert helped.nll < alone.nll
    assert joined.model_.share >= 0.5
    assert np.allclose(joined.raw_, joined.alike_), "foresight of votes is not what it goes by any more"
    assert noise.accuracy > alone.accuracy - 0.02
    assert noise.nll < alone.nll + 0.03


def test_beside_a_good_classifier_a_habit_that_divides_the_crowd_is_believed_less():
    """Twelve annotators an item; on a fifth of the items seven in ten have the same wrong habit."""
    rng = np.random.default_rng(12)
    items, workers, each = 500, 30, 12
    truths, misled = rng.integers(0, 3, items), rng.random(items) < 0.2
    item = np.repeat(np.arange(items), each)
    worker = np.concatenate([rng.choice(workers, each, replace=False) for _ in range(items)])
    lured = rng.random(len(item)) < np.where(misled[item], 0.7, 0.1)
    votes = Votes.from_arrays(item, worker, np.where(lured, (truths[item] + 1) % 3, truths[item]))
    joined = Consensus().fit(votes, model_proba=classifier(rng, truths))
    without = joined.calibration_.apply(joined.model_.raw, joined.model_.worth, joined.prior_)
    assert score(joined.proba_, truths).nll < score(without, truths).nll - 0.01
    assert score(joined.proba_, truths).accuracy >= score(without, truths).accuracy
    divided = (joined.shares_.max(axis=1) < 0.8) & (without.max(axis=1) > 0.9)
    assert divided.any()
    assert (joined.proba_ < without)[divided, without[divided].argmax(axis=1)].all()


def test_a_classifier_that_answers_everything_wrong_way_round_is_seen_through():
    votes, truths = simulate(np.random.default_rng(7), n_items=600, n_classes=2)
    flipped = classifier(np.random.default_rng(8), 1 - truths, k=2)
    alone = score(Consensus().fit(votes).proba_, truths)
    joined = score(Consensus().fit(votes, model_proba=flipped).proba_, truths)
    assert joined.accuracy > alone.accuracy - 0.01


def test_no_prediction_for_an_item_leaves_it_to_the_crowd():
    votes, truths = simulate(np.random.default_rng(9))
    f = classifier(np.random.default_rng(10), truths)
    f[:10] = np.nan
    alone = Consensus().fit(votes).proba_
    assert np.allclose(Consensus().fit(votes, model_proba=f).proba_[:10], alone[:10], atol=1e-9)


@pytest.mark.parametrize("bad", [np.ones((2, 3)), np.full((120, 3), -1.0), np.zeros((120, 3))])
def test_probabilities_that_are_none_are_refused(bad):
    votes, _ = simulate(np.random.default_rng(0))
    with pytest.raises(InvalidInput, match="model_proba"):
        Consensus().fit(votes, model_proba=bad)


def cloned(votes, worker, times):
    """The votes, and so many more annotators who say word for word what one says."""
    rows = np.flatnonzero(votes.worker == worker)
    names = np.repeat([f"clone {n}" for n in range(times)], len(rows))
    rows = np.tile(rows, times)
    more = Votes.from_arrays(votes.items[votes.item[rows]], names, votes.labels[votes.label[rows]])
    return votes.append(more)


def test_five_clones_move_the_posterior_as_one():
    votes, truths = simulate(np.random.default_rng(11), n_items=400, n_workers=15)
    busy = int(np.bincount(votes.worker[votes.label != truths[votes.item]]).argmax())  # the one who errs most
    five = cloned(votes, busy, 4)
    assert five.items.tolist() == votes.items.tolist()
    fitted, fooled = Consensus().fit(five), Consensus(copies=False).fit(five).proba_
    assert [group.workers for group in fitted.copies_] == [(votes.workers[busy], *(f"clone {n}" for n in range(4)))]
    touched = np.unique(votes.item[votes.worker == busy])
    assert fitted.worth_[touched] == pytest.approx(np.bincount(votes.item)[touched])
    alone = Consensus().fit(votes).proba_[touched]
    moved, misled = (np.abs(proba[touched] - alone).mean() for proba in (fitted.proba_, fooled))
    assert moved < 0.01
    assert misled > 10 * moved


def test_nobody_is_a_copy_where_nobody_copies():
    votes, _ = simulate(np.random.default_rng(12), n_items=400, n_workers=15)
    fitted = Consensus().fit(votes)
    assert fitted.copies_ == []
    assert np.array_equal(fitted.proba_, Consensus(copies=False).fit(votes).proba_)


def test_two_good_ones_among_many_who_are_misled_are_no_copies():
    """Where the crowd is wrong on the same items, they agree on what looks like errors; counted once, they lose."""
    rng = np.random.default_rng(0)
    truths, hard = rng.integers(0, 2, 500), rng.random(500) < 0.3
    said = []
    for worker in range(14):
        asked = np.flatnonzero(rng.random(500) < (0.9 if worker >= 12 else 1 / 3))
        right = rng.random(len(asked)) < (0.96 if worker >= 12 else np.where(hard[asked], 0.3, 0.85))
        said.append((asked, np.full(len(asked), worker), np.where(right, truths[asked], 1 - truths[asked])))
    votes = coded(*(np.concatenate(column) for column in zip(*said, strict=True)), 500, 14, 2)
    belief = truth.make("ibcc").fit_predict_proba(votes)
    (seeming,) = find_copies(votes, belief)
    assert seeming.codes == (12, 13)
    fitted = Consensus().fit(votes)
    assert fitted.copies_ == []
    once = Consensus(copies=False).fit(replace(votes, weight=copy_weights(votes, [seeming])))
    assert (fitted.codes_ == truths).mean() > (once.codes_ == truths).mean() + 0.02


def test_experts_who_err_are_weighed_and_not_obeyed():
    votes, truths = simulate(np.random.default_rng(13), n_items=400, per_item=7)
    rng = np.random.default_rng(14)
    gold = np.where(rng.random(400) < 0.85, truths, (truths + 1) % 3)
    alone, obeyed = Consensus().fit(votes), Consensus().fit(votes, gold)
    weighed = Consensus().fit(votes, gold, experts=0.85)
    right = [(fitted.codes_ == truths).mean() for fitted in (alone, obeyed, weighed)]
    assert right[1] == pytest.approx((gold == truths).mean())
    assert right[2] > max(right[0], right[1])
    assert score(weighed.proba_, truths).nll < score(alone.proba_, truths).nll
    assert weighed.proba_.max() < 1


def test_an_expert_who_is_as_good_as_never_wrong_is_as_good_as_gold():
    votes, truths = simulate(np.random.default_rng(15), n_items=200)
    gold = np.where(np.arange(200) < 50, truths, -1)
    obeyed, weighed = Consensus().fit(votes, gold), Consensus().fit(votes, gold, experts=0.9999)
    assert (weighed.codes_[:50] == truths[:50]).all()
    assert weighed.proba_ == pytest.approx(obeyed.proba_, abs=0.01)
    said = classifier(np.random.default_rng(16), truths)
    assert (Consensus().fit(votes, gold, said, experts=0.9999).codes_[:50] == truths[:50]).all()


def real(name):
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"the set {name} is not at {DATA}")
    votes = Votes.read(folder / "votes.csv").without_duplicates()
    return votes, code_truth(votes, read_labels(folder / "gold.csv"))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("zc_all", 0.85), ("bird", 0.84), ("dog", 0.83), ("ms", 0.79)])
def test_accuracy_on_real_sets(name, least):
    votes, known = real(name)
    found = score(Consensus().fit(votes).proba_, known)
    majority = score(truth.make("majority").fit(votes).proba_, known)
    assert found.accuracy > max(least, majority.accuracy)
    assert found.nll < majority.nll
