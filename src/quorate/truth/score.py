"""How good an answer is when the truth is known: accuracy, log loss, calibration. Scoring only; no model looks here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate.errors import InvalidInput
from quorate.truth import tables
from quorate.truth.majority import winners
from quorate.truth.votes import Votes

BINS = 15


@dataclass(frozen=True, slots=True)
class Score:
    """`accuracy`, ties counted in part; `nll`, nats an item, probabilities clipped at 1e-6; `ece`; `items` scored."""

    accuracy: float
    nll: float
    ece: float
    items: int


def score(proba: NDArray[np.float64], truth: NDArray[np.integer[Any]]) -> Score:
    """Score `proba` (I, K) against `truth` (I,): class codes, −1 not known, ≥ K for a class that `proba` lacks."""
    known = truth >= 0
    if not known.any():
        raise InvalidInput("No item has both votes and a truth.", where="truth", mend="Do the item names agree?")
    proba, truth = proba[known], truth[known]
    rows, inside = np.arange(len(truth)), truth < proba.shape[1]
    column = np.minimum(truth, proba.shape[1] - 1)
    right = np.where(inside, winners(proba)[rows, column], 0.0)
    said = np.where(inside, proba[rows, column], 0.0)
    nll = float(-np.log(np.clip(said, 1e-6, 1)).mean())
    return Score(float(right.mean()), nll, calibration_error(proba.max(axis=1), right), int(known.sum()))


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.float64], bins: int = BINS) -> float:
    """Expected calibration error: mean gap between confidence and accuracy over `bins` bins of equal numbers."""
    order = np.argsort(confidence, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return float(sum(abs(confidence[part].mean() - right[part].mean()) * len(part) for part in parts) / len(order))


def code_truth(votes: Votes, truth: Mapping[Any, Any]) -> NDArray[np.int32]:
    """Truth as a class code per item (I,): −1 where there is none or no vote, K for a class that nobody chose."""
    codes = np.full(votes.n_items, -1, np.int32)
    item = tables.locate(list(truth), votes.items, "item")
    label = tables.locate(list(truth.values()), votes.labels, "label")
    known = item >= 0
    codes[item[known]] = np.where(label < 0, votes.n_classes, label)[known]
    codes[np.bincount(votes.item, minlength=votes.n_items) == 0] = -1
    return codes
