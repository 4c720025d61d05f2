"""The people: what each kind of annotator says to a digit, and how long they take.

Whatever they say is drawn from (seed, annotator, item), so that a run can be repeated, and so that what the same people
would have said to other items can be computed without asking them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

DIGITS = "0123456789"
LOOKALIKES = {"1": "7", "7": "1", "3": "8", "8": "3", "4": "9", "9": "4", "5": "6", "6": "5", "0": "6", "2": "7"}
Says = Callable[[str, Random], str]


def _mostly_right(accuracy: float) -> Says:
    def says(truth: str, random: Random) -> str:
        if random.random() < accuracy:
            return truth
        return LOOKALIKES[truth] if random.random() < 0.6 else random.choice([d for d in DIGITS if d != truth])

    return says


def _confuses(truth: str, random: Random) -> str:
    if truth in "49":
        return random.choice("49")
    return _mostly_right(0.95)(truth, random)


@dataclass(frozen=True)
class Annotator:
    """A simulated person: `seconds` is what they report, `think` what they really wait."""

    name: str
    kind: str
    says: Says
    seconds: tuple[float, float]
    think: tuple[float, float]

    def answer(self, truth: str, item: str, seed: int) -> tuple[str, float]:
        """(what they say, the seconds they took)."""
        random = Random(f"{seed} {self.name} {item}")
        return self.says(truth, random), round(random.uniform(*self.seconds), 2)

    def wait(self, random: Random) -> float:
        """Seconds to think, scaled down."""
        return random.uniform(*self.think)


def crowd() -> list[Annotator]:
    """Sixteen people of seven kinds."""
    kinds: list[tuple[str, int, Says, tuple[float, float], tuple[float, float]]] = [
        ("careful", 4, _mostly_right(0.985), (3.0, 9.0), (0.08, 0.2)),
        ("ordinary", 5, _mostly_right(0.94), (2.0, 6.0), (0.05, 0.14)),
        ("hurried", 3, _mostly_right(0.85), (0.7, 1.5), (0.03, 0.05)),
        ("confuser", 1, _confuses, (2.0, 6.0), (0.05, 0.14)),
        ("random", 1, lambda _, random: random.choice(DIGITS), (1.0, 3.0), (0.05, 0.1)),
        ("constant", 1, lambda _, __: "1", (0.3, 0.8), (0.05, 0.1)),
        ("adversary", 1, lambda truth, _: DIGITS[(int(truth) + 1) % 10], (2.0, 5.0), (0.05, 0.1)),
    ]
    return [
        Annotator(f"{kind}-{number + 1}" if count > 1 else kind, kind, says, seconds, think)
        for kind, count, says, seconds, think in kinds
        for number in range(count)
    ]


def experts() -> list[Annotator]:
    """Two who are hardly ever wrong, and are, too."""
    return [Annotator(f"expert-{n}", "expert", _mostly_right(0.985), (8.0, 25.0), (0.03, 0.08)) for n in (1, 2)]


def majority_of_five(truth: list[str], keys: list[str], seed: int) -> float:
    """How right the majority of five of these people, drawn anew for each item, would have been; ties by lot."""
    people, random, right = crowd(), Random(f"{seed} five"), 0
    for true, key in zip(truth, keys, strict=True):
        said = [person.answer(true, key, seed)[0] for person in random.sample(people, 5)]
        most = max(said.count(one) for one in said)
        right += random.choice(sorted({one for one in said if said.count(one) == most})) == true
    return right / len(truth)
