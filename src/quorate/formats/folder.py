"""A folder of files, each an item: a text becomes the body, an image or a sound a medium."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from pathlib import Path

from quorate.errors import InvalidInput
from quorate.formats.rows import LONGEST_ROW, Read, Reject, Row

TEXTS = frozenset({".txt", ".md", ".text"})


def files(folder: Path) -> Iterator[Path]:
    """Every file below, in order of its name; hidden ones and hidden folders left out."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from files(Path(entry))
        else:
            yield Path(entry)


def read(folder: Path) -> Iterator[Read]:
    """A row for each file, its path below the folder being its key; `line` is the file's number, from 1."""
    for line, path in enumerate(files(folder), start=1):
        yield _row(path, path.relative_to(folder).as_posix(), line)


def _row(path: Path, key: str, line: int) -> Read:
    if path.suffix.lower() in TEXTS:
        return _text(path, key, line)
    kind = mimetypes.guess_type(path.name)[0] or ""
    if kind.partition("/")[0] not in ("image", "audio", "video") and kind != "application/pdf":
        odd = InvalidInput("Neither a text nor an image, sound, video or PDF, by its name.")
        return Reject(line, key, odd)
    return Row(line, key, {}, [{"url": str(path.resolve()), "type": kind}])


def _text(path: Path, key: str, line: int) -> Read:
    if path.stat().st_size > LONGEST_ROW:
        return Reject(line, key, InvalidInput("The text is longer than {most} MiB.", most=LONGEST_ROW // 2**20))
    try:
        return Row(line, key, {"text": path.read_text(encoding="utf-8-sig")})
    except UnicodeDecodeError:
        return Reject(line, key, InvalidInput("Not UTF-8."))
    except OSError as error:
        return Reject(line, key, InvalidInput("It cannot be read: {reason}", reason=error.strerror or str(error)))
