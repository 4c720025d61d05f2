"""Tell which items fit, a page at a time, in any order. Reads only."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

import orjson

from quorate.actions.rules import Rules, rules_of
from quorate.actions.tell_annotators import annotator_called
from quorate.errors import InvalidInput
from quorate.store import catalogue
from quorate.store.catalogue import Catalogue, Count, Found, Order, Place
from quorate.store.database import Database
from quorate.store.filters import Filters
from quorate.store.projects import Project

Sort = Literal["key", "-key", "confidence", "-confidence", "decided", "-decided", "judgements", "-judgements"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which items, and which page of them; `None` is no condition. `attributes` as `name=value`."""

    state: str | None = None
    step: str | None = None
    value: str | None = None
    contains: str | None = None
    low: float | None = None
    high: float | None = None
    kind: str | None = None
    judgements: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    finding: str | None = None
    case: str | None = None
    annotator: str | None = None
    said: str | None = None
    attributes: list[str] = field(default_factory=list)
    words: str | None = None
    sort: Sort = "key"
    after: str | None = None
    before: str | None = None
    at: float | None = None
    limit: int = 50

    @property
    def order(self) -> Order:
        """What it is sorted by."""
        return cast(Order, self.sort.removeprefix("-"))


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A place in a list, and how long the list was when its first page was read."""

    sort: str
    place: Place
    count: Count

    def write(self) -> str:
        at = str(self.place.at) if isinstance(self.place.at, UUID) else self.place.at
        told = [self.sort, at, self.place.tie, self.count.rows, self.count.exact]
        return urlsafe_b64encode(orjson.dumps(told)).decode().rstrip("=")

    @classmethod
    def read(cls, written: str, sort: str) -> _Cursor:
        try:
            told = orjson.loads(urlsafe_b64decode(written + "=" * (-len(written) % 4)))
            of, at, tie, rows, exact = told
            place = Place(_CHECKED[sort.removeprefix("-")](at), UUID(tie) if tie is not None else None)
            if of != sort or not 0 <= int(rows) < 2**53:
                raise ValueError(of)
            return cls(sort, place, Count(int(rows), bool(exact)))
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            mend = "Take it from `next` or `previous` of a page with the same sort, or leave it out."
            raise InvalidInput("This is no cursor of this list.", where="after", mend=mend) from error


def _text(at: Any) -> str:
    if not isinstance(at, str) or "\0" in at:
        raise ValueError(at)
    return at


def _whole(at: Any) -> int:
    if not isinstance(at, int) or not 0 <= at < 2**31:
        raise ValueError(at)
    return at


_CHECKED: dict[str, Callable[[Any], Any]] = {"key": _text, "confidence": float, "decided": UUID, "judgements": _whole}


def tell_items(
    db: Database, project: Project, wanted: Wanted, *, reader: UUID, cleared: list[str] | None = None
) -> dict[str, Any]:  # fmt: skip
    """One page: the items with their tasks, cursors both ways, how many there are, and what place the first has.

    What the `reader` is just judging blind is neither shown nor told by being found; nor is an item whose `access`
    is not among what they are `cleared` for (None: for all).
    """
    given = wanted.after or wanted.before
    cursor = _Cursor.read(given, wanted.sort) if given else None
    answerer = annotator_called(db, project, wanted.annotator) if wanted.annotator is not None else None
    filters = replace(_filters(rules_of(db, project.id), wanted), answerer=answerer, cleared=cleared)
    with db.work() as connection:
        filters = replace(filters, blind=catalogue.judged_blind(connection, project.id, reader))
        table = Catalogue(connection, project.id, filters, wanted.order, descending=wanted.sort.startswith("-"))
        count = cursor.count if cursor else table.count()
        few = table.few(count)
        beyond, position = cursor.place if cursor else None, None if cursor else 0
        if cursor is None and wanted.at is not None:
            beyond, position = table.at(wanted.at, count, few=few)
        found = table.page(wanted.limit, few=few, beyond=beyond, backwards=wanted.before is not None)
        rows = catalogue.shown(connection, [id for id, _ in found.rows], filters.blind)
    if cursor is None and beyond is None and not found.more:
        count = Count(len(found.rows), exact=True)
    return {"items": rows, "total": count.rows, "exact": count.exact, "position": position,
            **_ends(wanted, found, count, beyond)}  # fmt: skip


def _ends(wanted: Wanted, found: Found, count: Count, beyond: Place | None) -> dict[str, str | None]:
    if not found.rows:
        return {"next": None, "previous": None}
    first, last = (_Cursor(wanted.sort, found.rows[i][1], count).write() for i in (0, -1))
    if wanted.before is not None:
        return {"next": last, "previous": first if found.more else None}
    return {"next": last if found.more else None, "previous": first if beyond else None}


def _filters(rules: Rules, wanted: Wanted) -> Filters:
    step = None
    if wanted.step is not None:
        if wanted.step not in rules.names:
            raise InvalidInput(
                "There is no step '{name}'.",
                where="step",
                mend="There are: {known}.",
                name=wanted.step,
                known=list(rules.names),
            )
        step = rules.named(wanted.step).id
    values, contains = (_values(wanted.value) if wanted.value is not None else []), wanted.contains
    one = rules.named(wanted.step or rules.names[0]).question.kind if len(rules.names) == 1 or step else None
    if contains is not None and one == "choice":  # has one class: the index on whole labels knows
        values, contains = [*values, contains] if not values or contains in values else [None], None
    return Filters(
        state=wanted.state,
        step=step,
        values=values,
        contains=contains,
        low=wanted.low,
        high=wanted.high,
        kind=wanted.kind,
        judgements=wanted.judgements,
        since=wanted.since,
        until=wanted.until,
        finding=wanted.finding,
        case=wanted.case,
        said=_values(wanted.said) if wanted.said is not None else [],
        attributes=[_attribute(written) for written in wanted.attributes],
        words=wanted.words or None,
    )


def _values(written: str) -> list[Any]:
    """What a value in an address may stand for: a text, and the JSON that it is."""
    try:
        value = orjson.loads(written)
    except orjson.JSONDecodeError:
        return [written]
    return [written] if "\\u0000" in written else [written, value]


def _attribute(written: str) -> list[dict[str, Any]]:
    name, equals, value = written.partition("=")
    if not equals or not name:
        raise InvalidInput("An attribute is wanted as name=value.", where="attribute", mend="Write language=de.")
    return [{name: one} for one in _values(value)]
