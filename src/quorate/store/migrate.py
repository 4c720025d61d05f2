"""From the tables a database has to the tables this version declares, by the revisions in `migrations/versions`.

An embedded database is brought up to date whenever it is opened; an external one by `quorate migrate`, since when a
shared server changes is its operator's decision. `python -m quorate.store.migrate WHAT…` drafts a revision from
what `tables/` declares and the existing revisions do not make.

Every command asks whether there is something to do, and hardly ever there is: so what it takes to do it, Alembic and
all revisions, is imported only then.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.errors import UndefinedTable

from quorate import clock
from quorate.errors import InvalidInput, Unavailable

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

FOLDER = Path(__file__).parent / "migrations"
ALONE = Lock()  # Alembic keeps what it works on in a global; other processes wait at the database


def head() -> str:
    """The revision that this version of Quorate needs: the last by name, since names begin with the date."""
    return max(path.name for path in (FOLDER / "versions").glob("[0-9]*.py"))[:15]


def known(revision: str) -> bool:
    """Whether this version of Quorate has the revision."""
    return any(path.name[:15] == revision for path in (FOLDER / "versions").glob("[0-9]*.py"))


def current(url: str) -> str | None:
    """The revision that the database is at; None when it is empty."""
    with _asked(url) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except UndefinedTable:
            return None
    return row[0] if row else None


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to a revision, in one transaction: it arrives there or stays where it is.

    Of several at once, one works and the others wait and then find nothing to do. Raises `InvalidInput` for a
    revision that does not exist, or a database that a newer Quorate has already moved on.
    """
    from alembic import command
    from alembic.util import CommandError

    with ALONE, _connected(url) as connection:
        try:
            command.upgrade(_config(connection), revision)
        except CommandError as error:
            raise InvalidInput(
                f"The database cannot be brought to revision {revision}: {error}.",
                mend="If a newer Quorate has used this database, install that version again.",
            ) from error


def declared(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a thing found in the database is ours to compare: the job queue's own tables are not."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def draft(what: str) -> Path:
    """Write the revision that leads from the existing ones to `tables/`; to be read before it is committed."""
    from alembic import command

    from quorate.store import embedded

    with tempfile.TemporaryDirectory() as folder, embedded.server(Path(folder)) as url:
        upgrade(url)
        revision = f"{clock.now():%Y_%m_%d_%H%M}"
        with _connected(url) as connection:
            script = command.revision(_config(connection), what.capitalize(), autogenerate=True, rev_id=revision)
    assert script is not None
    assert not isinstance(script, list)
    return Path(script.path)


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url
    from sqlalchemy.pool import NullPool

    with _asked(url):
        pass
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


@contextmanager
def _asked(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a database in which every text can be kept: in SQL_ASCII, texts come back as bytes."""
    try:
        connection = psycopg.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        raise Unavailable(
            f"The database does not answer: {error}.", mend="Run `quorate doctor` to see what is wrong."
        ) from error
    with connection:
        if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
            raise Unavailable(
                f"The database has the encoding {encoding}, in which not every text can be kept.",
                mend="Make another: createdb --encoding UTF8 --template template0 NAME.",
            )
        yield connection


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("usage: python -m quorate.store.migrate WHAT THE REVISION DOES")
    draft(" ".join(sys.argv[1:]))
