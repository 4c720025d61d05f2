"""What would a policy have cost? Recorded votes, fed one by one to the code that decides live tasks.

Nothing is known at first: no gold, no skills. A vote is bought if its task is open when its annotator comes by; skills
are learnt on the way and refitted over all that was bought each time that has grown by a tenth, so that a decided task
may open again. The truth is used for scoring, and to answer as a simulated expert, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quorate.flow.believe import believe, learn
from quorate.flow.decide import Accept, AskMore, Decision, Escalate, Facts, decide
from quorate.flow.evidence import Answer, Posterior, Prior, Role, Skill
from quorate.flow.policy import Policy
from quorate.labels.choice import Choice
from quorate.truth.refit import refit
from quorate.truth.votes import Votes

UNKNOWN, UNHEARD_OF = -1, -2
GROWTH, FIRST = 1.1, 100


@dataclass(slots=True)
class _Task:
    bought: list[tuple[int, int]] = field(default_factory=list)
    adjudications: list[int] = field(default_factory=list)
    known: tuple[Decision, Posterior] | None = None
    epoch: int = -1


class Replay:
    """One run: `offer` it votes (see `flow/arrivals.py`), then ask for its `score`.

    `truth` (I,) has a class code per item, `UNKNOWN` where nothing is known, `UNHEARD_OF` for a label nobody voted
    for. With `expert_accuracy` a simulated expert answers escalations of items whose truth is known, right with that
    probability and else evenly wrong. No more than `most` votes are bought, if that is said.
    """

    def __init__(
        self,
        votes: Votes,
        truth: NDArray[np.int64],
        policy: Policy,
        *,
        seed: int = 0,
        expert_accuracy: float | None = None,
        most: int | None = None,
    ) -> None:
        self.most = len(votes) if most is None else most
        self.votes, self.truth, self.policy, self.expert_accuracy = votes, truth, policy, expert_accuracy
        classes = [f"c{k}" for k in range(max(votes.n_classes, 2))]
        self.question = Choice.model_validate({"kind": "choice", "classes": classes})
        self.ids = self.question.ids
        self.codes = {label: k for k, label in enumerate(self.ids)}
        self.prior = Prior.flat(self.question)
        self._unknown = Skill.prior(self.question, Role.CROWD)
        self._expert = Skill.prior(self.question, Role.EXPERT)
        self.skills = [self._unknown] * votes.n_workers
        self.tasks = [_Task() for _ in range(votes.n_items)]
        self.bought: list[tuple[int, int, int]] = []
        self.epoch = 0
        self._refit_at = FIRST
        self._random = np.random.default_rng(seed)

    @property
    def spent(self) -> bool:
        """Whether no vote may be bought any more."""
        return len(self.bought) >= self.most

    def offer(self, item: int, worker: int, label: int) -> bool:
        """Buy this vote if its task is open now and the budget is not spent."""
        if self.spent or not isinstance(self.settle(item)[0], AskMore):
            return False
        task = self.tasks[item]
        task.bought.append((worker, label))
        self.bought.append((item, worker, label))
        if len(task.bought) > 1:  # the only answer says nothing of its author
            posterior = self._believe(task)
            self.skills[worker] = learn(self.question, self.skills[worker], self.ids[label], posterior)
        task.epoch = -1
        if self.expert_accuracy is not None:
            self._adjudicate(item, self.expert_accuracy)
        if len(self.bought) >= self._refit_at:
            self.refit()
        return True

    def settle(self, item: int) -> tuple[Decision, Posterior]:
        """The decision in force and its posterior, worked out again if a refit moved the skills."""
        task = self.tasks[item]
        if task.known is None or task.epoch != self.epoch:
            posterior = self._believe(task)
            facts = Facts(
                judgements=len(task.bought),
                crowd=len(task.bought),
                adjudications=len(task.adjudications),
                adjudicated=self.ids[task.adjudications[-1]] if task.adjudications else None,
            )
            task.known = decide(facts, posterior, self.policy), posterior
            task.epoch = self.epoch
        return task.known

    def refit(self) -> None:
        """Skills and class frequencies anew, from all votes bought and all adjudications."""
        if not self.bought:
            return
        size, workers = len(self.ids), len(self.skills)
        words = [(n, workers, said) for n, task in enumerate(self.tasks) for said in task.adjudications]
        item, worker, label = np.array(self.bought + words, dtype=np.int64).T
        priors = np.empty((workers + 1, size, size))
        priors[:-1], priors[-1] = self._unknown.rows, self._expert.rows
        found = refit(item, worker, label, priors, items=len(self.tasks), sweeps=20, tolerance=1e-2)
        for j in np.unique(worker[: len(self.bought)]).tolist():
            self.skills[j] = Skill.from_json(found.rows[j].tolist())
        self._expert = Skill.from_json(found.rows[-1].tolist())
        self.prior = Prior.from_json([found.counts.tolist()])
        self._refit_at = max(int(len(self.bought) * GROWTH), len(self.bought) + FIRST)
        self.epoch += 1

    def _believe(self, task: _Task) -> Posterior:
        ids, skills = self.ids, self.skills
        answers = [Answer(n, j, Role.CROWD, ids[said], skills[j]) for n, (j, said) in enumerate(task.bought)]
        answers += [Answer(None, None, Role.EXPERT, ids[said], self._expert) for said in task.adjudications]
        return believe(self.question, answers, self.prior, trace=False)

    def _adjudicate(self, item: int, accuracy: float) -> None:
        task, truth = self.tasks[item], int(self.truth[item])
        while truth >= 0 and isinstance(self.settle(item)[0], Escalate):
            wrong = int(self._random.integers(len(self.ids) - 1))
            right = self._random.random() < accuracy
            task.adjudications.append(truth if right else wrong + (wrong >= truth))
            task.epoch = -1

    def score(self) -> Score:
        """What it cost and how right it was; an item left open takes its likeliest label so far."""
        settled = [self.settle(item) for item in range(len(self.tasks))]
        voted = np.bincount(self.votes.item, minlength=len(self.tasks)) > 0
        scored = voted & (self.truth != UNKNOWN)
        said = np.array([self.codes[_likeliest(posterior)] for _, posterior in settled])
        sure = np.array([posterior.confidence for _, posterior in settled])
        right = said == self.truth
        accepted = scored & np.array([isinstance(decision, Accept) for decision, _ in settled])
        adjudicated = [
            bool(task.adjudications) or isinstance(decision, Escalate)
            for task, (decision, _) in zip(self.tasks, settled, strict=True)
        ]
        return Score(
            votes_used=len(self.bought),
            votes_total=len(self.votes),
            items=int(voted.sum()),
            scored=int(scored.sum()),
            accuracy=_mean(right[scored]),
            escalated=sum(adjudicated),
            accepted=int(accepted.sum()),
            accepted_promise=_mean(sure[accepted]),
            accepted_accuracy=_mean(right[accepted]),
        )


@dataclass(frozen=True)
class Score:
    """The outcome of a replay. `items` have votes; `scored` of them have truth, and accuracies are over these.

    `accepted` tasks were closed by the crowd or an expert: `accepted_promise` is the mean confidence they were closed
    with, `accepted_accuracy` how right they were.
    """

    votes_used: int
    votes_total: int
    items: int
    scored: int
    accuracy: float
    escalated: int
    accepted: int
    accepted_promise: float
    accepted_accuracy: float


def _likeliest(posterior: Posterior) -> str:
    # A task nobody was asked about has no value, but one class is likelier than the others even so.
    return posterior.value or max(posterior.probabilities, key=posterior.probabilities.__getitem__)


def _mean(values: NDArray[np.bool_] | NDArray[np.float64]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
