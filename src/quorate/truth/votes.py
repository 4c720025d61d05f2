"""Votes: who gave which item which label, as arrays of small integers with their vocabularies."""

from __future__ import annotations

import warnings
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quorate.errors import InvalidInput, Unavailable
from quorate.truth import tables


@dataclass(frozen=True, eq=False)
class Votes:
    """One row a vote; repeats of (item, worker) are votes of their own.

    `item`, `worker`, `label`: int32 codes, shape (n,), each a position in `items`, `workers`, `labels` (the original
    values, in sorted order when built by a constructor). `weight`: how much the vote counts, float64 ≥ 0, shape (n,).
    `time`: seconds, float64, shape (n,). A vocabulary may hold values that no vote uses.

    Values are compared after stripping surrounding space. Labels that differ by case alone stay apart, with a warning,
    because case can carry meaning.
    """

    item: NDArray[np.int32]
    worker: NDArray[np.int32]
    label: NDArray[np.int32]
    items: NDArray[Any]
    workers: NDArray[Any]
    labels: NDArray[Any]
    weight: NDArray[np.float64] | None = field(default=None)
    time: NDArray[np.float64] | None = field(default=None)

    @classmethod
    def from_arrays(
        cls,
        items: Any,
        workers: Any,
        labels: Any,
        weight: Any = None,
        time: Any = None,
        *,
        classes: Any = None,
        where: str | None = None,
    ) -> Self:
        """Code three columns of equal length (any sequence, numpy, pandas, polars or Arrow).

        `classes` gives the labels that may occur and their order; without it they are the sorted labels that do occur.
        Raises `InvalidInput` for no votes, unequal lengths, missing values, bad weights and labels outside `classes`.
        """
        columns = {"item": items, "worker": workers, "label": labels}
        columns |= {} if weight is None else {"weight": weight}
        columns |= {} if time is None else {"timestamp": time}
        return cls._from_columns(columns, classes, where)

    @classmethod
    def from_frame(cls, frame: Any, *, classes: Any = None, where: str | None = None) -> Self:
        """From pandas, polars or an Arrow table: columns item (or task), worker, label, maybe weight and timestamp."""
        names = frame.column_names if hasattr(frame, "column_names") else list(frame.columns)
        table = {str(name): frame[name] for name in names}
        columns = tables.choose_columns(
            table, ["item", "worker", "label"], ["weight", "timestamp"], where=where or "the frame"
        )
        return cls._from_columns(columns, classes, where)

    @classmethod
    def read(cls, path: str | Path, *, classes: Any = None) -> Self:
        """From a CSV, a Parquet file or a folder of these, with the columns of `from_frame`; CSV values stay text."""
        import pyarrow as pa

        columns = tables.read_table(path, ["item", "worker", "label"], ["weight", "timestamp"])
        votes = cls._from_columns(columns, classes, str(path))
        pa.default_memory_pool().release_unused()  # a model will want the room
        return votes

    @classmethod
    def _from_columns(cls, columns: dict[str, Any], classes: Any, where: str | None) -> Self:
        """Code columns by name. They are taken out of `columns` one by one, items last, so that a large table goes as
        its codes come."""
        if classes is None:
            label, label_names = tables.encode(columns.pop("label"), "label", where)
        else:
            label_names = _vocabulary(classes)
            label = tables.locate(columns.pop("label"), label_names, "label")
        worker, worker_names = tables.encode(columns.pop("worker"), "worker", where)
        item, item_names = tables.encode(columns.pop("item"), "item", where)
        weight = tables.as_numbers(columns.pop("weight"), "weight", where) if "weight" in columns else None
        time = tables.as_numbers(columns.pop("timestamp"), "timestamp", where) if "timestamp" in columns else None
        votes = cls(item, worker, label, item_names, worker_names, label_names, weight, time)
        votes._check(where)
        return votes

    def _check(self, where: str | None) -> None:
        if not len(self.item):
            raise InvalidInput("There are no votes.", where=where, mend="One vote at least is needed.")
        lengths = {len(a) for a in (self.item, self.worker, self.label, self.weight, self.time) if a is not None}
        if len(lengths) > 1:
            raise InvalidInput(f"The columns have different lengths: {sorted(lengths)}.", where=where)
        if (self.label < 0).any():
            row = int(np.argmax(self.label < 0))
            raise InvalidInput(f"The label in row {row + 1} is not one of the given classes.", where=where)
        if self.weight is not None and (self.weight < 0).any():
            raise InvalidInput("A weight is negative.", where=where, mend="Weights are zero or more.")
        alike = defaultdict(list)
        for label in self.labels if self.n_classes <= 1000 else ():  # more than that is free text
            alike[str(label).casefold()].append(label)
        if clashes := [names for names in alike.values() if len(names) > 1]:
            warnings.warn(f"Labels that differ by case alone are kept apart: {clashes[:3]}.", stacklevel=4)

    def __len__(self) -> int:
        return len(self.item)

    @property
    def n_votes(self) -> int:
        """Number of votes."""
        return len(self.item)

    @property
    def n_items(self) -> int:
        """Number of items in the vocabulary, with or without votes."""
        return len(self.items)

    @property
    def n_workers(self) -> int:
        """Number of workers in the vocabulary."""
        return len(self.workers)

    @property
    def n_classes(self) -> int:
        """Number of classes K."""
        return len(self.labels)

    def take(self, rows: ArrayLike) -> Self:
        """The votes chosen by a mask or by positions; the vocabularies stay, so codes mean the same."""
        index = np.asarray(rows)
        return replace(
            self,
            item=self.item[index],
            worker=self.worker[index],
            label=self.label[index],
            weight=None if self.weight is None else self.weight[index],
            time=None if self.time is None else self.time[index],
        )

    def append(self, other: Votes) -> Self:
        """Both in a row. Codes of `self` stay valid: what is new to it is added at the end of its vocabularies."""
        merged: dict[str, Any] = {}
        for codes, vocabulary in (("item", "items"), ("worker", "workers"), ("label", "labels")):
            names, translate = union(getattr(self, vocabulary), getattr(other, vocabulary))
            merged[vocabulary] = names
            merged[codes] = np.concatenate([getattr(self, codes), translate[getattr(other, codes)]])
        merged["weight"] = _joined(self.weight, other.weight, len(self), len(other), 1.0)
        merged["time"] = _joined(self.time, other.time, len(self), len(other), np.nan)
        return replace(self, **merged)

    def without_duplicates(self) -> Self:
        """The first of each (item, worker, label), in the order given."""
        key = (self.item.astype(np.int64) * self.n_workers + self.worker) * self.n_classes + self.label
        _, first = np.unique(key, return_index=True)
        return self if len(first) == len(self) else self.take(np.sort(first))

    def with_classes(self, classes: Any) -> Self:
        """The same votes, with classes that nobody chose (yet) added at the end of `labels`."""
        names, _ = union(self.labels, _vocabulary(classes))
        return replace(self, labels=names)

    def to_arrow(self) -> Any:
        """A `pyarrow.Table` of the original values: item, worker, label, maybe weight and timestamp (seconds)."""
        import pyarrow as pa

        columns = {
            "item": pa.array(self.items).take(pa.array(self.item)),
            "worker": pa.array(self.workers).take(pa.array(self.worker)),
            "label": pa.array(self.labels).take(pa.array(self.label)),
        }
        columns |= {} if self.weight is None else {"weight": pa.array(self.weight)}
        columns |= {} if self.time is None else {"timestamp": pa.array(self.time)}
        return pa.table(columns)

    def to_frame(self, library: str = "pandas") -> Any:
        """A DataFrame of `library` ("pandas" or "polars") with the columns of `to_arrow`."""
        try:
            if library == "polars":
                import polars

                return polars.from_arrow(self.to_arrow())
            return self.to_arrow().to_pandas()
        except ImportError as error:
            raise Unavailable(f"{library} is not installed.", mend=f"pip install {library}") from error

    def write(self, path: str | Path) -> None:
        """To a .parquet file, else to CSV."""
        from pyarrow import csv, parquet

        if Path(path).suffix == ".parquet":
            parquet.write_table(self.to_arrow(), str(path))
        else:
            csv.write_csv(self.to_arrow(), str(path))

    def __repr__(self) -> str:
        return f"Votes({len(self)} votes, {self.n_items} items, {self.n_workers} workers, {self.n_classes} classes)"


