"""Free text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, ClassVar, Literal

import cel
from pydantic import Field, field_validator, model_validator
from rapidfuzz.distance import Levenshtein

from quorate.errors import InvalidInput
from quorate.labels.fields import fault, fault_of
from quorate.labels.question import Aggregate, Question, Value

_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NOT_WORDS = re.compile(r"[\W_]+")


def clean(text: object, at: str = "value") -> str:
    """The text in Unicode's composed form (NFC), trimmed, with plain line ends; refuses what cannot be stored."""
    if not isinstance(text, str):
        raise InvalidInput("A text is wanted.", where=at, mend="Put it in quotes.")
    if found := _UNWANTED.search(text):
        raise InvalidInput(
            "There is a control character ({code}) at position {position}.",
            where=at,
            mend="Remove it.",
            code=f"U+{ord(found[0]):04X}",
            position=found.start(),
        )
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def folded(text: str) -> str:
    """The text without differences of case, width, punctuation and spacing; only spacing if nothing else is left."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _NOT_WORDS.sub(" ", folded).strip() or " ".join(folded.split())


class Text(Question):
    """A text of `min_length` to `max_length` characters that matches the whole `pattern`, if there is one."""

    aggregate: ClassVar[Aggregate] = "text"

    kind: Literal["text"] = "text"
    min_length: int = Field(default=1, ge=0)
    max_length: int = Field(default=2000, ge=1, le=100_000)
    pattern: str | None = Field(default=None, max_length=500)
    exact: bool = Field(default=False, description="Case, punctuation and spacing matter.")

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                _matches(pattern, "")
            except InvalidInput as error:
                raise fault_of(error) from None
        return pattern

    @model_validator(mode="after")
    def _possible(self) -> Text:
        if self.min_length > self.max_length:
            raise fault("No text can be that long.", "Let `min_length` be at most `max_length`.", "min_length")
        return self

    @property
    def example(self) -> Value:
        return "x" * self.min_length

    def shape(self) -> dict[str, Any]:
        shape: dict[str, Any] = {"type": "string", "minLength": self.min_length, "maxLength": self.max_length}
        return shape | ({"pattern": f"^(?:{self.pattern})$"} if self.pattern else {})

    def check(self, value: Value) -> str:
        text = clean(value)
        if not self.min_length <= len(text) <= self.max_length:
            raise InvalidInput(
                "The text has {count} characters.",
                where="value",
                mend="Write at least {min} and at most {max}.",
                count=len(text),
                min=self.min_length,
                max=self.max_length,
            )
        if self.pattern and not _matches(self.pattern, text):
            raise InvalidInput(
                "The text does not have the form that is wanted.",
                where="value",
                mend="Match {pattern}.",
                pattern=self.pattern or "",
            )
        return text

    def key(self, value: Value) -> str:
        return str(value) if self.exact else folded(value)

    def distance(self, a: Value, b: Value) -> float:
        """Edits from one to the other as a share of the longer one (Levenshtein 1966), after folding."""
        return float(Levenshtein.normalized_distance(self.key(a), self.key(b)))


def _matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches, in time linear in its length whatever the pattern (no backtracking)."""
    try:
        return bool(_matcher().execute({"text": text, "pattern": f"^(?:{pattern})$"}))
    except (ValueError, RuntimeError, TypeError) as error:
        raise InvalidInput(
            "The pattern is not a regular expression.", where="pattern", mend="Look-around is not available."
        ) from error


@lru_cache(maxsize=1)
def _matcher() -> cel.Program:
    return cel.compile("text.matches(pattern)")
