"""Written answers that read like a language model's. A hint, not a proof."""

from __future__ import annotations

import re
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from scipy.stats import binom

from quorate.watch.detector import Detector, Finding
from quorate.watch.prose import usual_rate
from quorate.watch.work import Need, Work

_TELLS = {
    "speaks of itself": r"\bas an ai\b|\bas a (large )?language model\b|\bi('m| am) sorry, but i\b"
    r"|\bi cannot (assist|help)\b",
    "talks to an asker": r"\b(i hope this helps|certainly!|sure! here|great question|let me know if)"
    r"|\bhere('s| is) (a|the|my) (answer|summary|response|explanation|analysis)\b",
    "essay words": r"\b(delv(e|es|ing)|tapestry|underscor(e|es|ing)|multifaceted|furthermore|moreover|in conclusion"
    r"|overall,|it is (important|worth) (to note|noting)|plays a (crucial|vital|pivotal) role)",
    "markup": r"\*\*[^*\n]+\*\*|^#{1,4} \S|^\s*[-*] \*\*|^\d+\. \*\*",
    "typography": r"\w—\w|[“”]",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE | re.MULTILINE) for name, pattern in _TELLS.items()}


class MachineText(Detector):
    """Counts texts with at least `tells` different marks of a model's style, against what is usual here.

    Two of five kinds of mark in one short text are rare in what people type into a form. Whoever edits the marks out is
    not found, and a careful writer may have one of them: hence two, and the comparison with everybody else.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"texts"})

    use: Literal["machine_text"] = "machine_text"
    fewest: int = Field(10, ge=3)
    long: int = Field(40, ge=10)
    tells: int = Field(2, ge=1, le=len(_TELLS))

    def look(self, work: Work) -> list[Finding]:
        assert work.texts is not None
        marks = [told(text) if len(text) >= self.long else [] for text in work.texts]
        long = np.array([len(text) >= self.long for text in work.texts])
        count = np.bincount(work.votes.worker, long, work.votes.n_workers)
        marked = np.array([len(one) >= self.tells or "speaks of itself" in one for one in marks])
        hits = np.bincount(work.votes.worker, marked, work.votes.n_workers)
        usual = usual_rate(hits, count, 0.03)
        score = -binom.logsf(hits - 1, count, usual) / np.log(10)
        found = []
        for j in self.named(work, np.where(count >= 3, score, 0.0)):
            rows = [int(r) for r in work.of(j) if marked[r]]
            kinds = sorted({kind for r in rows for kind in marks[r]})
            found.append(
                Finding(
                    "machine_text",
                    f"{len(rows)} of {int(count[j])} texts have marks of a language model ({', '.join(kinds)}).",
                    float(score[j]),
                    (j,),
                    evidence={
                        "texts": int(count[j]),
                        "marked": len(rows),
                        "marks": kinds,
                        "usual": usual,
                        "example": work.texts[rows[0]][:200],
                    },
                    rows=tuple(rows),
                )
            )
        return found


def told(text: str) -> list[str]:
    """The kinds of mark that a text has."""
    return [name for name, pattern in _PATTERNS.items() if pattern.search(text)]
