"""CSV (RFC 4180): UTF-8, a header line, separated by comma, semicolon or tab as the header shows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from quorate.errors import InvalidInput
from quorate.formats.columns import Column
from quorate.formats.rows import LONGEST_ROW, Columns, Read, Reject, row


def read(stream: BinaryIO) -> Iterator[Read]:
    """The rows of a stream; `line` is the one on which a row begins, since a quoted cell may span several."""
    # Bytes that are not UTF-8 become surrogates, so that one bad row does not end the file.
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield from _rows(text)
    finally:
        text.detach()  # else it would close the stream, whose owner may still ask how far it was read


def _rows(text: io.TextIOWrapper) -> Iterator[Read]:
    header = text.readline()
    if not header.strip():
        raise InvalidInput("The file has no header line.", mend="Begin it with the names of the columns.")
    delimiter = max(",;\t", key=header.count)
    names = next(csv.reader([header], delimiter=delimiter))
    _check(names)
    csv.field_size_limit(LONGEST_ROW)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 2
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Reject(line, "", InvalidInput("Not CSV: {reason}.", reason=str(error)))
            continue
        if cells:
            yield _row(cells, names, line)


def _row(cells: list[str], names: list[str], line: int) -> Read:
    if len(cells) != len(names):
        uneven = InvalidInput("The row has {cells} cells and the header {names}.", cells=len(cells), names=len(names))
        return Reject(line, "", uneven)
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        at = next(name for name, cell in zip(names, cells, strict=True) if not _clean(cell))
        return Reject(line, at, InvalidInput("Not UTF-8."))
    return row(Columns(names).record(cells), line)


def _clean(cell: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in cell)


def _check(names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InvalidInput(
            "The column `{twice}` is there twice.", where="line 1", mend="Give each its own name.", twice=twice
        )
    if not all(map(_clean, names)):
        raise InvalidInput("The header is not UTF-8.", where="line 1", mend="Save the file as UTF-8.")


class Writer:
    """Writes records as lines of cells: times in ISO 8601, lists and objects as JSON, nothing for None."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow([column.name for column in columns])

    def write(self, records: Sequence[dict[str, Any]]) -> None:
        """Append records."""
        self._writer.writerows([_cell(c.cell(record.get(c.name))) for c in self._columns] for record in records)

    def close(self) -> None:
        """Nothing more comes."""
        self._file.close()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else value


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file that a `Writer` wrote: every value a text."""
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_ROW))
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
