"""Items of every shape as annotators see them; what is hostile in them is text, and nothing is fetched elsewhere."""

from __future__ import annotations

import base64
import io
import json
import math
import struct
import wave
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

Sign = Callable[..., Page]
OWN = "document.title='owned'"
SVG = f"""<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" onload="{OWN}">
<script>{OWN}</script><foreignObject><script xmlns="http://www.w3.org/1999/xhtml">{OWN}</script></foreignObject>
<image href="x" onerror="{OWN}"/><rect width="200" height="100" fill="teal"/></svg>"""
TRAP = f'<img src=x onerror="{OWN}"><script>{OWN}</script>'
HOSTILE: dict[str, dict[str, Any]] = {
    "html": {"text": TRAP},
    "markdown": {
        "markdown": f"[click](javascript:{OWN}) [data](data:text/html,<script>{OWN}</script>) ![pic](https://spy.example/p.png)"
        f' <svg onload="{OWN}"></svg>\n\n<iframe srcdoc="<script>parent.{OWN}</script>"></iframe>'
    },
    "rows": {"rows": [{TRAP: TRAP, "b": {"c": TRAP}}]},
    "chat": {"messages": [{"role": TRAP, "content": TRAP}]},
    "json": {TRAP: [TRAP, {"deep": TRAP}], "href": f"javascript:{OWN}"},
    "svg": {"text": "A drawing", "media": ["SVG"]},
    "name": {"text": "A file", "media": ["https://127.0.0.1:9/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E.pdf"]},
}
MORE: dict[str, dict[str, Any]] = {
    "arabic": {"text": "وصلت العلبة مكسورة لكن الإبريق يعمل.", "attributes": {"language": "ar"}},
    "hebrew": {"text": "הקופסה הגיעה מעוכה.", "attributes": {"language": "he"}},
    "talk": {
        "messages": [
            {"role": "user", "content": "Where is my parcel?"},
            {"role": "assistant", "content": "It is on its way."},
        ]
    },
    "table": {"rows": [{"article": "Kettle", "price": 29.5}, {"article": "Mug", "price": None}]},
    "fields": {"title": "Kettle", "size": {"litres": 1.7}, "tags": ["red", "new"]},
    "long": {"text": "A very long review. " * 400},
    "sound": {"text": "", "media": ["WAV"]},
    "film": {"text": "", "media": ["WEBM"]},
    "far": {"text": "See", "media": ["http://127.0.0.1:9/cat.png", "https://127.0.0.1:9/meow.mp3"]},
}
SPECS: dict[tuple[str, str], dict[str, Any]] = {
    ("schema", "ok"): {
        "kind": "choice",
        "classes": [
            {"id": "a", "title": TRAP, "description": TRAP, "examples": [TRAP], "counterexamples": [TRAP]},
            {"id": "b", "title": {"en": "Fine", "de": "In Ordnung", "ar": "جيد"}},
        ],
    },
    ("guideline", "guideline"): {
        "text": f"# {TRAP}\n\n## 1.1 [go](javascript:{OWN}) {TRAP}\n\n<script>{OWN}</script>\n\n"
        f'[ok](https://example.org) ![x](https://spy.example/y.png) <svg onload="{OWN}">\n'
    },
    ("policy", "policy"): {"judgements": {"min": 9, "max": 9}, "gold": {"rate": 0}, "audit": {"rate": 0, "min": 0}},
}
KINDS = {"SVG": "image/svg+xml", "WAV": "audio/wav", "WEBM": "video/webm"}
RECORD = """async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [160, 90];
  const pen = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(20), {mimeType: "video/webm;codecs=vp8"});
  const parts = [];
  recorder.ondataavailable = event => parts.push(event.data);
  const done = new Promise(end => { recorder.onstop = end; });
  recorder.start();
  for (let i = 0; i < 12; i++) {
    pen.fillStyle = `hsl(${i * 30} 80% 50%)`;
    pen.fillRect(0, 0, 160, 90);
    await new Promise(next => setTimeout(next, 50));
  }
  recorder.stop();
  await done;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}"""


