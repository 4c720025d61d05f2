import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.truth.value import apart, confusion, entropy, error_reduction, information_gain, net_gain

PERFECT, BLIND = np.eye(3), np.full((3, 3), 1 / 3)
weights = st.lists(st.floats(0.01, 1), min_size=3, max_size=3)


def drawn(rows):
    array = np.array(rows)
    return array / array.sum(axis=-1, keepdims=True)


def test_a_perfect_annotator_ends_all_doubt_and_a_blind_one_none():
    p = drawn([[0.5, 0.3, 0.2], [1, 1, 1]])
    assert information_gain(p, PERFECT) == pytest.approx(entropy(p))
    assert information_gain(p, BLIND) == pytest.approx([0, 0])
    assert error_reduction(p, PERFECT) == pytest.approx(1 - p.max(axis=1))
    assert error_reduction(p, BLIND) == pytest.approx([0, 0])


def test_a_binary_symmetric_channel_carries_what_shannon_says():
    c = np.array([[0.9, 0.1], [0.1, 0.9]])
    bits = 1 + 0.9 * np.log2(0.9) + 0.1 * np.log2(0.1)
    assert information_gain([[0.5, 0.5]], c)[0] / np.log(2) == pytest.approx(bits)
    assert error_reduction([[0.5, 0.5]], c) == pytest.approx([0.4])


@given(weights, st.lists(weights, min_size=3, max_size=3))
def test_a_vote_is_worth_what_enumerating_its_outcomes_says(p, rows):
    p, c = drawn(p), drawn(rows)
    said = p @ c
    after = (p[:, None] * c / said).T
    gain = entropy(p) - said @ entropy(after)
    assert information_gain(p[None], c)[0] == pytest.approx(max(gain, 0), abs=1e-9)
    fall = said @ after.max(axis=1) - p.max()
    assert error_reduction(p[None], c)[0] == pytest.approx(max(fall, 0), abs=1e-9)


def test_a_vote_that_costs_more_than_it_saves_is_a_loss():
    c = np.array([[0.9, 0.1], [0.1, 0.9]])
    assert net_gain([[0.5, 0.5]], c, error_cost=1.0, price=0.1) == pytest.approx([0.3])
    assert net_gain([[0.99, 0.01]], c, error_cost=1.0, price=0.1) == pytest.approx([-0.1])


def test_confusion_is_the_mean_of_the_counts():
    assert confusion([[3, 1], [1, 1]]) == pytest.approx(np.array([[0.75, 0.25], [0.5, 0.5]]))


def test_who_tells_classes_apart_says_different_things_of_them():
    found = apart([[900, 1, 1], [1, 450, 450], [1, 450, 450]])
    assert np.diag(found) == pytest.approx([0, 0, 0])
    assert found[0, 1] > 1.4
    assert found[1, 2] < 0.01


@given(weights, st.lists(weights, min_size=3, max_size=3))
def test_the_sum_over_pairs_is_the_variance_of_what_they_say_that_the_truth_explains(p, rows):
    """Σ_{k<j} p_k p_j apart_kj = the fall of Gini's impurity of the vote when the truth is told."""
    p, sums = drawn(p), np.array(rows) * 1e6  # so many that smoothing does not matter
    c = drawn(sums)
    impurity = (1 - ((p @ c) ** 2).sum()) - p @ (1 - (c**2).sum(axis=1))
    assert (p @ apart(sums) @ p) / 2 == pytest.approx(impurity, abs=1e-4)
