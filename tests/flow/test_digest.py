"""What a weekly digest says."""

from __future__ import annotations

from quorate.flow.digest import NOTHING, Compared, digest, in_words, parts
from quorate.labels.schema import parse_question


def said(said, expected, times=1, **more):
    return [
        Compared("topic", ((expected, said),), said == expected, f"i{n}", f"item {n}", **more) for n in range(times)
    ]


def test_nothing_compared_is_nothing_to_tell():
    assert digest(said("a", "a"), []) is None


def test_the_two_most_frequent_confusions_come_with_examples_and_clauses():
    now = said("a", "a", 10) + said("b", "a", 3, why="See §2.1.", clauses=("2.1",)) + said("c", "a", 2) + said("a", "b")
    body = digest([], now)
    assert [(one["expected"], one["said"], one["count"]) for one in body["confusions"]] == [
        ("a", "b", 3),
        ("a", "c", 2),
    ]
    assert body["confusions"][0]["clauses"] == ["2.1"]
    assert [one["why"] for one in body["confusions"][0]["examples"]] == ["See §2.1."] * 2
    assert body["accuracy"]["value"] == 10 / 16
    assert body["accuracy"]["low"] < 10 / 16 < body["accuracy"]["high"]
    assert body["before"] is None


def test_what_became_rarer_among_items_of_the_same_class_has_improved():
    before = said("b", "a", 4) + said("a", "a", 4) + said("c", "b", 3) + said("b", "b", 1)
    now = said("b", "a", 1) + said("a", "a", 9)  # no item of class b was met, so nothing is known of it
    body = digest(before, now)
    assert body["improved"] == [{"step": "topic", "expected": "a", "said": "b", "before": 0.5, "now": 0.1}]
    text = in_words("reviews", body)
    assert "90% of 10" in text
    assert "Better: a taken for b, 50% → 10%." in text
    assert "Look at: a taken for b, 1 ×." in text


BOXES = parse_question({"kind": "boxes", "classes": ["car", "bus"]})
CAR = {"x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2, "label": "car"}
BUS, ELSEWHERE = {**CAR, "label": "bus"}, {**CAR, "x": 0.6}


def test_marks_are_confused_mark_by_mark():
    assert parts(BOXES, [CAR, BUS], [CAR, ELSEWHERE], right=False) == (
        ("car", "car"), ("bus", NOTHING), (NOTHING, "car"),
    )  # fmt: skip
    answers = [
        Compared("vehicles", parts(BOXES, [CAR, BUS], [CAR, ELSEWHERE], right=False), False, "i1", "one"),
        Compared("vehicles", (("bus", NOTHING), ("car", "car")), False, "i2", "two"),
    ]
    body = digest(answers, [*answers[1:], Compared("vehicles", (("bus", "bus"),), True, "i3", "three")])
    assert [(one["expected"], one["said"], one["count"]) for one in body["confusions"]] == [("bus", NOTHING, 1)]
    assert [(one["expected"], one["before"], one["now"]) for one in body["improved"]] == [("bus", 1.0, 0.5)]
    assert body["accuracy"]["value"] == 0.5
    assert "Look at: bus overlooked, 1 ×." in in_words("marks", body)
    assert "car marked where there is none" in in_words("marks", digest([], answers))
