"""An annotator's statement as a CSV: amounts plain and exact, days as dates; what was taken or paid has a minus."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

COLUMNS = ("project", "currency", "date", "kind", "step", "answers", "amount", "reason")


def statement_file(lines: Iterable[Mapping[str, Any]]) -> str:
    """The file of these lines: project, currency, at, kind, step, answers, amount, reason."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for line in lines:
        words = {name: _plain(line[name] or "") for name in ("project", "step", "reason")}
        row = {**line, **words, "date": f"{line['at']:%Y-%m-%d}", "amount": f"{line['amount']:f}"}
        table.writerow([row[name] for name in COLUMNS])
    return out.getvalue()


def _plain(text: str) -> str:
    """What a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text
