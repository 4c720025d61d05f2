"""From newcomer to trusted: a training that explains, an exam that stops when it knows, work, and a promotion."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Sign = Callable[..., Page]
Axe = Callable[[Page], list[str]]
LESSONS = [
    {"id": "basics", "title": "What delivery is", "text": "The way of the *parcel* to the door.", "clause": "1.1"},
    {
        "id": "edge", "title": "Crushed boxes", "text": "The box belongs to the way.", "clause": "1.1",
        "practice": [{"item": "The box was crushed.", "answer": "delivery", "why": "The box is the parcel."}],
    },
]  # fmt: skip
SPECS: dict[tuple[str, str], dict[str, Any]] = {
    ("project", "project"): {
        "name": "trusted",
        "steps": [{"id": "topic", "question": "What is it about?", "schema": "topic"}],
    },
    ("schema", "topic"): {
        "kind": "choice",
        "classes": [{"id": "delivery", "title": "Delivery"}, {"id": "product", "title": "Product"}],
    },
    ("guideline", "guideline"): {"text": "# Topics\n\n## 1.1 Delivery\n\nThe way of the parcel to the door.\n"},
    ("training", "start"): {"title": "First steps", "lessons": LESSONS},
    ("exam", "basics"): {"title": "The basics", "bar": 0.6, "questions": {"min": 4, "max": 12}},
    ("policy", "policy"): {
        "judgements": {"min": 3, "max": 3}, "gold": {"rate": 0.5}, "audit": {"rate": 0, "min": 0},
        "qualification": [{"training": "start"}, {"exam": "basics", "days": 90}],
        "leads": {"bar": 0.5, "gold": 8},
    },
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _trusted(site: Any) -> None:
    specs = [{"kind": kind, "name": name, "body": body} for (kind, name), body in SPECS.items()]
    site.root.call("PUT", "/projects/trusted", {"specs": specs, "reason": "a journey"})
    rows = [{"key": f"p{i}", "text": f"The box came late, number {i}."} for i in range(40)]
    rows += [{"key": f"g{i}", "text": f"Crushed box, number {i}.", "gold": {"topic": "delivery"}} for i in range(30)]
    site.root.upload("/projects/trusted/items", "\n".join(map(json.dumps, rows)).encode(), "application/x-ndjson")
    site.account("tia", "trusted:annotator")
    site.account("ted", "trusted:annotator")
    site.account("tom", "trusted:manager")


def test_a_newcomer_learns_passes_works_by_keyboard_and_is_promoted(site: Any, page_as: Sign, axe: Axe) -> None:
    tia = page_as("tia")
    tia.goto("/work")
    expect(tia.get_by_role("heading", name="Something comes first")).to_be_visible()
    expect(tia.get_by_text("Still to do")).to_have_count(2)
    assert axe(tia) == []

    tia.get_by_role("link", name="Open: Training start").press("Enter")
    expect(tia.get_by_role("heading", name="First steps")).to_be_visible()
    tia.get_by_role("button", name="Read").press("Enter")
    expect(tia.get_by_role("heading", name="Lesson 2: Crushed boxes")).to_be_visible()
    tia.get_by_role("button", name="Read").press("Enter")
    expect(tia.get_by_role("heading", name="What is it about?")).to_be_visible()
    assert axe(tia) == []
    tia.keyboard.press("2")
    expect(tia.get_by_role("radio", name="Product")).to_be_checked()
    tia.keyboard.press("Enter")
    told = tia.get_by_role("status")
    expect(told).to_contain_text("Not quite")
    expect(told).to_contain_text("The box is the parcel. §1.1")
    assert axe(tia) == []
    tia.keyboard.press("Enter")
    expect(tia.get_by_role("button", name="Check")).to_be_visible()
    tia.keyboard.press("1")
    expect(tia.get_by_role("radio", name="Delivery")).to_be_checked()
    tia.keyboard.press("Enter")
    expect(tia.get_by_text("You have finished this training.")).to_be_visible()

    tia.goto("/work")
    tia.get_by_role("link", name="Open: Exam basics").press("Enter")
    expect(tia.get_by_role("heading", name="The basics")).to_be_visible()
    expect(tia.get_by_text("You pass when it is 95% sure")).to_be_visible()
    assert axe(tia) == []
    tia.keyboard.press("Enter")
    for number in range(1, 6):
        expect(tia.get_by_text(f"Question {number}", exact=True)).to_be_visible()
        delivery = tia.get_by_role("radio", name="Delivery")
        expect(delivery).not_to_be_checked()
        if number == 3:
            assert axe(tia) == []
        tia.keyboard.press("1")
        expect(delivery).to_be_checked()
        tia.keyboard.press("Enter")
    expect(tia.get_by_text("You have passed")).to_be_visible()
    expect(tia.get_by_text("5 of 5 right")).to_be_visible()
    assert axe(tia) == []
    tia.get_by_role("link", name="Go to the work").press("Enter")
    expect(tia.get_by_role("button", name="Submit")).to_be_visible()

    tia.goto("/work/answers")
    expect(tia.get_by_role("heading", name="Training and exams")).to_be_visible()
    with tia.expect_response(lambda told: told.request.method == "PUT" and "/work/digests" in told.url) as chosen:
        tia.get_by_label("My weekly digest").select_option("notice")
    assert chosen.value.status == 204
    assert axe(tia) == []
    _a_manager_sees_who_is_qualified_and_decides_who_is_promoted(site, page_as, axe)


def test_who_does_not_pass_is_told_when_to_try_again_and_may_be_granted_it_at_once(
    site: Any, page_as: Sign, axe: Axe
) -> None:
    ted = page_as("ted", phone=True)
    ted.goto("/work/exam/trusted/basics")
    ted.get_by_role("button", name="Begin the exam").click()
    for number in range(1, 5):
        expect(ted.get_by_text(f"Question {number}", exact=True)).to_be_visible()
        ted.get_by_text("Product", exact=True).click()
        ted.get_by_role("button", name="Answer").click()
    expect(ted.get_by_text("You have not passed this time")).to_be_visible()
    expect(ted.get_by_text("You may sit it 2 more times.")).to_be_visible()
    assert axe(ted) == []

    tom = page_as("tom")
    tom.goto("/projects/trusted/annotators")
    tom.get_by_role("row", name="ted").get_by_role("link", name="ted").click()
    exams = tom.get_by_role("region", name="Exams")
    expect(exams).to_contain_text("not passed · may be sat 2 more times · from")
    exams.get_by_role("button", name="Let them sit The basics once more").press("Enter")
    why = exams.get_by_label("Why may they sit The basics once more?")
    why.fill("The connection broke down.")
    assert axe(tom) == []
    why.press("Enter")
    expect(exams).to_contain_text("may be sat 3 more times")
    expect(exams.get_by_role("button")).to_have_count(0)
    ted.goto("/work/exam/trusted/basics")
    expect(ted.get_by_role("button", name="Begin the exam")).to_be_enabled()


def _a_manager_sees_who_is_qualified_and_decides_who_is_promoted(site: Any, page_as: Sign, axe: Axe) -> None:
    tia = site.client("tia")
    known = 0
    for _ in range(60):
        (task,) = tia.call("POST", "/work/claim", {"count": 1, "projects": ["trusted"]})["tasks"]
        tia.call("POST", "/work/submit", {"assignment": task["assignment"], "value": "delivery", "seconds": 3.0})
        known += task["item"].startswith("g")
        if known == 8:
            break
    site.quorate("lead", "propose")  # or the worker did, which does once an hour
    tom = page_as("tom")
    tom.goto("/projects/trusted/annotators")
    row = tom.get_by_role("row", name="tia")
    expect(row).to_contain_text("start: yes")
    expect(row).to_contain_text("basics: until")
    expect(tom.get_by_role("row", name="ted")).to_contain_text("basics: not yet")
    proposed = tom.get_by_role("region", name="Proposed as experts")
    expect(proposed).to_contain_text("8 of 8 known items right")
    assert axe(tom) == []
    proposed.get_by_role("button", name="Decline").press("Enter")
    expect(tom.get_by_label("Why not tia?")).to_be_visible()
    assert axe(tom) == []
    proposed.get_by_role("button", name="Cancel").click()
    proposed.get_by_role("button", name="Make tia an expert").press("Enter")
    expect(proposed).to_have_count(0)
    assert "expert" in site.client("tia").call("GET", "/me")["roles"]["trusted"]
