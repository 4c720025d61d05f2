"""Crowds who answer with numbers, sets of classes, texts, spans and boxes, whose bad members are known.

Truths, honest answers to them and what stands in their place are made in the form that the kind of label has
(`quorate.labels`), and encoded as live answers are (`watch/encode.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from quorate.labels.schema import parse_question
from quorate.truth.votes import Votes
from quorate.watch.encode import encoded
from quorate.watch.simulate import Crowd
from quorate.watch.work import Ints

TROUBLE = ("random", "constant", "sudden_change", "copying")
Rng = np.random.Generator
_WORDS = 400


def _number(rng: Rng) -> float:
    return float(np.exp(rng.normal(3, 1)))


def _estimate(rng: Rng, truth: float) -> float:
    """Give or take a fifth; people say two digits."""
    return float(f"{truth * np.exp(rng.normal(0, 0.2)):.2g}")


def _set(rng: Rng) -> list[str]:
    return [letter for letter in "abcdef" if rng.random() < 0.35] or ["a"]


def _nearly(rng: Rng, truth: list[str]) -> list[str]:
    """One class in twelve is overlooked or added."""
    return [letter for letter in "abcdef" if (letter in truth) != (rng.random() < 1 / 12)]


def _sentence(rng: Rng) -> str:
    return " ".join(f"w{word}" for word in rng.integers(0, _WORDS, rng.integers(5, 12)))


def _heard(rng: Rng, truth: str) -> str:
    """One word in eight is misheard, and one in twenty is missed."""
    said = [f"w{rng.integers(0, _WORDS)}" if rng.random() < 1 / 8 else word for word in truth.split()]
    return " ".join(word for word in said if rng.random() > 1 / 20) or "w0"


def _passage(rng: Rng) -> list[dict[str, Any]]:
    start = int(rng.integers(4, 400))
    return [{"start": start, "end": start + int(rng.integers(15, 60)), "label": "a"}]


def _about(rng: Rng, truth: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A few characters off at either end."""
    off = rng.integers(-4, 5, 2)
    return [{**one, "start": one["start"] + int(off[0]), "end": one["end"] + int(off[1])} for one in truth]


def _box(rng: Rng) -> list[dict[str, Any]]:
    side = rng.uniform(0.1, 0.3, 2)
    corner = rng.uniform(0.05, 0.65, 2)
    return [{"x": corner[0], "y": corner[1], "width": side[0], "height": side[1], "label": "a"}]


def _drawn(rng: Rng, truth: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each side of the box a hundredth of the image off."""
    off = rng.normal(0, 0.01, 4)
    return [
        {**one, "x": one["x"] + off[0], "y": one["y"] + off[1], "width": one["width"] + off[2] - off[0],
         "height": one["height"] + off[3] - off[1]}
        for one in truth
    ]  # fmt: skip


Maker = tuple[dict[str, Any], Callable[[Rng], Any], Callable[[Rng, Any], Any]]
MAKERS: Mapping[str, Maker] = {
    "number": ({"kind": "number"}, _number, _estimate),
    "choices": ({"kind": "choices", "classes": list("abcdef"), "min": 0}, _set, _nearly),
    "text": ({"kind": "text"}, _sentence, _heard),
    "spans": ({"kind": "spans", "classes": ["a"]}, _passage, _about),
    "boxes": ({"kind": "boxes", "classes": ["a"]}, _box, _drawn),
}


def crowd_of(
    kind: str, seed: int, trouble: Mapping[str, int] | None = None, *, honest: int = 54, judgements: int = 50
) -> Crowd:
    """People who answer a question of this kind, five an item.

    Who is `random` answers as if it were another item, who is `constant` says the same to every item, who changes
    suddenly does `judgements` well and as many at random, and of two who are `copying` one hands in nine in ten of the
    other's answers.
    """
    rng = np.random.default_rng(seed)
    schema, made, said = MAKERS[kind]
    question = parse_question(schema)
    kinds = tuple(["honest"] * honest + [one for one, count in (trouble or {}).items() for _ in range(count)])
    items = max(judgements * 2, len(kinds) * judgements // 5)
    truth = [made(rng) for _ in range(items)]
    rows: list[tuple[int, int, Any]] = []
    sheet: dict[int, Any] = {}
    for j, one in enumerate(kinds):
        at = rng.permutation(items)[: judgements * (2 if one == "sudden_change" else 1)]
        if one == "copying" and sheet:
            at = np.array(list(sheet))
        always = said(rng, made(rng))
        for place, i in enumerate(at.tolist()):
            own = said(rng, truth[i])
            blind = one == "random" or (one == "sudden_change" and place >= judgements)
            value = always if one == "constant" else said(rng, made(rng)) if blind else own
            if one == "copying" and len(sheet) > place and rng.random() < 0.9:
                value = sheet[i]
            rows.append((i, j, value))
        if one == "copying" and not sheet:
            sheet = {i: value for i, who, value in rows if who == j}
    item, worker, values = zip(*rows, strict=True)
    votes = Votes(
        np.array(item, np.int32), np.array(worker, np.int32), np.zeros(len(rows), np.int32), np.arange(items),
        np.arange(len(kinds)), np.array([""], object),
    )  # fmt: skip
    unknown: Ints = np.zeros(items, np.intp)
    return Crowd(encoded(question, [question.check(value) for value in values], votes), kinds, unknown)
