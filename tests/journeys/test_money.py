"""Money in the browser: a manager sees where it goes, holds some with a reason and pays out; who earned it sees why."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
PAY = """
pay:
  judgement: {topic: 0.035, severity: 0.05}
  adjudication: 1.20
  hourly: 12
"""


@pytest.fixture(scope="module")
def site(new_site: Callable[[], Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An installation with a project in which ben has earned 20 × 0.035, slowly."""
    folder = tmp_path_factory.mktemp("projects") / "paid"
    shutil.copytree(ROOT / "examples" / "reviews", folder)
    plan, policy = folder / "project.yaml", folder / "policy.yaml"
    words = re.sub(r"^name: .*$", "name: paid", plan.read_text(), flags=re.MULTILINE)
    plan.write_text(re.sub(r"total: [\d.]+", "total: 1.50", words))
    policy.write_text(re.sub(r"^pay:.*\n(?:  .*\n)*", "", policy.read_text(), flags=re.MULTILINE) + PAY)
    made = new_site()
    made.project(folder, folder / "items.jsonl")
    made.account("mia", "paid:manager")
    made.account("ben", "paid:annotator")
    ben = made.client("ben")
    given = 0
    while given < 20:
        for task in ben.call("POST", "/work/claim", {"count": min(4, 20 - given), "projects": ["paid"]})["tasks"]:
            given += 1
            assert (task["step"], task["price"], task["currency"]) == ("topic", "0.035", "USD")
            ben.call("POST", "/work/submit", {"assignment": task["assignment"], "value": "product", "seconds": 20.0})
    return made


