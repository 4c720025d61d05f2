"""Dawid–Skene over several machines: each Dask worker keeps some of the items, and counts travel.

The kernels are those of one machine. A partition holds all votes of its items, so its E-step is its own; its expected
counts (workers × labels × classes) are added up by the client, which takes the M-step and sends the rates back.
Everything that a Dask worker holds can be computed again from the files, so Dask replaces what a dead worker held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import getitem
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from quorate.errors import InvalidInput, Unavailable
from quorate.truth.dawid_skene import DawidSkene
from quorate.truth.kernels import Clamp, Sweep, VoteMatrix, column_sums
from quorate.truth.model import Fitted, clamp_proba, code_gold
from quorate.truth.tables import as_text, clean, encode, locate, read_table
from quorate.truth.votes import Votes, union

COLUMNS = ["item", "worker", "label"]
Floats = NDArray[np.floating[Any]]


def fit_folder(
    cluster: Any, folder: str | Path, gold: Mapping[Any, Any] | None = None, parts: int | None = None, **params: Any
) -> DawidSkene:
    """Fit Dawid–Skene to a folder of Parquet files on a Dask cluster, given by its address or a `Client`.

    The folder must be readable by every worker of the cluster. `parts`: how many partitions of items (default: two a
    worker thread). `params` go to `DawidSkene`. Repeats of a vote are votes. Returns a fitted model, its items sorted.
    Raises `Unavailable` without Dask or without a cluster.
    """
    files = sorted(str(file) for file in Path(folder).rglob("*.parquet"))
    if not files:
        raise InvalidInput("Dask reads a folder of .parquet files.", where=str(folder), mend="Write one.")
    client, ours = _connect(cluster)
    try:
        model = DawidSkene(threads=1, **params)
        parts = parts or max(2, 2 * sum(client.nthreads().values()))
        return model.adopt(*_fit(client, model, files, dict(gold or {}), parts))
    finally:
        if ours:
            client.close()


def _connect(cluster: Any) -> tuple[Any, bool]:
    if not isinstance(cluster, str):
        return cluster, False
    try:
        from distributed import Client

        return Client(cluster, timeout="10s"), True  # type: ignore[no-untyped-call]
    except ImportError as error:
        raise Unavailable("Dask is not installed.", mend="pip install 'quorate[spread]'") from error
    except (OSError, ValueError) as error:
        raise Unavailable(f"No Dask scheduler answers: {error}", where=cluster, mend="Check the address.") from error


def _fit(client: Any, model: DawidSkene, files: list[str], gold: dict[Any, Any], parts: int) -> tuple[Votes, Fitted]:
    """Shuffle the votes by item, agree on the vocabularies, and run EM with the partitions' counts."""
    pieces = [client.submit(split_file, file, parts) for file in files]
    chosen = [[client.submit(getitem, piece, part) for piece in pieces] for part in range(parts)]
    tables = [client.submit(join_pieces, mine) for mine in chosen]
    names = client.gather([client.submit(names_in, table) for table in tables])
    workers = merge([name["worker"] for name in names])
    labels = merge([name["label"] for name in names], list(gold.values()))
    held = [client.submit(code_part, table, workers, labels, gold, model.dtype) for table in tables]
    del pieces, chosen, tables
    starts = client.gather([client.submit(Part.start, part) for part in held])
    counts, mass = (np.sum([start[i] for start in starts], axis=0) for i in (0, 1))
    last: list[Floats] = []

    def sweep(table: Floats, log_prior: Floats) -> Sweep:
        last[:] = [table, log_prior]
        done = client.gather([client.submit(Part.sweep, part, table, log_prior, pure=False) for part in held])
        counts, mass = (np.sum([one[i] for one in done], axis=0) for i in (0, 1))
        return Sweep(np.empty((0, len(labels))), counts, mass, sum(one[2] for one in done))

    learnt = model.learn(counts, mass, sweep, sum(name["votes"] for name in names))
    answers = client.gather([client.submit(Part.answer, part, *last) for part in held])
    items, order = sorted_names(np.concatenate([answer[0] for answer in answers]))
    proba = np.concatenate([answer[1] for answer in answers])[order]
    nothing = np.empty(0, np.int32)
    return Votes(nothing, nothing, nothing, items, workers, labels), Fitted(proba, *learnt)


@dataclass(frozen=True)
class Part:
    """The items of one partition, coded and laid out for the kernels. Lives on a Dask worker."""

    votes: Votes
    matrix: VoteMatrix
    gold: NDArray[np.int32]

    def start(self) -> tuple[Floats, Floats]:
        """Counts and class masses under the majority's shares."""
        proba = clamp_proba(self.matrix.shares(), self.gold)
        return self.matrix.counts(proba), column_sums(proba)

    def sweep(self, table: Floats, log_prior: Floats) -> tuple[Floats, Floats, float]:
        """Counts, masses and log-likelihood of one pass; the posteriors stay behind."""
        done = self._pass(table, log_prior)
        return done.counts, done.mass, done.log_likelihood

    def answer(self, table: Floats, log_prior: Floats) -> tuple[NDArray[Any], Floats]:
        """Item names and their posteriors."""
        return self.votes.items, self._pass(table, log_prior).proba

    def _pass(self, table: Floats, log_prior: Floats) -> Sweep:
        return self.matrix.sweep(table, log_prior, Clamp.to_classes(self.gold, self.votes.n_classes))


def split_file(file: str, parts: int) -> list[Any]:
    """The votes of one file, shared out by a hash of the item that is the same on every machine."""
    import pyarrow as pa

    columns = read_table(file, COLUMNS)
    table = pa.table({name: as_text(clean(columns[name], name, file)) for name in COLUMNS})
    items = table["item"].combine_chunks().dictionary_encode()
    home = np.array([crc32(name.encode()) % parts for name in items.dictionary.to_pylist()])[items.indices.to_numpy()]
    return [table.filter(pa.array(home == part)) for part in range(parts)]


def join_pieces(pieces: list[Any]) -> Any:
    """One partition's votes, from all files."""
    import pyarrow as pa

    return pa.concat_tables(pieces)


def names_in(table: Any) -> dict[str, Any]:
    """The workers and labels that occur in a partition, and how many votes it has."""
    import pyarrow.compute as pc

    return {name: pc.unique(table[name]).to_pylist() for name in ("worker", "label")} | {"votes": len(table)}


def code_part(table: Any, workers: NDArray[Any], labels: NDArray[Any], gold: dict[Any, Any], dtype: str) -> Part:
    """Code a partition by the common vocabularies."""
    item, items = encode(table["item"], "item") if len(table) else (np.empty(0, np.int32), np.empty(0, object))
    worker, label = locate(table["worker"], workers, "worker"), locate(table["label"], labels, "label")
    votes = Votes(item, worker, label, items, workers, labels)
    return Part(votes, VoteMatrix(votes, dtype, threads=1), code_gold(votes, gold))


def merge(names: list[list[str]], more: list[Any] | None = None) -> NDArray[Any]:
    """One vocabulary from several, sorted as `Votes.read` sorts it; `more` names go after it when they are new."""
    merged = encode([name for part in names for name in part], "name")[1]
    return merged if not more else union(merged, np.array(list(dict.fromkeys(map(str, more))), dtype=object))[0]


def sorted_names(names: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Item names as `Votes.read` sorts them, and the permutation that does it."""
    code, vocabulary = encode(names, "item")
    return vocabulary, np.argsort(code)
