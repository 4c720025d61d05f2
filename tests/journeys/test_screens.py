"""Every screen, with a project in full work: axe finds nothing, nothing scrolls sideways, and a picture is kept.

With `QUORATE_SCREENS` the pictures go to that folder (`make screens`), else to the test's own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page
from tests.journeys.conftest import settled

from quorate.actions.watch_work import watch_work
from quorate.settings import Settings
from quorate.store.database import Database
from quorate.store.locate import ready

Do = Callable[[Page], None]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
REVIEWS, MARKS = EXAMPLES / "reviews", EXAMPLES / "marks"
TOPICS = {
    "delivery": (
        "1fine 2lost 6annoying 7bad 10bad 13annoying 15lost 16lost 19annoying 21bad 25annoying 28annoying 30annoying"
        " 32bad 34fine 37annoying 38lost 42lost 44fine 46bad 47annoying 52fine 54lost 57fine 59lost"
    ),
    "product": "3 8 11 17 20 26 27 33 40 45 50 51 55 58",
    "service": "4 9 12 18 22 24 29 36 43 48 53 56",
    "neither": "5 14 23 31 35 39 41 49 60",
}
"""What each review is about, by its number; and how bad, where that is asked."""
HARD = {24: "delivery", 27: "service", 28: "product", 41: "product", 46: "service", 48: "delivery", 58: "delivery"}
"""What half of the people take these for."""
CROWD = {"ada": 0.97, "ben": 0.92, "cyd": 0.88, "dov": 0.78, "fay": 0.2}
"""How often each of the crowd sees what is there."""
ANSWERS = 250
REASONS = {
    "delivery": ("2.1", "The writer spends most words on how the parcel came to the door."),
    "product": ("2.2", "It is the article itself that is praised or blamed, not its way."),
    "service": ("2.3", "What the shop did or promised is what the writer is after."),
    "neither": ("2.4", "There is no topic here that anybody could act on."),
}
SEVERITIES = {
    "fine": ("3.1", "Praise, and nothing else."),
    "annoying": ("3.2", "It came and is in use, if late; nobody was hurt."),
    "bad": ("3.3", "What came cannot be used as it came."),
    "lost": ("3.4", "It is lost or ruined, or somebody could have been hurt."),
}


def _truth() -> dict[tuple[str, str], str]:
    """(item, step) → the right answer."""
    told: dict[tuple[str, str], str] = {}
    for topic, written in TOPICS.items():
        for one in written.split():
            number = "".join(c for c in one if c.isdigit())
            key = f"review-{int(number):03}"
            told[key, "topic"] = topic
            told[key, "severity"] = one.removeprefix(number) or "annoying"
    return told


def _say(name: str, task: dict[str, Any], truth: dict[tuple[str, str], str]) -> str:
    """What somebody of the crowd says: drawn from who they are and what they see."""
    random, key = Random(f"{name} {task['item']} {task['step']}"), int(task["item"][-3:])
    right = truth[task["item"], task["step"]]
    if task["step"] == "topic" and key in HARD and random.random() < 0.5:
        return HARD[key]
    if random.random() < CROWD[name]:
        return right
    return random.choice(["fine", "annoying", "bad"] if task["step"] == "severity" else list(REASONS))


def _label(site: Any, truth: dict[tuple[str, str], str]) -> None:
    """The crowd works in turn until there are `ANSWERS` answers."""
    people = {name: site.client(name) for name in CROWD}
    given = 0
    while given < ANSWERS:
        before = given
        for name, client in people.items():
            for task in client.call("POST", "/work/claim", {"count": 4, "projects": ["reviews"]})["tasks"]:
                value = _say(name, task, truth)
                random = Random(f"{task['item']} {name}")
                said = {"assignment": task["assignment"], "value": value, "seconds": round(random.uniform(3, 14), 1)}
                if value == "neither" or random.random() < 0.1:
                    said["comment"] = "No topic that I can see." if value == "neither" else "It says both, really."
                client.call("POST", "/work/submit", said)
                given += 1
        if given == before:
            return


def _judge(client: Any, truth: dict[tuple[str, str], str], *, leave: Callable[[dict[str, Any], int], bool]) -> str:
    """Decide cases until one is to be left in hand; its lease, or nothing if there was none."""
    decided = 0
    while cases := client.call("POST", "/cases/claim", {"count": 1, "projects": ["reviews"]})["cases"]:
        case = cases[0]
        if leave(case, decided):
            return f"&held={case['assignment']}"
        value = truth[case["item"], case["step"]]
        clause, why = (REASONS | SEVERITIES)[value]
        said = {"assignment": case["assignment"], "value": value, "rationale": why, "clauses": [clause]}
        client.call("POST", "/cases/adjudicate", said | {"error": "overlooked", "seconds": 31})
        decided += 1
    return ""


def _dispute(client: Any) -> None:
    """Somebody disagrees with what was held against their answer."""
    reason = "§2.1: the parcel was the matter, not what was in it."
    for told in client.call("GET", "/work/feedback")["feedback"]:
        if told["may_dispute"] and told["right"] is False:
            client.call("POST", "/work/disputes", {"annotation": told["annotation"], "reason": reason})
            return


def _steer(mia: Any) -> None:
    """The guideline is made clearer, the policy stricter; somebody is written to, and labels are taken out."""

    def publish(kind: str, body: Any, reason: str) -> None:
        mia.call("PUT", f"/projects/reviews/specs/{kind}/{kind}", {"body": body, "reason": reason})

    bodies = {one["kind"]: one["body"] for one in mia.call("GET", "/projects/reviews/specs")}
    publish("guideline", _clearer(bodies["guideline"]), "Annotators asked whether the wrapping counts")
    experts = bodies["policy"]["experts"] | {"assign": "hours"}
    publish(
        "policy",
        bodies["policy"] | {"audit": {"rate": 0.15, "min": 30}, "experts": experts},
        "More blind checks at the beginning",
    )
    fay = next(one for one in mia.call("GET", "/projects/reviews/annotators") if one["name"] == "fay")
    text = "Please read clauses 2.1 and 2.2 once more; much of what you call product is delivery."
    mia.call("POST", f"/projects/reviews/annotators/{fay['annotator']}/messages", {"text": text})
    mia.call("GET", "/projects/reviews/export?format=parquet")
    asked = {"step": "topic", "labels": ["delivery", "product"], "question": "Whose is a box that was wrapped badly?"}
    mia.call("POST", "/projects/reviews/clarifications", asked)


LESSONS = [
    {"id": "way", "title": "What delivery is", "clause": "2.1",
     "text": "Delivery is the **way of the parcel** to the door: time, place, tracking, driver, damage on the way."},
    {"id": "box", "title": "Crushed boxes", "clause": "2.1", "text": "A crushed box was crushed on its way.",
     "practice": [{"item": "The box arrived crushed but the kettle works, so I kept it.", "step": "topic",
                   "answer": "delivery", "why": "The box is what is complained about, and it belongs to the way."}]},
]  # fmt: skip


def _teach(site: Any) -> None:
    """`newcomers`: reviews, for who has finished a training and passed an exam; nia is new there."""
    site.project(REVIEWS, name="newcomers")
    known = [{"key": f"k{n}", "text": f"It came a week late, and order {n} was the wrong one of two.",
              "gold": {"topic": "delivery"}} for n in range(20)]  # fmt: skip
    site.root.upload("/projects/newcomers/items", "\n".join(map(json.dumps, known)).encode(), "application/x-ndjson")
    policy = next(one["body"] for one in site.root.call("GET", "/projects/newcomers/specs") if one["kind"] == "policy")
    wanted = [{"training": "start"}, {"exam": "basics", "days": 90}]
    for kind, name, body in (
        ("training", "start", {"title": "First steps with reviews", "lessons": LESSONS}),
        ("exam", "basics", {"title": "The basics", "bar": 0.6, "steps": ["topic"], "questions": {"min": 4, "max": 12}}),
        ("policy", "policy", policy | {"qualification": wanted}),
    ):
        said = {"body": body, "reason": "Newcomers learn first"}
        site.root.call("PUT", f"/projects/newcomers/specs/{kind}/{name}", said)
    for name in ("nia", "noa"):
        site.account(name, "newcomers:annotator")


def _mark(site: Any) -> None:
    """`marks`: names in texts and things in images; sam sees a text first, and pat an image."""
    site.quorate("apply", MARKS)
    site.quorate("import", "marks", MARKS / "items.jsonl")
    for name, kind in (("sam", "spans"), ("pat", "boxes")):
        site.account(name, "marks:annotator")
        client = site.client(name)
        guide = {
            step["step"]: step["question"]["kind"] for step in client.call("GET", "/projects/marks/guide")["steps"]
        }
        while tasks := client.call("POST", "/work/claim", {"count": 1})["tasks"]:
            if guide[tasks[0]["step"]] == kind:
                break
            skip = {"assignment": tasks[0]["assignment"], "reason": "Not now"}
            client.call("POST", "/work/skip", skip)


OFFICE = [{"from": "09:00", "to": "12:30"}, {"from": "13:30", "to": "17:00"}]
HOURS = {
    "zone": "Europe/Berlin",
    "week": dict.fromkeys(("mon", "tue", "wed", "thu"), OFFICE) | {"fri": OFFICE[:1]},
    "away": [{"from": "2031-12-24", "to": "2031-12-31"}],
}


def _clearer(body: Any) -> Any:
    """The guideline, which is a text or has one, with a word more."""
    if isinstance(body, dict):
        return {**body, "text": _clearer(body["text"])}
    return body.replace("of the box, damage", "of the box and its wrapping, damage")


def _watch(site: Any) -> None:
    """Look at the work now: the worker does so once a minute."""
    with ready(Settings(data=site.data)) as url:
        db = Database(url, size=2)
        with db.work() as connection:  # it may have looked a moment ago
            connection.execute("UPDATE watches SET took = 0")
        watch_work(db)
        db.close()


@pytest.fixture(scope="module")
def site(new_site: Callable[[], Any]) -> Any:
    """An installation of its own, with `reviews` in full work; `lives` tells what the screens below are about."""
    site = new_site()
    site.project(REVIEWS, REVIEWS / "items.jsonl", chance=True, assign="never")  # each judges what is there
    for name in CROWD:
        site.account(name, "reviews:annotator")
    for name in ("eva", "eli"):
        site.account(name, "reviews:expert")
    site.account("mia", "reviews:manager", "reviews:steward")
    truth = _truth()
    _label(site, truth)
    site.root.call("POST", "/projects/reviews/refit")
    shown = _judge(site.client("eva"), truth, leave=lambda case, _: not case["blind"])
    blind = _judge(site.client("eli"), truth, leave=lambda case, decided: case["blind"] and decided >= 4)
    _dispute(site.client("dov"))
    mia = site.client("mia")
    _steer(mia)
    site.client("ada").call("PUT", "/me/hours", HOURS)
    _teach(site)
    _mark(site)
    site.client("eli").call("PUT", "/me/hours", HOURS | {"zone": "America/New_York", "away": []})
    _watch(site)
    people = mia.call("GET", "/projects/reviews/annotators")
    judged = mia.call("GET", "/projects/reviews/items?kind=expert&sort=-judgements")["items"]
    invite = mia.call("POST", "/projects/reviews/invites", {"role": "annotator", "uses": 20})
    fay = next(one["annotator"] for one in people if one["name"] == "fay")
    site.lives = {"blind": blind, "shown": shown, "secret": invite["secret"], "fay": fay, "item": judged[0]["key"]}
    return site


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go."""
    wanted = os.environ.get("QUORATE_SCREENS")
    folder = Path(wanted) if wanted else tmp_path_factory.mktemp("screens")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _compare(page: Page) -> None:
    page.get_by_role("button", name="Compare v1").click()
    page.get_by_role("heading", name="From v1").wait_for()
    page.mouse.move(1200, 700)
    page.mouse.wheel(0, 5_000)


