"""`quorate import`, `export` and `verify EXPORT`, as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

REVIEWS = Path(__file__).parents[2] / "examples" / "reviews"


@pytest.fixture
def quorate(typed: Any) -> Any:
    """Run a command in a database that has the example project: (exit code, standard output, standard error)."""
    assert typed("apply", REVIEWS)[0] == 0
    return typed


def test_from_a_file_of_items_to_an_export_that_verifies(quorate: Any, tmp_path: Path) -> None:
    count = len((REVIEWS / "items.jsonl").read_text().splitlines())
    source = tmp_path / "items.jsonl"
    source.write_bytes((REVIEWS / "items.jsonl").read_bytes())
    code, out, _ = quorate("import", "reviews", source, "--json")
    (report,) = json.loads(out)["files"]
    assert (code, report["imported"], report["rejected"]) == (0, count, 0)
    to = tmp_path / "labels.parquet"
    code, out, _ = quorate("export", "reviews", "--to", to, "--annotations", "--json")
    told = json.loads(out)
    assert (code, told["records"], told["block"] > 0) == (0, count, True)
    assert all(Path(name).is_file() for name in told["files"])
    assert len(told["files"]) == 5
    assert quorate("verify", to, "--root", told["block_root"])[0] == 0
    assert quorate("verify", to, "--root", "00" * 32)[0] == 1
    assert quorate("verify")[0] == 0


@pytest.mark.parametrize(("ending", "comma"), [("csv", ","), ("tsv", "\t")])
def test_a_small_table_is_read_to_its_end(ending: str, comma: str, quorate: Any, tmp_path: Path) -> None:
    path = tmp_path / f"items.{ending}"
    path.write_text(f"key{comma}text\na{comma}x\nb{comma}y\n{comma}z\n")
    code, out, err = quorate("import", "reviews", path)
    assert (code, err) == (1, "")
    assert "2 in, 0 there already, 1 rejected" in out
    assert f"{path}:4: key: The key is empty." in out


def test_rejects_are_shown_and_give_exit_code_1(quorate: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"key": "a", "text": "x", "gold": {"topic": "nonsense"}}\n{"key": "b", "text": "y"}\n')
    code, out, _ = quorate("import", "reviews", path)
    assert code == 1
    assert "1 in, 0 there already, 1 rejected" in out
    assert f"{path}:1: gold.topic: " in out
    assert str(path) + ".rejects.jsonl" in out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("import", "nothing", REVIEWS / "items.jsonl"), 1, "no project"),
        (("why", "reviews", "absent"), 1, "There is no item 'absent' in this project.\n  Write its key as it was"),
        (("export", "reviews", "--to", "labels.xlsx"), 2, "not a format"),
        (("export", "reviews", "--to", "labels.csv", "--at", "yesterday"), 2, "is not a time"),
    ],
)
def test_what_cannot_be_done_is_said(
    quorate: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[object, ...], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    got, _, err = quorate(*words)
    assert got == code
    assert said in err
    assert not (tmp_path / "labels.csv").exists()
