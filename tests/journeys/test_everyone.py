"""For everyone: axe on every kind and dialog, 200 % zoom, phones, still pages, visible focus, German."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import settled

HERE = Path(__file__).parent
WORDS = HERE.parents[1] / "web" / "src"
Sign = Callable[..., Page]
Axe = Callable[[Page], list[str]]
KINDS = ("choice", "choices", "scale", "number", "text", "spans", "boxes")
CLASSES = [
    {"id": "first", "title": "First", "description": "See 1.1.", "examples": ["One."], "counterexamples": ["Two."]},
    {"id": "second", "title": "Second"},
    {"id": "third", "title": "Third"},
]
SCHEMAS: dict[str, dict[str, Any]] = {
    "choice": {"classes": CLASSES, "ask_confidence": True},
    "choices": {"classes": CLASSES},
    "scale": {"points": 5},
    "number": {"min": 0, "max": 10, "unit": "stars"},
    "text": {"max_length": 200},
    "spans": {"classes": CLASSES},
    "boxes": {"classes": CLASSES},
}
GUIDELINE = "# All kinds\n\n## 1.1 First\n\nWhat comes first. [More](https://example.org).\n\n- one\n- two\n"


@pytest.fixture(scope="module", autouse=True)
def _kinds(site: Any) -> None:
    """A project for each kind, since an annotator works in all of theirs at once; `ann-KIND` works in it."""
    square = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a73"
        "0000001649444154789c63f8cfc0c0f09f8181e13f0303c37f0600260405fdb0b8a5c50000000049454e44ae426082"
    )
    for kind in KINDS:
        name = f"kind-{kind}"
        bodies = {
            ("project", "project"): {"name": name, "steps": [{"id": "q", "question": f"A {kind}?", "schema": "q"}]},
            ("schema", "q"): {"kind": kind, **SCHEMAS[kind]},
            ("guideline", "guideline"): {"text": GUIDELINE},
            ("policy", "policy"): {"judgements": {"min": 90, "max": 90}, "gold": {"rate": 0}},
        }
        specs = [{"kind": what, "name": named, "body": body} for (what, named), body in bodies.items()]
        site.root.call("PUT", f"/projects/{name}", {"specs": specs, "reason": "a journey"})
        url = site.root.upload(f"/projects/{name}/media", square, "image/png")["url"]
        media = [{"url": url, "type": "image/png"}] if kind == "boxes" else []
        rows = [{"key": f"i{i}", "text": f"Ada met Charles in London, {i}.", "media": media} for i in range(3)]
        site.root.upload(f"/projects/{name}/items", "\n".join(map(json.dumps, rows)).encode(), "application/x-ndjson")
        site.account(f"ann-{kind}", f"{name}:annotator")


def _work(page: Page) -> Page:
    page.goto("/work")
    expect(page.get_by_role("button", name=re.compile("^(Submit|Absenden)"))).to_be_visible()
    return settled(page)


def _answer(page: Page, kind: str) -> None:
    """Something of the kind, not submitted."""
    if kind in {"number", "text"}:
        page.keyboard.type("7")
        page.keyboard.press("Escape")
    elif kind == "spans":
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("1")
    elif kind == "boxes":
        page.keyboard.press("b")
    else:
        page.keyboard.press("1")


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_on_any_kind(kind: str, page_as: Sign, axe_day_and_night: Axe) -> None:
    for phone in (False, True):
        page = _work(page_as(f"ann-{kind}", phone=phone))
        assert axe_day_and_night(page) == [], phone
        _answer(page, kind)
        assert axe_day_and_night(page) == [], phone
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), phone
        expect(page.get_by_role("button", name="Submit")).to_be_in_viewport(ratio=1)
        page.goto("about:blank")  # what is held is given back to the next one


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_axe_finds_nothing_with_anything_open(page_as: Sign, axe_day_and_night: Axe, phone: bool) -> None:
    page = _work(page_as("ann-choice", phone=phone))

    def quiet(what: str) -> None:
        assert axe_day_and_night(page) == [], what

    page.keyboard.press("g")
    expect(page.get_by_role("complementary", name="Guideline")).to_be_visible()
    quiet("guideline")
    page.keyboard.press("g")
    page.get_by_role("button", name="About First").click()
    expect(page.get_by_role("dialog", name="About First")).to_be_visible()
    quiet("what a class means")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for press, title in {"s": "Why do you skip it?", "f": "What is wrong with it?", "?": "Keys"}.items():
        page.keyboard.press(press)
        expect(page.get_by_role("dialog", name=title)).to_be_visible()
        quiet(title)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    quiet("commands")
    page.keyboard.type("guideline")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Guideline")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="ann-choice").click()
    expect(page.get_by_role("menu")).to_be_visible()
    quiet("account")
    for place in ("/work/answers", "/work/accessibility/kind-choice", "/account"):
        page.goto(place)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settled(page)
        quiet(place)


@pytest.mark.parametrize("kind", KINDS)
def test_at_200_per_cent_nothing_scrolls_sideways_and_all_is_in_reach(kind: str, page_as: Sign) -> None:
    page = page_as(f"ann-{kind}", device_scale_factor=2)
    page.set_viewport_size({"width": 640, "height": 400})
    _work(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    submit = page.get_by_role("button", name="Submit")
    expect(submit).to_be_in_viewport(ratio=1)
    _answer(page, kind)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("g")
    guideline = page.get_by_role("complementary", name="Guideline")
    expect(guideline).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_moves_for_who_wants_it_still(page_as: Sign) -> None:
    page = _work(page_as("ann-choice", reduced_motion="reduce"))
    page.keyboard.press("g")
    page.keyboard.press("1")
    longest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('*')].flatMap(one => {"
        "const style = getComputedStyle(one);"
        "return [...style.animationDuration.split(','), ...style.transitionDuration.split(',')].map(parseFloat)}))"
    )
    assert longest <= 0.001


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_focus_is_seen_wherever_tab_takes_it(page_as: Sign, dark: bool) -> None:
    page = _work(page_as("ann-choice", dark=dark))
    page.keyboard.press("g")
    seen = """() => {
      const shows = one => {
        const style = getComputedStyle(one);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
      };
      const focus = document.activeElement;
      if (focus === document.body) return ["page", true];
      const name = focus.getAttribute("aria-label") || focus.textContent || focus.outerHTML;
      let shown = false;
      for (let one = focus; one && one !== document.body && !shown; one = one.parentElement) {
        const border = getComputedStyle(one).borderColor;
        shown = shows(one) || (one.matches("[class*=Input-wrapper], [class*=Input-input]") && border !== "");
      }
      return [name.slice(0, 60), shown];
    }"""
    unseen = set()
    stops = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        name, shown = page.evaluate(seen)
        stops.add(name)
        if not shown:
            unseen.add(name)
    assert len(stops) >= 10
    assert unseen == set()


def _leaves(words: dict[str, Any] | str) -> list[str]:
    return [words] if isinstance(words, str) else [leaf for inner in words.values() for leaf in _leaves(inner)]


def test_single_letters_are_no_keys_for_who_turns_them_off(page_as: Sign) -> None:
    page = page_as("ann-choice")
    page.goto("/account")
    page.get_by_role("switch", name="Single letters and digits are keys").uncheck(force=True)
    _work(page)
    page.keyboard.press("s")
    page.keyboard.press("1")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("radio", name="First")).not_to_be_checked()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("skip")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Why do you skip it?")).to_be_visible()


def test_all_of_it_is_there_in_german(page_as: Sign, axe: Axe) -> None:
    english = set[str]()
    for folder in ("annotate", "shared", "account"):
        words = {one: json.loads((WORDS / folder / "words" / f"{one}.json").read_text()) for one in ("en", "de")}
        english |= {one for one in _leaves(words["en"]) if " " in one and "{{" not in one} - set(_leaves(words["de"]))
    assert len(english) > 60
    page = page_as("ann-choice")
    page.context.add_init_script("localStorage.setItem('quorate.language', 'de')")
    _work(page)
    assert page.evaluate("document.documentElement.lang") == "de"

    def german(where: str) -> None:
        shown = settled(page).locator("body").inner_text()
        assert [one for one in english if one in shown] == [], where

    german("work")
    page.keyboard.press("g")
    german("guideline")
    for press in ("s", "f", "?", "Control+k"):
        page.keyboard.press(press)
        expect(page.get_by_role("dialog")).to_be_visible()
        german(press)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Wählen Sie erst eine Antwort.")).to_be_visible()
    expect(page.get_by_text("2 bereit")).to_be_visible()
    page.context.set_offline(True)
    for _ in range(3):
        page.keyboard.press("1")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sie sind offline")).to_be_visible()
    german("offline")
    page.context.set_offline(False)
    for place in ("/work/answers", "/account", "/sign-in"):
        page.goto(place)
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        german(place)


GERMAN: dict[tuple[str, str], dict[str, Any]] = {
    ("project", "project"): {
        "name": "deutsch",
        "objective": "Wissen, worum es geht",
        "steps": [{"id": "thema", "question": "Geht es um das Paket?", "schema": "thema"}],
        "target": {"accuracy": 0.9},
        "budget": {"total": 20, "currency": "EUR"},
    },
    ("schema", "thema"): {
        "kind": "choice",
        "classes": [{"id": "ja", "title": "Ja", "description": "Siehe 1.1."}, {"id": "nein", "title": "Nein"}],
        "validate": [{"use": "min_seconds", "seconds": 2}],
    },
    ("guideline", "guideline"): {"text": "# Pakete\n\n## 1.1 Ja\n\nAlles auf dem Weg zur Haustür.\n"},
    ("policy", "policy"): {
        "judgements": {"min": 2, "max": 2}, "accept": {"confidence": 0.95}, "audit": {"rate": 0.1, "min": 1},
        "escalate": [{"when": "judgements >= max && confidence < accept", "to": "expert", "reason": "undecided"}],
        "gold": {"rate": 0}, "pay": {"judgement": 0.1},
    },
}  # fmt: skip
ENGLISH = re.compile(r"\b(the|of|is|are|and|for|with|by|you|your|this|that|from|has|been|answers?|waits?)\b", re.I)


def test_what_the_server_says_of_a_german_project_is_there_in_german(site: Any, page_as: Sign) -> None:
    specs = [{"kind": kind, "name": name, "body": body} for (kind, name), body in GERMAN.items()]
    site.root.call("PUT", "/projects/deutsch", {"specs": specs, "reason": "Der Anfang"})
    rows = "\n".join(json.dumps({"key": f"d{i}", "text": f"Das Paket kam an, Nummer {i}."}) for i in range(4))
    site.root.upload("/projects/deutsch/items", rows.encode(), "application/x-ndjson")
    site.account("dora", "deutsch:annotator")
    site.account("dirk", "deutsch:annotator")
    site.account("dana", "deutsch:expert")
    site.account("dina", "deutsch:manager", "deutsch:steward")
    for name, value in {"dora": "ja", "dirk": "nein"}.items():
        client = site.client(name)
        for _ in range(3):
            (task,) = client.call("POST", "/work/claim", {"projects": ["deutsch"]})["tasks"]
            said = {"assignment": task["assignment"], "value": value, "seconds": 0.5}
            client.call("POST", "/work/submit", said)
    pages = {
        "dora": ["/work", "/work/answers", "/work/earnings", "/account"],
        "dana": ["/judge?project=deutsch"],
        "dina": [
            f"/projects/deutsch{tab}"
            for tab in (
                "", "/items", "/items/d0", "/annotators", "/findings?of=answers", "/clarifications", "/duty", "/specs",
                "/specs/schema/thema", "/access", "/exports", "/pay", "/alerts", "/log",
            )
        ],
    }  # fmt: skip
    left: dict[str, list[str]] = {}
    for name, places in pages.items():
        page = page_as(name)
        page.context.add_init_script("localStorage.setItem('quorate.language', 'de')")
        for place in places:
            page.goto(place)
            expect(page.locator("h1, h2").first).to_be_visible()
            shown = [line for line in settled(page).locator("body").inner_text().splitlines() if ENGLISH.search(line)]
            if shown:
                left[place] = shown
            if place in {"/work/answers", "/projects/deutsch/findings?of=answers"}:
                expect(
                    page.get_by_text("In 0,5 s beantwortet; mindestens 2 s waren zu erwarten.").first
                ).to_be_visible()
    assert left == {}
    # And what is wrong with what one wrote: in the words that the page has for the server's sentences.
    page.goto("/projects/deutsch/specs/policy/policy")
    page.get_by_role("button", name="Ändern").click()
    body = page.get_by_role("textbox", name="Text der Vorgabe")
    for written, said in {
        "judgements: {min: 3, max: 2}": "Die kleinste Zahl von Antworten (3) ist größer als die größte (2).",
        "lease: {minuten: 5}": "Ein Feld `minuten` gibt es hier nicht. Meinten Sie `minutes`?",
        "accept: {confidence: 2}": "Das muss weniger als 1 sein.",
        "pay: {judgement: [1": "Das ist kein YAML, in Zeile 1",
        "retire: [{when: 'value ==', reason: x}]": "Die Bedingung `value ==` hört zu früh auf.",
    }.items():
        body.fill(written)
        page.get_by_role("button", name="Was würde diese Änderung bewirken?").click()
        expect(page.get_by_text(said)).to_be_visible()
        assert not ENGLISH.search(page.locator("main").inner_text()), written
    # What a parser says stays in its language, and is marked as being in it.
    body.fill("retire: [{when: 'value = 1', reason: x}]")
    page.get_by_role("button", name="Was würde diese Änderung bewirken?").click()
    expect(page.get_by_text("ist an Stelle 7 nicht zu verstehen: „")).to_be_visible()
    expect(page.locator("main [lang=en]")).to_have_text(re.compile("^token recognition error"))


def test_a_steward_writes_the_page_on_accessibility_in_its_place(site: Any, page_as: Sign, axe: Axe) -> None:
    site.account("ste", "kind-choice:steward")
    page, ann = page_as("ste"), page_as("ann-choice")
    ann.goto("/work/accessibility/kind-choice")
    expect(ann.get_by_text("The keyboard alone")).to_be_visible()
    assert settled(ann).get_by_role("button", name="Write this page anew").count() == 0
    page.goto("/work/accessibility/kind-choice")
    page.get_by_role("button", name="Write this page anew").click()
    assert axe(page) == []
    page.get_by_role("textbox", name="The page").fill("Ask **Mia** for large print.")
    page.get_by_role("textbox", name="Why?").fill("somebody asked")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("textbox")).to_have_count(0)
    expect(page.get_by_text("for large print.")).to_be_visible()
    ann.reload()
    expect(ann.get_by_text("for large print.")).to_be_visible()
