"""What a command asks of the files it is given before it begins anything: to be there, or that they can be written.

Callbacks of arguments and options, so that nobody waits for a database or a model to hear of a slip in a name.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from quorate.errors import InvalidInput


def there(given: Any) -> Any:
    """The file or folder that is given, or several; refused is one that is not there."""
    for path in given if isinstance(given, list) else [given]:
        if path is not None and not path.exists():
            raise InvalidInput("There is no such file or folder.", where=str(path), mend=_meant(path))
    return given


def _meant(path: Path) -> str:
    if not path.parent.is_dir():
        return f"Check the path: there is no folder {path.parent} either."
    near = get_close_matches(path.name, [entry.name for entry in path.parent.iterdir()], n=1, cutoff=0.7)
    return f"Did you mean {path.with_name(near[0])}?" if near else f"Check the path: it would be {path.absolute()}."


def written(*endings: str) -> Callable[[Path | None], Path | None]:
    """The file that is to be written; refused are another ending than these, if any are named, and a folder too few."""

    def checked(path: Path | None) -> Path | None:
        if path is None:
            return None
        if endings and path.suffix.lower() not in endings:
            raise InvalidInput(
                f"Nothing here writes {path.suffix or 'a file without ending'}.",
                where=str(path),
                mend=f"End the file's name in {' or '.join(endings)}.",
            )
        if not path.parent.is_dir():
            raise InvalidInput("There is no such folder.", where=str(path.parent), mend="Make it first.")
        return path

    return checked
