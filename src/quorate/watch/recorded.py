"""Recorded votes as work to look at: a CSV (or Parquet) of votes, and a file of what the items say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from quorate.labels.validators import count_words
from quorate.truth import tables
from quorate.truth.votes import Votes
from quorate.watch.work import Work

CLASSES = 60
"""More labels than so many are no classes."""


def read_work(path: str | Path, items: str | Path | None = None) -> Work:
    """Votes with the columns item, worker, label and, where there are, timestamp and seconds; oldest first.

    `items`: JSON lines with `id` and texts. Raises `InvalidInput` as `Votes.read` does.
    """
    votes = Votes.read(path)
    columns = tables.read_table(path, ["item"], ["seconds"])
    seconds = tables.as_numbers(columns["seconds"], "seconds", str(path)) if "seconds" in columns else None
    if votes.time is not None:
        order = np.argsort(votes.time, kind="stable")
        votes, seconds = votes.take(order), None if seconds is None else seconds[order]
    bodies = _bodies(Path(items), votes) if items else None
    length = np.array([count_words(body) for body in bodies]) if bodies else None
    return Work(votes, seconds=seconds, length=length, bodies=bodies, classes=votes.n_classes <= CLASSES)


def _bodies(file: Path, votes: Votes) -> list[str] | None:
    """What each item says; None where the file does not know them."""
    said: dict[str, str] = {}
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            body = json.loads(line)
            name = str(body.pop("id", ""))
            said[name] = " ".join(value for value in body.values() if isinstance(value, str))
    found = [" ".join(said.get(part, "") for part in str(item).split("|")) for item in votes.items]
    return found if any(found) else None
