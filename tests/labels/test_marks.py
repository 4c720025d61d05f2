"""Spans and boxes: what is refused and where, what the normal form is, what says the same."""

from __future__ import annotations

from typing import Any

import pytest

from quorate.errors import InvalidInput
from quorate.labels.matching import matched
from quorate.labels.schema import parse_question

SPANS: dict[str, Any] = {"kind": "spans", "classes": ["PER", "LOC"]}
BOXES: dict[str, Any] = {"kind": "boxes", "classes": ["car"]}


def span(start: int, end: int, label: str = "PER") -> dict[str, Any]:
    return {"start": start, "end": end, "label": label}


def box(x: float, y: float, width: float, height: float) -> dict[str, Any]:
    return {"x": x, "y": y, "width": width, "height": height, "label": "car"}


def refused(entry: dict[str, Any], value: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        parse_question(entry).check(value)
    assert caught.value.mend
    return caught.value


@pytest.mark.parametrize(
    ("entry", "value", "where"),
    [
        (SPANS, "PER", "value"),
        (SPANS, [span(0, 4), "x"], "value[1]"),
        (SPANS, [span(0, 4), span(8, 8)], "value[1].end"),
        (SPANS, [span(-1, 4)], "value[0].start"),
        (SPANS, [{"start": 1.5, "end": 4, "label": "PER"}], "value[0].start"),
        (SPANS, [span(0, 4, "ORG")], "value[0].label"),
        (SPANS, [{"start": 0, "end": 4}], "value[0].label"),
        (SPANS, [span(0, 4) | {"text": "Anna"}], "value[0]"),
        (SPANS, [span(3, 9), span(0, 4, "LOC")], "value[0]"),
        (SPANS | {"max": 1}, [span(0, 4), span(5, 9)], "value"),
        (SPANS | {"min": 1}, [], "value"),
        (BOXES, [box(0.5, 0, 0.6, 0.1)], "value[0].width"),
        (BOXES, [box(100, 50, 20, 20)], "value[0].x"),
        (BOXES, [box(0, 0, 0.1, 0)], "value[0].height"),
        (BOXES, [box(0, float("nan"), 0.1, 0.1)], "value[0].y"),
        (BOXES | {"min_size": 0.2}, [box(0, 0, 0.3, 0.1)], "value[0].height"),
        (BOXES | {"overlap": False}, [box(0, 0, 0.3, 0.3), box(0.2, 0.2, 0.3, 0.3)], "value[1]"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(entry: dict[str, Any], value: Any, where: str) -> None:
    assert refused(entry, value).where == where


def test_marks_are_sorted_without_repeats_and_one_class_need_not_be_named() -> None:
    question = parse_question(SPANS | {"overlap": True})
    assert question.check([span(5, 9), span(0, 9, "LOC"), span(0, 9), span(5, 9)]) == [
        span(0, 9),
        span(0, 9, "LOC"),
        span(5, 9),
    ]
    assert parse_question(BOXES).check([{"x": 0, "y": 0, "width": 1, "height": 1}]) == [box(0, 0, 1, 1)]
    assert parse_question(BOXES).check([box(-0.0004, 0, 1.0008, 1.0)]) == [box(0, 0, 1, 1)]


def test_spans_count_code_points_and_lose_space_at_their_ends() -> None:
    question = parse_question(SPANS)
    body = {"text": "😀 Anna  saw Rome"}
    assert question.check_on([span(1, 8)], body) == [span(2, 6)]
    assert question.check_on(question.check([span(13, 16), span(2, 6)]), body) == [span(2, 6), span(13, 16)]
    for value, where in (([span(0, 1), span(2, 99)], "value[1].end"), ([span(6, 8)], "value[0]")):
        with pytest.raises(InvalidInput) as caught:
            question.check_on(value, body)
        assert caught.value.where == where
    with pytest.raises(InvalidInput, match="no text"):
        question.check_on([], {"body": "x"})


def test_distances_that_can_be_worked_out_by_hand() -> None:
    spans, boxes = parse_question(SPANS), parse_question(BOXES)
    assert spans.distance([span(0, 4)], [span(2, 6)]) == pytest.approx(0.5)
    assert spans.distance([span(0, 4)], [span(0, 4, "LOC")]) == 1
    assert spans.distance([], []) == boxes.distance([], []) == 0
    assert boxes.distance([], [box(0, 0, 0.1, 0.1)]) == 1
    # one pair shares a third, one box is alone: 1 − 2·(1/3)/3
    a, b = [box(0, 0, 0.2, 0.2)], [box(0.1, 0, 0.2, 0.2), box(0.7, 0.7, 0.1, 0.1)]
    assert boxes.distance(a, b) == pytest.approx(1 - 2 / 9)


def test_answers_say_the_same_when_their_marks_match_one_to_one() -> None:
    spans, boxes = parse_question(SPANS), parse_question(BOXES)
    assert spans.same([span(0, 4)], [span(0, 4)])
    assert not spans.same([span(0, 4)], [span(0, 5)])
    assert parse_question(SPANS | {"match": 0.8}).same([span(0, 4)], [span(0, 5)])
    assert boxes.same([box(0, 0, 0.2, 0.2)], [box(0.02, 0, 0.2, 0.2)])
    assert not boxes.same([box(0, 0, 0.2, 0.2)], [box(0.15, 0, 0.2, 0.2)])
    assert not boxes.same([box(0, 0, 0.2, 0.2)] * 2, [box(0, 0, 0.2, 0.2), box(0.5, 0, 0.2, 0.2)])


def test_a_matching_is_of_the_greatest_total() -> None:
    # taking the best pair first, (0, 0), would leave 1 with nothing
    table = [[0.9, 0.8], [0.8, 0.0]]
    assert [(i, j) for i, j, _ in matched([0, 1], [0, 1], lambda i, j: table[i][j])] == [(0, 1), (1, 0)]
