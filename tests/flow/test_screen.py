from __future__ import annotations

from typing import Any

import pytest

from quorate.flow.screen import needs, recent, screen
from quorate.labels.schema import parse_question
from quorate.labels.validators import Answer, Earlier

CHOICE = {"kind": "choice", "classes": ["a", "b"]}
TEXT = {"kind": "text"}
ITEM = {"text": "Hello, the kettle that I bought last week leaks at the handle. Can I have a new one?"}


def found(
    entry: dict[str, Any], value: Any, rules: list[dict[str, Any]] | None = None, **around: Any
) -> dict[str, Any]:
    question = parse_question({**entry, "validate": rules or []})
    return {f.kind: f.evidence for f in screen(question, Answer(question.check(value), **around))}


def earlier(*values: Any) -> list[Earlier]:
    return [Earlier(value, f"n{i}") for i, value in enumerate(values)]


def test_a_run_of_one_answer_is_flagged_at_its_length() -> None:
    rule = [{"use": "repeats", "answers": 5}]
    assert "repeats" in found(CHOICE, "a", rule, own=earlier(*"aaaa"))
    assert "repeats" in found(CHOICE, "a", rule, own=earlier(*"aaaaaaaa"))
    assert "repeats" not in found(CHOICE, "a", rule, own=earlier(*"aaa"))
    assert "repeats" not in found(CHOICE, "a", rule, own=earlier(*"aaba"))
    assert "repeats" not in found(CHOICE, "b", rule, own=earlier(*"aaaaaaaa"))
    assert "repeats" not in found(CHOICE, "a", rule, own=earlier(*"aaaa"), machine=True)


def test_a_common_class_may_come_often() -> None:
    assert "repeats" in found(CHOICE, "a", own=earlier(*"a" * 40), share=0.5)
    assert "repeats" not in found(CHOICE, "a", own=earlier(*"a" * 40), share=0.9)
    assert found(CHOICE, "a", own=earlier(*"a" * 87), share=0.9)["repeats"]["answers"] == 88


def test_the_same_text_again_differs_by_more_than_case() -> None:
    assert "repeats" in found(TEXT, "Nice product!", own=earlier("nice product", "Nice, product."))
    assert "repeats" not in found(TEXT, "Nice product!", own=earlier("nice product", "bad product"))


def test_another_answer_to_the_same_content_is_flagged() -> None:
    assert found(CHOICE, "a", duplicates=earlier("a", "b"))["inconsistent"]["reference"] == "n1"
    assert "inconsistent" not in found(CHOICE, "a", duplicates=earlier("a"))


def test_a_neighbour_on_a_scale_is_consistent_enough() -> None:
    scale = {"kind": "scale", "points": 5}
    assert "inconsistent" not in found(scale, "4", duplicates=earlier("5"))
    assert "inconsistent" in found(scale, "2", duplicates=earlier("5"))
    assert "inconsistent" in found(scale, "4", [{"use": "inconsistent", "tolerance": 0}], duplicates=earlier("5"))


@pytest.mark.parametrize(
    ("value", "source"),
    [
        ("the kettle that I bought last week leaks at the handle", "the item"),
        ("The KETTLE, that i bought last week leaks at the handel", "the item"),
        ("A customer wants a replacement for a leaking kettle.", "another annotator's answer"),
    ],
)
def test_a_copied_text_is_flagged(value: str, source: str) -> None:
    others = earlier("Someone is unhappy", "a customer wants a replacement for the leaking kettle")
    assert found(TEXT, value, item=ITEM, others=others)["copied"]["source"] == source


def test_own_words_and_short_texts_are_not() -> None:
    others = earlier("yes", "A customer wants a replacement for a leaking kettle.")
    assert found(TEXT, "Handle drips after some days; asks for replacement", item=ITEM, others=others) == {}
    assert found(TEXT, "yes", item=ITEM, others=others) == {}
    assert found(TEXT, ITEM["text"], [{"use": "copied", "then": "ignore"}], item=ITEM) == {}


def test_only_what_is_needed_is_asked_for() -> None:
    off = [{"use": name, "then": "ignore"} for name in ("repeats", "inconsistent")]
    assert needs(parse_question({**CHOICE, "validate": off})) == frozenset()
    assert recent(parse_question({**CHOICE, "validate": off})) == 0
    assert needs(parse_question(TEXT)) == {"own", "share", "duplicates", "others"}
    assert recent(parse_question(CHOICE)) == 88
