"""The annotator's journeys: keyboard alone, offline and back, undo, every kind, hostile items, how fast it paints."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Page, expect

HERE = Path(__file__).parent
Sign = Callable[..., Page]
HOSTILE = [
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>",
    "[x](javascript:document.title='owned') <svg onload=\"document.title='owned'\"></svg>",
    "مرحبا بالعالم <iframe srcdoc=\"<script>parent.document.title='owned'</script>\">",
]
BUDGET = 250_000
"""Bytes of compressed JavaScript that the annotator's first load may take."""


def _png(path: Path, width: int = 320, height: int = 200) -> None:
    """A dark square on a light ground."""
    dark, light = b"\x46\x5a\xa0", b"\xeb\xf0\xf2"
    row = [
        b"\0" + b"".join(dark if 40 < x < 100 and 45 < y < 110 else light for x in range(width)) for y in range(height)
    ]

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(row))) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


@pytest.fixture(scope="module", autouse=True)
def _more(site, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Besides `reviews`: a project with every kind, and one with hostile items that takes a single answer each."""
    folder = tmp_path_factory.mktemp("items")
    _png(folder / "square.png")
    items = [{"key": "one", "text": "Ada met Charles in London 👋 and in Paris.", "media": ["square.png"]}]
    (folder / "kinds.jsonl").write_text("\n".join(map(json.dumps, items)))
    site.quorate("apply", HERE / "kinds")
    site.quorate("import", "kinds", folder / "kinds.jsonl", "--copy-media")
    rows = [
        {"key": f"h{i}", "text": text, "format": "markdown" if i == 1 else "text"} for i, text in enumerate(HOSTILE)
    ]
    (folder / "once.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "once").mkdir()
    for name, text in {
        "project.yaml": "name: once\nobjective: Once.\nsteps:\n  - {id: ok, question: Is it fine?, schema: ok}\n",
        "schema.yaml": "ok:\n  kind: choice\n  classes: [{id: fine}, {id: bad}]\n",
        "policy.yaml": "judgements: {min: 1, max: 1}\ngold: {rate: 0}\naudit: {rate: 0}\n",
    }.items():
        (folder / "once" / name).write_text(text)
    site.quorate("apply", folder / "once")
    site.quorate("import", "once", folder / "once.jsonl")
    for name, project in {"kit": "kinds", "una": "once", "uwe": "once", "ole": "reviews", "zoe": "reviews"}.items():
        site.account(name, f"{project}:annotator")


def _work(page: Page) -> Page:
    page.goto("/work")
    expect(page.get_by_role("button", name="Submit")).to_be_visible()
    return page


def _item(page: Page) -> str:
    return page.get_by_label("What to look at").inner_text()


def _asked(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def _submit(page: Page) -> None:
    """Press Enter, and wait for another task (or the word that there is none) to be painted."""
    before = page.evaluate("performance.getEntriesByName('submit-to-paint').length")
    page.keyboard.press("Enter")
    page.wait_for_function("n => performance.getEntriesByName('submit-to-paint').length > n", arg=before)


def _today(page: Page) -> int:
    return int(page.request.get("/api/v1/work/today").json()["answers_today"])


def _all_sent(page: Page, count: int) -> None:
    for _ in range(100):
        if _today(page) == count:
            return
        page.wait_for_timeout(100)
    assert _today(page) == count


def test_twenty_tasks_by_keyboard_alone_and_each_next_one_at_once(page_as: Sign) -> None:
    page = _work(page_as("ada"))
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').filter(e => e.name.endsWith('.js'))"
        ".reduce((sum, e) => sum + e.encodedBodySize, 0)"
    )
    assert loaded <= BUDGET, f"{loaded} bytes of JavaScript"
    for number in range(20):
        # The keys of Product, Delivery, Service; what is decided to be about delivery asks how bad it was.
        page.keyboard.press("2" if "How bad" in _asked(page) else "pds"[number % 3])
        _submit(page)
    _all_sent(page, 20)
    took = page.evaluate("performance.getEntriesByName('submit-to-paint').map(e => e.duration)")
    print(f"first load {loaded:,} bytes; submit to paint: median {median(took):.0f}, most {max(took):.0f} ms")
    assert len(took) == 20
    assert median(took) <= 50


def test_an_answer_is_taken_back_with_z(page_as: Sign) -> None:
    page = _work(page_as("ben"))
    first = _item(page)
    page.keyboard.press("d")
    _submit(page)
    assert _item(page) != first
    page.keyboard.press("z")
    expect(page.get_by_label("What to look at")).to_have_text(first)
    expect(page.get_by_role("radio", name="Delivery")).to_be_checked()
    page.keyboard.press("p")
    _submit(page)
    _all_sent(page, 1)
    # It was sent; taken back now, it is replaced.
    page.keyboard.press("z")
    expect(page.get_by_label("What to look at")).to_have_text(first)
    expect(page.get_by_role("radio", name="Product")).to_be_checked()
    page.keyboard.press("s")
    with page.expect_response("**/work/revise", timeout=15_000) as revised:
        page.keyboard.press("Enter")
    assert revised.value.status == 200, revised.value.text()
    assert _today(page) == 1


def test_offline_and_back_every_answer_arrives_once(page_as: Sign) -> None:
    page = _work(page_as("ole"))
    expect(page.get_by_text("2 ahead")).to_be_visible()
    page.context.set_offline(True)
    for _ in range(3):
        page.keyboard.press("p")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    expect(page.get_by_text("3 answers not sent yet")).to_be_visible()
    page.context.set_offline(False)
    _all_sent(page, 3)
    expect(page.get_by_role("button", name="Submit")).to_be_visible()  # the work goes on by itself
    assert _today(page) == 3


def test_a_draft_outlives_the_page(page_as: Sign) -> None:
    page = _work(page_as("zoe"))
    first = _item(page)
    page.keyboard.press("d")
    page.keyboard.press("Shift+N")
    page.keyboard.type("not sure")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.get_by_label("What to look at")).to_have_text(first)
    expect(page.get_by_role("radio", name="Delivery")).to_be_checked()
    expect(page.get_by_label("Note (optional)")).to_have_value("not sure")


def test_a_second_tab_says_so_and_can_take_over(page_as: Sign) -> None:
    page = _work(page_as("zoe"))
    other = page.context.new_page()
    other.goto("/work")
    expect(other.get_by_role("heading", name="You are working in another tab")).to_be_visible()
    other.get_by_role("button", name="Work here instead").click()
    expect(other.get_by_role("button", name="Submit")).to_be_visible()
    expect(page.get_by_role("heading", name="You are working in another tab")).to_be_visible()


def test_skip_and_flag_ask_why_with_one_key(page_as: Sign) -> None:
    page = _work(page_as("zoe"))
    first = _item(page)
    with page.expect_response("**/work/flag") as flagged:
        page.keyboard.press("f")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("1")
    assert flagged.value.status == 204
    assert _item(page) == first
    page.keyboard.press("Shift+S")
    expect(page.get_by_role("dialog")).to_be_visible()
    with page.expect_response("**/work/skip", timeout=15_000) as skipped:
        page.keyboard.press("1")
    assert skipped.value.status == 204
    assert _item(page) != first


def test_every_kind_is_answered_by_keyboard(page_as: Sign) -> None:
    page = _work(page_as("kit"))
    press, type_ = page.keyboard.press, page.keyboard.type

    def spans() -> None:
        press("Shift+ArrowRight")  # "Ada"
        press("1")
        for _ in range(4):
            press("ArrowRight")
        press("2")

    def boxes() -> None:
        press("b")
        press("Shift+ArrowLeft")
        press("Alt+Shift+ArrowDown")
        press("2")

    ways: dict[str, Callable[[], None]] = {
        "What is this about?": lambda: (press("1"), press("3"))[0],
        "How does it sound?": lambda: press("4"),
        "How many stars is it worth?": lambda: type_("7.5"),
        "Say it in your own words.": lambda: type_("They met."),
        "Mark who and where.": spans,
        "Draw a box around every thing.": boxes,
    }
    said: dict[str, object] = {}
    page.on("request", lambda one: said.update({one.post_data_json["assignment"]: one.post_data_json["value"]})
            if one.url.endswith("/work/submit") else None)  # fmt: skip
    for _ in range(6):
        next(way for question, way in ways.items() if question in _asked(page))()
        _submit(page)
    _all_sent(page, 6)
    values = list(said.values())
    assert values[:4] == [["people", "work"], "4", 7.5, "They met."]
    names, (box,) = values[4], values[5]
    assert names == [{"start": 0, "end": 3, "label": "PER"}, {"start": 19, "end": 25, "label": "LOC"}]
    assert box["label"] == "dot"
    assert box["height"] > 0.2


def test_hostile_items_are_text_and_two_people_never_share_a_single_place(page_as: Sign) -> None:
    una, uwe = page_as("una"), page_as("uwe")
    _work(una)
    uwe.goto("/work")
    expect(uwe.get_by_role("heading", name="Nothing to do right now")).to_be_visible()
    seen = []
    for _ in range(3):
        una.wait_for_timeout(500)  # Markdown is fetched when the first item of it is there
        seen.append(_item(una))
        assert una.title() == "Quorate"
        una.keyboard.press("1")
        _submit(una)
    as_markdown = "x <svg onload=\"document.title='owned'\"></svg>"
    assert sorted(seen) == sorted([HOSTILE[0], as_markdown, HOSTILE[2]])
    assert una.locator("iframe, [onerror], [onload], a[href^='javascript']").count() == 0
    _all_sent(una, 3)
    uwe.get_by_role("button", name="Look again").click()
    expect(uwe.get_by_role("heading", name="Nothing to do right now")).to_be_visible()
    assert _today(uwe) == 0


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(page_as: Sign, axe: Callable[[Page], list[str]], phone: bool, dark: bool) -> None:
    page = _work(page_as("eva", phone=phone, dark=dark))
    page.keyboard.press("d")
    page.wait_for_timeout(200)
    assert axe(page) == []
    page.keyboard.press("g")
    expect(page.get_by_role("complementary", name="Guideline")).to_be_visible()
    page.wait_for_timeout(200)
    assert axe(page) == []
    page.keyboard.press("g")
    page.keyboard.press("Shift+S")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(300)
    assert axe(page) == []
    page.goto("/work/accessibility/reviews")
    expect(page.get_by_role("heading", name="Accessibility")).to_be_visible()
    expect(page.get_by_text("keyboard").first).to_be_visible()
    assert axe(page) == []
