"""Written answers that were pasted: typed faster than anyone can, or the same text on different items."""

from __future__ import annotations

from collections import defaultdict
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from scipy.stats import binom

from quorate.watch.detector import Detector, Finding
from quorate.watch.prose import shingles, usual_rate
from quorate.watch.work import Flags, Need, Work


class Pasted(Detector):
    """Counts texts of at least `long` characters that came faster than `a_second`, or whose runs of three words are
    those of an earlier text (their own on another item, or anybody else's) to at least `alike`.

    Few type more than 100 words a minute, about nine characters a second (Dhakal et al., CHI 2018: 52 on average over
    168,000 people). The count is compared with what is usual here, by the binomial distribution.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"texts"})

    use: Literal["pasted"] = "pasted"
    fewest: int = Field(10, ge=3)
    long: int = Field(40, ge=10)
    a_second: float = Field(12, gt=0)
    alike: float = Field(0.8, gt=0, le=1)

    def look(self, work: Work) -> list[Finding]:
        assert work.texts is not None
        long = np.array([len(text) >= self.long for text in work.texts])
        fast, copied = self._fast(work) & long, self._copied(work, long)
        count = np.bincount(work.votes.worker, long, work.votes.n_workers)
        hits = np.bincount(work.votes.worker, fast | copied, work.votes.n_workers)
        usual = usual_rate(hits, count, 0.03)
        score = -binom.logsf(hits - 1, count, usual) / np.log(10)
        found = []
        for j in self.named(work, np.where(count >= 3, score, 0.0)):
            rows = work.of(j)
            evidence = {
                "texts": int(count[j]),
                "fast": int(fast[rows].sum()),
                "copied": int(copied[rows].sum()),
                "usual": usual,
                "example": next(work.texts[r][:200] for r in rows if fast[r] or copied[r]),
            }
            message = (
                f"Of {evidence['texts']} texts, {evidence['fast']} came faster than one can type and"
                f" {evidence['copied']} repeat another text."
            )
            told = tuple(int(r) for r in rows if fast[r] or copied[r])
            found.append(Finding("pasted", message, float(score[j]), (j,), evidence=evidence, rows=told))
        return found

    def _fast(self, work: Work) -> Flags:
        assert work.texts is not None
        if work.seconds is None:
            return np.zeros(len(work.votes), bool)
        length = np.array([len(text) for text in work.texts], dtype=np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(length / work.seconds > self.a_second)

    def _copied(self, work: Work, long: Flags) -> Flags:
        """Whether most of a text's runs of words are those of one earlier text."""
        assert work.texts is not None
        seen: dict[int, list[int]] = defaultdict(list)
        copied = np.zeros(len(work.votes), bool)
        size: dict[int, int] = {}
        for row in np.flatnonzero(long).tolist():
            mine = shingles(work.texts[row])
            shared: dict[int, int] = defaultdict(int)
            for one in mine:
                for other in seen[one][-20:]:
                    shared[other] += 1
            for other, both in shared.items():
                same_task = work.votes.item[other] == work.votes.item[row]
                own = work.votes.worker[other] == work.votes.worker[row]
                if both >= self.alike * (len(mine) + size[other] - both) and not (own and same_task):
                    copied[row] = True
                    break
            size[row] = len(mine)
            for one in mine:
                seen[one].append(row)
        return copied
