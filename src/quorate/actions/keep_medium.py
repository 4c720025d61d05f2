"""Keep an uploaded medium in the data folder, under the hash of its content."""

from __future__ import annotations

import shutil
from hashlib import file_digest
from pathlib import Path
from typing import IO

from quorate.formats.media import kept
from quorate.ids import new_id


def keep_medium(stream: IO[bytes], folder: Path) -> str:
    """Copy the stream to its place, by way of a temporary name; its SHA-256. Keeping the same content twice is one."""
    digest = file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    target = kept(digest, folder)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = folder / f"{new_id()}.part"
        stream.seek(0)
        with part.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        part.replace(target)
    return digest
