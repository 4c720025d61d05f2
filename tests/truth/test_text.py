"""Texts: ROVER's properties, reliability, and word errors on real transcripts and translations."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from quorate.truth.rover import rover
from quorate.truth.text import Text, word_distance, words
from quorate.truth.votes import Votes

TEXTS = st.lists(st.sampled_from("abcd"), max_size=6).map(tuple)


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=5))
def test_one_answer_with_most_weight_wins_whole(heavy: tuple[str, ...], light: list[tuple[str, ...]]) -> None:
    weights = [10.0] + [1.0] * len(light)
    assert rover([heavy, *light], weights, light[0])[0] == heavy


@given(TEXTS, st.integers(1, 4))
def test_agreement_comes_back_as_it_is(text: tuple[str, ...], count: int) -> None:
    assert rover([text] * count, [1.0] * count, text) == (text, [1.0] * len(text))


def test_words_are_voted_on_one_by_one() -> None:
    answers = [words(text) for text in ("the cat sit down", "a cat sat down", "the cat sat town", "the sat down now")]
    said, share = rover(answers, [1.0] * 4, answers[0])
    assert said == ("the", "cat", "sat", "down")
    assert share == [0.75, 0.75, 0.75, 0.75]


def noisy(seed: int) -> tuple[Votes, list[str]]:
    """60 sentences of 12 words by 5 annotators, of whom three garble half of the words in their own way."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 500, (60, 12))
    rows = []
    for item, sentence in enumerate(truth):
        for worker, rate in enumerate([0.02, 0.05, 0.5, 0.5, 0.5]):
            garbled = np.where(rng.random(12) < rate, rng.integers(0, 500, 12), sentence)
            rows.append((item, worker, " ".join(f"W{word}." for word in garbled)))
    votes = Votes.from_arrays(*(list(column) for column in zip(*rows, strict=True)))
    return votes, [" ".join(f"w{word}" for word in sentence) for sentence in truth]


def test_reliable_annotators_outweigh_many_poor_ones() -> None:
    votes, truth = noisy(0)
    composed, chosen = Text().fit(votes), Text(compose=False).fit(votes)
    wrong = [np.mean([word_distance(words(said), words(right)) for said, right in zip(made, truth, strict=True)])
             for made in (composed.labels_, chosen.labels_)]  # fmt: skip
    assert max(wrong) < 0.05
    assert composed.weights_[0] > 2 * composed.weights_[2]
    assert 0.5 < composed.confidence_.mean() <= 1


def test_a_chosen_answer_is_as_somebody_typed_it() -> None:
    votes, _ = noisy(1)
    typed = set(votes.labels)
    assert all(text in typed for text in Text(compose=False).fit_predict(votes))


def test_gold_is_kept() -> None:
    votes, truth = noisy(2)
    model = Text().fit(votes, {0: "As Given.", 99: "no such item"})
    assert model.labels_[0] == "As Given."
    assert len(model.labels_) == len(truth)


def test_empty_answers_and_items() -> None:
    votes = Votes.from_arrays([1, 1, 2], ["a", "b", "a"], ["...", "?", "one"]).take([0, 1])
    assert list(Text().fit_predict(votes)) == ["", None]


@pytest.mark.parametrize(("name", "limit"), [("speech_clean", 0.0546), ("translate_j1", 0.60)])
def test_real_texts_beat_the_answer_closest_to_the_others(data_sets: Path, name: str, limit: float) -> None:
    votes = Votes.read(data_sets / name / "votes.csv")
    with (data_sets / name / "gold.csv").open() as file:
        truth = {row["item"]: words(row["label"]) for row in csv.DictReader(file)}
    said = dict(zip(votes.items, Text().fit_predict(votes), strict=True))
    errors = sum(Levenshtein.distance(words(said[item]), right) for item, right in truth.items())
    assert errors / sum(map(len, truth.values())) < limit


def test_one_machine_behind_several_annotators_counts_once():
    rng = np.random.default_rng(0)
    vocabulary = [f"word{n}" for n in range(60)]

    def spoken(text, wrong):
        return " ".join(rng.choice(vocabulary) if rng.random() < wrong else word for word in text)

    truths = [list(rng.choice(vocabulary, 8)) for _ in range(40)]
    machine = [spoken(text, 0.5) for text in truths]
    rows = [(i, f"person {w}", spoken(text, 0.3)) for i, text in enumerate(truths) for w in range(4)]
    rows += [(i, f"copy {w}", machine[i]) for i in range(40) for w in range(4)]
    votes = Votes.from_arrays(*zip(*rows, strict=True))
    once, fooled = Text().fit(votes), Text(copies=False).fit(votes)
    assert [group.workers for group in once.copies_] == [tuple(f"copy {w}" for w in range(4))]

    def errors(model):
        return np.mean(
            [word_distance(words(said), tuple(text)) for said, text in zip(model.labels_, truths, strict=True)]
        )

    assert errors(once) < 0.6 * errors(fooled)
    assert Text().fit(votes.take(np.array([row[1].startswith("person") for row in rows]))).copies_ == []
