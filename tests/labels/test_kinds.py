"""What every kind of question must do, tried on each; then what is each kind's own."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate import plugins
from quorate.errors import InvalidInput
from quorate.labels.question import Question
from quorate.labels.schema import parse_question

CHOICE = {"kind": "choice", "classes": ["spam", "ham", {"id": "unsure", "title": {"en": "Unsure", "fr": "Incertain"}}]}
CHOICES = {"kind": "choices", "classes": ["cat", "dog", "bird", "fish"], "min": 1, "max": 3}
SCALE = {"kind": "scale", "points": 5}
NUMBER = {"kind": "number", "min": -10, "max": 10, "unit": "kg", "tolerance": 0.5}
COUNT = {"kind": "number", "min": 3, "whole": True}
TEXT = {"kind": "text", "max_length": 40}
CODE = {"kind": "text", "pattern": "[A-Z]{2}-[0-9]+", "exact": True, "min_length": 4}
SPANS = {"kind": "spans", "classes": ["PER", "LOC"], "overlap": True}
BOXES = {"kind": "boxes", "classes": ["car", "bus"]}

VALUES: list[tuple[dict[str, Any], st.SearchStrategy[Any]]] = [
    (CHOICE, st.sampled_from(["spam", "ham", "unsure"])),
    (CHOICES, st.lists(st.sampled_from(["cat", "dog", "bird", "fish"]), min_size=1, max_size=3)),
    (SCALE, st.sampled_from(["1", "2", "3", 4, 5.0])),
    (NUMBER, st.floats(-10, 10) | st.integers(-10, 10)),
    (COUNT, st.integers(3, 10**12) | st.integers(3, 1000).map(float)),
    (
        TEXT,
        st.text(st.characters(exclude_categories=["Cs", "Cc", "Mn"]), min_size=1, max_size=13).map(lambda t: "x" + t),
    ),
    (CODE, st.from_regex(r"[A-Z]{2}-[0-9]{1,9}", fullmatch=True)),
    (
        SPANS,
        st.lists(
            st.builds(
                lambda start, size, label: {"start": start, "end": start + size, "label": label},
                *(st.integers(0, 9), st.integers(1, 9), st.sampled_from(["PER", "LOC"])),
            ),
            max_size=4,
        ),
    ),
    (
        BOXES,
        st.lists(
            st.builds(
                lambda x, y, w, h, label: {"x": x, "y": y, "width": w, "height": h, "label": label},
                *(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0.01, 0.5), st.floats(0.01, 0.5)),
                st.sampled_from(["car", "bus"]),
            ),
            max_size=4,
        ),
    ),
]
CASES = [(parse_question(entry), values) for entry, values in VALUES]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)

each_kind = pytest.mark.parametrize(
    ("question", "values"), CASES, ids=[f"{q.kind}{i}" for i, (q, _) in enumerate(CASES)]
)


def test_every_registered_kind_is_tried_here() -> None:
    assert {question.kind for question, _ in CASES} == set(plugins.addresses("kinds"))


@each_kind
@given(data=st.data())
def test_the_normal_form_is_normal_and_fits_the_shape(
    question: Question, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    normal = question.check(data.draw(values))
    assert question.check(normal) == normal
    assert json.loads(json.dumps(normal)) == normal
    jsonschema_rs.validate(question.shape(), normal)


@each_kind
@settings(deadline=None)  # the first matching of boxes imports scipy
@given(data=st.data())
def test_distance_is_a_distance(question: Question, values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    a, b = question.check(data.draw(values)), question.check(data.draw(values))
    assert 0 <= question.distance(a, b) <= 1
    assert question.distance(a, b) == question.distance(b, a)
    assert question.distance(a, a) == 0
    if question.key(a) == question.key(b):
        assert question.distance(a, b) == 0


@each_kind
@given(value=ANYTHING)
def test_anything_else_is_refused_with_its_path_or_fits(
    question: Question, values: st.SearchStrategy[Any], value: Any
) -> None:
    fits = answered(question, value)
    if isinstance(fits, InvalidInput):
        assert (fits.where or "").startswith("value")
        assert fits.mend
    else:
        jsonschema_rs.validate(question.shape(), fits)


def answered(question: Question, value: Any) -> Any:
    """The normal form, or the error."""
    try:
        return question.check(value)
    except InvalidInput as error:
        return error


@each_kind
def test_the_shape_is_a_json_schema(question: Question, values: st.SearchStrategy[Any]) -> None:
    jsonschema_rs.meta.validate(question.shape())
    assert json.loads(json.dumps(question.shape())) == question.shape()


@each_kind
def test_the_example_is_valid_unless_a_pattern_says_otherwise(
    question: Question, values: st.SearchStrategy[Any]
) -> None:
    if not getattr(question, "pattern", None):
        assert question.check(question.example) == question.example


@each_kind
def test_it_says_how_to_aggregate(question: Question, values: st.SearchStrategy[Any]) -> None:
    assert question.aggregate in {"categorical", "per_class", "ordinal", "numeric", "text", "spans", "boxes"}


def refusal(entry: dict[str, Any], value: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        parse_question(entry).check(value)
    return caught.value


def test_a_choice_names_what_may_be_chosen() -> None:
    assert "spam, ham, unsure" in str(refusal(CHOICE, "egg").mend)
    assert refusal(CHOICE, True).where == "value"


def test_choices_are_put_in_schema_order_and_counted() -> None:
    question = parse_question(CHOICES)
    assert question.check(["dog", "cat", "dog"]) == ["cat", "dog"]
    assert refusal(CHOICES, ["dog", "cow"]).where == "value[1]"
    assert "at least 1" in str(refusal(CHOICES, []))
    assert "at most 3" in str(refusal(CHOICES, ["cat", "dog", "bird", "fish"]))
    assert question.distance(["cat"], ["cat", "dog"]) == pytest.approx(0.5)


def test_a_scale_knows_its_order_and_takes_numbers() -> None:
    question = parse_question(SCALE)
    assert question.check(3) == "3"
    assert question.distance("1", "5") == 1
    assert question.distance("2", "3") == pytest.approx(0.25)
    named = parse_question({"kind": "scale", "points": {"bad": "Bad", "fair": "Fair", "good": "Good"}})
    assert [c.titled() for c in named.classes] == ["Bad", "Fair", "Good"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "3", None, 10**400, 10.01])
def test_a_number_is_finite_and_in_range(value: object) -> None:
    refusal(NUMBER, value)


def test_a_number_within_tolerance_is_the_same() -> None:
    question = parse_question(NUMBER)
    assert question.distance(1.0, 1.5) == 0
    assert question.distance(-10.0, 10.0) == 1
    assert question.distance(0.0, 5.0) == pytest.approx(0.25)
    assert question.same(1.0, 1.5)
    assert not question.same(1.0, 1.6)
    assert refusal(NUMBER, 11).mend == "Answer at least -10 and at most 10 kg."


@pytest.mark.parametrize(
    ("written", "a", "near", "far"),
    [({"min": 0, "max": 200}, 50, 60, 60.1), ({}, 100, 105, 106), ({"whole": True}, 7, 7, 8), ({"min": 3}, 0, 0, 0.1)],
)
def test_numbers_say_the_same_without_being_equal(written: dict[str, Any], a: float, near: float, far: float) -> None:
    question = parse_question({"kind": "number", **written})
    assert question.same(a, near)
    assert question.same(near, a)
    assert not question.same(a, far)


def test_a_number_without_a_range_is_compared_by_size() -> None:
    question = parse_question({"kind": "number"})
    assert question.distance(100.0, 90.0) == pytest.approx(0.1)
    assert question.distance(-5.0, 5.0) == 1
    assert question.distance(0.0, 0.0) == 0


def test_text_is_trimmed_and_composed() -> None:
    question = parse_question(TEXT)
    assert question.check("  cafe\u0301\r\nau lait ") == "café\nau lait"
    assert question.key("The  Café!") == question.key("the café")
    assert question.distance("kitten", "sitting") == pytest.approx(3 / 7)


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", "", "   ", "x" * 41])
def test_text_that_cannot_be_stored_or_is_too_long_is_refused(value: str) -> None:
    refusal(TEXT, value)


def test_a_pattern_must_match_the_whole_text() -> None:
    assert parse_question(CODE).check("AB-12") == "AB-12"
    assert "[A-Z]{2}" in str(refusal(CODE, "AB-12x"))


def test_a_hostile_pattern_takes_no_longer_than_another() -> None:
    refusal({"kind": "text", "pattern": "(a+)+b"}, "a" * 1900)
