"""All skills of a question anew, and not fooled by hard items: the batch model of `online`, then subtypes.

Where annotators err alike on some items, a model in which they err independently takes their error for the truth and
learns from it that those who are right are bad. So the posteriors of `online.fit` are the start of an enhanced
combination (`ebcc`), whose subtypes of each class keep such items apart, and skills are what its posteriors say.
"""

from __future__ import annotations

import numpy as np

from quorate.truth import online
from quorate.truth.online import Codes, Fit, Matrix

SUBTYPES = 4
SWEEPS = 30
CELLS = 20_000_000
"""Above this many numbers (votes or workers' rows by states) subtypes cost more than they tell."""


def refit(
    item: Codes,
    worker: Codes,
    label: Codes,
    priors: Matrix,
    *,
    items: int,
    known: Matrix | None = None,
    sweeps: int = 50,
    tolerance: float = 1e-3,
) -> Fit:
    """As `online.fit`, with skills from posteriors that allow for hard items.

    Items that somebody answered whose prior is not the crowd's (an expert) keep the posterior of `online.fit`, which
    knows how far to trust them; so does a question with priors of its own, and one too large (`CELLS`).
    """
    found = online.fit(item, worker, label, priors, items=items, known=known, sweeps=sweeps, tolerance=tolerance)
    workers, classes, _ = priors.shape
    crowd = np.abs(priors - np.array(online.prior_rows(classes))).max(axis=(1, 2)) < 1e-9
    states = SUBTYPES * classes
    if not crowd.any() or max(len(item), workers * classes) * states > CELLS:
        return found
    proba = _apart(item, worker, label, found.proba, workers, known)
    special = np.zeros(items, dtype=bool)
    special[item[~crowd[worker]]] = True
    proba = np.where(special[:, None], found.proba, proba)
    cell = worker.astype(np.int64) * classes + label
    told = online.shared(item, online.fixed_items(known, items))
    rows = online.taught(priors, item[told], cell[told], proba)
    return Fit(rows=rows, counts=found.counts, proba=proba)


def _apart(item: Codes, worker: Codes, label: Codes, start: Matrix, workers: int, known: Matrix | None) -> Matrix:
    """Posteriors (I, K) with subtypes, from those without."""
    from quorate.truth.ebcc import EBCC
    from quorate.truth.votes import Votes

    size, classes = start.shape
    codes = [np.asarray(code, np.int32) for code in (item, worker, label)]
    votes = Votes(codes[0], codes[1], codes[2], np.arange(size), np.arange(workers), np.arange(classes))
    gold = np.full(size, -1, np.int32)
    if known is not None:
        told = np.flatnonzero(~np.isnan(known[:, 0]))
        gold[told] = known[told].argmax(axis=1)
    model = EBCC(subtypes=SUBTYPES, restarts=1, max_iter=SWEEPS, tol=1e-4, threads=1)
    found = np.array(model.fit_from(votes, gold, start, _by_doubt(start)).proba, dtype=np.float64)
    return np.where(gold[:, None] >= 0, start, found)


def _by_doubt(proba: Matrix) -> Matrix:
    """Where items' subtypes start, (I, SUBTYPES): mostly in the one of their quarter by how sure their posterior is."""
    sure = proba.max(axis=1).round(6)
    quarter = np.searchsorted(np.quantile(sure, np.arange(1, SUBTYPES) / SUBTYPES).round(6), sure)
    return np.asarray(0.1 + 0.6 * np.eye(SUBTYPES)[quarter])
