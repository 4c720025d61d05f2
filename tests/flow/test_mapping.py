from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import InvalidInput
from quorate.flow.mapping import Change, Version, heard
from quorate.labels.schema import parse_question


def choice(*classes: str, **migrate: str) -> dict[str, Any]:
    return {"kind": "choice", "classes": list(classes), "migrate": migrate}


def change(old: dict[str, Any], new: dict[str, Any]) -> Change:
    return Change(parse_question(old), parse_question(new))


def refused(old: dict[str, Any], new: dict[str, Any]) -> str:
    with pytest.raises(InvalidInput) as caught:
        change(old, new).check("topic")
    assert (caught.value.where or "").startswith("topic.migrate")
    return str(caught.value)


def test_a_class_that_is_gone_needs_a_move() -> None:
    assert "`c` is gone" in refused(choice("a", "b", "c"), choice("a", "b"))
    change(choice("a", "b", "c"), choice("a", "b", c="b")).check()
    change(choice("a", "b", "c"), choice("a", "b", c="ask again")).check()
    change(choice("a", "b", "c"), {**choice("a", "b"), "migrate": {"*": "ask again"}}).check()


def test_a_move_must_come_from_and_lead_somewhere() -> None:
    assert "not a class" in refused(choice("a", "b", "c"), choice("a", "b", c="d"))
    assert "no class `x`" in refused(choice("a", "b"), choice("a", "b", x="a"))


def test_more_classes_and_other_titles_change_no_answer() -> None:
    wider = change(choice("a", "b"), choice("a", "b", "c"))
    wider.check()
    assert wider.decision("a", 0.9, {"a": 0.9, "b": 0.1}).value == "a"  # type: ignore[union-attr]
    titled = change(choice("a", "b"), {"kind": "choice", "classes": [{"id": "a", "title": "A"}, "b"]})
    assert not titled.matters
    assert not titled.reshapes


def test_merged_classes_add_their_probabilities() -> None:
    merged = change(choice("a", "b", "c"), choice("a", "b", c="b"))
    moved = merged.decision("c", 0.5, {"a": 0.2, "b": 0.3, "c": 0.5})
    assert moved is not None
    assert (moved.value, moved.confidence) == ("b", pytest.approx(0.8))
    assert moved.probabilities == pytest.approx({"a": 0.2, "b": 0.8})


def test_a_class_that_stays_may_be_asked_again_but_only_once() -> None:
    first = choice("a", "b")
    split = choice("a", "b", "b2", b="ask again")
    assert change(first, split).value("b") is None
    assert change(first, split).value("a") == "a"
    retitled = {**split, "title": "Which?"}
    assert change(split, retitled).value("b") == "b"
    assert not change(split, retitled).matters


def test_a_swap_is_done_at_once() -> None:
    swap = change(choice("a", "b"), choice("a", "b", a="b", b="a"))
    assert (swap.value("a"), swap.value("b")) == ("b", "a")


def test_each_of_several_classes_moves() -> None:
    old = {"kind": "choices", "classes": ["cat", "kitten", "dog"]}
    new = {"kind": "choices", "classes": ["cat", "dog"], "migrate": {"kitten": "cat"}}
    moved = change(old, new).decision(["cat", "kitten"], 0.8, {"cat": 0.9, "kitten": 0.8, "dog": 0.1})
    assert moved is not None
    assert moved.value == ["cat"]
    assert moved.probabilities == {"cat": 0.9, "dog": 0.1}
    again = change(old, {**new, "migrate": {"kitten": "ask again"}})
    assert again.value(["cat", "kitten"]) is None
    assert again.value(["cat"]) == ["cat"]


def test_a_narrower_range_needs_the_rest_to_be_asked_again() -> None:
    old, new = {"kind": "number", "min": 0, "max": 100}, {"kind": "number", "min": 0, "max": 10}
    with pytest.raises(InvalidInput, match="in force"):
        change(old, new).check_values([3.0, 50.0])
    change(old, new).check_values([3.0, 10.0])
    again = change(old, {**new, "migrate": {"*": "ask again"}})
    again.check_values([3.0, 50.0])
    assert again.value(50.0) is None
    assert again.value(3.0) == 3.0


CLASSES = st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=6, unique=True)


@given(old=CLASSES, new=CLASSES, data=st.data())
def test_every_answer_that_passes_the_check_ends_valid_or_asked_again(
    old: list[str], new: list[str], data: st.DataObject
) -> None:
    gone = [c for c in old if c not in new]
    moves = {c: data.draw(st.sampled_from([*new, "ask again"])) for c in gone}
    made = change(choice(*old), choice(*new, **moves))
    made.check()
    weights = data.draw(st.lists(st.floats(0.01, 1), min_size=len(old), max_size=len(old)))
    probabilities = {c: w / sum(weights) for c, w in zip(old, weights, strict=True)}
    for value in old:
        moved = made.decision(value, probabilities[value], probabilities)
        if moves.get(value) == "ask again":
            assert moved is None
        else:
            assert moved is not None
            assert moved.value in new
            assert moved.confidence >= probabilities[value]
            assert sum(moved.probabilities.values()) <= 1 + 1e-9


def test_old_answers_are_heard_as_what_they_say_now() -> None:
    bodies = [choice("a", "b", "c"), choice("a", "b", c="b"), choice("a", "b", "b2", b="ask again")]
    versions = [Version(n, parse_question(body)) for n, body in enumerate(bodies, start=1)]
    assert heard(versions[:1], 1, "c") == "c"
    assert heard(versions[:2], 1, "c") == "b"
    assert heard(versions, 1, "c") is None
    assert heard(versions, 2, "b") is None
    assert heard(versions, 3, "b") == "b"
    assert heard(versions, 1, "a") == "a"


def test_a_revert_lets_old_answers_speak_again() -> None:
    bodies = [choice("a", "b"), choice("a", "b", "b2", b="ask again"), choice("a", "b")]
    reverts = [None, None, 1]
    versions = [Version(n, parse_question(b), r) for n, (b, r) in enumerate(zip(bodies, reverts, strict=True), start=1)]
    assert heard(versions, 1, "b") == "b"
    assert heard(versions, 2, "b") == "b"
    assert heard(versions, 2, "b2") is None
