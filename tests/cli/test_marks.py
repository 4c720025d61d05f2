"""The example with spans and boxes, from its folder to an export in each format."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

EXAMPLE = Path(__file__).parents[2] / "examples" / "marks"


def test_the_example_is_applied_imported_and_exported(quorate: Any, tmp_path: Path) -> None:
    folder = tmp_path / "marks"
    shutil.copytree(EXAMPLE, folder)
    code, _, said = quorate("apply", folder)
    assert code == 0, said
    assert quorate("apply", folder)[1]["changes"] == []
    code, told, said = quorate("import", "marks", folder / "items.jsonl")
    report = told["files"][0]
    assert (code, report["imported"], report["rejected"]) == (0, 10, 0), said
    first = json.loads((folder / "items.jsonl").read_text(encoding="utf-8").splitlines()[0])
    for ending in ("jsonl", "csv", "parquet"):
        assert quorate("export", "marks", "--to", tmp_path / f"out.{ending}")[0] == 0
    line = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert line["labels"]["names"]["value"] == first["gold"]["names"]
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        row = next(csv.DictReader(file))
    assert json.loads(row["vehicles"]) == line["labels"]["vehicles"]["value"]
    column = pq.read_table(tmp_path / "out.parquet").column("names")[0].as_py()
    assert (json.loads(column) if isinstance(column, str) else column) == first["gold"]["names"]


def test_a_known_answer_that_the_text_does_not_have_is_rejected(quorate: Any, tmp_path: Path) -> None:
    assert quorate("apply", EXAMPLE)[0] == 0
    bad = {"key": "x", "text": "Ann", "gold": {"names": [{"start": 0, "end": 9, "label": "person"}]}}
    (tmp_path / "bad.jsonl").write_text(json.dumps(bad) + "\n", encoding="utf-8")
    _, told, _ = quorate("import", "marks", tmp_path / "bad.jsonl")
    assert told["files"][0]["rejected"] == 1
