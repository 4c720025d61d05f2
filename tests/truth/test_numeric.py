"""Numeric models recover what was simulated, say how sure they are, and beat the mean on real votes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quorate.errors import InvalidInput
from quorate.truth.latent import truncated
from quorate.truth.numeric import Mean, Median, Numeric
from quorate.truth.votes import Votes


def simulate(seed: int, *, ends: tuple[float, float] = (-np.inf, np.inf)) -> tuple[Votes, np.ndarray]:
    """800 items around 50 ± 10, six votes each, 60 annotators of their own bias, scale and noise."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(50, 10, 800)
    item, worker = np.repeat(np.arange(800), 6), rng.integers(0, 60, 4800)
    bias, scale, noise = rng.normal(0, 4, 60), rng.normal(1, 0.15, 60), rng.gamma(3, 2, 60) + 0.5
    votes = 50 + bias[worker] + scale[worker] * (truth[item] - 50) + noise[worker] * rng.normal(size=4800)
    return Votes.from_arrays(item, worker, np.clip(votes, *ends)), truth


@pytest.mark.parametrize("freedom", [5.0, np.inf])
def test_beats_the_mean_and_believes_the_right_amount(freedom: float) -> None:
    votes, truth = simulate(0)
    model = Numeric(freedom=freedom).fit(votes)
    error = np.abs(model.labels_ - truth).mean()
    assert error < 0.65 * np.abs(Mean().fit(votes).labels_ - truth).mean()
    low, high = model.interval(0.9).T
    assert 0.86 <= ((low <= truth) & (truth <= high)).mean() <= 0.97


def test_annotators_are_told_apart() -> None:
    rng = np.random.default_rng(1)
    truth = rng.normal(0, 10, 400)
    noise, bias = np.array([1.0, 1, 1, 10]), np.array([0.0, 0, 8, 0])
    votes = truth[:, None] + bias + noise * rng.normal(size=(400, 4))
    item, worker = np.indices(votes.shape)
    model = Numeric().fit(Votes.from_arrays(item.ravel(), worker.ravel(), votes.ravel()))
    assert model.noise_[3] > 3 * model.noise_[:3].max()
    assert model.bias_[2] - model.bias_[[0, 1]].mean() == pytest.approx(8, abs=0.5)


def test_crowded_ends_are_read_as_this_or_beyond() -> None:
    votes, truth = simulate(2, ends=(45, 55))
    plain = Numeric(censor=2).fit(votes)
    cut = Numeric().fit(votes)
    assert stats.spearmanr(cut.labels_, truth)[0] > stats.spearmanr(plain.labels_, truth)[0]
    assert cut.labels_.min() >= 45
    assert cut.labels_.max() <= 55


def test_gold_is_kept_and_helps_the_rest() -> None:
    votes, truth = simulate(3)
    known = {int(i): truth[i] for i in range(400)}
    model, alone = Numeric().fit(votes, known), Numeric().fit(votes)
    np.testing.assert_allclose(model.labels_[:400], truth[:400])
    assert (model.sd_[:400] == 0).all()
    assert np.abs(model.labels_ - truth)[400:].mean() < np.abs(alone.labels_ - truth)[400:].mean()
    assert (model.sd_[400:] > 0).all()


def test_gold_tells_how_far_judges_are_from_the_crowd() -> None:
    votes, truth = simulate(4)
    judged = truth + np.random.default_rng(99).normal(0, 6, len(truth))
    gold = np.where(np.arange(800) < 100, judged, np.nan)
    model = Numeric().fit(votes, gold)
    low, high = model.interval(0.9)[100:].T
    assert 0.84 <= ((low <= judged[100:]) & (judged[100:] <= high)).mean() <= 0.97


@settings(max_examples=20, deadline=None)
@given(st.floats(0.1, 50), st.floats(-100, 100))
def test_units_do_not_matter(unit: float, shift: float) -> None:
    rng = np.random.default_rng(5)
    item, worker, value = np.repeat(np.arange(20), 3), np.tile(np.arange(3), 20), rng.normal(size=60)
    one = Numeric(tol=1e-7).fit(Votes.from_arrays(item, worker, value))
    other = Numeric(tol=1e-7).fit(Votes.from_arrays(item, worker, shift + unit * value))
    np.testing.assert_allclose(other.labels_, shift + unit * one.labels_, atol=1e-3 * unit)
    np.testing.assert_allclose(other.sd_, unit * one.sd_, rtol=1e-3)


def test_mean_and_median_are_numpys() -> None:
    rng = np.random.default_rng(6)
    item, value = rng.integers(0, 30, 200), rng.integers(0, 9, 200).astype(float)
    votes = Votes.from_arrays(item, np.arange(200), value)
    groups = [value[item == name] for name in votes.items]
    np.testing.assert_allclose(Mean().fit_predict(votes), [group.mean() for group in groups])
    np.testing.assert_allclose(Median().fit_predict(votes), [np.median(group) for group in groups])
    assert 0 < Mean().fit(votes).sd_.min() < value.std()


@pytest.mark.parametrize("model", [Mean(), Median(), Numeric()])
def test_few_votes_have_sane_answers(model: Numeric) -> None:
    one = Votes.from_arrays(["a"], ["w"], ["7.5"])
    assert model.fit(one).labels_ == pytest.approx([7.5])
    same = Votes.from_arrays(["a", "b"], ["w", "w"], [3, 3])
    assert model.fit(same).labels_ == pytest.approx([3, 3])
    votes, _ = simulate(7)
    some = model.fit(votes.take(votes.item != 5))
    assert np.isfinite(some.labels_).all()
    assert np.isfinite(some.sd_).all()


def test_words_are_refused() -> None:
    with pytest.raises(InvalidInput, match="'high' is not a finite number"):
        Numeric().fit(Votes.from_arrays([1], [1], ["high"]))


@given(st.floats(-30, 30), st.floats(0.1, 5), st.floats(-30, 30), st.floats(0.01, 20))
def test_truncated_normal_is_scipys(mean: float, sd: float, low: float, width: float) -> None:
    if abs(low - mean) / sd > 8:
        return  # scipy itself loses its digits there
    for ends in [(low, low + width), (-np.inf, low), (low, np.inf)]:
        found = truncated(np.array([mean]), np.array([sd]), np.array([ends[0]]), np.array([ends[1]]))
        exact = stats.truncnorm((ends[0] - mean) / sd, (ends[1] - mean) / sd, loc=mean, scale=sd)
        assert found[0][0] == pytest.approx(exact.mean(), rel=1e-4, abs=1e-4 * sd)
        assert max(ends[0], mean - 40 * sd) - 1e-6 <= found[0][0] <= min(ends[1], mean + 40 * sd) + 1e-6


def test_real_emotions_beat_the_mean(data_sets: Path) -> None:
    votes = Votes.read(data_sets / "snow_emotion" / "votes.csv")
    lines = (data_sets / "snow_emotion" / "gold.csv").read_text().splitlines()[1:]
    truth = {name: float(value) for name, value in (line.rsplit(",", 1) for line in lines)}
    wanted = np.array([truth[name] for name in votes.items])
    assert np.abs(Mean().fit_predict(votes) - wanted).mean() == pytest.approx(10.41, abs=0.01)
    assert np.abs(Numeric().fit_predict(votes) - wanted).mean() < 9.8
