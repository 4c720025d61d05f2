"""A week of somebody's answers, as they are told of it: how right, what became better, what they confuse most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quorate.labels.marks import Marks
from quorate.labels.question import Question
from quorate.truth.bounds import clopper_pearson

Told = dict[str, Any]
Pair = tuple[str, str, str]
"""Step, what was expected, what was said."""
CONFUSIONS, EXAMPLES = 2, 2
NOTHING = "—"
"""What is said where a mark was overlooked, and expected where there is none."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One answer that could be compared, with where it is explained. `parts`: of each mark, else of the whole, what was
    expected and what was said as short texts, the same where it is right."""

    step: str
    parts: tuple[tuple[str, str], ...]
    right: bool
    item: str
    excerpt: str
    why: str | None = None
    clauses: tuple[str, ...] = ()


def parts(question: Question, expected: Any, said: Any, *, right: bool) -> tuple[tuple[str, str], ...]:
    """What of an answer can recur: of marks each by its label, whether it was found and whether it is there."""
    if isinstance(question, Marks):
        found = [(label, label if same else NOTHING) for label, same in question.echoes(expected, said)]
        return (*found, *((NOTHING, label) for label, same in question.echoes(said, expected) if not same))
    text = _short(expected)
    return ((text, text if right else _short(said)),)


def _short(value: Any) -> str:
    """An answer as a word: of a list, its parts."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text[:60]


def digest(before: Sequence[Compared], now: Sequence[Compared]) -> Told | None:
    """What to tell of the answers of now, beside those of the week before; None when nothing was compared.

    `improved` are the confusions that the answers to such items show less often than before; `confusions` the most
    frequent ones of now, each with examples and the clauses that explain them.
    """
    if not now:
        return None
    return {
        "accuracy": _rate(now),
        "before": _rate(before) if before else None,
        "improved": [_moved(pair, was, is_) for pair, was, is_ in _improved(before, now)],
        "confusions": [_confusion(pair, count, now) for pair, count in _wrong(now).most_common(CONFUSIONS)],
    }


def _rate(compared: Sequence[Compared]) -> Told:
    right = sum(one.right for one in compared)
    low, high = clopper_pearson(right, len(compared), 0.025)
    return {"value": right / len(compared), "low": float(low), "high": float(high), "answers": len(compared)}


def _wrong(compared: Iterable[Compared]) -> Counter[Pair]:
    return Counter((one.step, *part) for one in compared for part in one.parts if part[0] != part[1])


def _shares(compared: Sequence[Compared]) -> tuple[Counter[Pair], Counter[tuple[str, str]]]:
    return _wrong(compared), Counter((one.step, expected) for one in compared for expected, _ in one.parts)


def _improved(before: Sequence[Compared], now: Sequence[Compared]) -> list[tuple[Pair, float, float]]:
    """Confusions of the week before that became rarer among items of the same class, the most improved first.

    Only where there were two of them, and as many such items now as then had to be met to see one.
    """
    (was, met), (is_, meeting) = _shares(before), _shares(now)
    found = []
    for pair, count in was.items():
        share, here = count / met[pair[:2]], meeting[pair[:2]]
        if count >= 2 and here * share >= 1 and is_[pair] / here < share:
            found.append((pair, share, is_[pair] / here))
    return sorted(found, key=lambda one: one[2] - one[1])[:CONFUSIONS]


def _moved(pair: Pair, was: float, now: float) -> Told:
    step, expected, said = pair
    return {"step": step, "expected": expected, "said": said, "before": was, "now": now}


def _confusion(pair: Pair, count: int, compared: Sequence[Compared]) -> Told:
    step, expected, said = pair
    those = [one for one in compared if one.step == step and (expected, said) in one.parts]
    clauses = Counter(clause for one in those for clause in one.clauses)
    explained = sorted(those, key=lambda one: one.why is None)
    return {
        "step": step, "expected": expected, "said": said, "count": count,
        "clauses": [clause for clause, _ in clauses.most_common()],
        "examples": [{"item": one.item, "excerpt": one.excerpt, "why": one.why} for one in explained[:EXAMPLES]],
    }  # fmt: skip


def _named(one: Mapping[str, Any]) -> str:
    if one["said"] == NOTHING:
        return f"{one['expected']} overlooked"
    if one["expected"] == NOTHING:
        return f"{one['said']} marked where there is none"
    return f"{one['expected']} taken for {one['said']}"


def in_words(project: str, body: Mapping[str, Any]) -> str:
    """A digest as a text, for a notice."""
    rate = body["accuracy"]
    lines = [
        f"Your week in {project}: {rate['value']:.0%} of {rate['answers']} compared answers were right "
        f"({rate['low']:.0%} to {rate['high']:.0%})."
    ]
    lines += [f"Better: {_named(one)}, {one['before']:.0%} → {one['now']:.0%}." for one in body["improved"]]
    for one in body["confusions"]:
        clauses = "".join(f" §{clause}" for clause in one["clauses"])
        lines.append(f"Look at: {_named(one)}, {one['count']} ×.{clauses}")
    return "\n".join(lines)
