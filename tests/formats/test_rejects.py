"""Rejects are written as they come; a file of a former run does not outlive a run without any."""

import json
from pathlib import Path

import pytest

from quorate.errors import InvalidInput, Unavailable
from quorate.formats.rejects import Rejects, beside
from quorate.formats.rows import Reject


def test_rejects_are_counted_kept_and_written(tmp_path: Path) -> None:
    path = beside(tmp_path / "items.jsonl")
    assert path.name == "items.jsonl.rejects.jsonl"
    with Rejects(path) as rejects:
        for line in range(1, 13):
            rejects.add(Reject(line, "text", InvalidInput("no")))
    assert (rejects.count, len(rejects.first)) == (12, 10)
    written = [json.loads(line) for line in path.read_text().splitlines()]
    assert written[0] == {"line": 1, "field": "text", "reason": "no"}
    assert len(written) == 12
    with Rejects(path):
        pass
    assert not path.exists()


def test_where_they_cannot_be_written_the_import_says_so(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file in the way")
    with Rejects(tmp_path / "folder" / "x.jsonl") as rejects, pytest.raises(Unavailable, match="cannot be written"):
        rejects.add(Reject(1, "", InvalidInput("no")))
