"""What can go wrong, in one vocabulary for the API, the command line and the library.

Every error says what happened (`detail`), where (`where`: a file with its line, a field path) and how to mend it
(`mend`). The doors translate: `server/problems.py` to RFC 9457 documents, `cli/` to a message and an exit code.

`detail` and `mend` are sentences with places such as `{name}`, and the facts are what belongs there. The sentence
before its facts are put in never varies, so it is the key to its translations (`web/src/problems/words`); a test
wants one for each sentence that somebody at a screen may meet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

Fact = str | int | float | Decimal | date | Sequence[str] | Mapping[str, str]
"""What is put into a sentence: a name, a number, a moment, several names, or the same words in several languages."""


class QuorateError(Exception):
    """The root of every error that a user can cause or mend."""

    type: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"
    status: ClassVar[int] = 500

    def __init__(self, detail: str, *, where: str | None = None, mend: str | None = None, **facts: Fact) -> None:
        super().__init__(put_in(detail, facts))
        self.where = where
        self.facts = facts
        self.sentences = (detail, mend)

    @property
    def detail(self) -> str:
        """What happened, in English."""
        return put_in(self.sentences[0], self.facts)

    @property
    def mend(self) -> str | None:
        """How to mend it, in English."""
        mend = self.sentences[1]
        return mend and put_in(mend, self.facts)

    def said(self) -> dict[str, Any]:
        """What `detail` and `mend` say before the facts are put in, and those facts: for whoever translates them."""
        detail, mend = self.sentences
        named = dict.fromkeys(PLACE.findall(f"{detail} {mend or ''}"))
        facts = {name: _plain(self.facts[name]) for name in named if name in self.facts}
        return {"detail": detail, "mend": mend, "facts": facts}

    def to_json(self) -> dict[str, Any]:
        """What happened, where and how to mend it."""
        return {"detail": self.detail, "where": self.where, "mend": self.mend, "said": self.said()}

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        mend = f" {self.mend}" if self.mend else ""
        return f"{place}{self.detail}{mend}"


PLACE = re.compile(r"\{(\w+)\}")
"""Where a fact goes in a sentence."""


def put_in(sentence: str, facts: Mapping[str, Fact]) -> str:
    """A sentence with its facts; braces that name none are left, since they may be the reader's own."""
    return PLACE.sub(lambda at: _written(facts[at[1]]) if at[1] in facts else at[0], sentence)


def _plain(fact: Fact) -> Any:
    if isinstance(fact, date):
        return fact.isoformat()
    if isinstance(fact, Decimal):
        return f"{fact:f}"
    return list(fact) if isinstance(fact, Sequence) and not isinstance(fact, str) else fact


def _written(fact: Fact) -> str:
    if isinstance(fact, str):
        return fact
    if isinstance(fact, Mapping):
        return fact.get("en") or next(iter(fact.values()), "")
    if isinstance(fact, date):
        return f"{fact:%Y-%m-%d %H:%M} UTC" if isinstance(fact, datetime) else f"{fact}"
    if isinstance(fact, Sequence):
        return ", ".join(fact) or "–"
    return f"{fact:g}" if isinstance(fact, float) else f"{fact}"


class InvalidInput(QuorateError):
    """What was sent cannot be accepted: a spec that does not compile, an answer the schema does not allow."""

    type = "invalid-input"
    title = "The input is not valid"
    status = 422


class TooLarge(QuorateError):
    """More bytes came than are taken in one request."""

    type = "too-large"
    title = "Too large"
    status = 413


class NotFound(QuorateError):
    """There is no such thing, or it is not for the caller to know that there is."""

    type = "not-found"
    title = "Not found"
    status = 404


class NotSignedIn(QuorateError):
    """The caller is unknown: no session, no token, or one that has ended."""

    type = "not-signed-in"
    title = "Sign in first"
    status = 401


class NotAllowed(QuorateError):
    """The caller is known, and may not do this."""

    type = "not-allowed"
    title = "Not allowed"
    status = 403


class Conflict(QuorateError):
    """The state of things does not allow this now: a lease that ended, a key used twice."""

    type = "conflict"
    title = "The state does not allow this"
    status = 409


class LeaseEnded(Conflict):
    """The lease ran out and its place was given to someone else."""

    type = "lease-ended"
    title = "The task had run out of time"


class Barred(Conflict):
    """Those who manage the project have paused or blocked this annotator, or asked them to read something first."""

    type = "barred"
    title = "No work for you in this project now"


class Unqualified(Barred):
    """The project wants something shown first: a training finished, an exam passed."""

    type = "unqualified"
    title = "Something is to be shown before there is work"


class LimitReached(Barred):
    """They were given as much as the policy lets anybody have in an hour or a day."""

    type = "limit-reached"
    title = "Enough for now"


class BudgetSpent(Conflict):
    """What is left of the budget cannot pay for this."""

    type = "budget-spent"
    title = "The budget cannot pay for this"


class TooMany(QuorateError):
    """The caller asks too often."""

    type = "too-many"
    title = "Too many attempts"
    status = 429


class Altered(QuorateError):
    """What is kept is not what was said. Found by whoever verifies; no answer to a request."""


class Unavailable(QuorateError):
    """Something that we need does not answer: the database, a disk, an optional package."""

    type = "unavailable"
    title = "Something needed is not available"
    status = 503
