"""What every categorical model promises: scikit-learn's contract, with votes for X and gold for a partial y."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from quorate.errors import InvalidInput
from quorate.truth import tables
from quorate.truth.parameters import Parameters
from quorate.truth.votes import Votes

Gold = Mapping[Any, Any] | NDArray[np.integer[Any]] | None

# Above this many bytes of class probabilities (or of confusion matrices) a dense model is the wrong tool.
DENSE_LIMIT = 8 << 30


@dataclass(frozen=True)
class Fitted:
    """What a model's `_fit` hands back. I items, J workers, K classes.

    `proba`: (I, K), rows sum to one. `skills`: first axis workers, either (J,), one number a worker, or (J, K, K),
    P(label l | truth k) at [j, k, l]. `prior`: (K,). `log_likelihood`: the objective that the model maximised, in nats.
    `extra`: further learnt attributes by name, set on the model with a trailing underscore.
    """

    proba: NDArray[np.floating[Any]]
    skills: NDArray[np.float64]
    prior: NDArray[np.float64]
    log_likelihood: float
    n_iter: int = 0
    converged: bool = True
    extra: Mapping[str, Any] | None = None


class TruthModel(Parameters, ABC):
    """A model of who is right. Subclasses store their parameters in `__init__` and implement `_fit`.

    After `fit`: `labels_` (I,) original label values, ties going to the earlier class; `codes_` (I,) the same as
    positions in `classes_`; `proba_` (I, K) float64; `skills_`, `prior_`, `log_likelihood_`, `n_iter_`, `converged_` as
    in `Fitted`; `items_`, `workers_`, `classes_` the vocabularies that the axes refer to.
    """

    labels_: NDArray[Any]
    codes_: NDArray[np.intp]
    proba_: NDArray[np.float64]
    skills_: NDArray[np.float64]
    prior_: NDArray[np.float64]
    log_likelihood_: float
    n_iter_: int
    converged_: bool
    items_: NDArray[Any]
    workers_: NDArray[Any]
    classes_: NDArray[Any]

    @abstractmethod
    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        """Fit to votes; `gold` holds a class code per item, −1 where the truth is not known. Shape (I,)."""

    def fit(self, votes: Votes, gold: Gold = None) -> Self:
        """Learn skills and truths together. `gold` as in `code_gold`; its items keep their given label."""
        require_room(votes)
        return self.adopt(votes, self._fit(votes, code_gold(votes, gold)))

    def adopt(self, votes: Votes, fitted: Fitted) -> Self:
        """Set the learnt attributes, with the vocabularies of `votes`."""
        self.proba_ = np.asarray(fitted.proba, dtype=np.float64)
        self.codes_ = self.proba_.argmax(axis=1)
        self.labels_ = votes.labels[self.codes_]
        self.items_, self.workers_, self.classes_ = votes.items, votes.workers, votes.labels
        for name in ("skills", "prior", "log_likelihood", "n_iter", "converged"):
            setattr(self, f"{name}_", getattr(fitted, name))
        for name, value in (fitted.extra or {}).items():
            setattr(self, f"{name}_", value)
        return self

    def fit_predict(self, votes: Votes, gold: Gold = None) -> NDArray[Any]:
        """Fit, and return `labels_`, shape (I,)."""
        return self.fit(votes, gold).labels_

    def fit_predict_proba(self, votes: Votes, gold: Gold = None) -> NDArray[np.float64]:
        """Fit, and return `proba_`, shape (I, K)."""
        return self.fit(votes, gold).proba_


def code_gold(votes: Votes, gold: Gold) -> NDArray[np.int32]:
    """Gold as a class code per item, −1 where the truth is not known. Shape (I,), int32.

    Takes a mapping from item to label (compared as text, so 3 and "3" agree; items without votes are left out), or such
    codes already. Raises `InvalidInput` for a label that is no class of the votes and for codes out of range.
    """
    codes = np.full(votes.n_items, -1, np.int32)
    if gold is None or (isinstance(gold, Mapping) and not gold):
        return codes
    if not isinstance(gold, Mapping):
        return _checked_codes(votes, np.asarray(gold))
    item = tables.locate(list(gold.keys()), votes.items, "item")
    label = tables.locate(list(gold.values()), votes.labels, "label")
    known = item >= 0
    if (label[known] < 0).any():
        strange = next(value for value, i, c in zip(gold.values(), item, label, strict=True) if i >= 0 > c)
        raise InvalidInput(
            f"Gold label {strange!r} is not a class of the votes.",
            where="gold",
            mend="Give all classes: votes.with_classes([...]).",
        )
    codes[item[known]] = label[known]
    return codes


def _checked_codes(votes: Votes, gold: NDArray[Any]) -> NDArray[np.int32]:
    if gold.shape != (votes.n_items,) or not np.issubdtype(gold.dtype, np.integer):
        raise InvalidInput(
            f"Gold codes have shape {gold.shape} and type {gold.dtype}.",
            where="gold",
            mend=f"Give {votes.n_items} integers, -1 where the truth is not known, or a mapping.",
        )
    if gold.min() < -1 or gold.max() >= votes.n_classes:
        raise InvalidInput("A gold code is out of range.", where="gold", mend="Use -1 to K - 1.")
    return gold.astype(np.int32)


def require_room(votes: Votes) -> None:
    """Refuse what would not fit in memory, before trying: I × K probabilities, J × K × K confusion matrices."""
    size = 8 * votes.n_classes * (votes.n_items + votes.n_workers * votes.n_classes)
    if size > DENSE_LIMIT:
        raise InvalidInput(
            f"{votes.n_items} items and {votes.n_workers} workers with {votes.n_classes} classes would need "
            f"{size / 2**30:.0f} GiB of probabilities.",
            mend="Are the labels free text or numbers? Those have models of their own. Else split the classes.",
        )


def climb(step: Callable[[], float], max_iter: int, tol: float) -> tuple[float, int, bool]:
    """Call `step`, which improves something and returns the objective, until it moves by at most `tol`.

    Returns the last objective, the number of steps and whether it came to rest.
    """
    last = -np.inf
    for n_iter in range(1, max_iter + 1):
        now = step()
        if abs(now - last) <= tol:
            return now, n_iter, True
        last = now
    return last, max_iter, False


def clamp_proba(proba: NDArray[np.float64], gold: NDArray[np.int32]) -> NDArray[np.float64]:
    """Put all probability of known items on their gold class, in place. `proba`: (I, K), `gold`: (I,), −1 unknown."""
    known = np.flatnonzero(gold >= 0)
    proba[known] = 0
    proba[known, gold[known]] = 1
    return proba