@pytest.fixture(scope="module")
def rewarded(site: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The same with a project that gives bonuses, in which ann and cy said the same of ten items."""
    folder = tmp_path_factory.mktemp("projects") / "rewarded"
    shutil.copytree(ROOT / "examples" / "reviews", folder)
    plan, policy = folder / "project.yaml", folder / "policy.yaml"
    plan.write_text(re.sub(r"^name: .*$", "name: rewarded", plan.read_text(), flags=re.MULTILINE))
    rules = policy.read_text().replace("gold: {rate: 0.1}", "gold: {rate: 0}")
    pay = "pay: {judgement: 0.01, bonus: 0.02, bonus_tasks: 10}\n"
    policy.write_text(re.sub(r"^pay:.*\n(?:  .*\n)*", "", rules, flags=re.MULTILINE) + pay)
    items = folder / "items.jsonl"
    items.write_text("".join(f'{{"id": "r{n}", "text": "The {("kettle", "sky")[n % 2]}"}}\n' for n in range(10)))
    site.project(folder, items)
    site.account("mia", "rewarded:manager")
    for name in ("ann", "cy"):
        site.account(name, "rewarded:annotator")
        one = site.client(name)
        for _ in range(10):
            (task,) = one.call("POST", "/work/claim", {"count": 1, "projects": ["rewarded"]})["tasks"]
            said = "product" if "kettle" in task["body"]["text"] else "service"
            one.call("POST", "/work/submit", {"assignment": task["assignment"], "value": said, "seconds": 20.0})
    return site


def test_who_manages_sees_where_money_goes_holds_and_pays(
    page_as: Callable[..., Page], site: Any, axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    page = page_as("mia")
    page.goto("/projects/paid")
    page.get_by_role("link", name="Pay", exact=True).click()
    steps = page.get_by_role("region", name="Prices and budgets by step").first
    expect(steps.get_by_role("row").filter(has_text="topic")).to_contain_text("$0.035")
    expect(page.get_by_text(re.compile("topic: an hour of work brings \\$6.30, less than \\$12.00"))).to_be_visible()
    expect(page.get_by_text(re.compile("topic: the money (ends|does not)"))).to_be_visible()
    assert axe(page) == []
    page.screenshot(path=tmp_path / "pay.png", full_page=True)

    page.get_by_role("button", name="Hold the pay of ben").press("Enter")
    page.get_by_role("textbox", name="Why?").fill("Twenty in a row were the same.")
    page.get_by_role("dialog").get_by_role("button", name="Hold").press("Enter")
    expect(page.get_by_text("Twenty in a row were the same.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Release the pay of ben").press("Enter")
    page.get_by_role("textbox", name="Why?").fill("They are right.")
    assert axe(page) == []
    page.keyboard.press("Tab")
    page.get_by_role("dialog").get_by_role("button", name="Release").press("Enter")
    expect(page.get_by_role("button", name="Release the pay of ben")).to_be_hidden()

    page.get_by_role("button", name="Single answers of ben").press("Enter")
    page.get_by_role("dialog").get_by_role("checkbox").first.press("Space")
    page.get_by_role("textbox", name="Why?").fill("Copied.")
    expect(page.get_by_text("1 answer, $0.035")).to_be_visible()
    page.get_by_role("button", name="Take back", exact=True).press("Enter")
    expect(page.get_by_text("$0.035 go back to the budget for good")).to_be_visible()
    assert axe(page) == []
    page.screenshot(path=tmp_path / "answers.png")
    page.get_by_role("dialog").get_by_role("button", name="Hold").press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Release the pay of ben").press("Enter")
    page.get_by_role("textbox", name="Why?").fill("It was not.")
    page.get_by_role("dialog").get_by_role("button", name="Release").press("Enter")
    expect(page.get_by_role("button", name="Release the pay of ben")).to_be_hidden()

    page.get_by_role("button", name="What would be given?").press("Enter")
    expect(page.get_by_text("No bonus is due")).to_be_visible()
    prices = page.get_by_role("region", name="How prices changed")
    expect(prices.get_by_role("listitem").filter(has_text="topic · a judgement")).to_contain_text("– → $0.035")

    page.get_by_role("textbox", name="Name of the run").fill("2026-11")
    page.get_by_role("button", name="Whom would it pay?").press("Enter")
    expect(page.get_by_text("ben: $0.70")).to_be_visible()
    page.get_by_role("button", name="Pay out").press("Enter")
    expect(page.get_by_role("status").get_by_text("2026-11: $0.70 to 1 person")).to_be_visible()
    with page.expect_download() as found:
        page.get_by_role("button", name="2026-11 as a file for Prolific").click()
    assert Path(found.value.path()).read_text() == "ben,0.70\n"
    page.get_by_role("button", name="2026-11 as a file for MTurk").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("MTurk pays a bonus for an assignment")
    with page.expect_file_chooser() as chooser:
        page.get_by_label("Who is who where they are paid").press("Enter")
    chooser.value.set_files([{"name": "payees.csv", "mimeType": "text/csv", "buffer": b"ben,A1B,3XY\n"}])
    with page.expect_download() as found:
        page.get_by_role("button", name="2026-11 as a file for MTurk").press("Enter")
    assert "A1B,3XY,0.70,Payout 2026-11," in Path(found.value.path()).read_text()
    assert axe(page) == []
    page.screenshot(path=tmp_path / "payees.png", full_page=True)


def test_who_earned_it_sees_what_became_of_it(
    page_as: Callable[..., Page], site: Any, axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    page = page_as("ben", phone=True, dark=True)
    page.goto("/work/answers")
    page.get_by_role("link", name="Your statement").click()
    mine = page.get_by_role("region", name="paid", exact=True)
    expect(mine.get_by_text("They are right.")).to_be_visible()
    expect(mine.get_by_text("Twenty in a row were the same.")).to_be_visible()
    expect(mine.get_by_role("definition").nth(2)).to_have_text("$0.70")
    assert axe(page) == []
    page.screenshot(path=tmp_path / "earnings.png", full_page=True)
    with page.expect_download() as found:
        page.get_by_role("link", name=re.compile("^CSV: statement of ")).click()
    assert "held,,20,-0.700000,0.700000," in Path(found.value.path()).read_text()
    page.goto("/work")
    expect(page.get_by_text("$0.035 for this one")).to_be_visible()


def test_bonuses_given_at_once_are_taken_back_at_once_after_it_was_seen_from_whom(
    page_as: Callable[..., Page], rewarded: Any, axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    page = page_as("mia")
    page.goto("/projects/rewarded/pay")
    bonuses = page.get_by_role("region", name="Bonuses")
    expect(bonuses.get_by_role("button", name="What would be given?")).to_be_visible()
    expect(bonuses.get_by_role("button", name=re.compile("^Take back"))).to_have_count(0)
    bonuses.get_by_role("button", name="What would be given?").press("Enter")
    expect(bonuses.get_by_text("2 bonuses would be given:")).to_be_visible()
    bonuses.get_by_role("button", name="Give", exact=True).press("Enter")
    run = bonuses.get_by_role("list", name="Bonuses that were given").get_by_role("listitem")
    expect(run).to_contain_text(re.compile(r"\$0\.\d+ to 2 people"))
    assert axe(page) == []
    page.screenshot(path=tmp_path / "bonuses.png", full_page=True)

    run.get_by_role("button", name=re.compile("^Take back the bonuses of")).press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("would go back to the budget, from:")).to_be_visible()
    expect(dialog.get_by_role("listitem").filter(has_text="ann · topic: $0.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Take back")).to_be_disabled()
    dialog.get_by_role("textbox", name="Why?").fill("The guideline changed.")
    assert axe(page) == []
    page.screenshot(path=tmp_path / "take_back.png")
    dialog.get_by_role("button", name="Take back").press("Enter")
    expect(dialog).to_be_hidden()
    expect(run).to_contain_text(re.compile(r"\$0\.\d+ taken back"))
    expect(run.get_by_role("button")).to_have_count(0)
