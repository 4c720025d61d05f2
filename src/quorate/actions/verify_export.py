"""Check an export by itself, without the database: the file, its proof, and a root that was published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from quorate.errors import InvalidInput
from quorate.flow import export_proof
from quorate.formats.source import written


def verify_export(path: Path, published: str | None = None) -> list[str]:
    """What does not fit, each in words that name the record; nothing when the export is as it was written.

    `published`: the root or the hash of the export's block, got some other way than with the export. Raises
    `InvalidInput` when the file or the proof beside it is not there, or cannot be read.
    """
    proof = path.with_name(f"{path.name}.proof.json")
    if not path.is_file():
        raise InvalidInput("There is no such file.", where=str(path))
    if not proof.is_file():
        raise InvalidInput(
            "The export has no proof beside it.",
            where=str(proof),
            mend="Put there the file of this name that `quorate export` wrote with it.",
        )
    try:
        told = orjson.loads(proof.read_bytes())
        names = [entry["name"] for entry in told["files"]]
        labels = names[0]
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError) as error:
        raise InvalidInput("This is no proof of an export.", where=str(proof)) from error
    places = {name: path.with_name(Path(name).name) for name in names}
    places[labels] = path  # whatever they are called by now
    missing = [name for name, place in places.items() if Path(name).name != name or not place.is_file()]
    if missing:
        return [f"{name}: the file is missing." for name in missing]
    records = written(path).records
    try:
        return export_proof.faults(told, {name: _read(records, place) for name, place in places.items()}, published)
    except _BrokenError as broken:
        return [str(broken)]


class _BrokenError(Exception):
    """A file is not what its ending says."""


def _read(records: Callable[[Path], Iterator[Any]], place: Path) -> Iterator[Any]:
    try:
        yield from records(place)
    except (ValueError, TypeError, AttributeError, LookupError, OSError) as error:  # JSON, say, of another shape
        raise _BrokenError(f"{place.name}: it cannot be read any more: {error!r}") from error