def _vocabulary(values: Any) -> NDArray[Any]:
    import pyarrow.compute as pc

    array = tables.clean(list(values), "classes")
    if len(pc.unique(array)) < len(array):
        raise InvalidInput("A class is given twice.", mend="Name each class once.")
    return np.asarray(array.to_numpy(zero_copy_only=False))


def union(mine: NDArray[Any], theirs: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int32]]:
    """My vocabulary with what is new in theirs after it, and where each of theirs is in it."""
    if mine is theirs:
        return mine, np.arange(len(mine), dtype=np.int32)
    position = tables.locate(theirs, mine, "vocabulary")
    new = position < 0
    position[new] = len(mine) + np.arange(new.sum(), dtype=np.int32)
    added = theirs[new] if mine.dtype == theirs.dtype else theirs[new].astype(str)
    base = mine if mine.dtype == theirs.dtype or not new.any() else mine.astype(str).astype(object)
    return (np.concatenate([base, added]) if new.any() else mine), position


def _joined(
    mine: NDArray[np.float64] | None, theirs: NDArray[np.float64] | None, n: int, m: int, default: float
) -> NDArray[np.float64] | None:
    if mine is None and theirs is None:
        return None
    return np.concatenate(
        [np.full(n, default) if mine is None else mine, np.full(m, default) if theirs is None else theirs]
    )
