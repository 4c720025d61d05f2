"""Copied media in a backup: with the dump of the database in one tar archive, each under the hash of its content."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from quorate.errors import InvalidInput
from quorate.formats.media import CHUNK, copies, kept

DUMP = "database.dump"
INSIDE = "media/"


def pack(dump: Path, media: Path, file: Path) -> int:
    """Write the dump and every copied medium to an archive; how many media there are."""
    count = 0
    with tarfile.open(file, "w") as archive:
        archive.add(dump, DUMP)
        for medium in copies(media):
            archive.add(medium, INSIDE + medium.name)
            count += 1
    return count


@contextmanager
def unpacked(file: Path, media: Path | None) -> Iterator[Path]:
    """The dump that a backup holds; the media beside it are copied to their places first, where they harm nobody.

    Raises `InvalidInput` when the archive is damaged.
    """
    if not tarfile.is_tarfile(file):
        yield file
        return
    with tempfile.NamedTemporaryFile(suffix=".dump") as dump:
        try:
            with tarfile.open(file) as archive:
                for member in archive:
                    _take(archive, member, Path(dump.name), media, file)
        except (tarfile.TarError, EOFError) as error:
            raise _damaged(file, str(error)) from error
        yield Path(dump.name)


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, dump: Path, media: Path | None, file: Path) -> None:
    source = archive.extractfile(member) if member.isfile() else None
    if source is None:
        return
    if member.name == DUMP:
        with dump.open("wb") as target:
            shutil.copyfileobj(source, target, CHUNK)
        return
    digest = member.name.removeprefix(INSIDE)
    if media is None or not member.name.startswith(INSIDE):
        return
    place = kept(digest, media)
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    part, running = place.with_suffix(".part"), sha256()
    try:
        with part.open("wb") as target:
            while chunk := source.read(CHUNK):
                running.update(chunk)
                target.write(chunk)
        if running.hexdigest() != digest:
            raise _damaged(file, f"the medium {digest} is not what it was")
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def _damaged(file: Path, why: str) -> InvalidInput:
    return InvalidInput(f"The backup is damaged: {why}.", where=str(file), mend="Take another backup.")
