"""Bring items in: read, check, and write them a batch at a time, each batch whole or not at all.

While one batch is being written the next is read, in a thread of its own. Running an import again skips what is in, so
that is how an interrupted one is resumed.
"""

from __future__ import annotations

import hmac
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.correct_gold import UNEXPLAINED, known_row
from quorate.actions.open_dependents import open_dependents
from quorate.actions.rules import Rules, rules_of
from quorate.errors import InvalidInput
from quorate.flow.route import GUARDS, checked
from quorate.flow.triage import worth
from quorate.formats.media import Intake
from quorate.formats.rejects import Rejects, beside
from quorate.formats.rows import Read, Reject, Row, Source, exact, nul
from quorate.formats.source import opened
from quorate.ids import new_id
from quorate.labels.question import Question
from quorate.settings import settings
from quorate.store import accounts, decisions, items, ledger
from quorate.store.database import Database
from quorate.store.items import Added, Entry, Known, Plan
from quorate.store.ledger import Event

BATCH = 5000
BATCH_BYTES = 16 * 2**20
_ODD_NUMBER = re.compile(rb"[0-9]e\+?[0-9]|-0\.0")
"""What may be a number that PostgreSQL gives back in another form, and then the content's hash would not fit."""


@dataclass(slots=True)
class ImportReport:
    """What came of an import. `skipped` were in already; `duplicates` came in and say the same as an earlier item."""

    read: int = 0
    imported: int = 0
    skipped: int = 0
    rejected: int = 0
    duplicates: int = 0
    gold: int = 0
    seconds: float = 0.0
    rejects: str | None = None
    first_rejects: list[Reject] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The report as plain data."""
        rejects = [reject.to_json() for reject in self.first_rejects]
        return {**asdict(replace(self, first_rejects=[])), "first_rejects": rejects}


Progress = Callable[[ImportReport, float | None], None]
"""Called after each batch with what is done, and the share of the source that is read (None: nobody knows)."""


def import_items(
    db: Database,
    project: UUID,
    path: Path,
    *,
    actor: Actor,
    copy_media: bool = False,
    batch: int = BATCH,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring in a file (JSONL, CSV, Parquet) or a folder of texts, images and sounds.

    Rows that are not right go to `FILE.rejects.jsonl`. Raises `InvalidInput` when the file as a whole cannot be read.
    """
    folder = path if path.is_dir() else path.parent
    media = Intake(folder.resolve(), media_folder() if copy_media else None)
    with opened(path) as source, Rejects(beside(path)) as rejects:
        return _Import(db, project, actor, media, rejects, batch, progress).run(source)


def import_rows(
    db: Database, project: UUID, rows: Iterable[Read], *, actor: Actor, batch: int = BATCH, copy_media: bool = False
) -> ImportReport:
    """Bring in rows that came over the network: as `import_items`, but no file of this machine can be a medium."""
    media = Intake(None, media_folder() if copy_media else None)
    with Rejects(None) as rejects:
        return _Import(db, project, actor, media, rejects, batch, None).run(Source("upload", iter(rows)))


def media_folder() -> Path:
    """Where copied media are kept."""
    return settings().data / "media"


@dataclass
class _Import:
    db: Database
    project: UUID
    actor: Actor
    media: Intake
    rejects: Rejects
    batch: int
    progress: Progress | None
    report: ImportReport = field(default_factory=ImportReport)

    def run(self, source: Source) -> ImportReport:
        begun = time.perf_counter()
        with ThreadPoolExecutor(1, "import") as writer:
            writing: Future[Added] | None = None
            for entries in self._batches(source.rows):
                if writing:
                    self._count(writing.result(), source)
                writing = writer.submit(self._write, entries)
            if writing:
                self._count(writing.result(), source)
        report = self.report
        report.seconds = time.perf_counter() - begun
        report.rejected, report.first_rejects = self.rejects.count, self.rejects.first
        report.rejects = str(self.rejects.path) if self.rejects.path and self.rejects.count else None
        return report

    def _batches(self, rows: Iterable[Read]) -> Iterator[list[Entry]]:
        """Entries in batches of a bounded number and size; what is not right goes to the rejects."""
        prepare = _Preparation.of(self.db, self.project, self.media)
        entries: list[Entry] = []
        size = 0
        for row in rows:
            self.report.read += 1
            entry = prepare(row) if isinstance(row, Row) else row
            if isinstance(entry, Reject):
                self.rejects.add(entry)
                continue
            entries.append(entry)
            size += entry.size
            if len(entries) >= self.batch or size >= BATCH_BYTES:
                yield entries
                entries, size = [], 0
        if entries:
            yield entries

    def _count(self, added: Added, source: Source) -> None:
        for entry, reason in added.at_odds:
            self.rejects.add(Reject(entry.line, "key", reason))
        report = self.report
        report.imported += len(added.fresh)
        report.skipped += added.skipped
        report.duplicates += len(added.twins)
        report.gold += len(added.gold)
        report.rejected = self.rejects.count
        if self.progress:
            self.progress(report, source.done(report.read))

    def _write(self, entries: list[Entry]) -> Added:
        """One batch: one transaction, one event (and one for each known answer, which is a decision)."""
        now = clock.now()
        with self.db.work() as connection:
            rules = rules_of(self.db, self.project, items.lock(connection, self.project))
            added = items.add(connection, _plan(rules), entries, now)
            if added.fresh:
                told = [self._event(rules, "items.imported", new_id(), _told(added), now)]
                told += self._decide(connection, rules, added.gold, now)
                ledger.tell(connection, told)
        return added

    def _decide(self, connection: Any, rules: Rules, gold: list[Known], now: Any) -> list[Event]:
        """A known answer is a decision; and the steps that depend on it may open, or be ruled out."""
        if not gold:
            return []
        rows = [
            known_row(rules, one.step, one.task, one.value, why=one.why or UNEXPLAINED, reason="imported", now=now)
            for one in gold
        ]
        decisions.insert(connection, *rows)
        items = list({known.item: None for known in gold})
        opened = open_dependents(connection, rules, items, actor=self.actor.account, now=now)
        return [*(self._event(rules, "task.decided", row["id"], row, now) for row in rows), *opened]

    def _event(self, rules: Rules, verb: str, object_id: UUID, content: dict[str, Any], now: Any) -> Event:
        return Event(
            actor=self.actor.account,
            verb=verb,
            object_id=object_id,
            content=content,
            workspace_id=rules.project.workspace_id,
            project_id=rules.project.id,
            at=now,
        )


