"""Which reader or writer a file gets: by its name's ending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from quorate.errors import InvalidInput, Unavailable
from quorate.formats import coco, conll, csv, folder, jsonl, parquet
from quorate.formats.rows import Read, Source

READERS = {".jsonl": jsonl.read, ".ndjson": jsonl.read, ".csv": csv.read, ".tsv": csv.read}
WRITTEN = {".jsonl": jsonl, ".csv": csv, ".parquet": parquet, ".conll": conll, ".coco.json": coco}
"""Those with a `KIND` hold the labels of one step, of that kind, and nothing else."""


class Writer(Protocol):
    """What writes an export."""

    def write(self, records: Sequence[dict[str, Any]]) -> None:
        """Append records."""

    def close(self) -> None:
        """Nothing more comes."""


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The rows of a file or a folder."""
    if path.is_dir():
        yield Source(path.name, _placed(folder.read(path), path))
        return
    if not path.is_file():
        raise InvalidInput("There is no such file.", where=str(path))
    ending = path.suffix.lower()
    size = path.stat().st_size or 1
    with _stream(path) as stream:
        if ending == ".parquet":
            file = parquet.open_file(stream, str(path))
            rows = file.metadata.num_rows or 1
            yield Source(path.name, _placed(parquet.read(file), path), lambda read: read / rows)
        elif ending in READERS:
            yield Source(path.name, _placed(READERS[ending](stream), path), lambda _: stream.tell() / size)
        else:
            raise InvalidInput(
                "`{ending}` is not a format that can be imported.",
                where=str(path),
                mend="Give a folder of files, or a file that ends in {known}.",
                ending=ending or path.name,
                known=(*READERS, ".parquet"),
            )


def _stream(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise Unavailable(
            "The file cannot be read: {reason}.", where=str(path), reason=error.strerror or str(error)
        ) from error


def _placed(rows: Iterator[Read], path: Path) -> Iterator[Read]:
    """The same rows; an error about the whole file says which file it is."""
    try:
        yield from rows
    except InvalidInput as error:
        error.where = f"{path}: {error.where}" if error.where else str(path)
        raise


def written(path: Path) -> Any:
    """The module that writes (`Writer`) and reads back (`records`) exports with this ending."""
    for ending, form in WRITTEN.items():
        if path.name.lower().endswith(ending):
            return form
    raise InvalidInput(
        "`{ending}` is not a format that can be exported.",
        where=str(path),
        mend="End the file's name in {known}.",
        ending=path.suffix,
        known=list(WRITTEN),
    )
