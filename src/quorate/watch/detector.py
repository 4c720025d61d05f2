"""A detector: looks over a step's recent work and says what it finds, with evidence and a stated false-alarm rate.

Each is a class in a file of its own, registered in `quorate.plugins` under its `use`. Adding one means adding a file.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from quorate import plugins
from quorate.labels.fields import Written, read
from quorate.watch.work import Floats, Need, Work

About = Literal["annotator", "item", "step"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a detector noticed.

    `workers`, `items`: codes of the annotators and items that it is about; neither: about the step. `score`: decimal
    logarithm of the odds against chance. `evidence`: numbers as JSON has them. `rows`: the votes in question; None: all
    of these workers'.
    """

    detector: str
    message: str
    score: float
    workers: tuple[int, ...] = ()
    items: tuple[int, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    rows: tuple[int, ...] | None = None


class Detector(Written, ABC):
    """Looks at `Work`. What it `needs` must be there, or it stays silent.

    `false_alarm` bounds the chance that an honest annotator with any number of answers (a step, for detectors
    `about` one) is named at one look; `fewest` answers are waited for.
    """

    needs: ClassVar[frozenset[Need]] = frozenset()
    about: ClassVar[About] = "annotator"
    faith: ClassVar[bool] = False
    """Whether it tells of work that is no attempt to answer. Of these, the likeliest explanation is told."""

    use: str
    false_alarm: float = Field(
        0.0005, gt=0, le=0.5, description="The most that the chance of naming somebody honest may be at one look."
    )
    fewest: int = Field(20, ge=2, le=100_000, description="Answers that are waited for.")

    def suits(self, work: Work) -> bool:
        """Whether there is enough to look at."""
        return self.needs <= work.has

    @property
    def bar(self) -> float:
        """The decimal log odds from which chance is no explanation."""
        return float(-np.log10(self.false_alarm))

    @abstractmethod
    def look(self, work: Work) -> list[Finding]:
        """What is found; nothing where nothing is."""

    def named(self, work: Work, score: Floats) -> list[int]:
        """Annotators with enough answers whose score passes the bar, strongest first."""
        found = np.flatnonzero((score >= self.bar) & (work.answers >= self.fewest))
        return [int(j) for j in found[np.argsort(-score[found], kind="stable")]]


def detectors(chosen: dict[str, dict[str, Any] | bool] | None = None, at: str = "") -> tuple[Detector, ...]:
    """All detectors, with parameters for some and without those set to `false`.

    Raises `InvalidInput` for a name or a parameter that there is not.
    """
    chosen = chosen or {}
    for name in chosen:
        plugins.load("detectors", name)
    made = []
    for name in sorted(plugins.addresses("detectors")):
        wanted = chosen.get(name, True)
        if wanted is not False:
            body = {} if wanted is True else wanted
            made.append(read(plugins.load("detectors", name), {"use": name, **body}, at=f"{at}{name}"))
    return tuple(made)


def detect(work: Work, using: Sequence[Detector] | None = None) -> list[Finding]:
    """What the detectors find, strongest first; of several explanations of bad faith in one annotator, the likeliest.

    The others are named in its evidence under `also`.
    """
    using = detectors() if using is None else using
    found = [finding for one in using if one.suits(work) for finding in one.look(work)]
    faith = {one.use for one in using if one.faith}
    kept: list[Finding] = []
    accused: dict[int, Finding] = {}
    for finding in sorted(found, key=lambda f: (-f.score, f.detector, f.workers, f.items)):
        if finding.detector in faith:
            if (told := accused.get(finding.workers[0])) is not None:
                told.evidence.setdefault("also", []).append(finding.detector)
                continue
            accused[finding.workers[0]] = finding
        kept.append(finding)
    return kept
