import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma

from quorate.truth import online


def crowd(seed, items=200, workers=12, classes=3, votes=5, accuracy=0.75):
    random = np.random.default_rng(seed)
    truth = random.integers(classes, size=items)
    skill = random.uniform(accuracy - 0.2, min(accuracy + 0.2, 1), workers)
    rows = []
    for i in range(items):
        for w in random.choice(workers, votes, replace=False):
            wrong = (truth[i] + random.integers(1, classes)) % classes
            rows.append((i, int(w), int(truth[i] if random.random() < skill[w] else wrong)))
    return truth, rows


def filled(rows, classes):
    belief = online.Belief(classes)
    for vote in rows:
        belief.update(*vote)
    return belief


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_online_agrees_with_the_batch_model_after_a_refit(classes):
    truth, rows = crowd(1, classes=classes)
    belief = filled(rows, classes)
    item, worker, label = np.array(rows).T
    priors = np.array([online.prior_rows(classes)] * 12)
    found = online.fit(item, worker, label, priors, sweeps=200, tolerance=1e-9)
    belief.refit(sweeps=200, tolerance=1e-9)
    online_proba = np.array([belief.posterior(belief.votes[i], calibrated=False) for i in range(len(truth))])
    np.testing.assert_allclose(online_proba, found.proba, atol=1e-6)
    assert (online_proba.argmax(1) == truth).mean() > 0.9


def test_a_stream_of_votes_is_nearly_as_right_as_the_batch():
    truth, rows = crowd(2)
    belief = filled([rows[i] for i in np.random.default_rng(0).permutation(len(rows))], 3)
    said = [int(np.argmax(belief.posterior(belief.votes[i]))) for i in range(len(truth))]
    belief.refit()
    refitted = [int(np.argmax(belief.posterior(belief.votes[i]))) for i in range(len(truth))]
    assert (said == truth).mean() > (refitted == truth).mean() - 0.03


def test_the_geometric_mean_is_that_of_the_digamma_function():
    counts = np.array([1, 1.5, 2, 4, 10, 100])
    assert np.allclose([online._expected(c) for c in counts], np.exp(digamma(counts)), rtol=3e-3)


@given(st.permutations(range(4)), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=9))
def test_naming_the_classes_otherwise_changes_nothing_else(names, votes):
    belief = online.Belief(4)
    renamed = belief.posterior([(w, names[said]) for w, said in votes])
    assert renamed == pytest.approx([belief.posterior(votes)[names.index(k)] for k in range(4)])


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=12), st.randoms())
def test_probabilities_sum_to_one_in_any_order(votes, random):
    belief = online.Belief(3)
    p = belief.posterior(votes)
    shuffled = random.sample(votes, len(votes))
    assert sum(p) == pytest.approx(1)
    assert belief.posterior(shuffled) == pytest.approx(p)


def test_known_answers_stay_and_teach():
    right = []
    for seed in range(1, 13):
        truth, rows = crowd(seed, accuracy=0.6)
        item, worker, label = np.array(rows).T
        known = np.full((200, 3), np.nan)
        known[:60] = np.eye(3)[truth[:60]]
        priors = np.array([online.prior_rows(3)] * 12)
        taught = online.fit(item, worker, label, priors, known=known)
        alone = online.fit(item, worker, label, priors)
        assert (taught.proba[:60] == np.eye(3)[truth[:60]]).all()
        right.append([(found.proba[60:].argmax(1) == truth[60:]).mean() for found in (taught, alone)])
    assert np.diff(np.mean(right, axis=0)) < 0


@settings(deadline=None)
@given(st.integers(1, 30))
def test_more_agreeing_votes_are_surer_and_never_quite_sure(count):
    belief = online.Belief(2)
    sure = belief.posterior([(w, 1) for w in range(count)])[1]
    assert belief.posterior([(w, 1) for w in range(count + 1)])[1] >= sure
    assert sure <= 1 - online.doubt(count) / 2 + 1e-9


def test_columns_of_many_are_those_of_each():
    rows = np.random.default_rng(0).uniform(1, 9, (5, 3, 3))
    each = [[online.column(one, said) for said in range(3)] for one in rows.tolist()]
    np.testing.assert_allclose(online.columns(rows).transpose(0, 2, 1), each, rtol=1e-12)


def test_a_vote_takes_microseconds():
    from time import process_time

    belief = online.Belief(20)
    for w in range(5):
        belief.update("known", w, w % 3)
    votes = [(w, w % 3) for w in range(5)]
    works = {"posterior": lambda n: belief.posterior(votes), "update": lambda n: belief.update(n, n % 5, n % 20)}
    for name, work in works.items():
        best = float("inf")
        for run in range(20):
            start = process_time()
            for n in range(20):
                work(20 * run + n)
            best = min(best, (process_time() - start) / 20)
        assert best < 150e-6, name  # 50 µs on an idle core; the bound leaves room for a busy one
