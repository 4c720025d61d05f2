"""Write a project's labels to a file, with a datasheet and a proof beside it, and tell the ledger.

Everything is written under temporary names and renamed at the end: an export is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.rules import Step, rules_of
from quorate.actions.seal_ledger import seal_ledger
from quorate.errors import InvalidInput, Unavailable
from quorate.flow import datasheet, export_proof, merkle
from quorate.flow.labels import Record, answers, flat, label
from quorate.flow.route import readable
from quorate.formats.columns import Column, Type, type_of
from quorate.formats.source import written
from quorate.ids import new_id
from quorate.labels.question import Question
from quorate.people.pseudonyms import pseudonym
from quorate.store import accounts, export, ledger
from quorate.store import datasheet as figures
from quorate.store.database import Database
from quorate.store.ledger import Event
from quorate.store.projects import Project

LABEL_TYPES: dict[str, Type] = {
    "state": "text", "confidence": "number", "probabilities": "json", "divided": "number", "soft": "json",
    "kind": "text", "method": "text", "rule": "text", "reason": "text", "decided_at": "time", "judgements": "integer",
    "cost": "number", "schema": "text", "guideline": "text", "policy": "text", "decision": "text", "block": "integer",
    "block_root": "text",
}  # fmt: skip
ANSWER_TYPES: dict[str, Type] = {
    "key": "text", "step": "text", "annotation": "text", "annotator": "text", "role": "text", "value": "json",
    "at": "time", "seconds": "number", "confidence": "number", "comment": "text", "cost": "number",
    "weight": "number", "superseded": "flag", "schema": "text", "guideline": "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Only:
    """Which labels go out: those of a step, in a state, at least so sure. Items without any are left out."""

    step: str | None = None
    state: str | None = None
    min_confidence: float | None = None

    def fits(self, task: Any, steps: dict[UUID, str]) -> bool:
        """Whether a task's label goes out."""
        sure = self.min_confidence is None or (task.decision_id and task.confidence >= self.min_confidence)
        return bool(sure) and self.step in (None, steps[task.step_id]) and self.state in (None, task.state)


@dataclass(slots=True)
class ExportReport:
    """What was written. `root` is the Merkle root of the records, `block` the number of the block that seals it."""

    files: list[str]
    records: int
    sha256: str
    root: str
    block: int | None
    block_root: str | None
    datasheet: dict[str, Any] = field(repr=False)


def export_labels(
    db: Database,
    project: Project,
    to: Path,
    *,
    actor: Actor,
    annotations: bool = False,
    at: datetime | None = None,
    only: Only | None = None,
    cleared: Sequence[str] | None = None,
    progress: Callable[[int], None] = lambda records: None,
) -> ExportReport:
    """Write the labels as they are, or as they stood `at` a time, to a file whose ending is one of `formats/source`.

    Beside it: `FILE.datasheet.json`, `FILE.datasheet.md`, `FILE.proof.json`; with `annotations` also every answer: in
    the records of JSON Lines, in `NAME.annotations.csv|.parquet` for a table. What an item says goes out only where
    its `access` is among what the reader is `cleared` for (None: for all). A format for one kind of label has the
    items that are labelled in the step of that kind (`only`: which one, where there are several).
    """
    if at is not None and at.tzinfo is None:
        raise InvalidInput("The time has no time zone.", where="at", mend="Write such as 2027-01-31T12:00:00Z.")
    if at is not None and at > clock.now():
        raise InvalidInput("The time has not come yet.", where="at", mend="Leave it out for the labels as they are.")
    if only and only.step is not None:
        rules_of(db, project.id).named(only.step)
    seal_ledger(db)
    with _Parts(to) as parts:
        work = _Export(db, project, to, annotations, at, parts, only or Only(), cleared)
        with db.read() as connection:
            export.snapshot(connection)
            work.write(connection, progress)
            sheet = datasheet.compose(figures.of_project(connection, project.id, at), at=at or clock.now())
        hashes = work.hashes()
        row = work.row(actor, hashes)
        with db.write() as connection:
            export.add(connection, row)
            ledger.append(connection, _event(project, actor, row))
        seal_ledger(db)
        proof = _proof(db, row, hashes)
        parts.add(f"{to.name}.proof.json").write_bytes(merkle.canonical(proof))
        parts.add(f"{to.name}.datasheet.json").write_bytes(datasheet.as_json(sheet))
        parts.add(f"{to.name}.datasheet.md").write_text(datasheet.as_markdown(sheet), encoding="utf-8")
    block = proof["block"]
    return ExportReport(
        files=[str(path) for path in parts.targets],
        records=row["records"],
        sha256=row["sha256"].hex(),
        root=row["settings"]["root"],
        block=block and block["number"],
        block_root=block and bytes(block["root"]).hex(),
        datasheet=sheet,
    )


