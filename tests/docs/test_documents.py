"""The documents do what they say, lead where they point, and name nothing of the machine they were written on."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)

# Joined here so that this file does not name them itself.
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("files", "pythonhosted", "org"), ("registry", "npmjs", "org"))]
PLACES = ["/" + place for place in ("work/main", "work/shared", "home/", "Users/")]

SAYS = {
    "README.md": ["project reviews would be created", "60 in", "every record is as it was written", "everything fits"],
    "docs/tutorial.md": ["dora m3 spam -> decided", "every record is as it was written", "everything fits"],
    "docs/how-to/truth-from-a-csv.md": ["Krippendorff", "p2 dog"],
    "docs/how-to/write-a-policy.md": ["of 1,000 votes", "drawn in frontier.svg"],
    "docs/how-to/bring-a-model.md": ["20 answers"],
    "docs/how-to/take-labels-out.md": ["every record is as it was written", "Amina -X- -X- B-person"],
    "docs/how-to/verify-an-export.md": ["every record is as it was written", "was changed"],
    "docs/how-to/move-to-a-server.md": ["restored, tables at"],
}
"""What must be printed when the blocks of a file that are marked run are run."""


def documents() -> list[Path]:
    """Every Markdown file of the project."""
    return sorted(path for path in tracked() if path.suffix == ".md")


def tracked() -> Iterator[Path]:
    """Every file of the project, as version control knows it."""
    told = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if told.returncode:
        pytest.skip("not a checkout")
    yield from (ROOT / name for name in told.stdout.splitlines() if (ROOT / name).is_file())


@pytest.mark.parametrize("name", SAYS)
def test_what_is_marked_run_runs(name: str, run_document: Callable[[Path], str]) -> None:
    printed = run_document(ROOT / name)
    assert [words for words in SAYS[name] if words not in printed] == [], printed


def test_every_document_with_something_to_run_is_run() -> None:
    marked = {str(path.relative_to(ROOT)) for path in documents() if re.search(r"^```\w+ run$", path.read_text(), re.M)}
    assert marked == set(SAYS)


def test_moving_keeps_the_ledger(run_document: Callable[[Path], str]) -> None:
    printed = run_document(ROOT / "docs/how-to/move-to-a-server.md")
    before, after = re.findall(r"^\{\"ok\":.*\}$", printed, re.MULTILINE)
    assert before == after


def _anchors(text: str) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_links_lead_somewhere() -> None:
    broken = []
    for path in documents():
        for target in LINK.findall(FENCED.sub("", path.read_text(encoding="utf-8"))):
            place, _, anchor = target.partition("#")
            if "://" in target or target.startswith("mailto:"):
                continue
            file = (path.parent / place).resolve() if place else path
            if not file.exists() or (anchor and anchor not in _anchors(file.read_text(encoding="utf-8"))):
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def test_no_file_names_a_registry_or_a_place_of_a_machine() -> None:
    found = []
    for path in tracked():
        text = path.read_bytes()
        if path.name in {"uv.lock", "LICENSE"} or b"\0" in text[:1000]:  # uv.lock serves `make lock` alone
            continue
        found += [f"{path.relative_to(ROOT)}: {word}" for word in (*HOSTS, *PLACES) if word.encode() in text]
    assert found == []


def test_the_examples_say_something() -> None:
    import orjson

    rows = [orjson.loads(line) for line in (ROOT / "examples/reviews/items.jsonl").read_bytes().splitlines()]
    assert len({row["text"] for row in rows}) == len(rows) == 60
    assert sum("gold" in row for row in rows) == 15
    assert all(" " in row["text"] for row in rows if row["text"] != "ok")
