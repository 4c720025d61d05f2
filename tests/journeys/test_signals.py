"""Trouble seen early: a finding is judged and answered, a gap in skill gets a lesson, an unclear guideline a clause."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Sign = Callable[..., Page]
Axe = Callable[[Page], list[str]]
CLASSES = ("delivery", "product", "neither")
SPECS: dict[tuple[str, str], dict[str, Any]] = {
    ("project", "project"): {"name": "watched", "steps": [{"id": "topic", "question": "What is it about?"}]},
    ("schema", "topic"): {
        "kind": "choice",
        "classes": [
            {"id": "delivery", "title": "Delivery", "description": "The way to the door, §1.1.",
             "examples": ["The box was crushed."]},
            {"id": "product", "title": "Product", "description": "The thing itself, §1.2."},
            {"id": "neither", "title": "Neither"},
        ],
    },
    ("guideline", "guideline"): {"text": "# Topics\n\n## 1.1 Delivery\n\nThe way.\n\n## 1.2 Product\n\nThe thing.\n"},
    ("policy", "policy"): {
        "judgements": {"min": 6, "max": 6}, "gold": {"rate": 0}, "audit": {"rate": 0, "min": 0},
        "pay": {"judgement": 0.1}, "watch": {"hold_pay": ["constant"]},
    },
}  # fmt: skip
PEOPLE = ("con", "gus", "h1", "h2", "h3", "h4", "h5")
WATCH = """
from quorate.actions.watch_work import watch_work
from quorate.settings import settings
from quorate.store.database import Database
from quorate.store.locate import ready
with ready(settings()) as url:
    db = Database(url)
    with db.work() as connection:  # the site's worker may have looked a moment ago
        connection.execute("UPDATE watches SET took = 0")
    watch_work(db)
    db.close()
