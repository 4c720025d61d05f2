"""Annotators who share a source: found by agreeing on errors more than independent people would, and counted once.

Two people who both know the answer agree, and that says nothing. Two who make the same mistakes are one source: the
same hand behind two accounts, the same language model, a copied answer (Dong, Berti-Équille, Srivastava, VLDB 2009).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.special import logsumexp

from quorate.truth.rarity import Mixture, rarity
from quorate.truth.votes import Votes

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_CROWD = 64  # votes of an item that are compared with each other; the cost grows with its square
_NUMBERS = 4_000_000  # held at a time
_RATES = (0.3, 0.6, 0.9, 0.99)  # shares of labels copied that are bet on
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
    rows = _pair_rows(votes)
    pairs = _Pairs.count(votes, rows, min_shared)
    if not pairs.shared.size:
        return []
    belief = np.asarray(proba, dtype=np.float64)
    suspects = pairs.screen(votes.n_workers)
    groups = _grouped(votes, pairs, suspects, {name: np.ones(suspects.size) for name in _EVIDENCE})
    for _ in range(rounds):
        view = _View.of(votes, belief, groups)
        evidence = _judge(_compare(view, pairs), pairs, ~pairs.within(_membership(votes, groups)))
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
    pairs = _Pairs.count(votes, _pair_rows(votes), min_shared)
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


def _pair_rows(votes: Votes) -> tuple[Ints, Ints]:
    """All pairs of votes on one item by two annotators: two arrays of vote positions, the lower worker first."""
    _, order = np.unique(votes.item * np.int64(votes.n_workers) + votes.worker, return_index=True)  # no repeats
    item = votes.item[order]
    start = np.concatenate([[0], np.flatnonzero(np.diff(item)) + 1])
    count = np.diff(np.concatenate([start, [len(item)]]))
    place = np.arange(len(item)) - np.repeat(start, count)
    # Of a crowded item every so many votes are taken.
    kept = order[(place * _CROWD) // np.repeat(np.maximum(count, _CROWD), count) != _previous(place, count)]
    item = votes.item[kept]
    first, second = [], []
    for gap in range(1, _CROWD):
        near = np.flatnonzero(item[gap:] == item[:-gap])
        if not near.size:
            break
        first.append(kept[near])
        second.append(kept[near + gap])
    if not first:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    return np.concatenate(first), np.concatenate(second)


def _previous(place: Ints, count: Ints) -> Ints:
    return np.where(place > 0, ((place - 1) * _CROWD) // np.repeat(np.maximum(count, _CROWD), count), -1)


@dataclass(frozen=True)
class _Pairs:
    """Pairs of annotators with enough items in common: codes `a` < `b`, and the vote pairs behind them.

    `first`, `second`: vote positions; `pair`: the pair that each row belongs to, in order; `agrees`: whether the labels
    do.
    """

    a: Ints
    b: Ints
    shared: Floats
    agreed: Floats
    first: Ints
    second: Ints
    pair: Ints
    agrees: NDArray[np.bool_]

    @classmethod
    def count(cls, votes: Votes, rows: tuple[Ints, Ints], min_shared: int) -> _Pairs:
        first, second = rows
        key = votes.worker[first].astype(np.int64) * votes.n_workers + votes.worker[second]
        keys, pair, shared = np.unique(key, return_inverse=True, return_counts=True)
        enough = shared >= min_shared
        chosen = enough[pair]
        pair = (np.cumsum(enough) - 1)[pair[chosen]]
        together = np.argsort(pair, kind="stable")
        first, second, pair = first[chosen][together], second[chosen][together], pair[together]
        agrees = votes.label[first] == votes.label[second]
        a, b = np.divmod(keys[enough], votes.n_workers)
        agreed = np.bincount(pair, agrees, minlength=a.size).astype(np.float64)
        return cls(a, b, shared[enough].astype(np.float64), agreed, first, second, pair, agrees)

    @cached_property
    def ends(self) -> Ints:
        """The rows of pair p are `ends[p]` to `ends[p + 1]`."""
        return np.searchsorted(self.pair, np.arange(self.a.size + 1))

    def within(self, member: Ints) -> NDArray[np.bool_]:
        """Whether both are in one group, by the group of each annotator."""
        return np.asarray((member[self.a] == member[self.b]) & (member[self.a] >= 0))

    def total(self, values: ArrayLike) -> Floats:
        """Sums over the rows of each pair."""
        return np.bincount(self.pair, np.asarray(values, dtype=np.float64), self.a.size).astype(np.float64)

    def screen(self, n_workers: int) -> NDArray[np.bool_]:
        """Suspects: pairs that agree far more with each other than either does with the rest.

        Crude but deaf to the belief, which copies may have fooled; suspects only lose weight until the real test.
        """
        suspect = np.zeros(self.a.size, bool)
        for _ in range(3):
            held = np.where(suspect, 0.0, 1.0)
            ends, twice = np.concatenate([self.a, self.b]), np.concatenate([held, held])
            seen = np.bincount(ends, twice * np.tile(self.shared, 2), minlength=n_workers)
            with_others = np.bincount(ends, twice * np.tile(self.agreed, 2), minlength=n_workers)
            rate = (with_others + 1) / (seen + 2)
            expected = np.maximum(rate[self.a], rate[self.b])
            gap = self.agreed - self.shared * expected
            suspect = gap > 4 * np.sqrt(self.shared * expected * (1 - expected))
        return suspect


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


def _compare(view: _View, pairs: _Pairs) -> Floats:
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


def _batches(pairs: _Pairs, most: int) -> Iterator[tuple[int, int]]:
    """Pairs from, and up to: so many rows at a time, or a single pair."""
    low = 0
    while low < pairs.a.size:
        high = int(np.searchsorted(pairs.ends, pairs.ends[low] + most, side="right")) - 1
        high = max(low + 1, high)
        yield low, high
        low = high


def _judge(compared: Floats, pairs: _Pairs, innocent: NDArray[np.bool_]) -> dict[str, Floats]:
    """The evidence on each pair. `innocent`: pairs not suspected so far, from whom chance agreement is learnt.

    A pair's statistic is the likelihood ratio of "some share of the labels is copied" to "none is", given the labels of
    either, averaged over a few shares; its chance among independent people is simulated (`rarity.py`). The chance's
    logarithm is divided by how much more than the model says the innocent pairs scatter: an empirical null (Efron,
    JASA 99, 2004). People are alike in ways that the model does not know, which shows the more, the more they share.
    """
    chance = np.stack([_calibrated(compared[way], pairs.agrees, innocent[pairs.pair]) for way in (0, 1)])
    expected = pairs.total(chance.mean(axis=0))
    scatter = np.sqrt(np.maximum(pairs.total((chance * (1 - chance)).mean(axis=0)), 1e-9))
    z = (pairs.agreed - expected) / scatter
    calm = innocent if innocent.any() else np.ones_like(innocent)
    excess = _excess(z[calm], pairs.shared[calm], pairs.shared)
    wrong = compared[2:].mean(axis=0)
    return {
        "same_errors": pairs.total(wrong * pairs.agrees),
        "expected": pairs.total(wrong * chance.mean(axis=0)),
        "rate": np.clip((pairs.agreed - expected) / np.maximum(pairs.shared - expected, 1e-9), 0.0, 1.0),
        "p_value": _adjusted(_chances(chance, pairs) / excess, pairs.total(np.log(chance.mean(axis=0))) / excess),
    }


def _excess(z: Floats, shared: Floats, wanted: Floats) -> Floats:
    """The variance of z of pairs who share so many items (`wanted`): 1 + c · shared^(3/4), c by the innocents' median.

    The power is that of the crowd of `zc_all`, whose variance is 1.1 at 7 items in common, 1.8 at 70 and 6.6 at 1,500.
    """
    at = np.concatenate([[0.0], np.geomspace(1e-4, 2.0, 80)])
    middle = np.median(z**2 / (1 + at[:, None] * shared**0.75), axis=1)
    enough = np.flatnonzero(middle <= 0.4549)  # the median of chi-squared
    return np.asarray(1 + at[enough[0] if enough.size else -1] * wanted**0.75)


def _chances(chance: Floats, pairs: _Pairs) -> Floats:
    """ln of the chance that two independent people look so much like copies, by pair; 0 where they do not at all."""
    bets = [
        pairs.total(np.where(pairs.agrees, np.log1p(rate * (1 / way - 1)), math.log1p(-rate)))
        for rate in _RATES
        for way in chance
    ]
    found = np.zeros(pairs.a.size)
    for one in np.flatnonzero(logsumexp(bets, axis=0) > math.log(len(bets))).tolist():
        rows = slice(pairs.ends[one], pairs.ends[one + 1])
        apart = np.stack([1 - chance[:, rows], chance[:, rows]], axis=2)
        copied = np.concatenate([(1 - rate) * apart + rate * np.array([0.0, 1.0]) for rate in _RATES])
        honest = Mixture(apart, np.full(2, 1 / 2))
        found[one] = rarity(honest, Mixture(copied, np.full(len(copied), 1 / len(copied))), pairs.agrees[rows] * 1)
    return found


def _adjusted(log: Floats, least: Floats) -> Floats:
    """Chances, given as logarithms, adjusted for all pairs that could have shown so small a one at all.

    `least`: the smallest that each pair could show (ln): pairs with little in common cost the others nothing (Tarone,
    Biometrics 46, 1990).
    """
    able = np.searchsorted(np.sort(least), log, side="right")
    return np.asarray(np.minimum(1.0, np.exp(log) * np.maximum(able, 1)))


def _calibrated(chance: Floats, agrees: NDArray[np.bool_], innocent: NDArray[np.bool_]) -> Floats:
    """What the chance of agreement turns out to be among innocent pairs; items that mislead everybody raise it."""
    order = np.argsort(chance[innocent], kind="stable")
    held, came = chance[innocent][order], agrees[innocent][order].astype(np.float64)
    bins = np.array_split(np.arange(held.size), max(1, min(20, held.size // 50)))
    if held.size < 50:
        return np.clip(chance, 1e-3, 1 - 1e-3)
    middle = np.array([held[b].mean() for b in bins])
    share = np.array([(came[b].sum() + 5 * held[b].mean()) / (b.size + 5) for b in bins])
    # Never below the model: that would make agreement look like copying.
    learnt = np.interp(chance, middle, np.maximum.accumulate(share) - middle) + chance
    return np.asarray(np.clip(np.maximum(learnt, chance), 1e-3, 1 - 1e-3))


def _grouped(votes: Votes, pairs: _Pairs, linked: NDArray[np.bool_], evidence: dict[str, Floats]) -> list[CopyGroup]:
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