def _command(page: Page) -> None:
    page.get_by_role("table").wait_for()
    page.keyboard.press("Control+k")
    page.get_by_role("option").first.wait_for()


def _back(page: Page) -> None:
    page.get_by_role("button", name="Go back to v1").click()
    page.get_by_role("dialog").get_by_text("No label changes.").wait_for()


def _preview(page: Page) -> None:
    page.get_by_role("button", name="Change").click()
    page.get_by_role("button", name="Remove Service").click()
    page.get_by_role("combobox", name="What becomes of the answers").click()
    page.get_by_role("option", name="They become “neither”").click()
    page.get_by_role("button", name="What would this change do?").click()
    page.get_by_role("heading", name="What this change would do").scroll_into_view_if_needed()


def _answer(page: Page) -> None:
    page.get_by_role("radio").first.wait_for()
    page.keyboard.press("g")
    page.get_by_role("complementary", name="Guideline").wait_for()


def _decide(page: Page) -> None:
    page.get_by_role("radio").first.wait_for()
    page.keyboard.press("n")
    page.get_by_role("textbox", name="Why is this the answer?").fill(
        "The clause is plain here, once the text is read to its end."
    )


def _see(name: str) -> Do:
    """Have a part of the page in sight."""

    def scroll(page: Page) -> None:
        settled(page).get_by_role("region", name=name, exact=True).evaluate("one => one.scrollIntoView()")

    return scroll


