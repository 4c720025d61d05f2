"""Small things about texts: words, shingles and hashed TF-IDF."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from quorate.watch.work import Codes

_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return _WORD.findall(text.casefold())


def shingles(text: str, size: int = 3) -> frozenset[int]:
    """Hashes of all runs of so many words."""
    said = words(text)
    return frozenset(zlib.crc32(" ".join(said[i : i + size]).encode()) for i in range(len(said) - size + 1))


def tf_idf(texts: Sequence[str], buckets: int = 1 << 14) -> csr_array:
    """Rows of unit length, (n, buckets): log term frequencies × inverse document frequencies; words are hashed.

    Salton and Buckley, Information Processing & Management 24 (1988); hashing as in Weinberger et al., ICML 2009.
    """
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        seen: dict[int, int] = {}
        for word in words(text):
            bucket = zlib.crc32(word.encode()) % buckets
            seen[bucket] = seen.get(bucket, 0) + 1
        rows += [row] * len(seen)
        columns += list(seen)
        values += [1 + np.log(count) for count in seen.values()]
    matrix = csr_array((values, (rows, columns)), shape=(len(texts), buckets), dtype=np.float64)
    frequency = np.bincount(columns, minlength=buckets)
    weighted = csr_array(matrix.multiply(np.log((1 + len(texts)) / (1 + frequency)) + 1))
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return csr_array(weighted.multiply(1 / np.maximum(length, 1e-12)[:, None]))


def usual_rate(hits: NDArray[Any], count: Codes, least: float) -> float:
    """How often something happens to most people: the upper quartile of their rates, and at least this."""
    rates = hits[count >= 5] / count[count >= 5]
    return float(max(least, np.quantile(rates, 0.75))) if rates.size else least
