"""Is there something here, and what? Things that are only known because somebody marked them.

A thing is nothing, or one of K classes, and then plain or faint: some things nearly everybody sees, others every other
one. That makes S = 1 + 2K states: nothing, the K classes plain, the K classes faint. Annotator j says l of it with
probability π_j[state, l], silence being l = 0. Without faint things, what most annotators find easy makes silence so
telling that whatever half of them overlook would be taken for chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quorate.truth.online import fixed_items, shared

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

SHRINK = 10.0
"""How many things' worth of the crowd's mean an annotator starts with."""


@dataclass(frozen=True)
class Presence:
    """`seen` (J, S, K+1): how often each annotator is believed to have said what in which state; `crowd` (S, K+1): the
    crowd's probabilities; `frequency` (S,) of the states; `proba` (things, S)."""

    seen: Floats
    crowd: Floats
    frequency: Floats
    proba: Floats

    @property
    def counts(self) -> Floats:
        """What is known of each annotator, with the crowd as a start, as pseudo-counts (J, S, K+1)."""
        return self.seen + SHRINK * self.crowd

    @property
    def skills(self) -> Floats:
        """P(said | state), (J, S, K+1)."""
        return np.asarray(self.counts / self.counts.sum(2, keepdims=True))


def beginner(classes: int) -> Floats:
    """Pseudo-counts of a crowd nobody knows, (S, K+1): sees three plain things in four and every other faint one."""
    rows = np.full((1 + 2 * classes, classes + 1), 1.0 / max(classes - 1, 1))
    own = np.arange(1, classes + 1)
    rows[0], rows[1:, 0] = 1.0 / classes, 2.0
    rows[0, 0] = 12.0
    rows[own, own] = 6.0
    rows[classes + own, own] = 2.0
    return rows


def by_class(states: Floats) -> Floats:
    """(…, S) of states as (…, K+1) of nothing and classes, plain and faint together."""
    classes = (states.shape[-1] - 1) // 2
    together = states[..., : classes + 1].copy()
    together[..., 1:] += states[..., classes + 1 :]
    return together


def by_state(classes: Floats) -> Floats:
    """(…, K+1) of nothing and classes as (…, S): each class's column for plain and for faint."""
    return np.concatenate([classes, classes[..., 1:]], axis=-1)


def fit_presence(
    thing: Codes, worker: Codes, said: Codes, known: Floats, workers: int, sweeps: int = 100, tolerance: float = 1e-3
) -> Presence:
    """Expectation–maximisation over (thing, worker, said) triples.

    `known` (things, K+1) has 1 for what a thing is known to be and 0 elsewhere, or nan where it is not known. Who was
    asked alone about a thing that is not known is of their own opinion, which says nothing of them.
    """
    things, answers = known.shape
    told = shared(thing, fixed_items(known, things))
    teaching = thing[told], worker[told], said[told]
    allowed = by_state(np.nan_to_num(known, nan=1.0))
    proba = _start(thing, said, allowed, answers)
    crowd = base = beginner(answers - 1)
    seen = np.zeros((workers, *base.shape))
    frequency = np.zeros(len(base))
    for _ in range(sweeps):
        seen = _counts(*teaching, proba, seen.shape)
        crowd = base + seen.sum(0)
        crowd /= crowd.sum(1, keepdims=True)
        counts = seen + SHRINK * crowd
        frequency = (proba.sum(0) + 1) / (things + len(base))
        logs = np.log(counts / counts.sum(2, keepdims=True))
        scores = np.stack(
            [np.bincount(thing, logs[worker, state, said], minlength=things) for state in range(len(base))], axis=1
        )
        fresh = normalised(scores + np.log(frequency), allowed)
        moved = float(np.abs(fresh - proba).max(initial=0.0))
        proba = fresh
        if moved < tolerance:
            break
    return Presence(seen, crowd, frequency, proba)


def normalised(scores: Floats, allowed: Floats) -> Floats:
    """Probabilities proportional to exp(scores), over the states that are allowed."""
    weights = np.exp(scores - scores.max(1, keepdims=True, initial=-1e300)) * allowed + 1e-300 * allowed
    return np.asarray(weights / weights.sum(1, keepdims=True))


def _start(thing: Codes, said: Codes, allowed: Floats, answers: int) -> Floats:
    """The shares of the votes; what few have marked begins as faint."""
    things = len(allowed)
    shares = np.bincount(thing * answers + said, minlength=things * answers).reshape(things, answers).astype(np.float64)
    shares /= np.maximum(shares.sum(1, keepdims=True), 1)
    marked = 1 - shares[:, :1]
    parts = [shares[:, :1], shares[:, 1:] * marked, shares[:, 1:] * (1 - marked)]
    start = np.concatenate(parts, axis=1) * allowed + 1e-9 * allowed
    return np.asarray(start / start.sum(1, keepdims=True))


def _counts(thing: Codes, worker: Codes, said: Codes, proba: Floats, shape: tuple[int, ...]) -> Floats:
    workers, states, answers = shape
    counts = np.empty(shape)
    for state in range(states):
        cell = np.bincount(worker * answers + said, proba[thing, state], minlength=workers * answers)
        counts[:, state] = cell.reshape(workers, answers)
    return counts