def _plots(page: Page) -> None:
    page.get_by_text("More plots").click()
    _see("Cost against accuracy")(page)


def _learn(page: Page) -> None:
    page.get_by_role("button", name="Read").click()
    page.get_by_role("heading", name="Lesson 2").wait_for()
    page.get_by_role("button", name="Read").click()
    page.get_by_text("Product", exact=True).click()
    page.get_by_role("button", name="Check").click()
    page.get_by_role("status").filter(has_text="Not quite").wait_for()


def _sit(page: Page) -> None:
    page.get_by_role("button", name="Begin the exam").click()
    page.get_by_role("radio", name="Delivery").wait_for()


def _name(page: Page) -> None:
    page.get_by_role("button", name="Submit").wait_for()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")


def _draw(page: Page) -> None:
    page.get_by_role("button", name="Submit").wait_for()
    page.locator("img").first.wait_for()
    page.keyboard.press("Shift+b")


def _begin(page: Page) -> None:
    page.get_by_label("Name of the project").fill("mugs")
    page.get_by_label("What is it for?").fill("Know which mugs people love, and why")
    page.get_by_label("Or paste them").fill("The mug is lovely.\nThe handle broke.\nIt is a mug.\n")
    page.get_by_label("What is it for?").click()
    page.get_by_role("complementary", name="What annotators will see").get_by_text("The mug is lovely.").wait_for()


