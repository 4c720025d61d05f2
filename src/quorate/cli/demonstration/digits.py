"""The items: 1,797 handwritten digits that ship with scikit-learn, as small images with known answers."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ENLARGED = 16


@dataclass(frozen=True)
class Digits:
    """`pixels` (N, 64) in 0..16, `truth` (N,) as text, `keys` (N,)."""

    pixels: NDArray[np.float64]
    truth: list[str]
    keys: list[str]

    def png(self, number: int) -> bytes:
        """One image, enlarged, dark on light."""
        grey = (255 - self.pixels[number].reshape(8, 8) * (255 / 16)).clip(0, 255).astype(np.uint8)
        return _png(np.kron(grey, np.ones((ENLARGED, ENLARGED), dtype=np.uint8)))


def load(items: int | None, seed: int) -> Digits:
    """The digits in an order of their own, or the first `items` of them."""
    from sklearn.datasets import load_digits

    data: Any = load_digits()
    order = np.random.default_rng(seed).permutation(len(data.target))[:items]
    truth = [str(digit) for digit in data.target[order]]
    return Digits(data.data[order], truth, [f"digit-{number:04d}" for number in order])


def _png(grey: NDArray[np.uint8]) -> bytes:
    height, width = grey.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = b"".join(b"\x00" + row.tobytes() for row in grey)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 1)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts
