"""The expert's desk in a browser: from login to decided by keyboard; a blind check shows nothing before the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser, Page, Route, expect

PASSWORD = "correct horse battery"
CAT, DOG = {"id": "cat", "title": "Cat"}, {"id": "dog", "title": "Dog", "description": "As 1.2 has it."}
TWO = {"kind": "choice", "classes": [CAT, DOG]}
GUIDELINE = {"text": "# Animals\n\n- **1.1** A cat purrs.\n- **1.2** A dog barks.\n"}
LONG = {"text": f"# Animals\n\n- **1.1** {'A cat purrs. ' * 200}\n- **1.2** A dog barks.\n"}
"""More than a screen has room for."""
TEMPLATE = {"rationale_min": 5, "errors": [{"id": "misread", "title": "Misread"}]}
SPLIT = {
    "judgements": {"min": 2, "max": 2},
    "accept": {"confidence": 0.99},
    "escalate": [{"when": "judgements >= max && confidence < accept", "to": "expert", "reason": "undecided"}],
    "audit": {"rate": 0, "min": 0},
    "gold": {"rate": 0},
    "experts": {"enough": 1, "second_opinion": False},
}
AUDITED = {
    "judgements": {"min": 1, "max": 1},
    "accept": {"confidence": 0.5, "evidence": 0},
    "audit": {"rate": 1, "min": 1000},
    "gold": {"rate": 0},
}


def project(request: APIRequestContext, name: str, policy: dict[str, Any], **specs: Any) -> None:
    """A project of three items under this policy, in which jan and jil annotate, eva and eli judge."""
    plan = {"name": name, "steps": [{"id": "animal", "question": "Which animal is it?", "schema": "answer"}]}
    bodies = {
        ("project", "project"): plan,
        ("schema", "answer"): TWO,
        ("policy", "policy"): policy,
        ("guideline", "guideline"): specs.get("guideline", GUIDELINE),
        ("template", "template"): specs.get("template", TEMPLATE),
    }
    written = [{"kind": kind, "name": name, "body": body} for (kind, name), body in bodies.items()]
    path = f"/api/v1/projects/{name}"
    items = "\n".join(f'{{"key": "i{n}", "text": "It has four legs. ({n})"}}' for n in range(3))
    lines = {"Content-Type": "application/x-ndjson"}
    done = [
        request.put(path, data={"specs": written, "reason": "a test"}),
        request.post(f"{path}/items", data=items, headers=lines),
        *(request.put(f"{path}/members/{who}/annotator") for who in ("jan", "jil")),
        *(request.put(f"{path}/members/{who}/expert") for who in ("eva", "eli")),
    ]
    assert all(one.ok for one in done), [one.text() for one in done]


def answer(page: Page, within: str, value: str) -> None:
    """Somebody answers everything that there is for them."""
    request = page.context.request
    while tasks := request.post("/api/v1/work/claim", data={"count": 10, "projects": [within]}).json()["tasks"]:
        for task in tasks:
            body = {"assignment": task["assignment"], "value": value, "seconds": 5, "comment": "I looked twice."}
            done = request.post("/api/v1/work/submit", data=body)
            assert done.ok, done.text()


@pytest.fixture(scope="module")
def cases(site: Any, browser: Browser) -> Any:
    """`split`, `cited`, `handy` and `disputed` (jan and jil disagree) and `audited` (every label is checked blind)."""
    for name in ("jan", "jil"):
        site.account(name)
    context = browser.new_context(base_url=site.url)
    context.request.post("/api/v1/session", data={"name": "root", "password": PASSWORD})
    project(context.request, "split", SPLIT)
    project(context.request, "cited", SPLIT, guideline=LONG, template=TEMPLATE | {"clauses": True})
    project(context.request, "handy", SPLIT)
    project(context.request, "disputed", SPLIT)
    project(context.request, "audited", AUDITED)
    context.close()
    return site


@pytest.fixture
def answered(cases: Any, page_as: Callable[..., Page]) -> Callable[[str], None]:
    """Have a project's items answered."""

    def work(within: str) -> None:
        answer(page_as("jan"), within, "cat")
        answer(page_as("jil"), within, "dog")

    return work


