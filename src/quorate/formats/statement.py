"""An annotator's statement as a CSV: amounts plain and exact, days as dates.

`amount` is what came to or went from what is payable, `held` the same of what is held: each sums to what there is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

COLUMNS = ("project", "currency", "date", "kind", "step", "answers", "amount", "held", "reason")


def statement_file(lines: Iterable[Mapping[str, Any]]) -> str:
    """The file of these lines: project, currency, at, kind, step, answers, amount, held, reason."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for line in lines:
        words = {name: _plain(line[name] or "") for name in ("project", "step", "reason")}
        row = {**line, **words, "date": f"{line['at']:%Y-%m-%d}", "amount": f"{line['amount']:f}"}
        row["held"] = f"{line['held']:f}"
        table.writerow([row[name] for name in COLUMNS])
    return out.getvalue()


def _plain(text: str) -> str:
    """What a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text
