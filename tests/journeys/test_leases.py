"""What is held for somebody at work: longer while they work, given back when they leave; and answers that come back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import NOON

Sign = Callable[..., Page]
CALM = {"gold": {"rate": 0}, "audit": {"rate": 0}}
ONCE = {**CALM, "judgements": {"min": 1, "max": 1}, "accept": {"confidence": 0.5, "evidence": 0}}
FINE = {"kind": "choice", "classes": [{"id": "fine", "title": "Fine"}, {"id": "bad", "title": "Bad"}]}
REASONED = {
    **FINE,
    "validate": [{"when": "value == 'bad' && comment == ''", "then": "refuse", "say": "Say what is bad."}],
}
LINES = "application/x-ndjson"


def bring(site: Any, project: str, *texts: str) -> None:
    lines = "\n".join(json.dumps({"key": f"{text}", "text": text}) for text in texts)
    site.root.upload(f"/projects/{project}/items", lines.encode(), LINES)


def project(
    site: Any, name: str, policy: dict[str, Any], people: dict[str, str], schema: dict[str, Any] = FINE
) -> None:
    """A project of one question, with these people in it."""
    bodies = {
        ("project", "project"): {"name": name, "steps": [{"id": "ok", "question": "Is it fine?", "schema": "ok"}]},
        ("schema", "ok"): schema,
        ("policy", "policy"): policy,
    }
    specs = [{"kind": kind, "name": named, "body": body} for (kind, named), body in bodies.items()]
    site.root.call("PUT", f"/projects/{name}", {"specs": specs, "reason": "a journey"})
    for who, role in people.items():
        site.account(who, f"{name}:{role}")


@pytest.fixture(scope="module", autouse=True)
def _projects(site: Any) -> None:
    project(site, "held", {**CALM, "judgements": {"min": 5, "max": 5}, "lease": {"minutes": 0.2}}, {"hal": "annotator"})
    bring(site, "held", "one", "two", "three", "four")
    project(site, "late", {**ONCE, "lease": {"minutes": 0.15}}, {"lea": "annotator", "lou": "annotator"})
    bring(site, "late", "the only one")
    project(site, "reasoned", ONCE, {"rea": "annotator"}, REASONED)
    bring(site, "reasoned", "first", "second", "third")
    project(site, "single", ONCE, {"sam": "annotator", "sue": "annotator", "max": "manager"})
    bring(site, "single", "a single one")


def _work(page: Page) -> Page:
    page.goto("/work")
    expect(page.get_by_role("button", name="Submit")).to_be_visible()
    return page


def _held(page: Page) -> dict[str, str]:
    """What the server holds for them: item → until when."""
    return {task["item"]: task["expires_at"] for task in page.request.get("/api/v1/work/held").json()["tasks"]}


def _item(page: Page) -> str:
    return str(page.get_by_label("What to look at").inner_text())


def _arrive(page: Page, count: int) -> None:
    """As many of their answers are with the server: the last one is held back for five seconds."""
    deadline = time.monotonic() + 60
    while page.request.get("/api/v1/work/today", params={"zone": NOON}).json()["answers_today"] != count:
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)


def test_leases_last_while_somebody_works_and_end_when_the_page_closes(page_as: Sign) -> None:
    page = _work(page_as("hal"))
    expect(page.get_by_text("2 ahead")).to_be_visible()
    before = _held(page)
    assert len(before) == 3
    with page.expect_response("**/work/extend", timeout=60_000) as extended:
        page.keyboard.press("1")
    assert extended.value.status == 200
    now = _held(page)
    assert now.keys() == before.keys()
    assert all(now[item] > before[item] for item in before), "nobody who works loses a task"
    begun = _item(page)
    page.close()
    other, deadline = page_as("hal"), time.monotonic() + 10
    while (left := list(_held(other))) != [begun]:
        assert begun in left, "what was begun stays"
        assert time.monotonic() < deadline, "what was not begun goes back"
        other.wait_for_timeout(100)


def test_a_lease_that_ran_out_says_so_and_keeps_the_answer_to_be_seen(page_as: Sign) -> None:
    lea, lou = _work(page_as("lea")), page_as("lou")
    lou.goto("/work")
    expect(lou.get_by_role("heading", name="Nothing to do right now")).to_be_visible()
    for path in ("extend", "claim"):  # as if the computer had slept
        lea.route(f"**/work/{path}", lambda route: route.abort())
    expect(lea.get_by_text("The time for this task is over.")).to_be_visible(timeout=30_000)
    # Who waits gets it without asking.
    expect(lou.get_by_role("button", name="Submit")).to_be_visible(timeout=60_000)
    lou.keyboard.press("1")
    lou.keyboard.press("Enter")
    _arrive(lou, 1)
    lea.keyboard.press("2")
    lea.keyboard.press("Enter")
    told = lea.get_by_role("status").filter(has_text="Your answer is kept here.")
    expect(told).to_contain_text("somebody else was asked", timeout=60_000)
    expect(told).to_contain_text("Bad")
    lea.reload()
    expect(told).to_contain_text("Bad")  # it outlives the page, until it was seen
    lea.get_by_role("button", name="Close").click()
    expect(told).to_have_count(0)


def test_an_answer_that_is_refused_comes_back_with_the_reason(page_as: Sign) -> None:
    page = _work(page_as("rea"))
    first = _item(page)
    with page.expect_response("**/work/submit") as refused:  # with the next answer, or five seconds after it was given
        page.keyboard.press("2")
        page.keyboard.press("Enter")
        expect(page.get_by_label("What to look at")).not_to_have_text(first)  # the next one did not wait for the answer
        page.keyboard.press("1")
        page.keyboard.press("Enter")
    assert refused.value.status == 422
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What to look at")).to_have_text(first)
    expect(page.get_by_role("status").filter(has_text="This one came back")).to_contain_text("Say what is bad.")
    expect(page.get_by_role("radio", name="Bad")).to_be_checked()
    page.keyboard.press("n")
    page.keyboard.type("scratched")
    with page.expect_response(lambda one: one.url.endswith("/work/submit") and one.ok, timeout=60_000):
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing to do right now")).to_be_visible(timeout=60_000)
    _arrive(page, 3)


def test_one_place_two_browsers_and_what_comes_in_shows_up_by_itself(site: Any, page_as: Sign) -> None:
    sam, sue, max_ = page_as("sam"), page_as("sue"), page_as("max")
    max_.goto("/projects/single")
    expect(max_.get_by_role("heading", level=1).first).to_be_visible()
    expect(max_.get_by_role("main")).to_contain_text("0 of 1")
    sam.goto("/work", wait_until="commit")
    sue.goto("/work", wait_until="commit")
    submit, nothing = (
        lambda page: page.get_by_role("button", name="Submit"),
        lambda page: page.get_by_role("heading", name="Nothing to do right now"),
    )
    for page in (sam, sue):
        expect(submit(page).or_(nothing(page))).to_be_visible()
    works, waits = (sam, sue) if submit(sam).count() else (sue, sam)
    assert submit(waits).count() == 0
    assert [len(_held(page)) for page in (works, waits)] == [1, 0]
    bring(site, "single", "another one")
    expect(submit(waits)).to_be_visible(timeout=20_000)  # nobody looks by themselves for half a minute
    expect(max_.get_by_role("main")).to_contain_text("0 of 2")
    assert {*_held(works)} | {*_held(waits)} == {"a single one", "another one"}
    works.keyboard.press("1")
    works.keyboard.press("Enter")
    expect(nothing(works)).to_be_visible()
    expect(max_.get_by_role("main")).to_contain_text("1 of 2", timeout=60_000)
