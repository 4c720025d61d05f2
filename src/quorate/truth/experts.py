"""Experts are fallible: gold and adjudications as evidence with an error rate of its own, instead of as the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quorate.errors import InvalidInput

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ExpertModel:
    """How experts err. `confusion`: (E, K, K), P(expert says l | truth k) of each expert at [e, k, l].

    `shared`: the chance that experts as such are wrong about an item, for a guideline that misleads them all; no number
    of agreeing experts makes an item surer than this.
    """

    confusion: Floats
    shared: float = 0.0

    @classmethod
    def from_accuracy(cls, accuracy: ArrayLike, n_classes: int, *, shared: float = 0.0) -> ExpertModel:
        """Experts who are right with a given probability, (E,) or one number, and else say any other class alike."""
        right = np.atleast_1d(np.asarray(accuracy, dtype=np.float64))
        if not ((right > 0) & (right < 1)).all() or not 0 <= shared < 1 or n_classes < 2:
            raise InvalidInput("Accuracies lie inside 0 to 1, `shared` from 0 to below 1.", where="accuracy")
        others = (1 - right) / (n_classes - 1)
        confusion = others[:, None, None] + (right - others)[:, None, None] * np.eye(n_classes)
        return cls(confusion, shared)

    @classmethod
    def fit(
        cls,
        item: ArrayLike,
        expert: ArrayLike,
        label: ArrayLike,
        proba: ArrayLike,
        *,
        prior: float = 20.0,
        accuracy: float = 0.95,
        shared: float = 0.0,
        sweeps: int = 50,
    ) -> ExpertModel:
        """Learn each expert's confusion from repeated rulings and from what the crowd believes.

        `item`, `expert`, `label`: codes of the rulings, (n,). `proba`: belief without these rulings, (I, K). Dawid and
        Skene's EM (Applied Statistics 28, 1979) with `prior` rulings' worth of an expert of that `accuracy`, so that a
        few rulings against the crowd do not make a fool of the expert.
        """
        i, e, said = (np.asarray(a, dtype=np.intp) for a in (item, expert, label))
        before = np.log(np.asarray(proba, dtype=np.float64) + 1e-6)
        K = before.shape[1]
        start = cls.from_accuracy(np.full(e.max() + 1 if e.size else 1, accuracy), K, shared=shared)
        model = start
        for _ in range(sweeps):
            score = before + model.log_likelihood(i, e, said, len(before))
            belief = np.exp(score - score.max(axis=1, keepdims=True))
            belief /= belief.sum(axis=1, keepdims=True)
            counts = prior * start.confusion
            np.add.at(counts.transpose(0, 2, 1), (e, said), belief[i])
            new = cls(counts / counts.sum(axis=2, keepdims=True), shared)
            moved = float(np.abs(new.confusion - model.confusion).max())
            model = new
            if moved < 1e-6:
                break
        return model

    @property
    def accuracy(self) -> Floats:
        """Mean of the diagonal of each expert: (E,)."""
        return np.asarray(np.trace(self.confusion, axis1=1, axis2=2) / self.confusion.shape[2])

    def log_likelihood(self, item: ArrayLike, expert: ArrayLike, label: ArrayLike, n_items: int) -> Floats:
        """What rulings say about each class of each item: (n_items, K), 0 where nobody ruled.

        Add it to a model's log prior, which any sweep takes per item, in the place of a clamp. An item's rulings count
        as independent given the class, but for the shared error: (1 − s) prod p + s mean over classes of prod p.
        """
        i, e, said = (np.asarray(a, dtype=np.intp) for a in (item, expert, label))
        K = self.confusion.shape[1]
        if said.size and not (said.min() >= 0 and said.max() < K and e.max() < len(self.confusion)):
            raise InvalidInput("A ruling's label or expert is out of range.", where="label")
        total = np.zeros((n_items, K))
        np.add.at(total, i, np.log(self.confusion[e, :, said]))
        if not self.shared:
            return total
        top = total.max(axis=1, keepdims=True)
        likely = np.exp(total - top)
        mixed = (1 - self.shared) * likely + self.shared * likely.mean(axis=1, keepdims=True)
        ruled = np.bincount(i, minlength=n_items)[:, None] > 0
        return np.asarray(np.where(ruled, np.log(mixed) + top, 0.0))


def soft_gold(gold: ArrayLike, n_classes: int, experts: ExpertModel | float = 0.98) -> Floats:
    """Gold codes, (I,) with −1 where there is none, as the word of an expert: a log-likelihood of each class, (I, K).

    `experts`: how often the expert is right, or a model whose first expert it was.
    """
    model = experts if isinstance(experts, ExpertModel) else ExpertModel.from_accuracy(experts, n_classes)
    codes = np.asarray(gold, dtype=np.intp)
    known = np.flatnonzero(codes >= 0)
    return model.log_likelihood(known, np.zeros(known.size, np.intp), codes[known], codes.size)


def rule(proba: ArrayLike, log_likelihood: ArrayLike) -> Floats:
    """Belief after rulings: rows of `proba` (I, K) times the likelihood, normalised. Certainty before stays certain."""
    with np.errstate(divide="ignore"):
        score = np.log(np.asarray(proba, dtype=np.float64)) + np.asarray(log_likelihood)
    belief = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(belief / belief.sum(axis=1, keepdims=True))
