"""Agreement against published worked examples, statsmodels and its own definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa

from quorate.errors import InvalidInput, NotFound
from quorate.truth.agreement import agreement, per_class
from quorate.truth.agreement_distance import distance_alpha, distance_raw
from quorate.truth.agreement_pairs import cohen, confusion, pairs
from quorate.truth.votes import Votes

# Krippendorff, Computing Krippendorff's alpha-reliability (2011), section C: 4 observers, 12 units, dots are missing.
KRIPPENDORFF = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
# The table of 14 annotators and ten items that is commonly used to show Fleiss' kappa (.21).
FLEISS = np.array(
    [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
     [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]]
)  # fmt: skip


def from_rows(rows: list[str]) -> Votes:
    """Votes from one string of digits an annotator."""
    cells = [(i, f"w{w}", int(c)) for w, row in enumerate(rows) for i, c in enumerate(row) if c != "."]
    return Votes.from_arrays(*(list(column) for column in zip(*cells, strict=True)))


def from_counts(table: np.ndarray) -> Votes:
    """Votes from a table of items by classes, with a new annotator for each place."""
    item, label = (np.repeat(a.ravel(), table.ravel()) for a in np.indices(table.shape))
    place = np.concatenate([np.arange(n) for n in table.sum(axis=1)])
    return Votes.from_arrays(item, place, label, classes=np.arange(table.shape[1]))


def random_table(seed: int, items: int = 40, annotators: int = 5, classes: int = 4) -> np.ndarray:
    """Labels (items, annotators) that agree somewhat."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(classes, size=(items, 1))
    return np.where(rng.random((items, annotators)) < 0.6, truth, rng.integers(classes, size=(items, annotators)))


def from_table(table: np.ndarray) -> Votes:
    item, worker = np.indices(table.shape)
    return Votes.from_arrays(item.ravel(), worker.ravel(), table.ravel(), classes=np.arange(table.max() + 1))


@pytest.mark.parametrize(
    ("metric", "expected"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorff_prints_these_alphas(metric: str, expected: float) -> None:
    assert agreement(from_rows(KRIPPENDORFF), metric=metric).value == pytest.approx(expected, abs=5e-4)


def test_fleiss_worked_example() -> None:
    assert agreement(from_counts(FLEISS), "fleiss").value == pytest.approx(0.2099, abs=1e-4)


def test_gwet_worked_example() -> None:
    # Gwet 2008: two raters, 118 both yes, 5 and 2 apart, none both no: kappa is negative, AC1 is .9408.
    table = np.array([[2, 0]] * 118 + [[1, 1]] * 7)
    assert agreement(from_counts(table), "gwet").value == pytest.approx(0.9408, abs=5e-5)
    assert agreement(from_counts(table), "fleiss").value < 0


@pytest.mark.parametrize("seed", range(5))
def test_same_as_statsmodels(seed: int) -> None:
    table = random_table(seed)
    votes = from_table(table)
    assert agreement(votes, "fleiss").value == pytest.approx(fleiss_kappa(aggregate_raters(table)[0]))
    found = pairs(votes)
    for first, second, kappa in zip(found.first, found.second, found.cohen, strict=True):
        counts = np.zeros((4, 4))
        np.add.at(counts, (table[:, first], table[:, second]), 1)
        assert kappa == pytest.approx(cohens_kappa(counts).kappa)
        assert cohen(votes, first, second, power=1) == pytest.approx(cohens_kappa(counts, wt="linear").kappa)
        assert cohen(votes, first, second, power=2) == pytest.approx(cohens_kappa(counts, wt="quadratic").kappa)
        np.testing.assert_array_equal(confusion(votes, first, second), counts)


def by_definition(votes: Votes, squared: np.ndarray) -> float:
    """Alpha as a mean over explicit pairs of votes."""
    labels = [votes.label[votes.item == i] for i in range(votes.n_items)]
    labels = [own for own in labels if len(own) > 1]
    pooled = np.concatenate(labels)
    seen = sum(squared[np.ix_(own, own)].sum() / (len(own) - 1) for own in labels) / len(pooled)
    expected = squared[np.ix_(pooled, pooled)].sum() / (len(pooled) * (len(pooled) - 1))
    return float(1 - seen / expected) if expected else math.nan


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["nominal", "interval", "ratio", "free"]))
def test_alpha_is_what_its_definition_says_with_votes_missing(seed: int, metric: str) -> None:
    rng = np.random.default_rng(seed)
    votes = from_table(random_table(seed, items=12))
    votes = votes.take(rng.random(len(votes)) < 0.6)
    value = np.arange(votes.n_classes, dtype=float)
    gap, total = value[:, None] - value, value[:, None] + value
    free = rng.random((votes.n_classes, votes.n_classes))
    free = (free + free.T) * (1 - np.eye(votes.n_classes))
    squared = {
        "nominal": (gap != 0) * 1.0,
        "interval": gap**2,
        "ratio": np.divide(gap, total, out=np.zeros_like(gap), where=total > 0) ** 2,
        "free": free,
    }[metric]
    found = agreement(votes, metric=free if metric == "free" else metric, resamples=0).value
    assert found == pytest.approx(by_definition(votes, squared), nan_ok=True)