def _told(added: Added) -> dict[str, Any]:
    """How many, and a hash over ids and content hashes: of all items whose `created_at` is the event's `at`."""
    return {"items": len(added.fresh), "hash": added.digest()}


def _plan(rules: Rules) -> Plan:
    return Plan(
        project=rules.project.id,
        steps={step.id: "waiting" if step.when else "open" for step in rules.steps.values()},
        judgements=rules.policy.judgements.min,
        stopped=frozenset(step.id for step in rules.steps.values() if step.thrift == "stopped"),
        share=rules.policy.duplicates == "share",
    )


@dataclass(frozen=True, slots=True)
class _Preparation:
    """From a row as its file tells it to an entry for the database, or to the reason why not."""

    rules: Rules
    salt: bytes
    media: Intake

    @classmethod
    def of(cls, db: Database, project: UUID, media: Intake) -> _Preparation:
        rules = rules_of(db, project)
        with db.read() as connection:
            return cls(rules, accounts.salt(connection, rules.project.workspace_id), media)

    def __call__(self, row: Row) -> Entry | Reject:
        try:
            body = _json(row.body, "")
            attributes = _json(checked(row.attributes), "attributes") if row.attributes else b"{}"
            media = [self._medium(written, index) for index, written in enumerate(row.media)]
            gold, why = self._gold(row.gold, row.body) if row.gold else ({}, {})
        except InvalidInput as error:
            return Reject(row.line, error.where or "", error)
        digest = self._hash(body, media)
        return Entry(
            line=row.line,
            key=row.key or digest.hex()[:32],
            body=body,
            media=orjson.dumps(media) if media else None,
            attributes=attributes,
            hash=digest,
            gold=gold,
            why=why,
            weight=self._weight(row),
            guarded=not row.attributes.keys().isdisjoint(GUARDS),
        )

    def _hash(self, body: bytes, media: list[dict[str, Any]]) -> bytes:
        """Keyed, so that it tells nothing of the content once the workspace's salt is gone."""
        content = body + b"".join(b"\n" + (medium["sha256"] or medium["url"]).encode() for medium in media)
        return hmac.digest(self.salt, content, "sha256")

    def _medium(self, written: object, index: int) -> dict[str, Any]:
        try:
            return self.media.take(written)
        except InvalidInput as error:
            error.where = f"media[{index}].{error.where}"
            raise

    def _gold(self, written: dict[str, Any], body: Any) -> tuple[dict[UUID, Any], dict[UUID, str]]:
        """Known answers by step, and the explanations of those that have one (`STEP.why`)."""
        known: dict[UUID, Any] = {}
        why: dict[UUID, str] = {}
        for name, value in written.items():
            asked, dot, rest = name.partition(".")
            if asked not in self.rules.names or (dot and rest != "why"):
                raise InvalidInput("There is no such step.", where=f"gold.{name}")
            step = self.rules.named(asked)
            if not dot:
                known[step.id] = _answer(step.question, value, body, f"gold.{name}")
            elif isinstance(value, str) and value.strip() and asked in written:
                why[step.id] = value.strip()
            else:
                raise InvalidInput("An explanation is a text beside a known answer.", where=f"gold.{name}")
        return known, why

    def _weight(self, row: Row) -> float:
        match self.rules.policy.order:
            case "random":
                return random.random()
            case "value":
                return worth(row.attributes)
            case _:
                return 0.0


def _answer(question: Question, value: Any, body: Any, where: str) -> Any:
    """A known answer in its normal form. A cell of a table is a text; if that is no answer, it is read as JSON."""
    try:
        return question.check_on(question.check(value), body)
    except InvalidInput as error:
        error.where = where
        fault = error
    if isinstance(value, str):
        try:
            return question.check_on(question.check(orjson.loads(value)), body)
        except (orjson.JSONDecodeError, InvalidInput):
            pass
    raise fault


def _json(value: dict[str, Any], at: str) -> bytes:
    written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    if b"\\u0000" in written and (path := nul(value, at)) is not None:
        raise InvalidInput("There is the character NUL, which PostgreSQL cannot keep.", where=path)
    if _ODD_NUMBER.search(written):
        try:
            return orjson.dumps(exact(value), option=orjson.OPT_SORT_KEYS)
        except ValueError as error:
            raise InvalidInput(
                "There is a number that is too large to be kept exactly.", where=at, mend="Write it as a text."
            ) from error
    return written
