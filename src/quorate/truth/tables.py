"""Columns of a table, whatever carries it: CSV, Parquet, pandas, polars, arrays. Coding of values as small integers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quorate.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow as pa

# What a missing value looks like in a CSV. "NA", "None" and "null" are not here: they are names people give to classes.
MISSING = ["", "nan", "NaN", "NAN"]
ISO = "^[0-9]{4}-[0-9]{2}-"
WHOLE = r"^-?[0-9]{1,18}$"
# The same column under the name another tool gives it.
ALIASES = {"item": ("task",), "worker": ("annotator", "performer"), "timestamp": ("time",)}
# Columns whose text repeats: read from Parquet as codes, they take a third of the memory.
CODED = {"item", "worker", "label", *ALIASES["item"], *ALIASES["worker"]}


def read_table(path: str | Path, columns: Sequence[str], optional: Sequence[str] = ()) -> dict[str, pa.Array]:
    """Read the named columns of a CSV file, a Parquet file or a folder of Parquet files.

    A CSV's values stay text ("007" is not 7). Raises `InvalidInput` for a file that is absent, empty, not UTF-8 or
    not a table, and for a column that is missing.
    """
    file = Path(path)
    if not file.exists():
        raise InvalidInput("There is no such file.", where=str(file), mend="Check the path.")
    table = _read_csv(file) if file.is_file() and not _is_parquet(file) else _read_parquet(file)
    return choose_columns({name: table[name] for name in table.column_names}, columns, optional, where=str(file))


def read_labels(path: str | Path) -> dict[str, str]:
    """Read a table of item and label (gold, or truth to score against) as a mapping of their texts."""
    columns = read_table(path, ["item", "label"])
    items, labels = (as_text(clean(columns[name], name, str(path))) for name in ("item", "label"))
    known: dict[str, str] = {}
    for row, (item, label) in enumerate(zip(items.to_pylist(), labels.to_pylist(), strict=True), start=2):
        if known.setdefault(item, label) != label:
            raise InvalidInput(
                f"Item {item!r} has two labels, {known[item]!r} and {label!r}.",
                where=f"{path}, line {row}",
                mend="Keep one line an item.",
            )
    return known


def choose_columns(
    table: Mapping[str, Any], columns: Sequence[str], optional: Sequence[str] = (), *, where: str
) -> dict[str, Any]:
    """Pick columns by name or alias; `InvalidInput` names the one that is missing and what there is instead."""
    chosen = {}
    for name in (*columns, *optional):
        found = next((alias for alias in (name, *ALIASES.get(name, ())) if alias in table), None)
        if found is not None:
            chosen[name] = table[found]
        elif name in columns:
            raise InvalidInput(
                f"There is no column {name!r}; the columns are {', '.join(map(repr, table)) or 'none'}.",
                where=where,
                mend=f"Rename a column to {name!r}.",
            )
    return chosen


def _is_parquet(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(4) == b"PAR1"


def _read_parquet(file: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.dataset as ds

    if file.is_dir() and not any(file.rglob("*.parquet")):
        raise InvalidInput("The folder holds no .parquet file.", where=str(file), mend="Check the path.")
    try:
        return ds.dataset(str(file), format=ds.ParquetFileFormat(dictionary_columns=CODED)).to_table()
    except (pa.ArrowInvalid, OSError) as error:
        raise InvalidInput(f"This Parquet cannot be read: {error}", where=str(file)) from error


def _read_csv(file: Path) -> pa.Table:
    import pyarrow as pa

    with file.open("rb") as stream:
        header = stream.readline()
    if not header.strip():
        raise InvalidInput("The file is empty.", where=str(file), mend="It needs a header and a line a vote.")
    try:
        names = header.decode("utf-8-sig")
        try:
            return _csv_table(file, names)
        except pa.ArrowInvalid:
            return _csv_table(file, names, threads=False)  # fails as well, and now the message counts the rows
    except (UnicodeDecodeError, pa.ArrowInvalid) as error:
        if "utf" in str(error).lower():
            raise InvalidInput("The file is not UTF-8.", where=str(file), mend="Save it as UTF-8.") from error
        raise InvalidInput(f"This is not a CSV: {error}", where=str(file), mend="Mend that line.") from error


def _csv_table(file: Path, header: str, *, threads: bool = True) -> pa.Table:
    """All columns as text, separated by comma, semicolon or tab as the header shows."""
    import csv

    import pyarrow as pa
    from pyarrow import csv as arrow

    delimiter = max(",;\t", key=header.count)
    names = next(csv.reader([header], delimiter=delimiter))
    return arrow.read_csv(
        str(file),
        read_options=arrow.ReadOptions(use_threads=threads),
        parse_options=arrow.ParseOptions(newlines_in_values=True, delimiter=delimiter),
        convert_options=arrow.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=MISSING,
        ),
    )


def clean(values: Any, name: str, where: str | None = None) -> pa.Array:
    """One column as an Arrow array, its text stripped of surrounding space; `InvalidInput` where a value is missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InvalidInput(
            f"Column {name!r} mixes kinds of values: {error}", where=where, mend="Make all of them text."
        ) from error
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
        array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type):
        array = pc.utf8_trim_whitespace(pc.cast(array, pa.string()))
        array = pc.if_else(pc.equal(array, ""), pa.scalar(None, array.type), array)
    if array.null_count:
        row = pc.index(array.is_null(), True).as_py()
        raise InvalidInput(
            f"Column {name!r} lacks a value in {array.null_count} of {len(array)} rows; the first is row {row + 1}.",
            where=where,
            mend="Leave those rows out, or give the missing value a name of its own.",
        )
    return array


