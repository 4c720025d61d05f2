"""Guidelines: prose in Markdown with numbered clauses, which adjudications cite.

A clause begins a line with its number: as a heading (`## 2.1 Late parcels`), in bold (`**2.1** …`) or plain
(`2.1 …`, `2.1. …`), alone or as an item of a list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import Field, field_validator

from quorate.labels.fields import Written, fault

_CLAUSE = re.compile(r"^\s{0,3}(#{1,6}\s+|[-*]\s+)?(\*\*)?(\d+(?:\.\d+)*)\.?(?:\*\*)?\s+(\S.*)$")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(\S.*?)\s*#*\s*$")
_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")


ACCESSIBILITY = "accessibility"
"""The name of the guideline that tells annotators how to work with assistive technology; it has no say on answers."""


@dataclass(slots=True)
class Section:
    """A part of a guideline as it is written: a clause, what follows a heading without a number, or what comes first.

    `id` is the clause's number, `level` how deep it lies (1 the outermost), `text` its Markdown, first line and all.
    """

    id: str | None
    title: str
    level: int
    text: str


class Guideline(Written):
    """The body of a guideline spec."""

    text: str = Field(min_length=1, description="Markdown.")

    @field_validator("text")
    @classmethod
    def _numbered_once(cls, text: str) -> str:
        seen: dict[str, int] = {}
        for number, _, line in _clauses(text):
            if number in seen:
                raise fault(
                    "Clause {number} on line {line} is on line {other} too.",
                    "Number them apart.",
                    number=number,
                    line=line,
                    other=seen[number],
                )
            seen[number] = line
        return text

    @property
    def clauses(self) -> dict[str, str]:
        """Clause number → its first line, without marks."""
        return {number: words for number, words, _ in _clauses(self.text)}

    @property
    def sections(self) -> list[Section]:
        """The whole text in order, cut where a clause or a heading begins."""
        numbered = {line: (number, words) for number, words, line in _clauses(self.text)}
        found: list[Section] = []
        fenced = False
        for line, written in enumerate(self.text.splitlines(), start=1):
            heading = None if fenced else _HEADING.match(written)
            if _FENCE.match(written):
                fenced = not fenced
            if line in numbered:
                number, words = numbered[line]
                found.append(Section(number, words, number.count(".") + 1, written))
            elif heading:
                found.append(Section(None, heading.group(2), len(heading.group(1)), written))
            elif found:
                found[-1].text += f"\n{written}"
            elif written.strip():
                found.append(Section(None, "", 1, written))
        for section in found:
            section.text = section.text.strip("\n")
        return found


def _clauses(text: str) -> list[tuple[str, str, int]]:
    found, fenced = [], False
    for line, written in enumerate(text.splitlines(), start=1):
        if _FENCE.match(written):
            fenced = not fenced
        elif not fenced and (match := _CLAUSE.match(written)):
            lead, bold, number, words = match.groups()
            if "." in number or bold or (lead or "").startswith("#"):  # `3 parcels came` begins no clause
                found.append((number, re.sub(r"[*_`#]+", "", words).strip(), line))
    return found