def test_classes_one_by_one_equal_the_two_class_problem() -> None:
    table = random_table(3)
    found = per_class(from_table(table), resamples=20)
    for label in range(4):
        two = from_table((table == label) * 1)
        assert found.fleiss[label, 0] == pytest.approx(agreement(two, "fleiss", resamples=0).value)
        assert found.gwet[label, 0] == pytest.approx(agreement(two, "gwet", resamples=0).value)
        assert found.krippendorff[label, 0] == pytest.approx(agreement(two, resamples=0).value)
        assert found.share[label, 0] == pytest.approx((table == label).mean())
        count = (table == label).sum(axis=1)
        assert found.specific[label, 0] == pytest.approx((count * (count - 1)).sum() / (count * 4).sum())
        assert found.fleiss[label, 1] <= found.fleiss[label, 0] <= found.fleiss[label, 2]


def test_interval_holds_the_true_agreement_about_as_often_as_it_says() -> None:
    # Two votes an item, right with .7 else the other class: they agree with probability .58.
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        right = rng.random((60, 2)) < 0.7
        estimate = agreement(from_table(right * 1), "raw", resamples=200, level=0.9)
        held += estimate.low <= 0.58 <= estimate.high
    assert 165 <= held <= 194


def test_weights_of_merged_rows_are_the_items_they_stand_for() -> None:
    votes = from_table(np.tile(random_table(1, items=10), (30, 1)))
    once = from_table(random_table(1, items=10))
    for coefficient in ("raw", "fleiss", "gwet"):
        assert agreement(votes, coefficient).value == pytest.approx(agreement(once, coefficient).value)


def test_scott_is_fleiss_for_two_annotators() -> None:
    votes = from_table(random_table(5, annotators=2))
    assert pairs(votes).scott[0] == pytest.approx(agreement(votes, "fleiss").value)


def test_nothing_to_compare_is_nan_and_not_an_error() -> None:
    alone = Votes.from_arrays([1, 2], ["a", "a"], ["x", "y"])
    assert all(math.isnan(agreement(alone, c).value) for c in ("raw", "fleiss", "gwet", "krippendorff"))
    assert len(pairs(alone).first) == 0
    unanimous = Votes.from_arrays([1, 1], ["a", "b"], ["x", "x"])
    assert agreement(unanimous, "raw").value == 1
    assert math.isnan(agreement(unanimous).value)
    assert math.isnan(pairs(unanimous).mean())


def test_refusals_say_what_to_do() -> None:
    votes = Votes.from_arrays([1, 1], ["a", "b"], ["x", "y"])
    with pytest.raises(InvalidInput, match="Use raw"):
        agreement(votes, "kappa")
    with pytest.raises(InvalidInput, match="'x' is not a finite number"):
        agreement(votes, metric="interval")
    with pytest.raises(NotFound, match="nobody"):
        cohen(votes, "a", "nobody")


def test_same_seed_same_interval() -> None:
    votes = from_table(random_table(2))
    assert agreement(votes, seed=3) == agreement(votes, seed=3)
    assert agreement(votes, seed=3) != agreement(votes, seed=4)


@given(st.integers(0, 50))
@settings(max_examples=15, deadline=None)
def test_a_distance_of_nought_and_one_gives_the_nominal_coefficients(seed: int) -> None:
    votes = from_table(random_table(seed, items=12, annotators=4)).take(np.arange(48) % 7 > 0)
    unlike = lambda a, b: float(a != b)  # noqa: E731
    assert distance_alpha(votes, unlike, resamples=0).value == pytest.approx(agreement(votes, resamples=0).value)
    assert distance_raw(votes, unlike, resamples=0).value == pytest.approx(agreement(votes, "raw", resamples=0).value)


def test_a_free_distance_gives_the_alpha_of_its_matrix() -> None:
    votes = from_rows(KRIPPENDORFF)
    found = distance_alpha(votes, lambda a, b: float((a - b) ** 2), resamples=200)
    assert found.value == pytest.approx(0.849, abs=5e-4)
    assert found.low < found.value < found.high


@pytest.mark.slow
def test_samples_of_pairs_stay_near_what_all_pairs_say() -> None:
    votes = from_table(random_table(3, items=400))
    every, some = (distance_alpha(votes, lambda a, b: float(a != b), most=n) for n in (10**6, 1500))
    assert some.value == pytest.approx(every.value, abs=0.05)
    assert some.low < every.value < some.high


def test_distances_that_say_nothing_give_nothing() -> None:
    alone = Votes.from_arrays([0, 1, 2], ["w", "w", "w"], ["a", "b", "c"])
    alike = Votes.from_arrays([0, 0, 1, 1], list("vwvw"), ["a", "a", "a", "a"])
    for votes in (alone, alike):
        assert math.isnan(distance_alpha(votes, lambda a, b: float(a != b)).value)
    assert math.isnan(distance_raw(alone, lambda a, b: 1.0).value)
    assert distance_raw(alike, lambda a, b: float(a != b)).value == 1.0
