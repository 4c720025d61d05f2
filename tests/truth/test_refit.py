import numpy as np
import pytest

from quorate.truth import online
from quorate.truth.refit import refit


def crowd(seed=0, items=400, workers=12, per_item=6, hard=0.25):
    """Most are right nine times in ten, but on hard items all but a third err alike."""
    random = np.random.default_rng(seed)
    truth = random.integers(2, size=items)
    difficult = random.random(items) < hard
    item = np.repeat(np.arange(items), per_item)
    worker = np.concatenate([random.choice(workers, per_item, replace=False) for _ in range(items)])
    chance = np.where(difficult[item] & (truth[item] == 0), np.where(worker % 3 == 0, 0.9, 0.25), 0.9)
    label = np.where(random.random(len(item)) < chance, truth[item], 1 - truth[item])
    return item, worker, label, truth


def prior(workers, classes=2):
    return np.array([online.prior_rows(classes)] * workers, dtype=np.float64)


def test_hard_items_do_not_make_good_annotators_bad():
    item, worker, label, truth = crowd()
    simple = online.fit(item, worker, label, prior(12), items=400)
    apart = refit(item, worker, label, prior(12), items=400)
    assert (apart.proba.argmax(1) == truth).mean() >= (simple.proba.argmax(1) == truth).mean()
    skill = apart.rows[:, 0, 0] / apart.rows[:, 0].sum(1)
    assert skill[::3].min() > np.delete(skill, range(0, 12, 3)).max()


def test_rows_count_every_vote_once():
    item, worker, label, _ = crowd(1)
    found = refit(item, worker, label, prior(12), items=400)
    assert found.rows.sum() - prior(12).sum() == pytest.approx(len(item))
    assert found.proba.sum(1) == pytest.approx(np.ones(400))


def test_known_answers_stay():
    item, worker, label, truth = crowd(2)
    known = np.full((400, 2), np.nan)
    known[:20] = np.eye(2)[1 - truth[:20]]
    found = refit(item, worker, label, prior(12), items=400, known=known)
    assert np.array_equal(found.proba[:20], known[:20])


def test_an_experts_word_keeps_its_weight_and_other_priors_their_model():
    item, worker, label, truth = crowd(3)
    expert = np.array([online.prior_rows(2, 38.0, 2.0)])
    args = np.append(item, 5), np.append(worker, 12), np.append(label, truth[5]), np.concatenate([prior(12), expert])
    simple, apart = online.fit(*args, items=400), refit(*args, items=400)
    assert apart.proba[5] == pytest.approx(simple.proba[5])
    other = prior(12) + 1
    assert np.array_equal(
        refit(item, worker, label, other, items=400).rows, online.fit(item, worker, label, other, items=400).rows
    )
