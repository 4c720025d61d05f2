"""Connections and transactions. Whoever needs the database gets a `Database`; nobody else opens a connection.

`read` and `write` give a SQLAlchemy Core connection. `hot` and `work` give a psycopg connection, for the flow of work,
where the driver's prepared statements and few round trips matter: `hot` for single statements, each a transaction of
its own, and `work` for a transaction of several. An action opens one of them, and its end commits; nothing below an
action commits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeAlias

import orjson
import psycopg
import structlog
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import ConnectionPool, PoolTimeout
from sqlalchemy import Connection, Row, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from quorate.errors import Unavailable

__all__ = ["Connection", "Database", "Driver", "Row"]

Driver: TypeAlias = psycopg.Connection[Any]
"""The bare driver's connection, for those who pass one on and may not know the driver."""
SECONDS_FOR_A_CONNECTION = 10.0
log = structlog.get_logger()


def _configure(connection: psycopg.Connection) -> None:
    connection.prepare_threshold = 0
    set_json_loads(orjson.loads, connection)
    set_json_dumps(orjson.dumps, connection)


class Database:
    """Two pools on one PostgreSQL database, opened when first needed.

    `url` is a libpq URL (`postgresql://…`); `size` is how many connections each pool keeps.
    """

    def __init__(self, url: str, *, size: int = 8) -> None:
        self.url = url
        self.size = size
        self.engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=size,
            max_overflow=size,
            pool_use_lifo=True,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=json.loads,
            hide_parameters=True,  # errors are logged, and a password's hash may be among the parameters
        )

    @cached_property
    def _pool(self) -> ConnectionPool[psycopg.Connection]:
        return ConnectionPool(
            self.url,
            kwargs={"autocommit": True, "options": "-c plan_cache_mode=force_generic_plan"},
            configure=_configure,
            min_size=1,
            max_size=self.size,
            timeout=SECONDS_FOR_A_CONNECTION,
            open=True,
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
        """The bare driver; every statement is a transaction of its own."""
        try:
            with self._pool.connection() as connection:
                yield connection
        except PoolTimeout as error:
            log.warning("database", error=str(error))
            raise _unavailable() from error
        except psycopg.OperationalError as error:
            log.warning("database", error=str(error))
            self._pool.check()  # a server that was restarted has broken the others, too
            raise _unavailable() from error

    @contextmanager
    def work(self) -> Iterator[psycopg.Connection]:
        """One transaction on the bare driver: committed at the end of the block, undone when the block raises."""
        with self.hot() as connection, connection.transaction():
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection
        except OperationalError as error:
            raise _unavailable() from error

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
        if "_pool" in self.__dict__:
            self._pool.close()


def _unavailable() -> Unavailable:
    return Unavailable("The database does not answer.", mend="Run `quorate doctor` to see what is wrong.")
