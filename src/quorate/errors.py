"""What can go wrong, in one vocabulary for the API, the command line and the library.

Every error says what happened (`detail`), where (`where`: a file with its line, a field path) and how to mend it
(`mend`). The doors translate: `server/problems.py` to RFC 9457 documents, `cli/` to a message and an exit code.
"""

from __future__ import annotations

from typing import ClassVar


class QuorateError(Exception):
    """The root of every error that a user can cause or mend."""

    type: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"
    status: ClassVar[int] = 500

    def __init__(self, detail: str, *, where: str | None = None, mend: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        mend = f" {self.mend}" if self.mend else ""
        return f"{place}{self.detail}{mend}"


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


class Unavailable(QuorateError):
    """Something that we need does not answer: the database, a disk, an optional package."""

    type = "unavailable"
    title = "Something needed is not available"
    status = 503
