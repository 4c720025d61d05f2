"""The accepted labels are as good as promised, in 2,000 repetitions, and not needlessly few."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import stats

from quorate.errors import InvalidInput
from quorate.truth.accept import accept

RUNS = 2000
MISSES = int(stats.binom.ppf(0.999, RUNS, 0.05))


def population(rng, n=3000, honesty=1.0):
    """Confidences, and labels wrong with the chance that the confidence says (to the power of `honesty`)."""
    confidence = np.round(1 - 0.5 * rng.beta(0.5, 2, n), 3)
    return confidence, rng.random(n) < (1 - confidence) ** honesty


@pytest.mark.slow
@pytest.mark.parametrize("honesty", [1.0, 0.6])
def test_accepted_labels_keep_the_promise(honesty):
    rng = np.random.default_rng(1)
    confidence, wrong = population(rng, honesty=honesty)
    broken = 0
    for _ in range(RUNS):
        audited = np.flatnonzero(rng.random(confidence.size) < 0.08)
        found = accept(confidence, audited, wrong[audited], 0.08, alpha=0.1, candidates=12)
        taken = confidence >= found.threshold
        assert taken.sum() == found.accepted
        broken += found.accepted > 0 and wrong[taken].mean() > 0.1
    assert broken <= MISSES


@pytest.mark.slow
def test_the_promise_is_kept_when_confidence_means_nothing():
    """All thresholds are as bad as each other, just over alpha: any acceptance is false."""
    rng = np.random.default_rng(2)
    confidence, wrong = rng.random(2000), np.arange(2000) < 101
    broken = 0
    for _ in range(RUNS):
        rng.shuffle(wrong)
        audited = rng.choice(2000, 150, replace=False)
        found = accept(confidence, audited, wrong[audited], 0.075, alpha=0.05, candidates=12)
        broken += found.accepted > 0 and wrong[confidence >= found.threshold].mean() > 0.05
    assert broken <= MISSES


def test_the_promise_is_kept_when_doubtful_labels_are_audited_more():
    rng = np.random.default_rng(3)
    confidence, wrong = population(rng)
    probability = np.where(confidence < 0.9, 0.3, 0.06)
    broken, share = 0, []
    for _ in range(RUNS // 4):
        audited = np.flatnonzero(rng.random(confidence.size) < probability)
        found = accept(confidence, audited, wrong[audited], probability[audited], alpha=0.1, floor=0.06)
        share.append(found.accepted / found.size)
        broken += found.accepted > 0 and wrong[confidence >= found.threshold].mean() > 0.1
    assert broken <= int(stats.binom.ppf(0.999, RUNS // 4, 0.05))
    assert np.median(share) > 0.4


def test_most_of_what_could_be_accepted_is():
    rng = np.random.default_rng(4)
    confidence, wrong = population(rng)
    order = np.argsort(-confidence)
    best = np.flatnonzero(np.cumsum(wrong[order]) / np.arange(1, 3001) <= 0.05).max() / 3000
    shares = []
    for _ in range(100):
        audited = rng.choice(3000, 600, replace=False)
        shares.append(accept(confidence, audited, wrong[audited], 0.2, alpha=0.05).accepted / 3000)
    assert best > np.median(shares) > 0.6 * best


def test_good_labels_are_all_accepted_and_one_audit_less_says_so():
    confidence = np.linspace(0.9, 1, 1000)
    audited = np.arange(0, 1000, 5)
    everything = accept(confidence, audited, np.zeros(200, bool), 0.2, alpha=0.02)
    assert (everything.accepted, everything.threshold, everything.more_audits) == (1000, 0.9, 0)
    assert "1,000 of 1,000 labels" in everything.sentence()
    nothing = accept(confidence, audited[::8], np.zeros(25, bool), 0.025, alpha=0.02)
    assert nothing.threshold == math.inf
    assert nothing.more_audits > 0
    assert json.loads(json.dumps(nothing.as_dict()))["threshold"] is None
    enough = np.arange(25 + nothing.more_audits)
    assert accept(confidence, enough, np.zeros(enough.size, bool), 0.2, alpha=0.02).accepted


def test_equal_confidences_are_accepted_together_or_not_at_all():
    confidence = np.repeat([0.6, 0.99], 500)
    audited = np.arange(0, 1000, 2)
    wrong = np.arange(1000) < 250
    found = accept(confidence, audited, wrong[audited], 0.5, alpha=0.03)
    assert (found.threshold, found.accepted) == (0.99, 500)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"probability": math.nan}, "not drawn at random"),
        ({"probability": 0.0}, "not drawn at random"),
        ({"probability": [0.1, 0.2, 0.1]}, "different probabilities"),
        ({"audited": [1, 1, 2]}, "one only"),
        ({"audited": [1, 2, 99]}, "outside"),
        ({"confidence": [0.5, math.nan, 0.1]}, "missing"),
        ({"alpha": 0.0}, "alpha"),
    ],
)
def test_what_proves_nothing_is_refused(change, says):
    good = {"confidence": np.ones(10), "audited": [1, 2, 3], "wrong": [False] * 3, "probability": 0.3, "alpha": 0.1}
    with pytest.raises(InvalidInput, match=says):
        accept(**(good | change))
