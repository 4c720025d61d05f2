"""`FILE.rejects.jsonl`: the rows that did not come in, each with line, field and reason."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import orjson

from quorate.errors import Unavailable
from quorate.formats.rows import Reject


def beside(source: Path) -> Path:
    """Where the rejects of this file or folder go."""
    return source.with_name(f"{source.name}.rejects.jsonl")


class Rejects:
    """Counts rejects and writes them; without a reject there is no file, and one of a former run is removed."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.count = 0
        self.first: list[Reject] = []
        self._file: BinaryIO | None = None

    def add(self, reject: Reject) -> None:
        """Count a reject, keep the first few, and write it down."""
        self.count += 1
        if len(self.first) < 10:
            self.first.append(reject)
        if self.path and not self._file:
            self._file = self._opened(self.path)
        if self._file:
            entry = {"line": reject.line, "field": reject.field, "reason": reject.reason}
            self._file.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))

    @staticmethod
    def _opened(path: Path) -> BinaryIO:
        try:
            return path.open("wb")
        except OSError as error:
            raise Unavailable(
                "The rejected rows cannot be written down: {reason}.",
                where=str(path),
                mend="Import a copy of the file from a folder that you may write to.",
                reason=error.strerror or str(error),
            ) from error

    def __enter__(self) -> Self:
        if self.path and self.path.exists():
            self._opened(self.path).close()
            self.path.unlink()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()
