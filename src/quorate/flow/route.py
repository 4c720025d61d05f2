"""Who gets which task: may this annotator see it, and what would their answer add. Pure; the store fetches candidates.

Two orders over one window of candidates of a step. *Use* asks what the answer is worth: expected information about the
truth (Lindley 1956, `truth/value.py`) × the item's value × urgency, per cost. *Explore* asks what the answer says of
the annotator: it prefers tasks whose truth is all but known, of classes on which little is known of them, so that
newcomers are measured and so are the rare classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quorate.truth.value import confusion, information_gain

Unfit = Literal["qualification", "language", "domain", "access", "conflict"]
Floats = NDArray[np.float64]
NO_LIMIT = 10**9


@dataclass(frozen=True, slots=True)
class Fitness:
    """What somebody may be given. None is no limit; `access` is what they may see, `conflicts` what they may not."""

    qualifications: frozenset[str] = frozenset()
    languages: frozenset[str] | None = None
    domains: frozenset[str] | None = None
    access: frozenset[str] = frozenset()
    conflicts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task that could be given: what is believed of it, its place in the queue, its item's value, its date."""

    task: UUID
    place: int
    posterior: Sequence[float]
    value: float = 1.0
    due: datetime | None = None


def unfit(fitness: Fitness, attributes: Mapping[str, Any], needs: str | None = None) -> Unfit | None:
    """Why this annotator must not be given an item with these attributes; None when they may.

    `needs` is the step's qualification. An item's `language` and `domain` must be among the annotator's, every one of
    its `access` must be granted, and none of its `parties` may be in conflict with them. A name or a list of names.
    """
    if needs is not None and needs not in fitness.qualifications:
        return "qualification"
    if fitness.languages is not None and not _names(attributes, "language") <= fitness.languages:
        return "language"
    if fitness.domains is not None and not _names(attributes, "domain") <= fitness.domains:
        return "domain"
    if not _names(attributes, "access") <= fitness.access:
        return "access"
    return "conflict" if _names(attributes, "parties") & fitness.conflicts else None


def _names(attributes: Mapping[str, Any], name: str) -> frozenset[str]:
    given = attributes.get(name)
    if given is None:
        return frozenset()
    return frozenset(map(str, given)) if isinstance(given, list | tuple | set | frozenset) else frozenset([str(given)])


def worth(
    candidates: Sequence[Candidate], rows: ArrayLike, *, price: float, now: datetime, horizon: timedelta
) -> Floats:
    """What this annotator's answer to each would add per cost, ≥ 0. `rows` (K, K) their pseudo-counts; returns (I,).

    Nats per unit of money; where nothing is paid, nats. A task counts up to twice as much as its date comes nearer
    than `horizon`, and twice when it has passed.
    """
    gain = information_gain([candidate.posterior for candidate in candidates], confusion(rows))
    weight = [candidate.value * (1 + _urgency(candidate.due, now, horizon)) for candidate in candidates]
    scored: Floats = gain * np.asarray(weight) / (price or 1.0)
    return scored


def _urgency(due: datetime | None, now: datetime, horizon: timedelta) -> float:
    return 0.0 if due is None else min(max(1 - (due - now) / horizon, 0.0), 1.0)


def tells(candidates: Sequence[Candidate], rows: ArrayLike) -> Floats:
    """What each answer would say of the annotator, > 0. Shapes as in `worth`.

    An answer is counted in row k with weight p_k, and says the more the surer the truth is and the less row k holds:
    Σ_k p_k² / n_k.
    """
    posteriors = np.asarray([candidate.posterior for candidate in candidates], dtype=np.float64)
    scored: Floats = posteriors**2 @ (1 / np.asarray(rows, dtype=np.float64).sum(axis=1))
    return scored


def ranked(candidates: Sequence[Candidate], scores: ArrayLike) -> list[Candidate]:
    """The best first; equals keep the order of the queue."""
    pairs = zip(np.asarray(scores, dtype=np.float64).tolist(), candidates, strict=True)
    return [candidate for _, candidate in sorted(pairs, key=lambda pair: (-pair[0], pair[1].place))]


def room(own: int, everybody: int, share: float, least: int) -> int:
    """How many more answers of a class, stratum or project one annotator may give, out of `everybody`'s so far.

    Afterwards they have no more than `share` of all, or `least`, which nobody is refused. `share` in (0, 1].
    """
    if share >= 1:
        return NO_LIMIT
    # own + m ≤ share · (everybody + m), solved for m; the hair is for sums that floats miss by one
    by_share = int((share * everybody - own) / (1 - share) + 1e-9)
    return max(by_share, least - own, 0)
