"""The datasheet says what the numbers say, and says so when they are too few."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest

from quorate.flow.datasheet import Asked, Numbers, as_json, as_markdown, compose

AT = datetime(2027, 1, 31, 12, tzinfo=UTC)
PROJECT = {"steps": [{"id": "topic", "schema": "topic"}], "target": {"accuracy": 0.95, "confidence": 0.9}}


def spec(kind: str, name: str, body: Any) -> dict[str, Any]:
    return {"kind": kind, "name": name, "version": 2, "created_at": AT, "body": body}


def numbers(
    *, audits: list[dict[str, Any]] | None = None, votes: Any = (), kind: str = "choice", schema: Any = None
) -> Numbers:
    step = Asked(
        name="topic",
        labels=[
            {"kind": "crowd", "labels": 900, "confidence": 0.97, "judgements": 2.5},
            {"kind": "expert", "labels": 60, "confidence": 0.99, "judgements": 5},
            {"kind": "gold", "labels": 40, "confidence": 1.0, "judgements": 0},
        ],
        states=[{"state": "decided", "tasks": 1000}],
        answers=[
            {"role": "crowd", "answers": 2550, "annotators": 12, "cost": Decimal("102.00"), "median_seconds": 4.25},
            {"role": "model", "answers": 10, "annotators": 1, "cost": Decimal(0), "median_seconds": None},
        ],
        gold=[{"role": "crowd", "answers": 200, "right": 180}],
        votes=votes,
    )
    specs = [spec("project", "project", PROJECT), spec("schema", "topic", schema or {"kind": kind})]
    items = {"items": 1000, "erased": 1, "duplicates": 3}
    return Numbers("reviews", "EUR", items, [step], audits or [], 0.2, specs)


def audits(count: int, wrong: int, *, stands: bool = True) -> list[dict[str, Any]]:
    return [{"kind": "crowd", "probability": 0.2, "wrong": i < wrong, "stands": stands} for i in range(count)]


def test_numbers_are_added_up_and_averaged() -> None:
    sheet = compose(numbers(), at=AT)
    topic = sheet["steps"]["topic"]
    assert (topic["labels"], topic["answers"], topic["cost"], sheet["cost"]["total"]) == (
        1000,
        2560,
        "102.00",
        "102.00",
    )
    assert topic["mean_confidence"] == pytest.approx((0.9 * 0.97 + 0.06 * 0.99) / 0.96)
    assert topic["judgements_per_label"] == pytest.approx((900 * 2.5 + 60 * 5) / 960, abs=1e-6)
    gold = topic["accuracy_on_gold"]["crowd"]
    assert gold["accuracy"] == 0.9
    assert gold["low"] == pytest.approx(0.8498, abs=1e-3)  # Clopper-Pearson, 180 of 200
    assert gold["high"] == pytest.approx(0.9378, abs=1e-3)


def test_the_certificate_is_about_what_audits_are_drawn_from() -> None:
    certificate = compose(numbers(audits=audits(180, 0)), at=AT)["certificate"]
    assert (certificate["size"], certificate["audits"], certificate["errors"]) == (900, 180, 0)
    assert certificate["delta"] == pytest.approx(0.1)
    assert certificate["alpha"] == pytest.approx(0.05)
    assert 0 < certificate["error_upper"] < 0.05
    assert certificate["holds"] is True


def test_errors_that_were_corrected_are_no_longer_counted_and_others_are() -> None:
    kept = compose(numbers(audits=audits(180, 9)), at=AT)["certificate"]
    mended = compose(numbers(audits=[*audits(9, 9, stands=False), *audits(171, 0)]), at=AT)["certificate"]
    assert (kept["mended"], mended["mended"]) == (False, True)
    assert (kept["size"], mended["size"]) == (900, 909)
    assert mended["error_upper"] < kept["error_upper"]


def test_too_few_audits_are_admitted() -> None:
    certificate = compose(numbers(), at=AT)["certificate"]
    assert certificate["error_upper"] == 1
    assert "Nothing can be said yet" in certificate["sentence"]


def test_agreement_is_of_those_who_were_asked_twice() -> None:
    votes = [(item, who, "ab"[item % 2]) for item in range(50) for who in "xy"]
    perfect = compose(numbers(votes=votes), at=AT)["steps"]["topic"]["agreement"]
    assert (perfect["krippendorff"]["value"], perfect["raw"]["value"]) == (1.0, 1.0)
    alone = [(item, "x", "ab"[item % 2]) for item in range(50)]
    assert compose(numbers(votes=alone), at=AT)["steps"]["topic"]["agreement"] is None
    lists = [(item, who, [["a"], ["a", "b"]][item % 2]) for item in range(50) for who in "xy"]
    assert compose(numbers(votes=lists, kind="choices"), at=AT)["steps"]["topic"]["agreement"]["raw"]["value"] == 1.0
    scale = [(item, who, item % 5 + (who == "y")) for item in range(50) for who in "xy"]
    ordinal = compose(numbers(votes=scale, kind="scale"), at=AT)["steps"]["topic"]["agreement"]
    assert ordinal["raw"]["value"] == 0.0
    assert ordinal["krippendorff"]["value"] > 0.5


def test_agreement_on_marks_is_by_their_distance() -> None:
    def votes(shift: int) -> list[tuple[int, str, Any]]:
        mark = lambda item, by: [{"start": item, "end": item + 4 + by, "label": "PER"}]  # noqa: E731
        return [(item, who, mark(item, shift * (who == "y"))) for item in range(50) for who in "xy"]

    def told(shift: int) -> Any:
        schema = {"kind": "spans", "classes": ["PER"]}
        return compose(numbers(votes=[*votes(shift), (3, "z", "of old")], schema=schema), at=AT)["steps"]["topic"]

    same, near = told(0)["agreement"], told(1)["agreement"]
    assert (same["krippendorff"]["value"], same["raw"]["value"], same["metric"]) == (1.0, 1.0, "distance")
    assert 0.5 < near["krippendorff"]["low"] < near["krippendorff"]["value"] < 1  # most of each is in the other
    assert near["raw"]["value"] == 0.0
    texts = [(item, who, f"text {item * 37}") for item in range(50) for who in "xy"]
    text = compose(numbers(votes=texts, kind="text"), at=AT)["steps"]["topic"]["agreement"]
    assert text["krippendorff"]["value"] == 1.0


def test_both_forms_say_the_same() -> None:
    sheet = compose(numbers(audits=audits(180, 2)), at=AT)
    assert orjson.loads(as_json(sheet))["steps"]["topic"]["labels"] == 1000
    text = as_markdown(sheet)
    for words in (
        "# Datasheet: reviews", "2027-01-31 12:00:00", "102.00 EUR", "1,000 (crowd 900, expert 60, gold 40)",
        "2,550 by 12 annotators, 4.2 s", "10 by 1 annotators\n", "0.900 (95 %", "schema topic | 2",
        sheet["certificate"]["sentence"],
    ):  # fmt: skip
        assert words in text


def test_known_answers_alone_are_told_as_what_they_are() -> None:
    known = numbers()
    known.steps[0].labels[:] = [{"kind": "gold", "labels": 40, "confidence": 1.0, "judgements": 0}]
    certificate = compose(known, at=AT)["certificate"]
    assert (certificate["error_upper"], certificate["audits"]) == (None, 0)
    assert certificate["sentence"].endswith("audit could check; the 40 that there are were known from the start.")
    known.steps[0].labels.clear()
    assert compose(known, at=AT)["certificate"]["sentence"] == "There is no label yet that an audit could check."
