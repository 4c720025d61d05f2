"""CoNLL-2003: a token a line with its tag, for labels that are spans in a text.

Each item is a document, whose `-DOCSTART-` line has its key in the second column; each line of its text is a sentence.
Columns: token, part of speech and chunk (both `-X-`, since nobody was asked), and the tag in IOB2: `B-` begins a span,
`I-` goes on with it, `O` is outside. Tokens are words and single marks of punctuation, split besides wherever a span
begins or ends, so that no span is moved.

Tjong Kim Sang and De Meulder, "Introduction to the CoNLL-2003 Shared Task", CoNLL 2003.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from unicodedata import category
from urllib.parse import quote, unquote

from quorate.errors import InvalidInput
from quorate.labels.question import Question

KIND = "spans"
"""The kind of label that this format is for."""
START = "-DOCSTART-"
UNASKED = "-X- -X-"
Span = dict[str, Any]


class Writer:
    """Writes items with their spans: `key`, `body`, and the `value` that was decided."""

    def __init__(self, path: Path, question: Question) -> None:
        self._field = getattr(question, "field", "text")
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def write(self, records: Sequence[dict[str, Any]]) -> None:
        """Append items. Raises `InvalidInput` where spans overlap, for which the format has no place."""
        for record in records:
            body = record["body"]
            text = body.get(self._field, "") if isinstance(body, dict) else body
            self._file.write(f"{START} {_one_word(record['key'])} -X- O\n\n")
            for sentence in _sentences(text, _apart(record["key"], record["value"])):
                self._file.writelines(f"{token} {UNASKED} {tag}\n" for token, tag in sentence)
                self._file.write("\n")

    def close(self) -> None:
        """Nothing more comes."""
        self._file.close()


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The documents of a file that a `Writer` wrote: `key` and `lines`."""
    document: dict[str, Any] | None = None
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            if line.startswith(f"{START} "):
                if document is not None:
                    yield document
                document = {"key": unquote(line.split(" ")[1]), "lines": []}
            if document is None:
                raise ValueError(f"it does not begin with {START}")
            document["lines"].append(line)
    if document is not None:
        yield document


def _apart(key: str, spans: Sequence[Span]) -> list[Span]:
    """The spans in their order."""
    ordered = sorted(spans, key=lambda span: span["start"])
    if any(one["end"] > other["start"] for one, other in pairwise(ordered)):
        raise InvalidInput(
            "CoNLL has no place for spans that overlap, as those of '{key}' do.",
            where="format",
            mend="Export JSON Lines, which has them all.",
            key=key,
        )
    return ordered


def _sentences(text: str, spans: Sequence[Span]) -> Iterator[list[tuple[str, str]]]:
    """Tokens with their tags, a list for each line of the text; a span that goes on in the next line keeps them one."""
    sentence: list[tuple[str, str]] = []
    before, left = 0, list(spans)
    for start, end in _tokens(text, {cut for span in spans for cut in (span["start"], span["end"])}):
        while left and left[0]["end"] <= start:
            left.pop(0)
        inside = left[0] if left and left[0]["start"] <= start else None
        begins = inside is None or inside["start"] == start
        if sentence and begins and "\n" in text[before:start]:
            yield sentence
            sentence = []
        tag = "O" if inside is None else f"{'B' if begins else 'I'}-{inside['label']}"
        sentence.append((text[start:end], tag))
        before = end
    if sentence:
        yield sentence


def _tokens(text: str, cuts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where each token begins and ends: words, and marks one by one."""
    cuts, begun = set(cuts), None
    for place, character in enumerate(text):
        space, mark = character.isspace(), category(character)[0] in "PS"
        if begun is not None and (space or mark or place in cuts):
            yield begun, place
            begun = None
        if mark:
            yield place, place + 1
        elif not space and begun is None:
            begun = place
    if begun is not None:
        yield begun, len(text)


def _one_word(key: str) -> str:
    """The key without white space, by which columns are parted: that is percent-encoded."""
    return re.sub(r"[\s%]", lambda found: quote(found[0]), key)
