"""Who gets which task: may this annotator see it, and are they the one to ask. Pure; `store/window.py` says it in SQL.

Among the first tasks of the queue, an annotator is given the one on which they are furthest ahead of the others.
What an answer adds to a task whose doubt is between two classes is, up to a factor that is the same for whoever is
asked, how well they tell these two apart (`truth/value.apart`). People come when they like, and each is given
something; so the question is not to whom an answer adds most, which sends everybody to the hardest task and spends
those who know everything on what anybody could answer, but whose *edge* over the typical annotator is greatest here.
`bench/routing.py` measures both.

Exploring asks instead what the answer says of the annotator: it prefers tasks of which the truth is all but known, of
classes on which little is known of them, so that newcomers are measured and so are the rare classes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quorate.errors import InvalidInput
from quorate.flow.attributes import names
from quorate.flow.evidence import Posterior, Skill
from quorate.labels.question import Question
from quorate.truth.online import prior_rows
from quorate.truth.value import apart

Unfit = Literal["qualification", "language", "domain", "access", "conflict"]
Edge = list[list[float]]
GUARDS = "access", "parties"
"""The attributes by which an item says who may see it and whose it is. Names of parties are compared in lower case."""
NO_LIMIT = 10**9
MOST_CLASSES = 64
"""Of questions with more classes, an annotator's edge is not kept: it grows with their square."""
FLOOR = 1e-3
"""What everybody is taken to tell apart: nobody is infinitely ahead on two classes that nobody can tell."""


@dataclass(frozen=True, slots=True)
class Fitness:
    """What somebody may be given. None is no limit; `access` is what they may see, `conflicts` what they may not."""

    qualifications: frozenset[str] = frozenset()
    languages: frozenset[str] | None = None
    domains: frozenset[str] | None = None
    access: frozenset[str] = frozenset()
    conflicts: frozenset[str] = frozenset()


def unfit(fitness: Fitness, attributes: Mapping[str, Any], needs: str | None = None) -> Unfit | None:
    """Why this annotator must not be given an item with these attributes; None when they may.

    `needs` is the step's qualification. An item's `language` and `domain` must be among the annotator's, every one of
    its `access` must be granted, and none of its `parties` may be in conflict with them. A name or a list of names.
    """
    if needs is not None and needs not in fitness.qualifications:
        return "qualification"
    if fitness.languages is not None and not names(attributes, "language") <= fitness.languages:
        return "language"
    if fitness.domains is not None and not names(attributes, "domain") <= fitness.domains:
        return "domain"
    if not readable(attributes, fitness.access):
        return "access"
    parties, own = ({name.lower() for name in said} for said in (names(attributes, "parties"), fitness.conflicts))
    return "conflict" if parties & own else None


def readable(attributes: Mapping[str, Any], cleared: Collection[str] | None) -> bool:
    """Whether an item with these attributes is for somebody cleared for this `access`; None: for all."""
    return cleared is None or names(attributes, "access") <= frozenset(cleared)


