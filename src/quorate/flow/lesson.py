"""A lesson on two classes that somebody confuses, made of what there is: the classes' own words, the clauses of the
guideline, and items of which is known what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from quorate.flow.training import Lesson, Practice, Shown, Training
from quorate.labels.question import Class, words

MOST = 6
TAUGHT = 2
"""At most so many lessons of the project's trainings go with it."""
LANGUAGES = {
    "en": ("{a} or {b}?", "Some of your answers take one for the other. Here are both, side by side.", "For example:",
           "Not:", "The guideline says:"),
    "de": ("{a} oder {b}?", "Einige Ihrer Antworten halten das eine für das andere. Hier stehen beide nebeneinander.",
           "Zum Beispiel:", "Nicht:", "Die Richtlinie sagt:"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """An item of which is known what it is, and why. `mistaken`: whether this person said otherwise."""

    body: Any
    answer: Any
    why: str | None = None
    clauses: tuple[str, ...] = ()
    mistaken: bool = False
    media: tuple[Shown, ...] = ()


def lesson(
    step: str, pair: Sequence[Class], clauses: Sequence[tuple[str, str]], examples: Sequence[Example], same: Any,
    taught: Sequence[Lesson] = (),
) -> dict[str, Any]:  # fmt: skip
    """The body of a training with this lesson, and those that are `taught` already about the two.

    `clauses`: number and text; `same(a, b)`: whether answers agree. Examples alternate between the two classes, this
    person's own mistakes first.
    """
    told = {
        language: _text(language, pair, clauses) for language in LANGUAGES
    }  # fmt: skip
    title = {
        language: said[0].format(a=pair[0].titled(language), b=pair[-1].titled(language))
        for language, said in LANGUAGES.items()
    }
    body = {
        "title": title,
        "lessons": [
            {
                "id": "pair", "title": title, "text": told, "clause": clauses[0][0] if clauses else "",
                "practice": [_practice(step, one, clauses) for one in _alternating(examples, same)],
            },
            *(one.model_copy(update={"id": f"taught.{place}"}) for place, one in enumerate(taught)),
        ],
    }  # fmt: skip
    return Training.model_validate(body).model_dump(mode="json")


def about(
    trainings: Iterable[Training], labels: Sequence[str], clauses: Sequence[str],
    named: Callable[[Practice], Sequence[str]],
) -> list[Lesson]:  # fmt: skip
    """The lessons of a project that teach to tell these classes apart: by what is practised, else by their clause.

    `named(practice)`: the classes that its answer names; none if it is about another step.
    """

    def fits(one: Lesson) -> int:
        told = {name for practice in one.practice for name in named(practice)}
        practised = told.issuperset(labels)
        return 2 * practised + (one.clause in clauses)

    found = [(fits(one), one) for training in trainings for one in training.lessons]
    found.sort(key=lambda scored: -scored[0])
    return [one for score, one in found[:TAUGHT] if score]


def _text(language: str, pair: Sequence[Class], clauses: Sequence[tuple[str, str]]) -> str:
    _, intro, such, not_such, says = LANGUAGES[language]
    parts = [intro]
    for one in pair:
        parts.append(f"### {one.titled(language)}\n\n{words(one.description, language)}".rstrip())
        parts += [f"{such}\n\n" + "\n".join(f"- {each}" for each in one.examples)] if one.examples else []
        against = one.counterexamples
        parts += [f"{not_such}\n\n" + "\n".join(f"- {each}" for each in against)] if against else []
    parts += [f"{says}\n\n{text}" for _, text in clauses]
    return "\n\n".join(parts)


def _alternating(examples: Sequence[Example], same: Any) -> list[Example]:
    """At most `MOST`, of each answer in turn."""
    kinds: list[list[Example]] = []
    for one in sorted(examples, key=lambda e: (not e.mistaken, e.why is None)):
        kind = next((k for k in kinds if same(k[0].answer, one.answer)), None)
        if kind is None:
            kinds.append([one])
        else:
            kind.append(one)
    longest = max((len(kind) for kind in kinds), default=0)
    return [kind[i] for i in range(longest) for kind in kinds if i < len(kind)][:MOST]


def _practice(step: str, one: Example, clauses: Sequence[tuple[str, str]]) -> dict[str, Any]:
    clause = next(iter(one.clauses), clauses[0][0] if clauses else "")
    body = one.body if isinstance(one.body, dict) else {"text": str(one.body)}
    why = one.why or {"en": "So it was decided.", "de": "So wurde es entschieden."}
    return {"step": step, "item": body, "answer": one.answer, "why": why, "clause": clause, "media": one.media}
