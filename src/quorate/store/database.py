"""Connections and transactions. Whoever needs the database gets a `Database`; nobody else opens a connection.

`read` and `write` give a SQLAlchemy Core connection; `hot` gives the psycopg connection below it, for the two
statements (claim and submit) that run often enough for the driver's own prepared statements to matter. All three draw
from one pool. An action opens one `write` (or `hot`) and the block's end commits; nothing below an action commits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from quorate.errors import Unavailable


class Database:
    """A pool of connections to one PostgreSQL database.

    `url` is a libpq URL (`postgresql://…`); `size` connections are kept and as many again may come in a rush.
    """

    def __init__(self, url: str, *, size: int = 8) -> None:
        self.url = url
        self.engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=size,
            max_overflow=size,
            pool_pre_ping=False,
            pool_use_lifo=True,
        )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing written in it is kept."""
        with self._connected() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, undone when the block raises."""
        with self._connected() as connection, connection.begin():
            yield connection

    @contextmanager
    def hot(self) -> Iterator[psycopg.Connection]:
        """One transaction on the bare driver: committed at the end of the block, undone when it raises."""
        with self._connected() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)
            try:
                yield driver
                driver.commit()
            except BaseException:
                if not driver.closed:
                    driver.rollback()
                raise

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            connection = self.engine.connect()
        except OperationalError as error:
            raise Unavailable(
                "The database does not answer.", mend="Run `quorate doctor` to see what is wrong."
            ) from error
        with connection:
            yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
