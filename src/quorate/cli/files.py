"""What a command asks of the files it is given before it begins anything: that they can be written.

Callbacks of arguments and options, so that nobody waits for a database or a model to hear of a slip in a name.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from quorate.errors import InvalidInput


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
