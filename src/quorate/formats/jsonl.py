"""JSON Lines (https://jsonlines.org): one JSON object a line, UTF-8."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from quorate.errors import InvalidInput
from quorate.formats.columns import Column
from quorate.formats.rows import LONGEST_ROW, Read, Reject, row

_MANY_DIGITS = re.compile(rb"[0-9]{19}")


def read(stream: BinaryIO) -> Iterator[Read]:
    """The rows of a stream. A line that is not right is a reject, and reading goes on behind it."""
    for number, line in _lines(stream):
        if line is None:
            yield Reject(number, "", InvalidInput("The line is longer than {most} MiB.", most=LONGEST_ROW // 2**20))
        elif not line.isspace():
            yield parse(line, number)


def parse(line: bytes, number: int) -> Read:
    """One line as a row or as the reason why it is none."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        broken = InvalidInput("Not JSON: {reason} at character {position}.", reason=error.msg, position=error.pos + 1)
        return Reject(number, "", broken)
    # The fast parser turns whole numbers beyond 64 bits into inexact ones.
    if _MANY_DIGITS.search(line) and (large := _too_large(json.loads(line))):
        exact = InvalidInput(
            "The number {number} is too large to be kept exactly; write it as a text.", number=str(large)
        )
        return Reject(number, "", exact)
    return row(record, number)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """(number, line), or (number, None) in place of a line that is too long to be held."""
    number = 0
    while line := stream.readline(LONGEST_ROW):
        number += 1
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")  # some programs begin UTF-8 with a byte order mark
        if len(line) < LONGEST_ROW or line.endswith(b"\n"):
            yield number, line
            continue
        while (rest := stream.readline(LONGEST_ROW)) and not rest.endswith(b"\n"):
            pass
        yield number, None


def _too_large(value: object) -> int | None:
    if isinstance(value, int):
        return value if not -(2**63) <= value < 2**64 else None
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((large for inner in inside if (large := _too_large(inner)) is not None), None)


class Writer:
    """Writes records as they are."""

    def __init__(self, path: Path, columns: Sequence[Column] = ()) -> None:
        self._file = path.open("wb")

    def write(self, records: Sequence[dict[str, Any]]) -> None:
        """Append records."""
        self._file.writelines(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)

    def close(self) -> None:
        """Nothing more comes."""
        self._file.close()


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file that a `Writer` wrote."""
    with path.open("rb") as file:
        yield from map(orjson.loads, file)
