"""What narrows the table of items: conditions on its rows, and the values that they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from quorate.ids import first_id
from quorate.store.fitness import READABLE

NEWEST = 20_000
"""What anybody said is looked for in so many of the newest labels: no index knows pairs of answer and label."""
_EARLIEST = f"""coalesce((SELECT id FROM decisions WHERE project_id = %(project)s
    ORDER BY id DESC OFFSET {NEWEST - 1} LIMIT 1), '00000000-0000-0000-0000-000000000000')"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the rows must fit. `values`: one of these is the label in force; `case`: it waits for
    experts for that reason (`any`: for whatever one), which is not told of blind cases; `answerer` answered, and
    `said` one of these (without `answerer`: anybody but experts did, of the `NEWEST` labels); `since`, `until`: when
    the label came; `attributes`: of each list, one is there. `blind`: tasks whose label is not shown. `cleared`:
    for what `access` the reader is; None: for all.
    """

    state: str | None = None
    step: UUID | None = None
    values: Sequence[Any] = ()
    contains: str | None = None
    low: float | None = None
    high: float | None = None
    kind: str | None = None
    judgements: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    finding: str | None = None
    case: str | None = None
    answerer: UUID | None = None
    said: Sequence[Any] = ()
    attributes: Sequence[Sequence[dict[str, Any]]] = ()
    words: str | None = None
    blind: Sequence[UUID] = ()
    cleared: Sequence[str] | None = None

    @property
    def anybody(self) -> bool:
        """Whether it is asked what was said, and not by whom."""
        return bool(self.said) and self.answerer is None

    @property
    def of_label(self) -> list[str]:
        """Conditions on the decision `d` in force."""
        told = {
            # the hash is what is indexed: a label may be larger than an index takes
            "jsonb_hash_extended(d.value, 0) = ANY(%(hashes)s) AND d.value = ANY(%(values)s)": self.values,
            "(d.value @> to_jsonb(%(contains)s::text)"
            " OR d.value @> jsonb_build_array(jsonb_build_object('label', %(contains)s::text)))": self.contains
            is not None,
            "d.confidence >= %(low)s": self.low is not None,
            "d.confidence <= %(high)s": self.high is not None,
            "d.kind = %(kind)s": self.kind is not None,
            "d.judgements = %(judgements)s": self.judgements is not None,
            "d.id >= %(since)s": self.since is not None,
            "d.id < %(until)s": self.until is not None,
            f"d.id >= {_EARLIEST}": self.anybody,
        }
        return [sql for sql, wanted in told.items() if wanted]

    @property
    def of_task(self) -> list[str]:
        """Conditions on the task `t`."""
        told = {
            "t.state = %(state)s": self.state is not None,
            "t.step_id = %(step)s": self.step is not None,
            "EXISTS (SELECT FROM findings f WHERE f.project_id = %(project)s AND f.kind = %(finding)s"
            " AND f.task_id = t.id)": self.finding is not None,
            "EXISTS (SELECT FROM cases c WHERE c.project_id = %(project)s AND c.task_id = t.id AND c.closed_at IS NULL"
            " AND NOT c.blind AND (c.kind = %(case)s OR %(case)s = 'any'))": self.case is not None,
            "EXISTS (SELECT FROM annotations n WHERE n.account_id = %(answerer)s AND n.task_id = t.id"
            f"{' AND n.value = ANY(%(said)s)' if self.said else ''})": self.answerer is not None,
            "EXISTS (SELECT FROM annotations n WHERE n.task_id = t.id AND n.role <> 'expert'"
            " AND n.value = ANY(%(said)s))": self.anybody,
        }
        return [sql for sql, wanted in told.items() if wanted]

    @property
    def of_item(self) -> list[str]:
        """Conditions on the item `i`."""
        named = [f"i.attributes @> ANY(%(attribute_{n})s)" for n, _ in enumerate(self.attributes)]
        words = "(i.key LIKE %(prefix)s OR i.body::text ILIKE %(words)s)"
        return [*named, *[words] * (self.words is not None), *[READABLE] * (self.cleared is not None)]

    @property
    def parameters(self) -> dict[str, Any]:
        """The values that the conditions name, but for the project and the hashes of `values`."""
        words = _escaped(self.words or "")
        told = {
            "state": self.state,
            "step": self.step,
            "values": [Jsonb(value) for value in self.values],
            "contains": self.contains,
            "low": self.low,
            "high": self.high,
            "kind": self.kind,
            "judgements": self.judgements,
            "since": self.since and first_id(self.since),
            "until": self.until and first_id(self.until),
            "finding": self.finding,
            "case": self.case,
            "answerer": self.answerer,
            "said": [Jsonb(value) for value in self.said],
            "prefix": words + "%",
            "words": f"%{words}%",
            "blind": list(self.blind),
            "cleared": Jsonb(self.cleared),
        }
        return told | {f"attribute_{n}": [Jsonb(one) for one in some] for n, some in enumerate(self.attributes)}


def _escaped(words: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", words)
