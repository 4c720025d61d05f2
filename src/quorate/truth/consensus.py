"""Consensus: the default. Several models of the crowd, mixed by how well each foresees votes it has not seen.

No model is good everywhere. Where workers differ by more than one number, confusion matrices win (iBCC); where votes
are thin or there are many classes, so many numbers cannot be learnt and the two-parameter worker wins (MACE); where
most workers gave few votes, kinds of worker win (communities); where items differ in difficulty, subtypes win (EBCC).
With f_m the mean log-probability that model m gives a vote in the light of all other votes (`rows.foresight`), and s
the sharpness, the first three share what subtypes leave:

    a = 1 / (1 + exp(−s (f_EBCC − f_iBCC − 0.005))),    w_m ∝ exp(s f_m),    Σ w_m = 1 − a,    w_EBCC = a

So .005 nats a vote are a factor of e. Subtypes are judged by what they add to the model that is the same without them,
since models that learn their prior from the crowd foresee votes better without being more often right. Of this
mixture 0.9 are taken, and 0.1 shared out evenly: that costs no accuracy and makes it less sure where models disagree.
Its posterior is then corrected for the dependence between votes (`calibration`), and that is what `proba_` holds. Truth
is used for nothing but given gold.

Before all this, annotators who share a source are looked for (`copies`), and their votes count once. Where gold is the
word of fallible experts (`experts`), the models take for known what crowd and expert together believe that the expert
said, and the posterior of such an item is the crowd's times the likelihood of the expert's word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, softmax

from quorate.truth.calibration import Calibration
from quorate.truth.communities import Communities
from quorate.truth.copies import CopyGroup, copy_weights, find_copies
from quorate.truth.ebcc import EBCC
from quorate.truth.experts import ExpertModel, rule, soft_gold
from quorate.truth.ibcc import IBCC
from quorate.truth.kernels import VoteMatrix
from quorate.truth.mace import MACE
from quorate.truth.model import Fitted, Gold, TruthModel, clamp_proba, code_gold, require_room
from quorate.truth.model_votes import Joined, join
from quorate.truth.rows import diagonal
from quorate.truth.votes import Votes

EVEN = 0.1  # part of the weight that all models share alike
COPIED, CHANCE = 0.9, 1e-8
"""Annotators count as one who copy this share of their labels at least, were the chance of it without copying this
small: a few good ones look alike, too, where most of the crowd is misled on the same items."""
WELL_INFORMED = 0.5  # a classifier's share (`model_votes`) from which on `alike_` takes the mixture's place
WORTHWHILE = 0.005  # nats a vote that subtypes must add to be believed as much as the other models together


@dataclass(kw_only=True, eq=False, repr=False)
class Consensus(TruthModel):
    """Fit with nothing to tune. `gold`: clamped inside every model, and with it the calibration is learnt.

    `sharpness`: s above. `copies`: whether to look for annotators who share a source, among as many items as have
    pairs of votes × classes within `budget`. `restarts`, `seed`: of EBCC, whose sweeps cost ten times the others'.
    `budget`: it starts no more often than votes × classes × restarts stay within it; where even one is too much, it is
    left out, so time stays linear in votes. `threads`: the result does not depend on them.

    Beside what every model learns: `raw_` (I, K), the mixture before calibration; `alike_` (I, K), with half of the
    weight on MACE and half on confusion matrices, which a classifier that knows much is joined with; `worth_` (I,), the
    votes of each item, copies counted once, and `shares_` (I, K), each class's share of them; `calibration_`, a
    `Calibration`, for posteriors of the same step made elsewhere; `weights_`, by model name, before a classifier is
    heard; `copies_`, the `CopyGroup`s found. `skills_`: (J, K, K), posterior mean confusion matrices given the mixture.
    `log_likelihood_`: total log-probability of the votes, each given all others.
    """

    sharpness: float = 200.0
    copies: bool = True
    restarts: int = 8
    budget: float = 3e6
    seed: int = 0
    threads: int | None = None

    calibration_: Calibration = field(init=False)
    weights_: dict[str, float] = field(init=False)
    raw_: NDArray[np.float64] = field(init=False)
    alike_: NDArray[np.float64] = field(init=False)
    worth_: NDArray[np.float64] = field(init=False)
    shares_: NDArray[np.float64] = field(init=False)
    copies_: list[CopyGroup] = field(init=False)
    model_: Joined = field(init=False)

    def fit(
        self,
        votes: Votes,
        gold: Gold = None,
        model_proba: ArrayLike | None = None,
        experts: ExpertModel | float | None = None,
    ) -> Self:
        """As every model's, with a classifier's probabilities as one more annotator, and with experts who err.

        `model_proba`: (I, K), items and classes in the order of the votes' vocabularies, made out of fold; rows of NaN
        where there is no prediction. What was learnt about it is in `model_`, a `model_votes.Joined`. `experts`: the
        gold is not the truth but an expert's word, of this accuracy or with these errors (its first expert's).
        """
        told = code_gold(votes, gold)
        if experts is None:
            super().fit(votes, told)
        else:
            require_room(votes)
            self.adopt(votes, self._believing(votes, told, soft_gold(told, votes.n_classes, experts)))
        if model_proba is not None:
            joined = self._hear(votes, model_proba)
            if experts is None:
                self.proba_ = clamp_proba(joined, told)
            else:
                self.proba_ = rule(joined, soft_gold(told, votes.n_classes, experts))
            self.codes_ = self.proba_.argmax(axis=1)
            self.labels_ = votes.labels[self.codes_]
        return self

    def _hear(self, votes: Votes, model_proba: ArrayLike) -> NDArray[np.float64]:
        """Join the classifier: with the mixture, then with one that goes by foresight the less the more it knows.

        Foresight of votes prefers models that follow the crowd's habits, and a classifier that knows what the crowd
        does not tells habit from truth better. Where a habit divides the crowd, all models are too sure of its side;
        so, the more the classifier knows and the more votes n there are, up to EVEN (1 - 1/√n) of the belief are the
        mere shares of the votes.
        """
        self.model_ = join(votes, self.proba_, self.raw_, self.worth_, self.skills_, model_proba)
        even = min(1.0, self.model_.share / WELL_INFORMED)
        spoken = ~np.isnan(np.asarray(model_proba, np.float64)).all(axis=1, keepdims=True)
        if even:
            self.raw_ = np.where(spoken, (1 - even) * self.raw_ + even * self.alike_, self.raw_)
            crowd = self.calibration_.apply(self.raw_, self.worth_, self.prior_)
            self.model_ = join(votes, crowd, self.raw_, self.worth_, self.skills_, model_proba)
        joined = self.calibration_.apply(self.model_.raw, self.model_.worth, self.prior_)
        plain = EVEN * even * spoken * (1 - np.maximum(self.worth_, 1) ** -0.5)[:, None]
        return np.asarray((1 - plain) * joined + plain * self.shares_)

    def _believing(self, votes: Votes, told: NDArray[np.int32], word: NDArray[np.float64]) -> Fitted:
        """Fit where gold is a word `word` (I, K log-likelihoods) to be weighed: first without it, then with what holds.

        What the word is weighed against is an item's own votes, its own word set aside, so that it counts once.
        """
        held = np.full_like(told, -1)
        for _ in range(2):
            found = self._fit(votes, held)
            believed = rule((found.extra or {})["unaided"], word)
            held = np.where(believed.argmax(axis=1) == told, told, -1).astype(np.int32)
        return replace(found, proba=believed)

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        copies = self._find_copies(votes, gold) if self.copies else []
        if copies:
            votes = replace(votes, weight=copy_weights(votes, copies))
        fits = dict(self._pool(votes, gold))
        foresight = {name: float(fit.extra["foresight"]) for name, fit in fits.items() if fit.extra}
        weights = self._weigh(foresight)
        mixed = _mean(weights, [fit.proba for fit in fits.values()])
        alike = _mean(_halves(fits), [fit.proba for fit in fits.values()])
        unaided = _mean(weights, [fit.extra["unaided"] for fit in fits.values() if fit.extra])
        n_votes = np.bincount(votes.item, votes.weight, minlength=votes.n_items).astype(np.float64)
        known = np.flatnonzero(gold >= 0)
        mean = mixed.mean(axis=0)
        calibration = Calibration()
        if len(known):
            calibration = Calibration.fit(unaided[known], n_votes[known], gold[known], mean)
        total = float(weights @ list(foresight.values()))
        extra = {
            "raw": mixed,
            "alike": alike,
            "worth": n_votes,
            "shares": VoteMatrix(votes, threads=self.threads).shares(),
            "copies": copies,
            "calibration": calibration,
            "weights": dict(zip(fits, weights.tolist(), strict=True)),
            "foresight": total,
            "unaided": calibration.apply(unaided, n_votes, mean),
        }
        proba = clamp_proba(calibration.apply(mixed, n_votes, mean), gold)
        n_iter = sum(fit.n_iter for fit in fits.values())
        converged = all(fit.converged for fit in fits.values())
        skills = self._skills(votes, mixed)
        return Fitted(proba, skills, mean, len(votes) * total, n_iter, converged, extra)

    def _weigh(self, foresight: dict[str, float]) -> NDArray[np.float64]:
        """The weight of each model by how well it foresees votes, in the order given. EBCC, if there, comes last."""
        alike = [told for name, told in foresight.items() if name != "ebcc"]
        weights = softmax(self.sharpness * np.array(alike))
        if "ebcc" in foresight:
            share = expit(self.sharpness * (foresight["ebcc"] - foresight["ibcc"] - WORTHWHILE))
            weights = np.append((1 - share) * weights, share)
        return np.asarray((1 - EVEN) * weights + EVEN / len(weights))

    def _find_copies(self, votes: Votes, gold: NDArray[np.int32]) -> list[CopyGroup]:
        """Who shares a source, by a random part of the items whose pairs of votes stay within the budget."""
        size = np.bincount(votes.item, minlength=votes.n_items)
        order = np.random.default_rng(self.seed).permutation(votes.n_items)
        pairs = np.cumsum((size * (size - 1) / 2)[order])
        kept = np.isin(votes.item, order[pairs * votes.n_classes <= self.budget])
        if votes.n_workers < 3 or not kept.any():
            return []
        belief = IBCC(threads=self.threads)._fit(votes, gold).proba
        return find_copies(votes.take(kept), np.asarray(belief, np.float64), least_rate=COPIED, false_alarm=CHANCE)

    def _pool(self, votes: Votes, gold: NDArray[np.int32]) -> Iterator[tuple[str, Fitted]]:
        """The models to mix, each fitted; EBCC starts from the answer of iBCC."""
        yield "mace", MACE(threads=self.threads)._fit(votes, gold)
        ibcc = IBCC(threads=self.threads)._fit(votes, gold)
        yield "ibcc", ibcc
        yield "communities", Communities(threads=self.threads)._fit(votes, gold)
        restarts = min(self.restarts, int(self.budget / (len(votes) * votes.n_classes)))
        if restarts:
            ebcc = EBCC(restarts=restarts, seed=self.seed, threads=self.threads)
            yield "ebcc", ebcc.fit_from(votes, gold, np.asarray(ibcc.proba, np.float64))

    def _skills(self, votes: Votes, proba: NDArray[np.float64]) -> NDArray[np.float64]:
        rows = VoteMatrix(votes, threads=self.threads).counts(proba) + diagonal(votes.n_classes, 4.0, 1.0)
        return np.asarray((rows / rows.sum(axis=1, keepdims=True)).transpose(0, 2, 1))


def _mean(weights: NDArray[np.float64], arrays: list[NDArray[np.floating[Any]]]) -> NDArray[np.float64]:
    return np.asarray(sum(w * a for w, a in zip(weights, arrays, strict=True)), np.float64)


def _halves(names: Iterable[str]) -> NDArray[np.float64]:
    """Half of the weight for the model of two numbers a worker, half for those of confusion matrices."""
    small = np.array([name == "mace" for name in names])
    return np.asarray(np.where(small, 0.5 / small.sum(), 0.5 / (~small).sum()), np.float64)
