"""Scores, worker reports and doubts, on cases small enough to know the answer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import InvalidInput
from quorate.truth import Votes
from quorate.truth.check import coded
from quorate.truth.doubt import doubts
from quorate.truth.score import calibration_error, code_truth, score
from quorate.truth.workers import beta_interval, ignores_truth, judge, worker_report


def test_score_of_a_known_case():
    proba = np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8], [1.0, 0.0]])
    result = score(proba, np.array([0, 0, 0, -1]))
    assert result.accuracy == pytest.approx((1 + 0.5 + 0) / 3)
    assert result.nll == pytest.approx(-np.log([0.9, 0.5, 0.2]).mean())
    assert result.items == 3


def test_a_truth_that_nobody_chose_is_a_clipped_error():
    result = score(np.array([[1.0, 0.0]]), np.array([2]))
    assert result.accuracy == 0
    assert result.nll == pytest.approx(-np.log(1e-6))


def test_scoring_nothing_is_refused():
    with pytest.raises(InvalidInput):
        score(np.ones((2, 1)), np.array([-1, -1]))


def test_truth_of_items_without_votes_does_not_count():
    votes = Votes.from_arrays([1, 2], ["w", "w"], ["a", "b"]).take([0])
    assert list(code_truth(votes, {1: "a", 2: "b", 3: "a"})) == [0, -1]
    assert list(code_truth(votes, {1: "c"})) == [2, -1]


def test_calibration_error_by_hand():
    confidence = np.array([0.6, 0.6, 0.9, 0.9])
    assert calibration_error(confidence, np.array([1, 0, 1, 1.0]), bins=2) == pytest.approx(0.1)


def test_calibrated_confidence_has_little_error():
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.5, 1, 50_000)
    right = (rng.random(50_000) < confidence).astype(float)
    assert calibration_error(confidence, right) < 0.01
    assert calibration_error(np.minimum(confidence + 0.1, 1), right) > 0.05


def test_beta_interval_covers():
    rng = np.random.default_rng(0)
    rate = rng.uniform(0.05, 0.95, 4000)
    hits = rng.binomial(40, rate).astype(float)
    low, high = beta_interval(hits, 40 - hits)
    assert 0.93 < ((low <= rate) & (rate <= high)).mean() < 0.97


def test_random_workers_are_called_random_and_seldom_wrongly():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, (500, 60))
    careless = rng.integers(0, 3, (500, 60))
    careful = np.where(rng.random((500, 60)) < 0.8, truth, careless)

    def tables(said):
        return np.array(
            [np.histogram2d(s, t, bins=3, range=[[0, 2], [0, 2]])[0] for s, t in zip(said, truth, strict=True)]
        )

    assert ignores_truth(tables(careless)).mean() > 0.97
    assert ignores_truth(tables(careful)).mean() == 0


def test_ten_classes_are_sparse_and_few_right_answers_are_no_accident():
    rng = np.random.default_rng(0)

    def called(number, accuracy):
        truth, blind = rng.integers(0, 10, (2, 2000, number))
        said = np.where(rng.random(truth.shape) < accuracy, truth, blind)
        counts = np.zeros((2000, 10, 10))
        np.add.at(counts, (np.arange(2000)[:, None], said, truth), 1)
        return ignores_truth(counts).mean()

    assert called(100, 0.0) > 0.999
    assert called(12, 0.8) < 0.005
    assert called(6, 1.0) == 0


def test_what_was_mistaken_three_times_is_not_yet_a_confusion():
    counts = np.diag([10.0, 10.0, 1.0])[None]
    counts[0, 0, 2] = 3
    few, often = (
        judge(table, np.array([int(table.sum())]), np.array(["w"]), np.array(list("abc"))).verdict[0]
        for table in (counts, counts * 3)
    )
    assert (few, often) == ("good", "confuses c with a")


@given(st.integers(0, 1000))
def test_report_is_about_the_votes(seed):
    rng = np.random.default_rng(seed)
    votes = coded(rng.integers(0, 6, 30), rng.integers(0, 4, 30), rng.integers(0, 3, 30), 6, 5, 3)
    report = worker_report(votes, rng.dirichlet(np.ones(3), 6))
    assert report.votes.sum() == 30
    seen = report.votes > 0
    assert ((report.low <= report.accuracy) & (report.accuracy <= report.high))[seen].all()
    assert (report.verdict[report.votes < 5] == "too few votes").all()
    assert ((report.rate >= 0) & (report.rate <= 1)).all()


def test_doubts_rank_the_split_item_first_and_leave_the_sure_alone():
    item = np.repeat(np.arange(20), 5)
    label = np.tile([0, 0, 0, 0, 0], 20)
    label[item % 2 == 1] = 1
    label[:5] = [0, 1, 0, 1, 0]
    votes = coded(item, np.tile(np.arange(5), 20), label, 20, 5, 2)
    shares = np.stack([np.bincount(item, 1 - label) / 5, np.bincount(item, label) / 5], axis=1)
    doubt = doubts(votes, shares)
    assert doubt.order[0] == 0
    assert doubt.next[0] == "expert"
    assert (doubt.next[1:] == "").all()


def test_a_thin_item_wants_a_vote():
    votes = coded([0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 0, 1, 2, 0, 1, 2], [0, 1, 0, 0, 0, 1, 1, 1], 3, 3, 2)
    assert doubts(votes, np.array([[0.5, 0.5], [1, 0], [0, 1]])).next[0] == "vote"
