"""Annotators who share a source: found by agreeing on errors more than independent people would, and counted once.

Two people who both know the answer agree, and that says nothing. Two who make the same mistakes are one source: the
same hand behind two accounts, the same language model, a copied answer (Dong, Berti-Équille, Srivastava, VLDB 2009).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array

from quorate.truth.copy_evidence import judge
from quorate.truth.copy_pairs import Floats, Ints, Pairs
from quorate.truth.votes import Votes

_NUMBERS = 4_000_000  # held at a time
_EVIDENCE = ("same_errors", "expected", "rate", "p_value")


@dataclass(frozen=True, slots=True)
class CopyPair:
    """Two annotators and the evidence that they share a source.

    `shared`: items that both judged; `agreed`: on how many of them. `same_errors`: the sum, over agreements, of the
    probability that the label is wrong in the eyes of everybody else; `expected`: the same, were the two independent.
    `rate`: the share of labels that is copied. `p_value`: adjusted for all pairs that could show as much (Tarone).
    """

    workers: tuple[Any, Any]
    shared: int
    agreed: int
    same_errors: float
    expected: float
    rate: float
    p_value: float


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Annotators linked by pairs. `codes`: their positions in `votes.workers`. `rate`: mean share copied."""

    workers: tuple[Any, ...]
    codes: tuple[int, ...]
    rate: float
    pairs: tuple[CopyPair, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values; names of annotators as text."""
        found = asdict(self)
        found["workers"] = [str(w) for w in self.workers]
        for pair in found["pairs"]:
            pair["workers"] = [str(w) for w in pair["workers"]]
        return found


def find_copies(
    votes: Votes,
    proba: ArrayLike,
    *,
    false_alarm: float = 0.01,
    min_shared: int = 5,
    least_rate: float = 0.0,
    rounds: int = 4,
) -> list[CopyGroup]:
    """Groups of annotators who share a source, largest first.

    `proba`: what is believed of each item, (I, K); it only starts the search, since copies may have fooled it. The
    chance of naming anybody who is independent is at most `false_alarm`, as far as confusion matrices describe people;
    what makes all people err alike (items that mislead) is learnt from the bulk of the pairs and allowed for, so copies
    must be a minority. Pairs with fewer than `min_shared` items in common are not compared.

    Cost: linear in votes times votes an item (at most 64 of an item are compared).
    """
    pairs = Pairs.count(votes, min_shared)
    if not pairs.shared.size:
        return []
    belief = np.asarray(proba, dtype=np.float64)
    suspects = pairs.screen(votes.n_workers)
    groups = _grouped(votes, pairs, suspects, {name: np.ones(suspects.size) for name in _EVIDENCE})
    for _ in range(rounds):
        view = _View.of(votes, belief, groups)
        evidence = judge(_compare(view, pairs), pairs, ~pairs.within(_membership(votes, groups)))
        linked = (evidence["p_value"] <= false_alarm) & (evidence["rate"] >= least_rate)
        before, groups = groups, _grouped(votes, pairs, linked, evidence)
        if {g.codes for g in before} == {g.codes for g in groups}:
            break
    return groups


def find_echoes(votes: Votes, *, min_shared: int = 5) -> list[CopyGroup]:
    """Groups who give the very same answer far more often than either does with the rest, largest first.

    For answers so open that independent people seldom put them alike, as in translations, where it is the sign of one
    machine behind several; where people do agree, all agree, and a pair must stand out from that. No truth is weighed,
    so there is no p-value, and the share copied is taken to be all.
    """
    pairs = Pairs.count(votes, min_shared)
    if not pairs.shared.size:
        return []
    return _grouped(votes, pairs, pairs.screen(votes.n_workers), {name: np.ones(pairs.a.size) for name in _EVIDENCE})


def source_weights(votes: Votes, groups: Sequence[CopyGroup]) -> Floats:
    """A weight for each vote, (n,): a group, or somebody alone, says one thing about an item, shared by their votes."""
    member = _membership(votes, groups)
    source = np.where(member >= 0, member + votes.n_workers, np.arange(votes.n_workers))[votes.worker]
    key = votes.item.astype(np.int64) * 2 * votes.n_workers + source
    _, place, count = np.unique(key, return_inverse=True, return_counts=True)
    weight = np.ones(len(votes)) if votes.weight is None else votes.weight
    return np.asarray(weight / count[place])


def copy_weights(votes: Votes, groups: Sequence[CopyGroup]) -> Floats:
    """A weight for each vote, (n,), for any model: `dataclasses.replace(votes, weight=copy_weights(votes, groups))`.

    Among the votes of a group that give an item the same label, that of the busiest annotator counts in full and
    each other one by the share that is not copied: perfect clones count as one.
    """
    weight = np.ones(len(votes)) if votes.weight is None else votes.weight.astype(np.float64)
    member = _membership(votes, groups)
    rate = np.array([g.rate for g in groups])
    rows = np.flatnonzero(member[votes.worker] >= 0)
    group = member[votes.worker[rows]]
    busy = np.bincount(votes.worker, minlength=votes.n_workers)[votes.worker[rows]]
    key = (votes.item[rows].astype(np.int64) * votes.n_classes + votes.label[rows]) * len(groups) + group
    order = np.lexsort((votes.worker[rows], -busy, key))
    follower = order[1:][np.diff(key[order]) == 0]
    weight[rows[follower]] *= 1 - rate[group[follower]]
    return weight


def _membership(votes: Votes, groups: Sequence[CopyGroup]) -> Ints:
    """The group of each annotator, −1 for none: (J,)."""
    member = np.full(votes.n_workers, -1, np.intp)
    for g, group in enumerate(groups):
        member[list(group.codes)] = g
    return member


@dataclass(frozen=True)
class _View:
    """Belief and skills with known groups counted once, arranged so that any annotator's part can be taken out again.

    `belief`: (I, K). `score`: its log, unnormalised. `counts`: (J, K, K) of classes and labels. `part`: what each
    (item, source) added to the score, (R, K); `place`: the row of `part` of each vote, (n,). A source is a group or a
    lone annotator.
    """

    votes: Votes
    belief: Floats
    score: Floats
    counts: Floats
    part: Floats
    place: Ints

    @classmethod
    def of(cls, votes: Votes, belief: Floats, groups: Sequence[CopyGroup], sweeps: int = 3) -> _View:
        weight = copy_weights(votes, groups)
        member = _membership(votes, groups)
        source = np.where(member >= 0, member + votes.n_workers, np.arange(votes.n_workers))[votes.worker]
        _, place = np.unique(votes.item * np.int64(2 * votes.n_workers) + source, return_inverse=True)
        item = np.zeros(place.max() + 1, np.intp)
        item[place] = votes.item
        # Where copies voted, the given belief may be theirs, and would hold on to them: start from shares of votes.
        cells = votes.item.astype(np.int64) * votes.n_classes + votes.label
        shares = np.bincount(cells, weight, votes.n_items * votes.n_classes).reshape(votes.n_items, -1) + 1e-3
        fooled = np.bincount(votes.item, member[votes.worker] >= 0, votes.n_items) > 0
        belief = np.where(fooled[:, None], shares / shares.sum(axis=1, keepdims=True), belief)
        for _ in range(sweeps):
            counts = _counts(votes, belief)
            skill = _shares(counts)
            said = weight[:, None] * np.log(skill[votes.worker, :, votes.label])
            part = _sums(place, said, len(item))
            score = _sums(item, part, votes.n_items) + np.log(belief.mean(axis=0) + 1e-9)
            belief = _normalised(score)
        return cls(votes, belief, score, counts, part, place)

    def without(self, first: Ints, second: Ints) -> Floats:
        """Belief in the items of these vote pairs with both sources left out: (rows, K)."""
        one, two = self.place[first], self.place[second]
        apart = (one != two)[:, None]
        return _normalised(self.score[self.votes.item[first]] - self.part[one] - apart * self.part[two])

    def skills(self, who: Ints, votes: Ints, belief: Floats, pair: Ints) -> Floats:
        """Skills of one of each pair, (pairs, K, K), in whose eyes the items in common are as in others': two who copy
        would seem the more skilled the more they agree.

        `votes`: their votes on these items, `belief` what others believe of them, `pair`: whose they are.
        """
        K = self.votes.n_classes
        cell = pair * K + self.votes.label[votes]
        change = _sums(cell, belief - self.belief[self.votes.item[votes]], len(who) * K)
        return _shares(np.maximum(self.counts[who] + change.reshape(-1, K, K).transpose(0, 2, 1), 0.0))


def _counts(votes: Votes, belief: Floats) -> Floats:
    """How often each annotator said each label of each class, (J, K, K)."""
    K = votes.n_classes
    cell = votes.worker.astype(np.int64) * K + votes.label
    return _sums(cell, belief[votes.item], votes.n_workers * K).reshape(-1, K, K).transpose(0, 2, 1)


def _shares(counts: Floats) -> Floats:
    """P(label | class), with prior counts 4 on the diagonal and 1 off it."""
    counts = counts + 1 + 3 * np.eye(counts.shape[-1])
    return np.asarray(counts / counts.sum(axis=2, keepdims=True))


def _compare(view: _View, pairs: Pairs) -> Floats:
    """For each vote pair, were the two independent: (4, rows).

    The chance that the second says what the first said, and that the first says what the second said; and the chance
    that each of the two labels is wrong. All in the light of everybody else's votes.
    """
    label, out = view.votes.label, np.zeros((4, pairs.first.size))
    for low, high in _batches(pairs, _NUMBERS // view.votes.n_classes**2):
        rows = slice(pairs.ends[low], pairs.ends[high])
        first, second, pair = pairs.first[rows], pairs.second[rows], pairs.pair[rows] - low
        belief, row = view.without(first, second), np.arange(len(first))
        one = view.skills(pairs.a[low:high], first, belief, pair)
        two = view.skills(pairs.b[low:high], second, belief, pair)
        for way, (vote, mine, other) in enumerate(((first, one, two), (second, two, one))):
            given = belief * mine[pair, :, label[vote]]
            out[way, rows] = np.sum(given * other[pair, :, label[vote]], axis=1) / given.sum(axis=1)
            out[2 + way, rows] = 1 - belief[row, label[vote]]
    return out


def _batches(pairs: Pairs, most: int) -> Iterator[tuple[int, int]]:
    """Pairs from, and up to: so many rows at a time, or a single pair."""
    low = 0
    while low < pairs.a.size:
        high = int(np.searchsorted(pairs.ends, pairs.ends[low] + most, side="right")) - 1
        high = max(low + 1, high)
        yield low, high
        low = high


def _grouped(votes: Votes, pairs: Pairs, linked: NDArray[np.bool_], evidence: dict[str, Floats]) -> list[CopyGroup]:
    """Connected annotators, largest group first."""
    n = votes.n_workers
    edges = np.flatnonzero(linked)
    if not edges.size:
        return []
    from scipy.sparse.csgraph import connected_components  # loads slowly, and most crowds have no copies

    graph = coo_array((np.ones(edges.size), (pairs.a[edges], pairs.b[edges])), shape=(n, n))
    component = connected_components(graph, directed=False)[1]
    found: dict[int, list[CopyPair]] = {}
    for e in edges.tolist():
        a, b = int(pairs.a[e]), int(pairs.b[e])
        pair = CopyPair(
            workers=(votes.workers[a], votes.workers[b]),
            shared=int(pairs.shared[e]),
            agreed=int(pairs.agreed[e]),
            **{name: float(values[e]) for name, values in evidence.items()},
        )
        found.setdefault(int(component[a]), []).append(pair)
    groups = []
    for c, links in found.items():
        codes = tuple(np.flatnonzero(component == c).tolist())
        rate = math.fsum(p.rate * p.shared for p in links) / sum(p.shared for p in links)
        groups.append(CopyGroup(tuple(votes.workers[list(codes)].tolist()), codes, rate, tuple(links)))
    return sorted(groups, key=lambda g: (-len(g.codes), g.codes))


def _sums(index: NDArray[np.integer[Any]], rows: Floats, size: int) -> Floats:
    """Sums of rows by index: (size, K)."""
    return np.stack([np.bincount(index, column, minlength=size) for column in rows.T], axis=1)


def _normalised(score: Floats) -> Floats:
    likely = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))