def _sound() -> bytes:
    """A second of a tone."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(i / 3))) for i in range(8000)))
    return file.getvalue()


def _film(browser: Browser) -> bytes:
    page = browser.new_page()
    film = base64.b64decode(page.evaluate(RECORD))
    page.close()
    return film


@pytest.fixture(scope="module")
def shown(site: Any, browser: Browser) -> None:
    """`hostile` and `shapes`: a project each, and somebody in both of them."""
    for name, items in {"hostile": HOSTILE, "shapes": MORE}.items():
        bodies = {
            ("project", "project"): {
                "name": name,
                "steps": [{"id": "ok", "question": f"Fine? {TRAP}", "schema": "ok"}],
            },
            **SPECS,
        }
        specs = [{"kind": kind, "name": named, "body": body} for (kind, named), body in bodies.items()]
        site.root.call("PUT", f"/projects/{name}", {"specs": specs, "reason": TRAP})
        made = {"SVG": SVG.encode(), "WAV": _sound(), "WEBM": _film(browser)}
        rows = []
        for key, item in items.items():
            media = [
                {"url": _kept(site, name, made[one]), "type": KINDS[one]} if one in KINDS else one
                for one in item.get("media", [])
            ]
            rows.append({"key": key, **item, "media": media})
        site.root.upload(f"/projects/{name}/items", "\n".join(map(json.dumps, rows)).encode(), "application/x-ndjson")
    site.account("hob", "hostile:annotator")
    site.account("sha", "shapes:annotator")


def _kept(site: Any, project: str, data: bytes) -> str:
    return str(site.root.upload(f"/projects/{project}/media", data, "text/plain")["url"])


def _next(page: Page) -> None:
    before = page.evaluate("performance.getEntriesByName('submit-to-paint').length")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.wait_for_function("n => performance.getEntriesByName('submit-to-paint').length > n", arg=before)


@pytest.mark.usefixtures("shown")
def test_nothing_hostile_runs_and_nobody_else_is_asked(site: Any, page_as: Sign) -> None:
    page = page_as("hob")
    hosts: set[str | None] = set()
    page.on("request", lambda one: hosts.add(urlsplit(one.url).netloc) if one.url.startswith("http") else None)
    page.on("dialog", lambda one: pytest.fail(one.message))
    page.goto("/work")
    expect(page.get_by_role("button", name="Submit")).to_be_visible()
    page.keyboard.press("g")
    expect(page.get_by_role("complementary", name="Guideline")).to_be_visible()
    page.get_by_role("button", name="About").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.title() == "Annotate · Quorate"
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    item, seen = page.get_by_label("What to look at"), set()
    for _ in HOSTILE:
        seen.add(key := _shown(page))
        if key == "markdown":
            expect(item.get_by_text("[pic]", exact=True)).to_be_visible()  # it is no longer the text as it was written
        if key == "svg":
            page.wait_for_function("[...document.images].some(one => one.naturalWidth === 200)")
        page.wait_for_function("[...document.images].every(one => one.complete)")
        assert page.title() == "Annotate · Quorate"
        risky = "script, iframe, [onerror], [onload], [href^='javascript' i], [href^='data' i], [src^='http']"
        assert item.locator(risky).count() == 0
        _next(page)
    assert seen == set(HOSTILE)
    assert page.title() == "Annotate · Quorate"
    assert hosts == {urlsplit(site.url).netloc}


@pytest.mark.usefixtures("shown")
def test_a_drawing_with_a_script_is_only_ever_downloaded_by_itself(site: Any, page_as: Sign) -> None:
    page = page_as("root")
    digest = _kept(site, "hostile", SVG.encode()).removeprefix("media:")
    page.goto("/projects")
    expect(page).to_have_title("Projects · Quorate")
    with page.expect_download() as got:
        page.evaluate("url => { location.href = url }", f"/api/v1/projects/hostile/media/{digest}")
    assert got.value.suggested_filename
    assert page.title() == "Projects · Quorate"


@pytest.mark.usefixtures("shown")
def test_every_shape_of_item_is_shown_and_can_be_used(page_as: Sign, axe: Callable[[Page], list[str]]) -> None:
    page = page_as("sha")
    page.goto("/work")
    expect(page.get_by_role("button", name="Submit")).to_be_visible()
    item = page.get_by_label("What to look at")

    def right_to_left(language: str) -> None:
        expect(item.locator(f"[lang={language}][dir=rtl]")).to_have_count(1)
        assert page.evaluate("e => getComputedStyle(e).direction", item.locator("[dir=rtl]").element_handle()) == "rtl"

    def talk() -> None:
        expect(item.get_by_role("listitem")).to_have_count(2)
        expect(item).to_contain_text("It is on its way.")

    def table() -> None:
        expect(item.get_by_role("row")).to_have_count(3)
        assert sorted(item.get_by_role("columnheader").all_inner_texts()) == ["article", "price"]

    def fields() -> None:
        expect(item.locator("dt").first).to_be_visible()
        expect(item).to_contain_text("1.7")

    def long() -> None:
        expect(item).to_contain_text("A very long review.")
        box, submit = item.bounding_box(), page.get_by_role("button", name="Submit")
        assert box
        assert box["height"] < 500
        expect(submit).to_be_in_viewport(ratio=1)

    def plays(tag: str) -> Callable[[], None]:
        def check() -> None:
            page.wait_for_function(f"() => document.querySelector('{tag}')?.readyState >= 1")
            assert page.evaluate(f"document.querySelector('{tag}').error") is None
            page.evaluate(f"document.querySelector('{tag}').muted = true; document.querySelector('{tag}').play()")
            page.wait_for_function(f"() => document.querySelector('{tag}').currentTime > 0.1")

        return check

    def far() -> None:
        expect(item).to_contain_text("The image does not load. Skip the task and say so.")
        expect(item).to_contain_text("meow.mp3 does not load. Try again, or skip the task and say so.")

    checks: dict[str, Callable[[], None]] = {
        "arabic": lambda: right_to_left("ar"),
        "hebrew": lambda: right_to_left("he"),
        "talk": talk,
        "table": table,
        "fields": fields,
        "long": long,
        "sound": plays("audio"),
        "film": plays("video"),
        "far": far,
    }
    seen = set()
    for _ in MORE:
        seen.add(key := _shown(page))
        checks[key]()
        assert axe(page) == [], key
        _next(page)
    assert seen == set(MORE)


def _shown(page: Page) -> str:
    """The key of the item on the screen."""
    shown = page.locator("[data-task]").get_attribute("data-task")
    tasks = page.request.get("/api/v1/work/held").json()["tasks"]
    return next(str(one["item"]) for one in tasks if one["task"] == shown)
