"""Every table there is, declared once. Migrations must agree with this folder, and a test proves that they do.

Three sorts of tables:

- *said*: what somebody said or decided. Append-only; the database itself refuses UPDATE, DELETE and TRUNCATE.
- *state*: what follows from it, kept so as not to be recomputed (`tasks`, `openings`, `skills`, `seats`, `purses`).
- *held*: what must be changeable or erasable: accounts, items, leases, sessions.

A file declares the tables of one concern; this one gathers them, so that a query says `t.annotations`.
"""

from sqlalchemy import Table

from quorate.store.tables.columns import MONEY, NO_CASE, TIME, metadata
from quorate.store.tables.metrics import alerts, channels, measures, messages, rollups
from quorate.store.tables.money import payouts, transfers
from quorate.store.tables.record import blocks, events
from quorate.store.tables.said import (
    adjudications,
    annotations,
    audits,
    consequences,
    decisions,
    disputes,
    exports,
    findings,
    replies,
    specs,
)
from quorate.store.tables.trust import (
    clearances,
    declarations,
    digests,
    leads,
    practices,
    qualifications,
    questions,
    sittings,
)
from quorate.store.tables.watch import ambiguities, clarifications, diagnoses, lessons, set_aside, watched, watches
from quorate.store.tables.who import accounts, hours, invites, members, notices, sessions, sign_ins, tokens, workspaces
from quorate.store.tables.work import assignments, cases, items, openings, projects, purses, seats, skills, steps, tasks

APPEND_ONLY: tuple[Table, ...] = (
    specs,
    annotations,
    decisions,
    adjudications,
    disputes,
    audits,
    findings,
    replies,
    consequences,
    exports,
    payouts,
    transfers,
    practices,
    clearances,
    events,
    blocks,
)

__all__ = [
    "APPEND_ONLY",
    "MONEY",
    "NO_CASE",
    "TIME",
    "accounts",
    "adjudications",
    "alerts",
    "ambiguities",
    "annotations",
    "assignments",
    "audits",
    "blocks",
    "cases",
    "channels",
    "clarifications",
    "clearances",
    "consequences",
    "decisions",
    "declarations",
    "diagnoses",
    "digests",
    "disputes",
    "events",
    "exports",
    "findings",
    "hours",
    "invites",
    "items",
    "leads",
    "lessons",
    "measures",
    "members",
    "messages",
    "metadata",
    "notices",
    "openings",
    "payouts",
    "practices",
    "projects",
    "purses",
    "qualifications",
    "questions",
    "replies",
    "rollups",
    "seats",
    "sessions",
    "set_aside",
    "sign_ins",
    "sittings",
    "skills",
    "specs",
    "steps",
    "tasks",
    "tokens",
    "transfers",
    "watched",
    "watches",
    "workspaces",
]
