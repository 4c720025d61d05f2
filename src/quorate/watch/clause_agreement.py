"""A clause of the guideline that people follow less alike than they did."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from scipy.stats import norm

from quorate.watch.detector import About, Detector, Finding
from quorate.watch.drift import now
from quorate.watch.work import Codes, Flags, Need, Work


class ClauseAgreement(Detector):
    """Agreement on the items that a clause decides, lately against before, annotator by annotator.

    Strata are annotators (Cochran, Mantel and Haenszel), so that a change of who works is no change of understanding.
    The chance is adjusted for the number of clauses.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"classes", "clauses"})
    about: ClassVar[About] = "step"

    use: Literal["clause_agreement"] = "clause_agreement"
    false_alarm: float = Field(0.001, gt=0, le=0.5)
    fewest: int = Field(60, ge=20, description="Answers on a clause.")
    share: float = Field(1 / 3, gt=0, lt=1)

    def look(self, work: Work) -> list[Finding]:
        votes, late = work.votes, now(work, self.share)[work.votes.item]
        truth = work.view.without.argmax(axis=1)
        clauses = sorted(set(work.clauses.values()))
        found = []
        for clause in clauses:
            about = np.isin(truth, [k for k, one in work.clauses.items() if one == clause])
            if about.sum() < self.fewest:
                continue
            right = work.view.right[about] > 0.5
            z = stratified(votes.worker[about], right, late[about])
            score = -float(norm.logsf(z) + np.log(len(clauses))) / np.log(10)
            if score >= self.bar:
                before, since = float(right[~late[about]].mean()), float(right[late[about]].mean())
                message = (
                    f"{since:.0%} of the latest answers under {clause} agree with the others; before, {before:.0%} did."
                )
                evidence = {"clause": clause, "answers": int(about.sum()), "before": before, "since": since}
                found.append(Finding("clause_agreement", message, score, evidence=evidence))
        return found


def stratified(who: Codes, right: Flags, late: Flags) -> float:
    """How many standard errors fewer are right lately than each annotator's own rate lets expect."""
    size = int(who.max()) + 1
    n = np.bincount(who, minlength=size).astype(np.float64)
    hits, last = np.bincount(who, right, size), np.bincount(who, late, size)
    seen = np.bincount(who, right & late, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(n > 0, hits * last / n, 0.0)
        spread = np.where(n > 1, hits * (n - hits) * last * (n - last) / (n**2 * (n - 1)), 0.0)
    total = float(spread.sum())
    return float((expected - seen).sum() / np.sqrt(total)) if total > 0 else 0.0
