"""What a certificate says, that it never says more than it knows, and what it refuses."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import stats

from quorate.errors import InvalidInput
from quorate.truth.bounds import hypergeometric_upper
from quorate.truth.certificate import Audit, Stratum, certificate

RUNS = 2000
MISSES = int(stats.binom.ppf(0.999, RUNS, 0.05))


def audits(n, errors=0, probability=0.05, stratum="all", risk=None):
    return [Audit(i < errors, probability, stratum, risk) for i in range(n)]


def test_the_sentence():
    certified = certificate(audits(213, 1), 4012)
    claim = "With probability at least 95 %, at most 2.2 % of these 4,012 labels are wrong"
    assert certified.sentence() == f"{claim} (213 random blind audits, 1 error)."
    assert certified.method == "hypergeometric"
    assert certified.error_upper == hypergeometric_upper(1, 213, 4012, 0.05) / 4012
    assert certified.estimate == pytest.approx(1 / 213)


def test_the_sentence_is_never_stronger_than_the_number():
    for errors in range(6):
        certified = certificate(audits(300, errors), 6000)
        said = float(certified.sentence().split("at most ")[1].split(" %")[0]) / 100
        assert certified.error_upper <= said < certified.error_upper + 0.001 + 1e-9


def test_no_audits_say_nothing_but_how_many_are_needed():
    certified = certificate([], 4012, alpha=0.01)
    assert certified.error_upper == 1
    assert certified.estimate is None
    assert certified.sentence().startswith("Nothing can be said yet about how many of these 4,012 labels are wrong")
    enough = certified.more_audits
    assert f"{enough} more random audits without a further error would reach it" in certified.sentence()
    assert certificate(audits(enough, probability=0.1), 4012, alpha=0.01).holds
    assert not certificate(audits(enough - 1, probability=0.1), 4012, alpha=0.01).holds


@pytest.mark.parametrize("how", [{}, {"anytime": True}, {"mended": True}, {"miss": 0.1}])
def test_more_audits_reach_the_target(how):
    first = certificate(audits(100, 1), 3000, alpha=0.02, **how)
    assert first.holds is False
    again = certificate(audits(100 + first.more_audits, 1, 0.2), 3000, alpha=0.02, **how)
    assert again.holds
    assert again.more_audits == 0


def test_a_target_out_of_reach_says_so():
    certified = certificate(audits(100, 40), 200 * 10, alpha=0.01)
    assert certified.more_audits is None
    assert "out of reach" in certified.sentence()


def test_strata_at_one_rate_are_one_population():
    parts = audits(150, 1, 0.05, "crowd") + audits(16, 0, 0.05, "expert") + audits(24, 2, 0.05, "model")
    certified = certificate(parts, {"crowd": 3000, "expert": 300, "model": 500})
    assert certified.method == "hypergeometric"
    assert certified.error_upper == certificate(audits(190, 3), 3800).error_upper
    assert [(row.name, row.audits, row.errors) for row in certified.strata] == [
        ("crowd", 150, 1),
        ("expert", 16, 0),
        ("model", 24, 2),
    ]


def test_strata_answered_at_different_rates_are_weighted_whatever_was_declared():
    parts = audits(150, 1, 0.05, "crowd") + audits(1, 0, 0.05, "expert")
    assert certificate(parts, {"crowd": 3000, "expert": 1500}).method == "weighted"


def test_a_stratum_that_nobody_audited_may_be_wrong_altogether():
    certified = certificate(audits(300, 0, 0.1, "crowd"), {"crowd": 3000, "model": 1000})
    assert certified.error_upper >= 0.25
    assert certified.strata[1].error_upper == 1


def test_everything_audited_is_known():
    certified = certificate(audits(50, 3, 1.0), 50)
    assert certified.error_upper == 3 / 50
    assert certificate(audits(50, 3, 1.0), 50, mended=True).error_upper == 0


def test_fallible_auditors_weaken_the_certificate():
    sure = certificate(audits(300, 2), 6000)
    unsure = certificate(audits(300, 2), 6000, miss=0.2)
    assert unsure.error_upper > sure.error_upper / 0.8


def test_predictions_are_used_when_they_are_known_for_all():
    predicted = audits(260, 0, 0.05, risk=0.02) + audits(40, 12, 0.05, risk=0.4)
    with_risks = certificate(predicted, [Stratum(6000, mean_risk=0.07)])
    assert with_risks.method == "betting"
    assert certificate(predicted, 6000).method == "hypergeometric"


@pytest.mark.slow
def test_coverage_of_whole_certificates():
    """Three kinds of decision audited at three rates; the errors sit where the fewest audits are."""
    rng = np.random.default_rng(7)
    sizes, wrong, rates = {"crowd": 2000, "expert": 300, "model": 900}, (70, 3, 30), (0.05, 0.3, 0.1)
    misses, memory = 0, {}
    for _ in range(RUNS):
        drawn = rng.binomial(list(sizes.values()), rates)
        found = rng.hypergeometric(wrong, np.subtract(list(sizes.values()), wrong), drawn)
        key = (*drawn, *found)
        if key not in memory:
            parts = [a for s, n, k, p in zip(sizes, drawn, found, rates, strict=True) for a in audits(n, k, p, s)]
            memory[key] = certificate(parts, sizes).error_upper
        misses += memory[key] < 103 / 3200
    assert misses <= MISSES


@pytest.mark.slow
def test_coverage_at_every_look():
    """Items are decided one after another; audits arrive with them, and somebody looks after every 200 items."""
    rng = np.random.default_rng(8)
    misses, memory = 0, {}
    for _ in range(RUNS):
        wrong = rng.random(2000) < 0.03
        drawn = rng.random(2000) < 0.1
        for size in range(200, 2001, 200):
            n, k = int(drawn[:size].sum()), int((drawn & wrong)[:size].sum())
            if (n, k) not in memory:
                memory[n, k] = certificate(audits(n, k, 0.1), 2000, anytime=True).error_upper
            if memory[n, k] < wrong[:size].mean():
                misses += 1
                break
    assert misses <= MISSES


@pytest.mark.parametrize("probability", [None, 0.0, -0.1, 1.5, math.nan])
def test_audits_that_were_not_drawn_at_random_are_refused(probability):
    with pytest.raises(InvalidInput, match="not drawn at random") as error:
        certificate([*audits(100), Audit(False, probability)], 4000)
    assert error.value.where == "audits[100]"
    assert "by hand" in error.value.mend


@pytest.mark.parametrize(
    ("made_up", "population", "says"),
    [
        (audits(400, 0, 0.05), 1000, "more than a probability of 0.05 can explain"),
        (audits(40, 0, 1.0), 30, "40 audits of 30 labels"),
        (audits(10, stratum="gold"), {"crowd": 100}, "no stratum 'gold'"),
        ([Audit(None, 0.1)], 100, "`wrong` is None"),
        ([Audit(True, 0.1, risk=2.0)], 100, "`risk`"),
        (audits(5) + audits(5, 0, 0.2), 100, "different probabilities"),
        (audits(5) + audits(5, 0, 0.2), [Stratum(100, floor=0.1)], "`floor` is 0.1"),
        ([], 0, "no labels"),
    ],
)
def test_what_cannot_come_from_the_design_is_refused(made_up, population, says):
    with pytest.raises(InvalidInput, match=says):
        certificate(made_up, population)


@pytest.mark.parametrize("bad", [{"delta": 0.0}, {"delta": 1.0}, {"alpha": 0.0}, {"alpha": 1.0}, {"miss": 1.0}])
def test_levels_lie_between_0_and_1(bad):
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        certificate(audits(10), 100, **bad)


def test_it_is_plain_json():
    certified = certificate([Audit(np.bool_(False), 0.1)] * 9, {"all": np.int64(100)}, alpha=0.05)
    again = json.loads(json.dumps(certified.as_dict()))
    assert again["sentence"] == certified.sentence()
    assert again["strata"][0]["audits"] == 9
