"""Keep an uploaded medium in the data folder, under the hash of its content."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from quorate.formats.media import kept
from quorate.ids import new_id


def keep_medium(chunks: Iterable[bytes], folder: Path) -> str:
    """Write the chunks to their place, by way of a temporary name; their SHA-256. The same content twice is one."""
    folder.mkdir(parents=True, exist_ok=True)
    running, part = sha256(), folder / f"{new_id()}.part"
    try:
        with part.open("wb") as copy:
            for chunk in chunks:
                running.update(chunk)
                copy.write(chunk)
        target = kept(running.hexdigest(), folder)
        target.parent.mkdir(exist_ok=True)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return running.hexdigest()