def test_an_expert_goes_from_login_to_decided_by_keyboard(
    answered: Callable[[str], None], page_as: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    answered("split")
    page = page_as(None)
    page.goto("/judge?project=split")
    page.get_by_label("Name").fill("eva")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="3 cases wait for you")).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Which animal is it?")).to_be_visible()
    evidence = page.get_by_role("complementary", name="Evidence")
    expect(evidence.get_by_role("heading", name="2 answers")).to_be_visible()
    expect(evidence.get_by_text("I looked twice.").first).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("g")
    expect(evidence.get_by_role("tab", name="Guideline")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("g")
    expect(evidence.get_by_role("heading", name="2 answers")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Choose")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_role("radio", name="Cat")).to_be_checked()
    page.keyboard.press("r")
    page.keyboard.type("1.1: it purrs, I am sure.")
    first = page.url
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").get_by_text("Decided.")).to_be_visible()
    page.wait_for_url(lambda url: "held=" in url and url != first)
    expect(page.get_by_role("textbox", name="Why is this the answer?")).to_have_value("")
    page.keyboard.press("x")
    expect(page.get_by_role("button", name="Look again")).to_be_visible()
    told = page.context.request.get("/api/v1/projects/split/cases").json()
    assert sorted(case["held"] for case in told) == [False, False]


def test_g_turns_to_the_clause_of_the_class_in_focus_and_a_decision_without_a_clause_leads_to_them(
    answered: Callable[[str], None], page_as: Callable[..., Page]
) -> None:
    answered("cited")
    page = page_as("eva")
    page.goto("/judge?project=cited")
    expect(page.get_by_role("heading", name="3 cases wait for you")).to_be_visible()
    page.keyboard.press("Enter")
    evidence = page.get_by_role("complementary", name="Evidence")
    expect(evidence.get_by_role("heading", name="2 answers")).to_be_visible()
    page.keyboard.press("g")
    dog = evidence.get_by_text("A dog barks.")
    expect(evidence.get_by_text("A cat purrs.").first).to_be_visible()
    expect(dog).not_to_be_in_viewport()
    page.keyboard.press("2")
    expect(dog).to_be_in_viewport()
    page.keyboard.press("r")
    page.keyboard.type("It barks, I am sure.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Name the clause that decides it.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Clauses that decide it")).to_be_focused()
    page.keyboard.type("1.2")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Name the clause that decides it.")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").get_by_text("Decided.")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_a_blind_check_shows_nothing_before_the_answer(
    dark: bool, answered: Callable[[str], None], page_as: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    answered("audited")
    page = page_as("eva", dark=dark)
    seen: list[str] = []
    page.on("response", lambda one: seen.append(one.text()) if "/cases/" in one.url and one.ok else None)
    page.goto("/judge?project=audited")
    page.get_by_role("button", name="next case").or_(page.get_by_role("button", name="Look again")).click()
    expect(page.get_by_role("heading", name="Answers are closed")).to_be_visible()
    said = "I looked twice."
    assert page.get_by_text(said).count() == 0
    assert not any(said in text for text in seen)
    assert axe(page) == []
    page.keyboard.press("2")
    page.get_by_role("textbox", name="Why is this the answer?").fill("1.2: it barks.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").get_by_text("Your answer is in.")).to_be_visible()
    page.get_by_role("button", name="What was said").click()
    expect(page.get_by_role("dialog").get_by_text(said)).to_be_visible()


def test_a_phone_judges_in_one_column_and_its_word_counts_once_when_the_network_lost_the_answer(
    answered: Callable[[str], None], page_as: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    answered("handy")
    page = page_as("eva", phone=True)
    page.goto("/judge?project=handy")
    page.get_by_role("button", name="next case").click()
    expect(page.get_by_role("heading", name="Which animal is it?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("button", name="Decide and open the next")).to_be_in_viewport()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # what lies under the bar can be scrolled out from it
    assert axe(page) == []
    arrived: list[int] = []

    def lose(route: Route) -> None:
        arrived.append(route.fetch().status)
        route.abort()

    page.route("**/cases/adjudicate", lose, times=1)
    page.keyboard.press("1")
    page.get_by_role("textbox", name="Why is this the answer?").fill("1.1: it purrs.")
    decide = page.get_by_role("button", name="Decide and open the next")
    decide.click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert arrived == [200]
    decide.click()
    expect(page.get_by_role("status").get_by_text("Decided.")).to_be_visible()


def test_a_dispute_goes_to_another_expert_and_its_outcome_back(
    cases: Any, page_as: Callable[..., Page], axe: Callable[[Page], list[str]], site: Any
) -> None:
    for name in ("jan", "jil"):
        answer(page_as(name), "disputed", "dog")
    first, jil = site.client("eva"), site.client("jil")
    case = first.call("POST", "/cases/claim", {"count": 1, "projects": ["disputed"]})["cases"][0]
    said = {"assignment": case["assignment"], "value": "cat", "rationale": "1.1: it purrs.", "seconds": 9}
    first.call("POST", "/cases/adjudicate", said)
    (told,) = (one for one in jil.call("GET", "/work/feedback")["feedback"] if one["project"] == "disputed")
    dispute = {"annotation": told["annotation"], "reason": "1.2: it barks, listen again."}
    jil.call("POST", "/work/disputes", dispute)
    while more := first.call("POST", "/cases/claim", {"count": 1, "projects": ["disputed"]})["cases"]:
        assert more[0]["item"] != case["item"], "the first expert judges the dispute about their own word"
    page = page_as("eli")
    page.goto("/judge?project=disputed")
    page.get_by_role("button", name="next case").click()
    evidence = page.get_by_role("complementary", name="Evidence")
    expect(evidence.get_by_role("heading", name="Both sides")).to_be_visible()
    expect(evidence.get_by_text("1.2: it barks, listen again.")).to_be_visible()
    expect(evidence.get_by_text("1.1: it purrs.").first).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("2")
    page.get_by_role("textbox", name="Why is this the answer?").fill("1.2: I hear it bark.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").get_by_text("You said something else")).to_be_visible()
    (mine,) = jil.call("GET", "/work/disputes")["disputes"]
    assert (mine["outcome"], mine["why"]) == ("upheld", "1.2: I hear it bark.")
