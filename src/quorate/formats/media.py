"""Media that items point to: where they are, what they are, and copies by content in the data folder.

A medium is an fsspec URL (`https://…`, `s3://…`, `file:///…`) or, once copied, `media:<sha256>`.
"""

from __future__ import annotations

import mimetypes
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit
from urllib.request import url2pathname

import fsspec

from quorate.errors import InvalidInput

CHUNK = 2**20
REMOTE = frozenset({"abfs", "az", "gcs", "gs", "http", "https", "s3"})
_COPY = re.compile(r"media:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Intake:
    """What becomes of media at an import.

    `beside` is the folder that relative paths start from; None refuses everything on this machine's own disk, as it
    must be for what comes over the network. `copies` is the folder to copy to; None leaves media where they are.
    """

    beside: Path | None = None
    copies: Path | None = None

    def take(self, written: object) -> dict[str, Any]:
        """{url, type, sha256} of a medium written as a URL, a path or {url, type}; `sha256` is None if left remote.

        Raises `InvalidInput` with the field at fault when it is written wrongly or cannot be read.
        """
        entry = {"url": written} if isinstance(written, str) else written
        if not isinstance(entry, dict) or not isinstance(entry.get("url"), str) or not entry["url"]:
            raise InvalidInput("A medium is a URL, or an object with one in `url`.", where="url")
        url = self._place(entry["url"])
        digest = None
        if self.copies is not None and not url.startswith("media:"):
            digest = _copy(url, self.copies)
        elif url.startswith("file:"):
            with _opened(url) as stream:
                digest = _digest(stream)
        kind = entry.get("type") or mimetypes.guess_type(urlsplit(url).path)[0] or "application/octet-stream"
        if self.copies is not None and digest:
            url = f"media:{digest}"
        return {"url": url, "type": kind, "sha256": digest or _named(url)}

    def _place(self, url: str) -> str:
        scheme = urlsplit(url).scheme
        if _COPY.fullmatch(url) or (scheme in REMOTE and "::" not in url):
            return url
        if self.beside is None:
            raise InvalidInput(
                "Media that come this way have a URL that begins with one of {known}.",
                where="url",
                known=sorted(REMOTE),
            )
        if len(scheme) > 1 and scheme not in ("file", "local"):  # one letter is a Windows drive
            if scheme not in fsspec.available_protocols():
                raise InvalidInput("Nothing here reads `{scheme}:`.", where="url", scheme=scheme)
            return url
        path = _path(url) if scheme in ("file", "local") else Path(url)
        path = (self.beside / path).resolve()
        if not path.is_file():
            raise InvalidInput("There is no file {path}.", where="url", path=str(path))
        return path.as_uri()


def local(url: str, copies: Path) -> Path | None:
    """The file on this machine behind a medium's URL; None when it is elsewhere."""
    if url.startswith("media:"):
        return kept(url.removeprefix("media:"), copies)
    return _path(url) if url.startswith("file:") else None


def _path(url: str) -> Path:
    return Path(url2pathname(urlsplit(url).path))


def kept(digest: str, copies: Path) -> Path:
    """Where the copy with this SHA-256 lies."""
    if not _COPY.fullmatch(f"media:{digest}"):
        raise InvalidInput("That is not the name of a copied medium.", where="url")
    return copies / digest[:2] / digest


def copies(folder: Path) -> Iterator[Path]:
    """Every copied medium in the folder; its name is the SHA-256 of its content."""
    return (path for path in sorted(folder.glob("??/*")) if _COPY.fullmatch(f"media:{path.name}"))


def _named(url: str) -> str | None:
    return url.removeprefix("media:") if url.startswith("media:") else None


def _opened(url: str) -> BinaryIO:
    try:
        if url.startswith("file:"):  # fsspec takes such a URL's %20 literally
            return _path(url).open("rb")
        return cast("BinaryIO", fsspec.open(url, "rb").open())
    except Exception as error:  # each of fsspec's file systems raises its own kind
        raise InvalidInput("It cannot be read: {reason}", where="url", reason=str(error)) from error


def _digest(stream: BinaryIO, copy: BinaryIO | None = None) -> str:
    running = sha256()
    while chunk := stream.read(CHUNK):
        running.update(chunk)
        if copy:
            copy.write(chunk)
    return running.hexdigest()


def _copy(url: str, copies: Path) -> str:
    """Copy under the content's own name, by way of a temporary one, so that a killed import leaves no half copy."""
    from quorate.ids import new_id

    copies.mkdir(parents=True, exist_ok=True)
    part = copies / f"{new_id()}.part"
    try:
        with _opened(url) as stream, part.open("xb") as file:
            digest = _digest(stream, file)
        target = kept(digest, copies)
        target.parent.mkdir(exist_ok=True)
        shutil.move(part, target)
    finally:
        part.unlink(missing_ok=True)
    return digest
