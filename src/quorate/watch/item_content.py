"""The items of late speak of other things than before."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from scipy.sparse import csr_array
from scipy.stats import norm

from quorate.watch.detector import About, Detector, Finding
from quorate.watch.drift import arrival
from quorate.watch.prose import tf_idf, words
from quorate.watch.work import Flags, Floats, Need, Work


class ItemContent(Detector):
    """Distance between the mean TF-IDF vectors of the last items (`share`) and of the earlier ones.

    Against what random cuts into two give (`draws`); the chance by the normal distribution.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"bodies"})
    about: ClassVar[About] = "step"

    use: Literal["item_content"] = "item_content"
    false_alarm: float = Field(0.001, gt=0, le=0.5)
    fewest: int = Field(100, ge=40, description="Items.")
    share: float = Field(1 / 3, gt=0, lt=1)
    draws: int = Field(200, ge=50, le=5000)
    most: int = Field(3000, ge=100, description="Only so many of the newest items are looked at.")

    def look(self, work: Work) -> list[Finding]:
        assert work.bodies is not None
        came = arrival(work)[-self.most :]
        if came.size < self.fewest:
            return []
        texts = [work.bodies[i] for i in came]
        vectors = tf_idf(texts)
        last = int(came.size * self.share)
        cut = np.zeros(came.size, bool)
        cut[-last:] = True
        rng = np.random.default_rng(came.size)
        draws = np.stack([rng.permutation(cut) for _ in range(self.draws)])
        apart = _distances(vectors, np.concatenate([cut[None], draws]))
        # the square root of a sum of many squares is nearly normal
        z = (apart[0] - apart[1:].mean()) / max(float(apart[1:].std()), 1e-12)
        score = -float(norm.logsf(z)) / np.log(10)
        if score < self.bar:
            return []
        new = _words_of(texts, cut)
        message = f"The last {last} items speak of other things than those before; more frequent: {', '.join(new)}."
        evidence = {"items": last, "distance": float(apart[0]), "by_chance": float(apart[1:].mean()), "words": new}
        return [Finding("item_content", message, score, evidence=evidence)]


def _distances(vectors: csr_array, cuts: Flags) -> Floats:
    """Distance between the means of the two parts of each cut."""
    inside = cuts / cuts.sum(axis=1, keepdims=True)
    outside = ~cuts / (~cuts).sum(axis=1, keepdims=True)
    apart = vectors.T @ (inside - outside).T
    return np.asarray(np.sqrt((apart**2).sum(axis=0)))


def _words_of(texts: list[str], cut: Flags, most: int = 5) -> list[str]:
    """The words whose share of items grew most."""
    counts: dict[str, list[int]] = {}
    for text, late in zip(texts, cut.tolist(), strict=True):
        for word in set(words(text)):
            counts.setdefault(word, [0, 0])[late] += 1
    late, early = max(1, int(cut.sum())), max(1, int((~cut).sum()))
    grown = sorted(counts, key=lambda w: (counts[w][0] / early - counts[w][1] / late, w))
    return grown[:most]
