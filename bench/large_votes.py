"""Do a hundred million votes from Parquet fit in 8 GiB? Dawid–Skene, 20 iterations, in a process of its own.

    python bench/large_votes.py [--votes 100000000] [--folder DIR] [--text] [--json]

Five votes an item, 50,000 workers, four classes, in ten files, in random order within a file; each item's votes lie in
two files. `--text`: names of items, workers and labels are texts instead of whole numbers. The peak is that of the
process that reads and fits, as the kernel counts it, Python and its libraries included.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

FILES, WORKERS, CLASSES, PER_ITEM, ITERATIONS = 10, 50_000, 4, 5, 20


def write(folder: Path, votes: int, text: bool) -> None:
    """The votes as Parquet files of equal size."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import parquet

    each = votes // FILES
    for number in range(FILES):
        rng = np.random.default_rng(number)
        item = rng.permutation(np.arange(number * each, (number + 1) * each) + each // 2) % votes // PER_ITEM
        truth = (item * 2654435761 % 2**32 >> 16) % CLASSES
        worker = rng.integers(0, WORKERS, each)
        right = rng.random(each) < 0.4 + 0.55 * worker / WORKERS
        label = np.where(right, truth, rng.integers(0, CLASSES, each))
        columns = {"item": pa.array(item), "worker": pa.array(worker), "label": pa.array(label)}
        if text:
            columns = {
                name: pc.binary_join_element_wise(name, column.cast(pa.string()), "-")
                for name, column in columns.items()
            }
        parquet.write_table(pa.table(columns), folder / f"{number}.parquet")


def fit(folder: Path) -> dict[str, float]:
    """Seconds of reading and of fitting, and the peak of this process in GiB."""
    from quorate.truth import DawidSkene, Votes

    began = time.perf_counter()
    votes = Votes.read(folder)
    read = time.perf_counter()
    model = DawidSkene(max_iter=ITERATIONS, tol=-1, accelerate=False).fit(votes)
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    times = {"read_seconds": read - began, "fit_seconds": ended - read}
    sizes = {"votes": len(votes), "items": votes.n_items, "workers": votes.n_workers}
    return {
        **sizes,
        **times,
        "ns_a_vote": 1e9 * (ended - read) / len(votes) / ITERATIONS,
        "peak_gib": peak,
        "sure": float(model.proba_.max(axis=1).mean()),
    }


def main() -> None:
    """Write, then read and fit, each in a fresh process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--votes", type=int, default=100_000_000)
    parser.add_argument("--folder", type=Path, help="for the files (about 0.9 GB); a temporary one if not given")
    parser.add_argument("--text", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for work, arguments in ((write, (Path(folder), options.votes, options.text)), (fit, (Path(folder),))):
            with fresh.Pool(1) as pool:
                found = pool.apply(work, arguments)
    print(json.dumps(found) if options.json else "\n".join(f"{name:14} {value:,.4g}" for name, value in found.items()))


if __name__ == "__main__":
    main()
