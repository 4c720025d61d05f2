from __future__ import annotations

import pytest

from quorate.errors import InvalidInput
from quorate.labels import conditions

NAMES = {"value": "spam", "confidence": 0.5, "judgements": 2, "item": {}}


@pytest.mark.parametrize(
    ("source", "context", "expected"),
    [
        ("value == 'spam' && confidence < 0.9", {"value": "spam", "confidence": 0.5}, True),
        ("value == 'spam' && confidence < 0.9", {"value": "ham", "confidence": 0.5}, False),
        ("judgements >= 3", {"judgements": 3.0}, True),
        ("'a' in value", {"value": ["a", "b"]}, True),
        ("value.exists(v, v == 'b')", {"value": ["a", "b"]}, True),
        ("value.matches('^s.+m$')", {"value": "spam"}, True),
        ("size(value) > 3", {"value": "spam"}, True),
    ],
)
def test_holds_or_not(source: str, context: dict[str, object], expected: bool) -> None:
    assert conditions.compile(source, context.keys()).true(context) is expected


@pytest.mark.parametrize("source", ["item.value == 'high'", "item.tags[0] == 'x'", "!(item.value == 'high')"])
def test_what_is_not_there_makes_it_false(source: str) -> None:
    assert conditions.compile(source, {"item"}).true({"item": {"tags": []}}) is False


def test_what_is_not_there_does_not_hide_the_other_side() -> None:
    assert conditions.compile("item.value == 'high' || judgements > 1", NAMES).true({"item": {}, "judgements": 2})


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("vlaue == 'spam'", "`vlaue`"),
        ("value == 'spam' &&& true", "does not compile at character 19: token"),
        ("value ==", "ends too early"),
        ("lower(value) == 'spam'", "`lower`"),
        ("value == 'spam' && x.exists(y, y)", "`x`"),
        ("", "ends too early"),
        ("1" + "+1" * 2000, "at most"),
    ],
)
def test_refused_when_compiled(source: str, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        conditions.compile(source, NAMES)
    assert told in str(caught.value)


def test_names_in_text_are_not_names() -> None:
    assert conditions.compile("value == 'a.exists(b, c)'", {"value"}).names == {"value"}


def test_a_bound_name_in_text_does_not_excuse_an_unknown_one() -> None:
    with pytest.raises(InvalidInput, match="`b`"):
        conditions.compile("value == 'a.exists(b, c)' && b", {"value"})


def test_examples_find_unlike_comparisons_and_results_that_are_no_truth() -> None:
    with pytest.raises(InvalidInput, match="cannot be evaluated"):
        conditions.compile("confidence < 'high'", NAMES)
    with pytest.raises(InvalidInput, match="neither true nor false"):
        conditions.compile("confidence", NAMES)


def test_equal_by_source() -> None:
    first, second = (conditions.compile("judgements > 1", names) for names in ({"judgements"}, NAMES))
    assert first == second
    assert len({first, second}) == 1
