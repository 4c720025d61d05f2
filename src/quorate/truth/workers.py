"""What the votes say about each worker, given any model's beliefs: accuracy, its interval, confusions, a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, betaln, chdtrc

from quorate.truth.kernels import VoteMatrix
from quorate.truth.votes import Votes

FEWEST = 5  # votes below which no verdict is given, and times that a mistake must be made to be named
ALPHA = 1e-6  # below it votes depend on the truth, rightly or wrongly
ABLE = (8.0, 2.0)  # the accuracy of workers who look, as a Beta distribution
CONSTANT = 0.95  # share of one label above which a worker says always the same
CONFUSED = 0.25  # rate of one mistake, at its lower bound, that deserves a name


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """Arrays over workers (J,). `accuracy` as the beliefs see it, with the ends of its 95 % interval, `low` and `high`.

    `said` instead of `truth` is the commonest mistake, at `rate` of the chances to make it. `verdict`: "too few votes",
    "constant", "random", "adversarial", "confuses A with B" or "good".
    """

    worker: NDArray[Any]
    votes: NDArray[np.int64]
    accuracy: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    truth: NDArray[Any]
    said: NDArray[Any]
    rate: NDArray[np.float64]
    verdict: NDArray[Any]

    def columns(self) -> dict[str, NDArray[Any]]:
        """The table as columns by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def worker_report(votes: Votes, proba: NDArray[np.float64]) -> WorkerReport:
    """Judge every worker by `proba` (I, K), which their own votes helped to form: thin items flatter their voters."""
    number = np.bincount(votes.worker, minlength=votes.n_workers)
    return judge(VoteMatrix(votes).counts(proba), number, votes.workers, votes.labels)


def judge(
    counts: NDArray[np.float64], number: NDArray[np.int64], workers: NDArray[Any], labels: NDArray[Any]
) -> WorkerReport:
    """Judge workers by expected `counts` (J, said K, true K) out of `number` (J,) votes."""
    hits, total = np.einsum("jkk->j", counts), counts.sum(axis=(1, 2))
    low, high = beta_interval(hits, total - hits)
    said, truth, bound = _worst_mistake(counts)
    made = counts[np.arange(len(said)), said, truth]
    rate = made / np.maximum(counts.sum(axis=1)[np.arange(len(said)), truth], 1e-12)
    verdict = _verdicts(counts, high, np.where(made < FEWEST, 0.0, bound))
    confused = verdict == "confuses"
    names = (f"confuses {labels[t]} with {labels[s]}" for t, s in zip(truth, said, strict=True))
    verdict[confused] = [name for name, wanted in zip(names, confused, strict=True) if wanted]
    verdict[number < FEWEST] = "too few votes"
    accuracy = np.where(total > 0, hits / np.where(total > 0, total, 1), np.nan)
    return WorkerReport(workers, number, accuracy, low, high, labels[truth], labels[said], rate, verdict)


def _worst_mistake(
    counts: NDArray[np.float64],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """The mistake (said, true) of each worker whose rate is surely highest, and the lower bound of that rate: (J,)."""
    k = counts.shape[2]
    bound, _ = beta_interval(counts, counts.sum(axis=1)[:, None, :] - counts)
    bound[:, np.arange(k), np.arange(k)] = -1
    flat = bound.reshape(len(bound), -1)
    said, truth = np.divmod(flat.argmax(axis=1), k)
    return said, truth, flat.max(axis=1)


def _verdicts(counts: NDArray[np.float64], high: NDArray[np.float64], mistake: NDArray[np.float64]) -> NDArray[Any]:
    """A verdict a worker, the last that applies; `high` bounds the accuracy, `mistake` the worst mistake from below."""
    total = np.maximum(counts.sum(axis=(1, 2)), 1e-12)[:, None]
    said, true = counts.sum(axis=2) / total, counts.sum(axis=1) / total
    verdict = np.full(len(counts), "good", dtype=object)
    verdict[mistake > CONFUSED] = "confuses"
    if counts.shape[2] > 1:
        verdict[ignores_truth(counts)] = "random"
        verdict[high < (said * true).sum(axis=1)] = "adversarial"
        usual = np.take_along_axis(true, said.argmax(axis=1)[:, None], axis=1)[:, 0]
        verdict[(said.max(axis=1) >= CONSTANT) & (usual < CONSTANT - 0.15)] = "constant"
    return verdict


def beta_interval(
    right: NDArray[np.float64], wrong: NDArray[np.float64], level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Equal-tailed interval of a rate under Jeffreys' prior: Beta(right + ½, wrong + ½)."""
    a, b = np.maximum(right, 0) + 0.5, np.maximum(wrong, 0) + 0.5
    tail = (1 - level) / 2
    return betaincinv(a, b, tail), betaincinv(a, b, 1 - tail)


def ignores_truth(counts: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Workers (J,) whose `counts` (J, said, true) are likelier of one who labels blindly than of one who looks.

    Blindly: right as often as labels and classes fall together by chance; looking: right at a rate from `ABLE`. What
    depends on the truth in another way is not blind (Pearson's test, whose size is right in sparse tables, too).
    """
    total = np.maximum(counts.sum(axis=(1, 2), keepdims=True), 1e-12)
    label, truth = counts.sum(axis=2, keepdims=True), counts.sum(axis=1, keepdims=True)
    expected = label * truth / total
    statistic = ((counts - expected) ** 2 / np.maximum(expected, 1e-12)).sum(axis=(1, 2))
    freedom = ((label > 0.5).sum(axis=(1, 2)) - 1) * ((truth > 0.5).sum(axis=(1, 2)) - 1)
    number, hits = total[:, 0, 0], np.einsum("jkk->j", counts)
    chance = np.clip(np.einsum("jkk->j", expected) / number, 1e-6, 1 - 1e-6)
    a, b = ABLE
    blind = hits * np.log(chance) + (number - hits) * np.log1p(-chance)
    looking = betaln(a + hits, b + number - hits) - betaln(a, b)
    return np.asarray((freedom > 0) & (looking < blind) & (chdtrc(np.maximum(freedom, 1), statistic) > ALPHA))