def as_text(array: pa.Array) -> pa.Array:
    """The same values as text, so that 3, 3.0 and "3" from different files are one value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return array if pa.types.is_string(array.type) else pc.cast(array, pa.string())


def encode(values: Any, name: str, where: str | None = None) -> tuple[NDArray[np.int32], NDArray[Any]]:
    """Code a column as int32 positions in its sorted vocabulary; whole numbers in text sort as numbers."""
    coded = _coded(values, name, where)
    order = _sorted_order(coded.dictionary)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    vocabulary = coded.dictionary.take(order).to_numpy(zero_copy_only=False)
    return rank[coded.indices.to_numpy()], vocabulary


def _coded(values: Any, name: str, where: str | None) -> pa.DictionaryArray:
    """One column as Arrow codes. Of one that comes as codes, only what they stand for is cleaned."""
    import pyarrow as pa

    coded = isinstance(values, pa.ChunkedArray) and pa.types.is_dictionary(values.type)
    if not coded or values.null_count or not len(values):
        return clean(values, name, where).dictionary_encode()
    chunks = values.unify_dictionaries().chunks
    given, dictionary = np.concatenate([chunk.indices.to_numpy() for chunk in chunks]), chunks[0].dictionary
    used = np.zeros(len(dictionary), bool)
    used[given] = True
    try:
        words = clean(dictionary.filter(pa.array(used)), name, where).dictionary_encode()
    except InvalidInput:
        return clean(values, name, where).dictionary_encode()  # which tells the row
    place = np.zeros(len(used), np.int32)
    place[used] = words.indices.to_numpy()
    return pa.DictionaryArray.from_arrays(pa.array(place[given]), words.dictionary)


def _sorted_order(dictionary: pa.Array) -> NDArray[np.int64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pa.types.is_string(dictionary.type) and pc.all(pc.match_substring_regex(dictionary, WHOLE)).as_py()
    if whole and len(dictionary):
        numbers = pc.cast(dictionary, pa.int64()).to_numpy()
        return np.lexsort((pc.rank(dictionary).to_numpy(), numbers)).astype(np.int64)
    return np.asarray(pc.sort_indices(dictionary).to_numpy(), dtype=np.int64)


def locate(values: Any, vocabulary: NDArray[Any], name: str) -> NDArray[np.int32]:
    """Positions of the values in a vocabulary, compared as text; −1 where a value is not in it. Shape (n,), int32."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = as_text(clean(values, name))
    found = pc.index_in(wanted, value_set=as_text(clean(pa.array(vocabulary), name)))
    return np.array(pc.fill_null(found, -1).to_numpy(), dtype=np.int32)


def as_numbers(values: Any, name: str, where: str | None = None) -> NDArray[np.float64]:
    """A column of numbers, or of times (ISO text or timestamps, as seconds since 1970 UTC). Shape (n,), float64."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = clean(values, name, where)
    try:
        if (
            name == "timestamp"
            and pa.types.is_string(array.type)
            and pc.any(pc.match_substring_regex(array, ISO)).as_py()
        ):
            zone = "UTC" if pc.any(pc.match_substring_regex(array, r":[0-9.]+(Z|[-+][0-9:]+)$")).as_py() else None
            array = pc.cast(array, pa.timestamp("us", zone))
        if pa.types.is_temporal(array.type):
            array = pc.divide(
                pc.cast(pc.cast(array, pa.timestamp("us"), safe=False), pa.int64()).cast(pa.float64()), 1e6
            )
        numbers = np.asarray(pc.cast(array, pa.float64()).to_numpy(), dtype=np.float64)
    except pa.ArrowInvalid as error:
        raise InvalidInput(f"Column {name!r} is not numeric: {error}", where=where) from error
    if not np.isfinite(numbers).all():
        row = int(np.argmin(np.isfinite(numbers)))
        raise InvalidInput(f"Column {name!r} has {numbers[row]} in row {row + 1}.", where=where)
    return numbers