"""


@pytest.fixture(scope="module", autouse=True)
def _watched(site: Any) -> None:
    """Five honest annotators, one who always says Neither, and one who calls every delivery a product."""
    specs = [{"kind": kind, "name": name, "body": body} for (kind, name), body in SPECS.items()]
    site.root.call("PUT", "/projects/watched", {"specs": specs, "reason": "a journey"})
    truth = {f"p{i}": CLASSES[i % 3] for i in range(90)}
    rows = [{"key": key, "text": f"A text about {label}, {key}."} for key, label in truth.items()]
    site.root.upload("/projects/watched/items", "\n".join(map(json.dumps, rows)).encode(), "application/x-ndjson")
    for name in PEOPLE:
        site.account(name, "watched:annotator")
    site.account("max", "watched:manager")
    site.account("sue", "watched:steward")
    rng = Random(7)
    clients = {name: site.client(name) for name in PEOPLE}
    working = True
    while working:
        working = False
        for name, client in clients.items():
            for task in client.call("POST", "/work/claim", {"count": 10})["tasks"]:
                working = True
                right = truth[re.search(r"p\d+", task["body"]["text"])[0]]
                said = right if rng.random() < 0.93 else rng.choice(CLASSES)
                said = {"con": "neither", "gus": "product" if right == "delivery" else said}.get(name, said)
                answer = {"assignment": task["assignment"], "value": said, "seconds": rng.lognormvariate(1.6, 0.4)}
                client.call("POST", "/work/submit", answer)
    subprocess.run([sys.executable, "-c", WATCH], env=site.environment, check=True)
    asked = {"step": "topic", "labels": ["delivery", "product"], "question": "Whose is a crushed box?"}
    site.client("sue").call("POST", "/projects/watched/clarifications", asked)


def test_a_finding_is_answered_by_whose_it_is_and_judged_with_all_its_consequences(page_as: Sign, axe: Axe) -> None:
    con = page_as("con")
    con.goto("/work/answers")
    expect(con.get_by_role("heading", name="Noticed about your work")).to_be_visible()
    expect(con.get_by_text("wait until somebody has looked").first).to_be_visible()
    con.get_by_role("button", name="Say something to it").first.press("Enter")
    con.get_by_label("Your answer").fill("They were all neither.")
    con.keyboard.press("Tab")
    con.keyboard.press("Enter")
    expect(con.get_by_text("They were all neither.")).to_be_visible()
    assert axe(con) == []

    max_ = page_as("max")
    max_.goto("/projects/watched")
    max_.get_by_role("link", name="Have a look").press("Enter")
    expect(max_.get_by_role("heading", name="Noticed", exact=True)).to_be_visible()
    max_.get_by_label("State").select_option("answered")
    row = max_.get_by_role("listitem").filter(has_text="The same answer to everything")
    expect(row).to_contain_text("answers are “neither”")
    expect(row).to_contain_text("are held.")
    expect(row).to_contain_text("They were all neither.")
    assert axe(max_) == []
    row.get_by_role("button", name="Uphold").press("Enter")
    row.get_by_label("Why? The annotator reads it").fill("They were not.")
    row.get_by_label(re.compile("answers aside")).check()
    assert axe(max_) == []
    row.get_by_role("button", name="Uphold").press("Enter")
    max_.get_by_label("State").select_option("upheld")
    row = max_.get_by_role("listitem").filter(has_text="The same answer to everything")
    expect(row).to_contain_text(re.compile(r"\d+ tasks are asked again"))
    row.get_by_role("button", name="Dismiss").press("Enter")
    row.get_by_label("Why? The annotator reads it").fill("They were, after all.")
    row.get_by_role("button", name="Dismiss").press("Enter")
    max_.get_by_label("State").select_option("dismissed")
    expect(max_.get_by_role("listitem").filter(has_text="(taken back)").first).to_be_visible()
    con.reload()
    expect(con.get_by_text("Nothing is held against you:").first).to_be_visible()


def test_who_takes_one_class_for_another_gets_a_lesson(page_as: Sign, axe: Axe) -> None:
    max_ = page_as("max", dark=True)
    max_.goto("/projects/watched/annotators")
    max_.get_by_role("link", name="gus").press("Enter")
    expect(max_.get_by_role("heading", name="Why are answers wrong?")).to_be_visible()
    expect(max_.get_by_text("A lesson on two classes would help.")).to_be_visible()
    expect(max_.get_by_text("A lesson was sent.")).to_be_visible()
    assert axe(max_) == []

    gus = page_as("gus", phone=True)
    gus.goto("/work/answers")
    expect(gus.get_by_text("Two classes are easy to confuse")).to_be_visible()
    assert axe(gus) == []
    gus.get_by_role("link", name="Open: Delivery or Product?").press("Enter")
    expect(gus.get_by_role("heading", name="Delivery or Product?", exact=True)).to_be_visible()
    expect(gus.get_by_text("The box was crushed.")).to_be_visible()
    expect(gus.get_by_text("The thing.")).to_be_visible()
    assert axe(gus) == []
    gus.get_by_role("button", name="Read").press("Enter")
    expect(gus.get_by_text("You have finished")).to_be_visible()


def test_a_steward_answers_a_question_with_a_clause(page_as: Sign, axe: Axe) -> None:
    sue = page_as("sue")
    sue.goto("/projects/watched/specs")
    # The worker may have looked in the middle of the work, and asked why the same two are confused.
    expect(sue.get_by_text(re.compile(r"\b(one|2) open\b"))).to_be_visible()
    sue.get_by_role("link", name="Questions to the steward").press("Enter")
    asked = sue.get_by_role("listitem").filter(has_text="Whose is a crushed box?")
    asked.get_by_role("button", name="Answer with a clause").press("Enter")
    asked.get_by_label("Number").fill("1.3")
    asked.get_by_label("Title").fill("Boxes")
    asked.get_by_label("What holds from now on").fill("The box belongs to the way.")
    assert axe(sue) == []
    asked.get_by_role("button", name="Publish the clause").press("Enter")
    expect(asked.get_by_text("version 2")).to_be_visible()
    sue.goto("/projects/watched/specs/guideline/guideline")
    expect(sue.get_by_text("1.3 Boxes").first).to_be_visible()