class _Parts:
    """Files that get their names together, at the end, if nothing went wrong."""

    def __init__(self, to: Path) -> None:
        self._folder = to.parent
        self._parts: dict[Path, Path] = {}

    def add(self, name: str) -> Path:
        """Where to write what will have this name."""
        target = self._folder / name
        self._parts[target] = self._folder / f".{new_id()}{target.suffix}"
        return self._parts[target]

    @property
    def targets(self) -> list[Path]:
        return list(self._parts)

    def __enter__(self) -> _Parts:
        if not self._folder.is_dir():
            raise Unavailable("There is no such folder.", where=str(self._folder), mend="Make it first.")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for target, part in self._parts.items():
            if kind is None:
                part.replace(target)
            else:
                part.unlink(missing_ok=True)


@dataclass
class _Export:
    db: Database
    project: Project
    to: Path
    annotations: bool
    at: datetime | None
    parts: _Parts
    only: Only
    cleared: Sequence[str] | None
    records: int = 0
    written: dict[str, Path] = field(default_factory=dict)

    def write(self, connection: export.Snapshot, progress: Callable[[int], None]) -> None:
        """The records, a page at a time."""
        if hasattr(written(self.to), "KIND"):
            self._write_step(connection, progress)
        else:
            self._write_all(connection, progress)

    def _write_all(self, connection: export.Snapshot, progress: Callable[[int], None]) -> None:
        nested = self.to.suffix.lower() == ".jsonl"
        body, columns = (None, []) if nested else self._columns(connection)
        with closing(self._writer(self.to.name, columns)) as labels:
            apart = self.annotations and not nested
            name = f"{self.to.stem}.annotations{self.to.suffix}"
            beside = self._writer(name, [Column(*entry) for entry in ANSWER_TYPES.items()]) if apart else None
            for records in self._records(connection):
                if nested:
                    labels.write(records)
                else:
                    labels.write([flat(record, body) for record in records])
                if beside:
                    beside.write([{"key": r["key"], **answer} for r in records for answer in r["annotations"]])
                self.records += len(records)
                progress(self.records)
            if beside:
                beside.close()

    def _write_step(self, connection: export.Snapshot, progress: Callable[[int], None]) -> None:
        """The labels of one step, in a format that is for its kind and holds nothing else."""
        step = self._step(written(self.to).KIND)
        self.only = replace(self.only, step=step.name)
        with closing(self._writer(self.to.name, step.question)) as out:
            for records in self._records(connection):
                labelled = [
                    {"key": record["key"], "body": record["body"], "media": record["media"], "value": label["value"]}
                    for record in records
                    if record["body"] is not None and (label := record["labels"][step.name])["value"] is not None
                ]
                out.write(labelled)
                self.records += len(labelled)
                progress(self.records)

    def _step(self, kind: str) -> Step:
        steps = [one for one in rules_of(self.db, self.project.id).steps.values() if one.question.kind == kind]
        chosen = [one for one in steps if self.only.step in (None, one.name)]
        if self.annotations:
            raise InvalidInput(
                "This format has no place for single answers.", where="annotations", mend="Export JSON Lines."
            )
        if not chosen:
            raise InvalidInput("This format is for {kind}, which no such step asks for.", where="format", kind=kind)
        if len(chosen) > 1:
            raise InvalidInput(
                "This format holds the labels of one step.",
                where="step",
                mend="Choose among {known}.",
                known=[one.name for one in chosen],
            )
        return chosen[0]

    def _writer(self, name: str, holds: list[Column] | Question) -> Any:
        self.written[name] = self.parts.add(name)
        return written(self.to).Writer(self.written[name], holds)

    def _records(self, connection: export.Snapshot) -> Iterator[list[Record]]:
        specs = export.spec_names(connection, self.project.id)
        steps = export.steps(connection, self.project.id)
        salt = accounts.salt(connection, self.project.workspace_id)
        for page in export.pages(connection, self.project.id, at=self.at, answers=self.annotations):
            records = [self._record(page, item, steps, specs, salt) for item in page.items]
            yield [record for record in records if record["labels"] or self.only == Only()]

    def _record(self, page: Any, item: Any, steps: dict[UUID, str], specs: dict[UUID, str], salt: bytes) -> Record:
        tasks = page.tasks.get(item.id) or page.tasks.get(item.twin_of, [])  # a shared twin has no tasks of its own
        ordered = [task for step in steps for task in tasks if task.step_id == step and self.only.fits(task, steps)]
        record = {
            "key": item.key,
            "id": str(item.id),
            "body": item.body,
            "media": item.media,
            "attributes": item.attributes,
            "twin_of": page.keys.get(item.twin_of),
            "labels": {steps[t.step_id]: label(t, specs, page.blocks.get(t.decision_id)) for t in ordered},
        }
        if item.erased_at:
            record["erased"] = True
        if not readable(item.attributes, self.cleared):
            record |= {"body": None, "media": None, "withheld": True}
        if self.annotations:
            record["annotations"] = [
                answer
                for task in ordered
                if task.item_id == item.id  # a twin's answers are told once, with the item that was asked about
                for answer in answers(
                    task, steps[task.step_id], page.answers[task.task_id], specs, lambda id: pseudonym(id, salt)
                )
            ]
        return record

    def _columns(self, connection: export.Snapshot) -> tuple[dict[str, str] | None, list[Column]]:
        """The columns of a table; and which of them each field of the body goes to."""
        steps = export.steps(connection, self.project.id)
        values = export.value_types(connection, self.project.id)
        attributes = export.fields(connection, self.project.id, "attributes") or {}
        labels = [Column(name, type_of(values.get(id, set()))) for id, name in steps.items()]
        fixed = [Column("key"), Column("id"), Column("twin_of"), Column("media", "json")]
        extra = [Column(f"attributes.{name}", type_of(types)) for name, types in attributes.items()]
        details = [Column(f"{step.name}.{name}", type) for step in labels for name, type in LABEL_TYPES.items()]
        taken = {column.name for column in (*fixed, *extra, *labels, *details)}
        fields = export.fields(connection, self.project.id, "body")
        if fields is None:
            return None, [*fixed, Column("body", "json"), *extra, *labels, *details]
        body = {name: f"body.{name}" if name in taken else name for name in fields}
        shown = [Column(body[name], type_of(types)) for name, types in fields.items()]
        return body, [*fixed, *shown, *extra, *_beside(labels, details)]

    def hashes(self) -> dict[str, list[bytes]]:
        """The leaf hashes of what is in the files now, read back as whoever checks them will."""
        records = written(self.to).records
        return {name: export_proof.leaves(records(path)) for name, path in self.written.items()}

    def row(self, actor: Actor, hashes: dict[str, list[bytes]]) -> dict[str, Any]:
        """The export as an append-only row."""
        with self.written[self.to.name].open("rb") as file:
            sha256 = file_digest(file, "sha256").digest()
        root = merkle.root([leaf for leaves in hashes.values() for leaf in leaves])
        return {
            "id": new_id(),
            "project_id": self.project.id,
            "account_id": actor.account,
            "name": self.to.name,
            "sha256": sha256,
            "records": self.records,
            "settings": {
                "root": root.hex(),
                "annotations": self.annotations,
                "at": self.at.isoformat() if self.at else None,
                "project": self.project.name,
                **({"only": asdict(self.only)} if self.only != Only() else {}),
            },
            "created_at": clock.now(),
        }


def _beside(labels: list[Column], details: list[Column]) -> list[Column]:
    """Each step's value, followed by what belongs to it."""
    width = len(LABEL_TYPES)
    return [column for i, value in enumerate(labels) for column in (value, *details[i * width : (i + 1) * width])]


def _event(project: Project, actor: Actor, row: dict[str, Any]) -> Event:
    return Event(
        actor=actor.account,
        verb="labels.exported",
        object_id=row["id"],
        content=row,
        workspace_id=project.workspace_id,
        project_id=project.id,
        at=row["created_at"],
    )


def _proof(db: Database, row: dict[str, Any], hashes: dict[str, list[bytes]]) -> dict[str, Any]:
    with db.read() as connection:
        event = export.told(connection, row["id"])
        block, path = ledger.place(connection, event.seq)
    plain = {str(name): value for name, value in event._mapping.items()}
    header = None if block is None else {str(name): value for name, value in block._mapping.items()}
    return export_proof.write(hashes, row, plain, header, path)
