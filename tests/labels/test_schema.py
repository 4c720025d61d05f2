from __future__ import annotations

from typing import Any

import pytest

from quorate.errors import InvalidInput
from quorate.labels.fields import faults_of
from quorate.labels.schema import parse, parse_question


def faults(body: object) -> dict[str | None, str]:
    with pytest.raises(InvalidInput) as caught:
        parse(body)
    return {fault.where: str(fault) for fault in faults_of(caught.value)}


def choice(*classes: Any, **more: Any) -> dict[str, Any]:
    return {"kind": "choice", "classes": list(classes), **more}


def test_every_fault_is_told_with_its_path() -> None:
    found = faults(
        {
            "a": choice("x", {"id": "y", "kex": "1"}),
            "b": {"kind": "chioce"},
            "c": {"classes": []},
            "d": 3,
            "e": {"kind": "number", "min": 2, "max": 1},
            "g": choice({"id": "x", "classes": []}),
            "f": choice("x", "y", validate=[{"use": "min_second", "seconds": 1}, {"when": "vlaue == 'x'"}]),
        }
    )
    assert set(found) == {
        "a.classes[1].kex", "b.kind", "c.kind", "d", "e.min", "f.validate[0].use", "f.validate[1].when",
        "g.classes[0].classes",
    }  # fmt: skip
    assert "Did you mean `key`?" in found["a.classes[1].kex"]
    assert "Did you mean" not in found["g.classes[0].classes"], "there is such a field, but not here"
    assert "Did you mean `choice`?" in found["b.kind"]
    assert "Did you mean `min_seconds`?" in found["f.validate[0].use"]


@pytest.mark.parametrize("body", [None, [], {}, "topic", 3])
def test_a_schema_is_a_mapping(body: object) -> None:
    with pytest.raises(InvalidInput, match="mapping"):
        parse(body)


def test_hotkeys_are_assigned_around_those_that_are_given() -> None:
    question = parse_question(choice("a", {"id": "b", "key": "1"}, "c"))
    assert [c.key for c in question.classes] == ["2", "1", "3"]


def test_digits_get_their_own_keys() -> None:
    question = parse_question(choice(*range(10)))
    assert [c.key for c in question.classes] == list("0123456789")
    assert question.check(7) == "7"


def test_a_given_hotkey_wins_over_an_assigned_one() -> None:
    question = parse_question(choice(0, {"id": "other", "key": "0"}))
    assert [c.key for c in question.classes] == ["1", "0"]


def test_many_classes_run_out_of_hotkeys_without_a_clash() -> None:
    keys = [c.key for c in parse_question(choice(*(f"c{i}" for i in range(60)))).classes]
    used = [key for key in keys if key]
    assert len(used) == len(set(used)) == 36
    assert keys[-1] == ""


@pytest.mark.parametrize(
    ("classes", "where"),
    [
        ([{"id": "a", "key": "1"}, {"id": "b", "key": 1}], "t.classes[1].key"),
        (["a", "b", "a"], "t.classes[2].id"),
        ([False, "b"], "t.classes[0].id"),
        (["a b", "c"], "t.classes[0].id"),
        (["a"], "t.classes"),
        ([{"id": "a", "examples": "one"}, "b"], "t.classes[0].examples"),
    ],
)
def test_classes_that_cannot_be_told_apart_are_refused(classes: list[Any], where: str) -> None:
    assert list(faults({"t": choice(*classes)})) == [where]


def test_titles_fall_back_to_a_language_there_is() -> None:
    first, second = parse_question(choice({"id": "late_parcel"}, {"id": "b", "title": {"fr": "Colis"}})).classes
    assert first.titled("fr") == "Late parcel"
    assert second.titled("de") == "Colis"