def _ask(page: Page) -> None:
    _begin(page)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Sentiment of a text").click()


def _enough(page: Page) -> None:
    _ask(page)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("status").filter(has_text="judgements an item").wait_for()


def _who(page: Page) -> None:
    _enough(page)
    page.get_by_role("button", name="Next").click()


def _keep(page: Page, path: Path) -> None:
    """A picture; one for the documents in 256 colours, a third as large."""
    taken = page.screenshot()
    if "QUORATE_SCREENS" in os.environ:
        Image.open(BytesIO(taken)).convert("RGB").quantize(256).save(path, optimize=True)
    else:
        path.write_bytes(taken)


SCREENS: dict[str, tuple[str | None, str, Do | None]] = {
    "sign-in": (None, "/sign-in", None),
    "join": (None, "/join/{secret}", None),
    "annotate": ("ada", "/work", lambda page: page.get_by_role("radio").first.wait_for()),
    "annotate-guideline": ("ben", "/work", _answer),
    "accessibility": ("ada", "/work/accessibility/reviews", None),
    "annotate-spans": ("sam", "/work", _name),
    "annotate-boxes": ("pat", "/work", _draw),
    "wanted": ("nia", "/work", None),
    "training": ("nia", "/work/training/newcomers/start", _learn),
    "exam": ("noa", "/work/exam/newcomers/basics", _sit),
    "noticed": ("fay", "/work/answers", _see("Noticed about your work")),
    "answers": ("dov", "/work/answers", None),
    "earnings": ("ada", "/work/earnings", None),
    "account": ("ada", "/account", None),
    "judge-queue": ("eli", "/judge?project=reviews", None),
    "judge-case": ("eva", "/judge?project=reviews{shown}", _decide),
    "judge-blind": ("eli", "/judge?project=reviews{blind}", None),
    "projects": ("root", "/projects", None),
    "project": ("mia", "/projects/reviews", None),
    "plots": ("mia", "/projects/reviews", _plots),
    "findings": ("mia", "/projects/reviews/findings", None),
    "clarifications": ("mia", "/projects/reviews/clarifications", None),
    "items": ("mia", "/projects/reviews/items?sort=-decided", None),
    "why": ("mia", "/projects/reviews/items/{item}", None),
    "annotators": ("mia", "/projects/reviews/annotators", None),
    "duty": ("mia", "/projects/reviews/duty", None),
    "annotator": ("mia", "/projects/reviews/annotators/{fay}", None),
    "specs": ("mia", "/projects/reviews/specs", None),
    "spec-history": ("mia", "/projects/reviews/specs/guideline/guideline", _compare),
    "spec-preview": ("mia", "/projects/reviews/specs/schema/topic", _preview),
    "access": ("mia", "/projects/reviews/access", None),
    "exports": ("mia", "/projects/reviews/exports", None),
    "alerts": ("mia", "/projects/reviews/alerts", None),
    "commands": ("mia", "/projects/reviews/specs", _command),
    "spec-back": ("mia", "/projects/reviews/specs/guideline/guideline", _back),
    "pay": ("mia", "/projects/reviews/pay", None),
    "log": ("mia", "/projects/reviews/log", None),
    "set-up-1-items": ("root", "/new", _begin),
    "set-up-2-question": ("root", "/new", _ask),
    "set-up-3-how-good": ("root", "/new", _enough),
    "set-up-4-who": ("root", "/new", _who),
    "people": ("root", "/people", None),
}
"""The screen's name: who looks at it, where it is, and what they do there first."""
LOOKS = (("desktop", "light"), ("desktop", "dark"), ("phone", "light"))


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_open_to_everyone(
    screen: str, site: Any, page_as: Callable[..., Page], axe: Callable[..., list[str]], pictures: Path
) -> None:
    who, where, do = SCREENS[screen]
    page = page_as(who)
    page.goto(where.format(**site.lives))
    if do:
        do(page)
    settled(page).wait_for_load_state("networkidle")
    found: list[str] = []
    browser = page.context.new_cdp_session(page)
    for size, look in LOOKS:
        page.set_viewport_size({"width": 1280, "height": 800} if size == "desktop" else {"width": 390, "height": 844})
        browser.send("Emulation.setTouchEmulationEnabled", {"enabled": size == "phone"})
        page.emulate_media(color_scheme="dark" if look == "dark" else "light", reduced_motion="reduce")
        # Where one types is never half under the bar that stays in sight; resizing alone does not scroll there.
        page.locator(":focus").evaluate_all("found => found.forEach(one => one.scrollIntoView({block: 'center'}))")
        shown = axe(page, colours=look == "dark")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{where} scrolls sideways by {wide} px ({size})"
        found += [f"{size}, {look}: {one}" for one in shown]
        _keep(page, pictures / f"{screen}-{size}{'-dark' if look == 'dark' else ''}.png")
    assert found == []
