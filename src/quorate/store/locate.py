"""Which database this installation uses: the external one that the settings name, or its own in the data folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from quorate.errors import Unavailable
from quorate.settings import Settings
from quorate.store import embedded, migrate


@contextmanager
def located(settings: Settings) -> Iterator[str]:
    """The URL of the database, as it is; the embedded server runs at least as long as the block."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    with embedded.server(settings.data) as url:
        yield url


@contextmanager
def ready(settings: Settings) -> Iterator[str]:
    """The URL of the database with its tables up to date: ours is brought there, of an external one it is required."""
    with located(settings) as url:
        found = migrate.current(url)
        if found != migrate.head() and settings.database_url is None:
            migrate.upgrade(url)
        elif found != migrate.head():
            raise Unavailable(
                f"The database's tables are at {found or 'nothing'}, and this version needs {migrate.head()}.",
                mend="Run `quorate migrate` (after a `quorate backup`).",
            )
        yield url
