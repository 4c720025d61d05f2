from __future__ import annotations

from typing import Any

import pytest

from quorate.errors import InvalidInput
from quorate.flow.screen import screen
from quorate.labels.schema import parse_question
from quorate.labels.validators import Answer, count_words

REVIEW = {"id": 3, "url": "https://shop.example/3", "text": "The parcel came two days late and the box was open. " * 6}


def ask(*rules: dict[str, Any]) -> Any:
    return parse_question({"kind": "choice", "classes": ["delivery", "neither"], "validate": list(rules)})


def kinds(question: Any, answer: Answer) -> list[str]:
    return [finding.kind for finding in screen(question, answer)]


def test_a_rule_refuses_with_its_own_words() -> None:
    question = ask({"when": "value == 'neither' && comment == ''", "say": "Please say in a word why."})
    with pytest.raises(InvalidInput, match="Please say in a word why"):
        screen(question, Answer("neither"))
    assert screen(question, Answer("neither", comment="A greeting")) == ()


def test_a_rule_may_only_flag() -> None:
    question = ask({"when": "item.lang != 'en'", "then": "flag", "say": "Not English."})
    (finding,) = screen(question, Answer("delivery", item={"lang": "fr"}))
    assert (finding.kind, finding.message) == ("when", "Not English.")
    assert screen(question, Answer("delivery", item={})) == ()


def test_a_required_comment_is_asked_for() -> None:
    question = ask({"use": "required", "fields": ["comment"]})
    with pytest.raises(InvalidInput) as caught:
        screen(question, Answer("delivery"))
    assert caught.value.where == "comment"
    assert screen(question, Answer("delivery", comment="yes")) == ()


def test_too_few_seconds_are_flagged_but_not_a_machines() -> None:
    question = ask({"use": "min_seconds", "seconds": 1.5})
    assert kinds(question, Answer("delivery", seconds=1.4)) == ["min_seconds"]
    assert kinds(question, Answer("delivery", seconds=1.5)) == []
    assert kinds(question, Answer("delivery", seconds=None)) == []
    assert kinds(question, Answer("delivery", seconds=0.01, machine=True)) == []


def test_reading_is_expected_to_take_its_time_by_default() -> None:
    assert count_words(REVIEW["text"]) == 66  # type: ignore[arg-type]
    (finding,) = screen(ask(), Answer("delivery", item=REVIEW, seconds=4.3))
    assert finding.kind == "reading_speed"
    assert finding.evidence == {"seconds": 4.3, "expected": 4.4, "words": 66}
    assert kinds(ask(), Answer("delivery", item=REVIEW, seconds=4.5)) == []
    assert kinds(ask({"use": "reading_speed", "then": "ignore"}), Answer("delivery", item=REVIEW, seconds=0)) == []


def test_scripts_without_spaces_count_too() -> None:
    assert count_words("荷物が二日遅れて届いた") == 5.5
    assert count_words("it's a fine-tuned café") == 5


@pytest.mark.parametrize(
    "rule",
    [
        {"use": "min_seconds", "seconds": 1, "then": "refuse"},
        {"use": "min_seconds"},
        {"use": "min_seconds", "seconds": 1, "second": 2},
        {"use": "nothing"},
        {"then": "flag"},
        {"when": "value == 3 +"},
        {"when": "value < 3"},
        {"when": "value"},
        {"use": "copied"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_when_read(rule: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        ask(rule)
    assert (caught.value.where or "").startswith("validate[0]")
