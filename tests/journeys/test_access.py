"""Those who manage a project let people in by a link, take labels out, and read what happened."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import ROOT

from quorate.settings import Settings
from quorate.store.locate import ready


def invite(page: Page) -> str:
    """A new link for one annotator."""
    page.goto("/projects/reviews/access")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("code", has_text="/join/").inner_text()
    expect(page.get_by_role("button", name="Copy the link")).to_be_visible()
    return link


def test_someone_joins_by_a_link_and_starts_to_work(
    page_as: Callable[..., Page], site: Any, axe: Callable[[Page], list[str]]
) -> None:
    mia = page_as("mia")
    link = invite(mia)
    zara = page_as(None, phone=True)
    zara.goto(link)
    expect(zara.get_by_text("“reviews”, as annotator")).to_be_visible()
    assert axe(zara) == []
    zara.get_by_label("Choose a name").fill("zara")
    zara.get_by_role("textbox", name="Choose a password").fill("a long new password")
    zara.keyboard.press("Enter")
    expect(zara).to_have_url(re.compile("/work$"))
    late = page_as(None)
    late.goto(link)
    expect(late.get_by_text("no longer open")).to_be_visible()
    mia.goto("/projects/reviews/access")
    expect(mia.get_by_role("rowheader", name="zara")).to_be_visible()
    expect(mia.get_by_text("used up")).to_be_visible()
    assert axe(mia) == []


def test_who_has_an_account_joins_with_it(page_as: Callable[..., Page], site: Any) -> None:
    site.account("kim")
    mia, kim = page_as("mia"), page_as("kim")
    kim.goto(invite(mia))
    kim.get_by_role("button", name="Join as kim").click()
    expect(kim).to_have_url(re.compile("/work$"))


def test_roles_are_given_and_withdrawn(page_as: Callable[..., Page], site: Any) -> None:
    site.account("lou")
    page = page_as("mia")
    page.goto("/projects/reviews/access")
    page.get_by_role("textbox", name="Account").fill("lou")
    page.get_by_role("button", name="Give", exact=True).click()
    page.get_by_role("button", name="Withdraw from lou: annotator").click()
    expect(page.get_by_role("rowheader", name="lou")).to_have_count(0)
    page.get_by_role("textbox", name="Account").fill("nobody")
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.get_by_text("There is no account 'nobody'")).to_be_visible()


@pytest.mark.parametrize("address", ["/people", "/new"])
def test_what_is_for_administrators_shows_others_no_form(
    page_as: Callable[..., Page], axe: Callable[[Page], list[str]], address: str
) -> None:
    page = page_as("mia")
    refused: list[str] = []
    page.on("response", lambda one: refused.append(one.url) if one.status == 403 else None)
    page.goto(address)
    expect(page.get_by_role("heading", name=re.compile("^Only an administrator"))).to_be_visible()
    expect(page.locator("main").get_by_role("textbox")).to_have_count(0)
    assert (refused, axe(page)) == ([], [])


def test_labels_are_taken_out_and_the_export_is_remembered(
    page_as: Callable[..., Page], site: Any, axe: Callable[[Page], list[str]]
) -> None:
    page = page_as("mia")
    page.goto("/projects/reviews/exports")
    page.get_by_text("CSV").click()
    page.get_by_label("With every answer").check()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Download").click()
    with zipfile.ZipFile(waited.value.path()) as files:
        names = set(files.namelist())
    assert {"reviews.csv", "reviews.annotations.csv", "reviews.csv.proof.json", "reviews.csv.datasheet.md"} <= names
    expect(page.get_by_role("rowheader", name="reviews.csv")).to_be_visible()
    expect(page.get_by_role("cell", name="with answers")).to_be_visible()
    page.get_by_label("As they stood at").fill("2031-01-01T10:00")
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("alert")).to_contain_text("has not come yet")
    assert axe(page) == []


def test_a_format_for_spans_is_offered_where_a_step_asks_for_them(
    page_as: Callable[..., Page], site: Any, axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    name = {"start": 3, "end": 13, "label": "person"}
    items = tmp_path / "items.jsonl"
    items.write_text(json.dumps({"key": "a", "text": "Dr Amina Osei left.", "gold": {"names": [name]}}))
    site.project(ROOT / "examples" / "marks", items)
    site.account("mia", "marks:manager")
    page = page_as("mia")
    page.goto("/projects/reviews/exports")
    expect(page.get_by_role("radio", name="Parquet")).to_be_attached()
    expect(page.get_by_role("radio", name="CoNLL-2003")).to_have_count(0)
    page.goto("/projects/marks/exports")
    page.get_by_text("CoNLL-2003").click()
    expect(page.get_by_label("With every answer")).to_be_disabled()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Download").click()
    with zipfile.ZipFile(waited.value.path()) as files:
        told = files.read("marks.conll").decode().splitlines()
    assert told[2:4] == ["Dr -X- -X- O", "Amina -X- -X- B-person"]
    expect(page.get_by_role("rowheader", name="marks.conll")).to_be_visible()
    assert axe(page) == []


def test_the_log_tells_what_happened_and_proves_it(
    page_as: Callable[..., Page], site: Any, axe: Callable[[Page], list[str]]
) -> None:
    page = page_as("mia")
    page.goto("/projects/reviews/log")
    page.get_by_role("button", name="Verify the ledger").click()
    expect(page.get_by_text("everything fits")).to_be_visible(timeout=20_000)
    page.goto("/projects/reviews/log?verb=spec.published")
    schema = page.get_by_role("listitem").filter(has_text="Spec published")
    expect(schema.first).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Items imported")).to_have_count(0)
    schema.first.get_by_role("button", name="its place in the ledger").click()
    expect(page.get_by_text(re.compile("^Root of block"))).to_be_visible()
    assert axe(page) == []


def test_one_says_what_one_works_on_and_a_manager_grants_what_is_guarded(
    page_as: Callable[..., Page], site: Any, axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    site.project(ROOT / "examples" / "reviews", name="guarded")
    site.account("nora", "guarded:annotator")
    site.account("mia", "guarded:manager")
    row = {"key": "one", "text": "For the board.", "attributes": {"access": ["board"], "language": "en"}}
    site.root.upload("/projects/guarded/items", json.dumps(row).encode(), "application/x-ndjson")
    nora = page_as("nora")
    nora.goto("/account")
    nora.get_by_role("combobox", name="Languages").fill("en")
    nora.get_by_role("combobox", name="Conflicts of interest").fill("Acme")
    nora.get_by_role("button", name="Save", exact=True).click()
    expect(nora.get_by_text("Saved.")).to_be_visible()
    assert axe(nora) == []
    nora.screenshot(path=tmp_path / "says.png")
    mia = page_as("mia")
    mia.goto("/projects/guarded/access")
    line = mia.get_by_role("row").filter(has=mia.get_by_role("rowheader", name="nora")).filter(has_text="Acme")
    line.get_by_role("combobox", name="What nora may see").fill("board")
    line.get_by_role("combobox", name="What nora may see").press("Enter")
    with mia.expect_response(lambda one: one.request.method == "PUT" and one.url.endswith("/access/nora")) as granted:
        line.get_by_role("button", name="Save what nora may see").click()
    assert granted.value.ok, granted.value.text()
    expect(line.get_by_role("button", name="Save what nora may see")).to_be_disabled()
    assert axe(mia) == []
    mia.screenshot(path=tmp_path / "access.png", full_page=True)
    (known,) = [one for one in site.root.call("GET", "/projects/guarded/access")["members"] if one["name"] == "nora"]
    assert (known["granted"], known["language"], known["conflict"]) == (["board"], ["en"], ["Acme"])


def test_a_break_is_proposed_quietly_and_dismissed(
    page_as: Callable[..., Page], site: Any, axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    site.account("rita", "reviews:annotator")
    rita = page_as("rita")
    with ready(Settings(data=site.data)) as url, psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO notices (id, project_id, account_id, kind, text, created_at)"
            " SELECT gen_random_uuid(), p.id, a.id, 'rest', 'tired', now() FROM projects p, accounts a"
            " WHERE p.name = 'reviews' AND a.name = 'rita'"
        )
    rita.goto("/work")
    says = rita.get_by_text("You seem tired")
    expect(says).to_be_visible()
    assert axe(rita) == []
    rita.screenshot(path=tmp_path / "rest.png")
    with rita.expect_response("**/acknowledge") as closed:
        rita.get_by_role("status").get_by_role("button", name="Close").click()
    assert closed.value.ok, closed.value.text()
    expect(says).to_have_count(0)
    with rita.expect_response("**/notices") as told:
        rita.reload()
    assert told.value.json() == []
    expect(rita.get_by_role("button", name=re.compile("Submit"))).to_be_visible()
    expect(says).to_have_count(0)


def test_held_pay_is_told_in_the_readers_language(page_as: Callable[..., Page], site: Any, tmp_path: Path) -> None:
    site.account("rita", "reviews:annotator")
    facts = '{"amount": "0.15", "currency": "EUR", "reason": "Too fast."}'
    with ready(Settings(data=site.data)) as url, psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO notices (id, project_id, account_id, kind, text, facts, created_at)"
            " SELECT gen_random_uuid(), p.id, a.id, 'held', '0.15 EUR held: Too fast.', %s, now()"
            " FROM projects p, accounts a WHERE p.name = 'reviews' AND a.name = 'rita'",
            [facts],
        )
    rita = page_as("rita")
    rita.goto("/work")
    said = rita.get_by_role("status")
    expect(said.get_by_text("€0.15 of your pay in reviews are held:")).to_be_visible()
    expect(said.get_by_text("Too fast.", exact=True)).to_be_visible()
    rita.evaluate("localStorage.setItem('quorate.language', 'de')")
    rita.reload()
    expect(said.get_by_text("0,15 € Ihrer Vergütung in reviews sind einbehalten:")).to_be_visible()
    rita.screenshot(path=tmp_path / "held.png")
    rita.get_by_role("button", name="Gelesen").click()
    expect(said.get_by_text("einbehalten")).to_have_count(0)
