"""Parquet (https://parquet.apache.org), read and written a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from quorate.errors import InvalidInput
from quorate.formats.columns import Column, Type
from quorate.formats.rows import Columns, Read, row

BATCH = 2048
_TYPES: dict[Type, pa.DataType] = {
    "text": pa.string(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "flag": pa.bool_(),
    "time": pa.timestamp("us", tz="UTC"),
    "json": pa.string(),
}


def open_file(stream: BinaryIO, name: str) -> pq.ParquetFile:
    """The file behind a stream; raises `InvalidInput` when it is not Parquet, or is cut off, or has binary columns."""
    try:
        file = pq.ParquetFile(stream)
    except pa.ArrowException as error:
        raise InvalidInput(
            "Not a whole Parquet file.",
            where=name,
            mend="Write or copy it again; the reader says: {reason}",
            reason=str(error),
        ) from error
    for column in file.schema_arrow:
        if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
            raise InvalidInput(
                "A column of bytes cannot be an item's field.",
                where=f"{name}: {column.name}",
                mend="Write the bytes to files and give their paths in the column `media`.",
            )
    return file


def read(file: pq.ParquetFile) -> Iterator[Read]:
    """The rows of an open file; `line` is the row's number, from 1."""
    names = file.schema_arrow.names
    columns = Columns(names)
    line = 0
    for batch in file.iter_batches(batch_size=BATCH):
        cells = [_plain(column) for column in batch.columns]
        for values in zip(*cells, strict=True):
            line += 1
            yield row(columns.record(list(values)), line)


def _plain(column: pa.Array) -> list[Any]:
    """A column as JSON values: times in ISO 8601, exact decimals as texts."""
    values: list[Any] = column.to_pylist()
    return values if pa.types.is_primitive(column.type) and _is_json(column.type) else [_json(v) for v in values]


def _is_json(type: pa.DataType) -> bool:
    return bool(pa.types.is_integer(type) or pa.types.is_floating(type) or pa.types.is_boolean(type))


def _json(value: Any) -> Any:
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return str(value)
        case dict():
            return {name: _json(inner) for name, inner in value.items() if inner is not None}
        case list():
            return [_json(inner) for inner in value]
        case None | str() | int() | float():
            return value
        case _:
            return str(value)


class Writer:
    """Writes records as row groups of some thousands, compressed."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._schema = pa.schema([(column.name, _TYPES[column.type]) for column in columns])
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[dict[str, Any]] = []

    def write(self, records: Sequence[dict[str, Any]]) -> None:
        """Append records."""
        self._waiting += records
        if len(self._waiting) >= 4 * BATCH:
            self._flush()

    def _flush(self) -> None:
        cells = {c.name: [c.cell(record.get(c.name)) for record in self._waiting] for c in self._columns}
        self._writer.write_table(pa.table(cells, schema=self._schema))
        self._waiting.clear()

    def close(self) -> None:
        """Nothing more comes."""
        if self._waiting:
            self._flush()
        self._writer.close()


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file that a `Writer` wrote."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=BATCH):
            yield from batch.to_pylist()
