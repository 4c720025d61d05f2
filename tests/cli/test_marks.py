"""The example with spans and boxes, from its folder to an export in each format."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

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
    assert quorate("export", "marks", "--to", tmp_path / "out.conll")[1]["records"] == 4, "as many are known"
    told = (tmp_path / "out.conll").read_text(encoding="utf-8").splitlines()
    assert told[:5] == [
        "-DOCSTART- note-00 -X- O",
        "",
        "Dr -X- -X- O",
        "Amina -X- -X- B-person",
        "Osei -X- -X- I-person",
    ]
    assert quorate("verify", tmp_path / "out.conll")[0] == 0
    (tmp_path / "out.conll").write_text("\n".join(told).replace("B-person", "B-place", 1) + "\n", encoding="utf-8")
    assert quorate("verify", tmp_path / "out.conll")[1]["faults"] == ["out.conll: record 1 (note-00) was changed."]
    assert quorate("export", "marks", "--to", tmp_path / "out.coco.json")[1]["records"] == 4
    coco = json.loads((tmp_path / "out.coco.json").read_text(encoding="utf-8"))
    image, box = coco["images"][0], coco["annotations"][0]
    assert (image["key"], image["width"], image["height"]) == ("note-00", 320, 200)
    assert (Path(image["file_name"]).name, box["bbox"]) == ("street-00.png", [21.0, 98.0, 56.0, 30.0])
    assert quorate("verify", tmp_path / "out.coco.json")[0] == 0
    for broken in ("[]", '"x"', '{"images": [{}]}', '{"annotations": [1]}', "{"):
        (tmp_path / "out.coco.json").write_text(broken, encoding="utf-8")
        code, told, _ = quorate("verify", tmp_path / "out.coco.json")
        assert (code, "cannot be read" in told["faults"][0]) == (1, True), broken


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "x.conll", "--step", "vehicles"], "This format is for spans, which no such step asks for."),
        (["--to", "x.coco.json", "--step", "names"], "This format is for boxes, which no such step asks for."),
        (["--to", "x.conll", "--annotations"], "This format has no place for single answers."),
        (["--to", "x.csv", "--step", "nams"], "There is no step 'nams'."),
    ],
)
def test_what_a_format_has_no_place_for_is_refused(
    quorate: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert quorate("apply", EXAMPLE)[0] == 0
    code, told, _ = quorate("export", "marks", *words)
    assert (code > 0, told["error"]["detail"]) == (True, said)
    assert list(tmp_path.glob("x*")) == []


def test_a_known_answer_that_the_text_does_not_have_is_rejected(quorate: Any, tmp_path: Path) -> None:
    assert quorate("apply", EXAMPLE)[0] == 0
    bad = {"key": "x", "text": "Ann", "gold": {"names": [{"start": 0, "end": 9, "label": "person"}]}}
    (tmp_path / "bad.jsonl").write_text(json.dumps(bad) + "\n", encoding="utf-8")
    _, told, _ = quorate("import", "marks", tmp_path / "bad.jsonl")
    assert told["files"][0]["rejected"] == 1