def checked(attributes: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a new item, if those that routing goes by can be read. Raises `InvalidInput`."""
    for name in GUARDS:
        given = attributes.get(name, "")
        if not isinstance(given, str) and not (isinstance(given, list) and all(isinstance(one, str) for one in given)):
            raise InvalidInput(
                "A name or a list of names is wanted.", where=f"attributes.{name}", mend='Write such as ["board"].'
            )
    due = attributes.get("due")
    try:
        if due is not None:
            datetime.fromisoformat(due)
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            "'{due}' is no date.",
            where="attributes.due",
            mend="Write such as 2026-12-24 or 2026-12-24T18:00:00Z.",
            due=str(due),
        ) from error
    return attributes


@dataclass(frozen=True, slots=True)
class Standing:
    """Between which two classes a task stands, by their places in the schema, and the probability of the likelier."""

    likely: int
    rival: int
    chance: float


def standing(probabilities: Sequence[float]) -> Standing | None:
    """Where a task stands whose classes have these probabilities; None with fewer than two classes."""
    if len(probabilities) < 2:
        return None
    first, second = sorted(range(len(probabilities)), key=lambda k: (-probabilities[k], k))[:2]
    return Standing(first, second, probabilities[first])


def typical(people: Sequence[ArrayLike]) -> NDArray[np.float64]:
    """How well the annotators with these pseudo-counts tell each two classes apart in the mean. Shape (K, K)."""
    mean: NDArray[np.float64] = np.mean([apart(rows) for rows in people], axis=0)
    return mean


def edge(rows: ArrayLike, others: ArrayLike) -> Edge:
    """How much better than the others (`typical`) an annotator tells each two classes apart: 1 is like them.

    `rows` (K, K) their pseudo-counts; K × K. On the diagonal stands 1 / n_k: what an answer where k is true would say
    of the annotator, who has had n_k of them.
    """
    counts = np.asarray(rows, dtype=np.float64)
    found = (apart(counts) + FLOOR) / (np.asarray(others, dtype=np.float64) + FLOOR)
    np.fill_diagonal(found, 1 / counts.sum(axis=1))
    kept: Edge = np.round(found, 4).tolist()
    return kept


def stands(question: Question, posterior: Posterior) -> Standing | None:
    """Where a task stands; None where an answer is not one of several classes."""
    return standing(list(posterior.probabilities.values())) if _told_apart(question) else None


def ahead(question: Question, skill: Skill, others: ArrayLike | None) -> Edge | None:
    """An annotator's edge on a question; None where there is none. `others` is None until a refit."""
    if not _told_apart(question) or not 2 <= len(question.ids) <= MOST_CLASSES:
        return None
    return edge(skill.rows, _unknown(question.ids) if others is None else others)


def usual(question: Question, skills: Sequence[Skill]) -> NDArray[np.float64] | None:
    """How well these annotators tell each two classes of a question apart in the mean; None where it is not kept."""
    if not skills or not _told_apart(question) or not 2 <= len(question.ids) <= MOST_CLASSES:
        return None
    return typical([skill.rows for skill in skills])


def _told_apart(question: Question) -> bool:
    return question.aggregate in {"categorical", "ordinal"}


@lru_cache(maxsize=256)
def _unknown(ids: tuple[str, ...]) -> NDArray[np.float64]:
    return apart(prior_rows(len(ids)))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task that could be given: its place in the queue, where it stands (None: nobody has answered), its item's
    value and due date, how much it is preferred for what is yet missing of its kind (`flow/coverage.py`), and how many
    times as much an answer costs as one to the cheapest question (`costs`)."""

    place: int
    standing: Standing | None = None
    value: float = 1.0
    due: datetime | None = None
    wanted: float = 1.0
    cost: float = 1.0


def costs(prices: Mapping[str, Decimal]) -> dict[str, float]:
    """How many times as much a judgement of each step costs as one of the cheapest that is paid; 1 of what is not paid.

    Of the prices as the policy has them. What is on top while a queue starves (`pay.raises`) is no cost here: it is
    there to have these tasks done, and a claim that shuns them for it would undo it.
    """
    least = min((price for price in prices.values() if price), default=None)
    return {step: float(price / least) if least and price else 1.0 for step, price in prices.items()}


def score(task: Candidate, own: Edge | None, *, now: datetime, horizon: timedelta) -> float:
    """How much this annotator should be the one to answer: edge × value × urgency × what is missing ÷ cost.

    A task counts up to twice as much as its date comes nearer than `horizon`, and twice when it has passed. `own` is
    None where nothing is known of them.
    """
    ahead = 1.0
    if own is not None and task.standing is not None:
        ahead = own[task.standing.likely][task.standing.rival]
    return ahead * task.value * (1 + _urgency(task.due, now, horizon)) * task.wanted / task.cost


def _urgency(due: datetime | None, now: datetime, horizon: timedelta) -> float:
    return 0.0 if due is None else min(max(1 - (due - now) / horizon, 0.0), 1.0)


def tells(task: Candidate, own: Edge | None) -> float:
    """What an answer would say of the annotator: it is counted where k is true with probability p_k, and says the more
    the surer that is and the fewer there were: p_k² / n_k ÷ cost. 0 of a task that nobody has answered."""
    if own is None or task.standing is None:
        return 0.0
    likely, chance = task.standing.likely, task.standing.chance
    return chance * chance * own[likely][likely] / task.cost


def ranked(candidates: Sequence[Candidate], scores: Sequence[float]) -> list[Candidate]:
    """The best first; equals keep the order of the queue."""
    pairs = zip(scores, candidates, strict=True)
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
