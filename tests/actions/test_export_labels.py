"""Exports against a real database: every label with its evidence, as it stands or stood, and provably unchanged."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow.parquet as pq
import pytest

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
from quorate.actions.claim_task import claim_tasks
from quorate.actions.export_labels import ExportReport, export_labels
from quorate.actions.import_items import import_items
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.tell_story import tell_story
from quorate.actions.verify_export import verify_export
from quorate.errors import InvalidInput, Unavailable
from quorate.flow import export_proof
from quorate.formats.source import written
from quorate.people.pseudonyms import pseudonym
from quorate.store import export as store
from quorate.store import ledger, projects
from quorate.store.ledger import Event

POLICY = {"judgements": {"min": 2, "max": 3}, "accept": {"confidence": 0.7}, "pay": {"judgement": "0.05"}}
ITEMS = [
    {"key": "a", "text": "one", "stars": 5, "topic": "clash", "attributes": {"language": "de"}},
    {"key": "b", "text": "two", "stars": 1.5, "more": {"x": [1]}},
    {"key": "c", "text": "one", "stars": 5, "topic": "clash"},
    {"key": "d", "text": "known", "gold": {"topic": "c"}},
]
Ask = Callable[..., list[Actor]]


@pytest.fixture
def project(world: Any, tmp_path: Path) -> UUID:
    """Four items: two with the same content, labelled once, and one with a known answer."""
    project: UUID = world.project(0, policy={**POLICY, "duplicates": "share"})
    path = tmp_path / "items.jsonl"
    path.write_text("\n".join(map(json.dumps, ITEMS)))
    assert import_items(world.db, project, path, actor=Actor(world.workspace)).imported == 4
    return project


@pytest.fixture
def ask(world: Any, project: UUID) -> Ask:
    """Have two people give their values to everything there is; gives the people."""

    def ask(*values: str) -> list[Actor]:
        people = [world.person() for _ in values]
        for person, value in zip(people, values, strict=True):
            for claimed in claim_tasks(world.db, person, [project], 10):
                submit_annotation(world.db, person, Submission(claimed.lease.id, value, seconds=5.0))
        return people

    return ask


def export(world: Any, project: UUID, to: Path, **more: Any) -> ExportReport:
    with world.db.read() as connection:
        found = projects.get(connection, project)
    return export_labels(world.db, found, to, actor=Actor(world.workspace), **more)


def lines(path: Path) -> dict[str, Any]:
    return {record["key"]: record for record in map(json.loads, path.read_text().splitlines())}


def test_each_item_is_one_record_with_its_labels_and_answers(
    world: Any, project: UUID, ask: Ask, tmp_path: Path
) -> None:
    people = ask("b", "b")
    report = export(world, project, tmp_path / "out.jsonl", annotations=True)
    records = lines(tmp_path / "out.jsonl")
    assert list(records) == ["a", "b", "c", "d"]
    topic = records["a"]["labels"]["topic"]
    assert (topic["value"], topic["kind"], topic["judgements"], topic["cost"]) == ("b", "crowd", 2, 0.1)
    assert (topic["schema"], topic["policy"], topic["guideline"]) == ("topic@1", "policy@1", None)
    assert sum(topic["probabilities"].values()) == pytest.approx(1)
    assert topic["confidence"] == pytest.approx(topic["probabilities"]["b"])
    assert topic["block"] == 1
    assert len(topic["block_root"]) == 64
    assert records["a"]["attributes"] == {"language": "de"}
    answers = records["a"]["annotations"]
    assert [answer["annotator"] for answer in answers] == [pseudonym(p.account, b"salt") for p in people]
    assert topic["confidence"] - sum(answer["weight"] for answer in answers) == pytest.approx(1 / 3, abs=1e-5)
    assert not any(str(person.account) in (tmp_path / "out.jsonl").read_text() for person in people)
    gold = records["d"]["labels"]["topic"]
    assert (gold["value"], gold["kind"], gold["confidence"], gold["judgements"]) == ("c", "gold", 1.0, 0)
    assert report.records == 4


def test_a_twin_shares_the_label(world: Any, project: UUID, ask: Ask, tmp_path: Path) -> None:
    ask("b", "b")
    export(world, project, tmp_path / "out.jsonl")
    records = lines(tmp_path / "out.jsonl")
    assert records["c"]["twin_of"] == "a"
    assert records["c"]["labels"] == records["a"]["labels"]
    with world.db.read() as connection:
        found = projects.get(connection, project)
    first, twin = (tell_story(world.db, found, key) for key in "ac")
    assert (first["shared_with"], twin["shared_with"]) == (None, "a")
    assert twin["tasks"] == first["tasks"] != []


def test_tables_have_flat_columns_with_types(world: Any, project: UUID, ask: Ask, tmp_path: Path) -> None:
    ask("b", "b")
    for ending in ("csv", "parquet"):
        export(world, project, tmp_path / f"out.{ending}", annotations=True)
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.column("topic").to_pylist() == ["b", "b", "b", "c"]
    assert table.column("body.topic").to_pylist() == ["clash", None, "clash", None]
    assert table.column("stars").to_pylist() == [5.0, 1.5, 5.0, None]
    assert table.column("more").to_pylist() == [None, '{"x":[1]}', None, None]
    assert str(table.schema.field("topic.decided_at").type) == "timestamp[us, tz=UTC]"
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == table.column_names
    assert [row["topic"] for row in rows] == ["b", "b", "b", "c"]
    assert json.loads(rows[0]["topic.probabilities"])["b"] == pytest.approx(float(rows[0]["topic.confidence"]))
    answers = pq.read_table(tmp_path / "out.annotations.parquet").to_pylist()
    assert [(a["key"], a["value"]) for a in answers] == [("a", '"b"')] * 2 + [("b", '"b"')] * 2
    assert (tmp_path / "out.annotations.csv").read_text().count("\n") == 5


def test_the_labels_as_they_stood(world: Any, project: UUID, ask: Ask, tmp_path: Path) -> None:
    before = clock.now()
    ask("b", "b")
    after = clock.now()
    with world.db.write() as connection:  # a later decision supersedes
        connection.exec_driver_sql(
            "INSERT INTO decisions SELECT (jsonb_populate_record(d, jsonb_build_object("
            " 'id', gen_random_uuid(), 'value', 'c', 'supersedes', d.id, 'created_at', clock_timestamp()))).*"
            " FROM decisions d JOIN tasks t ON t.id = d.task_id JOIN items i ON i.id = t.item_id WHERE i.key = 'b'"
        )
        connection.exec_driver_sql(
            "UPDATE tasks t SET decision_id = d.id FROM decisions d WHERE d.task_id = t.id AND d.supersedes IS NOT NULL"
        )

    def value(**more: Any) -> dict[str, tuple[str, Any]]:
        export(world, project, tmp_path / "out.jsonl", **more)
        labels = {key: record["labels"]["topic"] for key, record in lines(tmp_path / "out.jsonl").items()}
        return {key: (label["state"], label["value"]) for key, label in labels.items()}

    assert value()["b"] == ("decided", "c")
    assert value(at=after) == dict.fromkeys("abc", ("decided", "b")) | {"d": ("decided", "c")}
    assert value(at=before) == dict.fromkeys("abc", ("undecided", None)) | {"d": ("decided", "c")}
    with pytest.raises(InvalidInput, match="time zone"):
        value(at=before.replace(tzinfo=None))


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_a_changed_record_is_found_and_named(world: Any, project: UUID, ask: Ask, tmp_path: Path, ending: str) -> None:
    ask("b", "b")
    path = tmp_path / f"out.{ending}"
    report = export(world, project, path, annotations=True)
    proof = json.loads((tmp_path / f"{path.name}.proof.json").read_bytes())
    module = written(path)

    def faults(changed: Callable[[list[Any]], Any] = lambda records: None, **more: Any) -> list[str]:
        files = {entry["name"]: list(module.records(tmp_path / entry["name"])) for entry in proof["files"]}
        changed(files[path.name])
        return export_proof.faults(proof, files, **more)

    assert faults() == []
    assert faults(published=report.block_root) == []
    assert "not the one that was published" in faults(published="00" * 32)[0]
    assert faults(lambda records: records[1].update(key="x")) == [f"{path.name}: record 2 (x) was changed."]
    assert faults(lambda records: records.pop()) == [f"{path.name}: 1 records at the end are missing."]
    assert faults(lambda records: records.append({"key": "e"})) == [f"{path.name}: record 5 (e) was added."]
    proof["export"]["records"] = 5
    assert faults() == ["The event does not tell of this export."]


def test_an_export_is_verified_by_itself(world: Any, project: UUID, tmp_path: Path) -> None:
    report = export(world, project, tmp_path / "out.csv", annotations=True)
    assert verify_export(tmp_path / "out.csv", report.block_root) == []
    path = tmp_path / "out.csv"
    path.write_text(path.read_text().replace("known", "unknown"))
    assert verify_export(path) == ["out.csv: record 4 (d) was changed."]
    (tmp_path / "out.annotations.csv").unlink()
    assert verify_export(path) == ["out.annotations.csv: the file is missing."]
    (tmp_path / "out.csv.proof.json").write_text("[]")
    with pytest.raises(InvalidInput, match="no proof"):
        verify_export(path)


def test_the_file_that_is_named_is_checked_whatever_it_is_called_by_now(
    world: Any, project: UUID, tmp_path: Path
) -> None:
    export(world, project, tmp_path / "out.jsonl")
    copy = tmp_path / "copy.jsonl"
    copy.write_text((tmp_path / "out.jsonl").read_text())
    (tmp_path / "copy.jsonl.proof.json").write_bytes((tmp_path / "out.jsonl.proof.json").read_bytes())
    assert verify_export(copy) == []
    copy.write_text(copy.read_text().replace("known", "unknown"))
    assert verify_export(copy) != []
    assert verify_export(tmp_path / "out.jsonl") == []


def test_a_forged_proof_does_not_lead_to_the_block(world: Any, project: UUID, tmp_path: Path) -> None:
    export(world, project, tmp_path / "out.jsonl")
    proof = json.loads((tmp_path / "out.jsonl.proof.json").read_bytes())
    files = {"out.jsonl": list(map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines()))}
    proof["event"]["actor"] = "somebody else"
    assert export_proof.faults(proof, files) == ["The event is not in the block."]
    del proof["event"]
    with pytest.raises(InvalidInput, match="not whole"):
        export_proof.faults(proof, files)


def test_the_datasheet_tells_what_is_in_it(world: Any, project: UUID, ask: Ask, tmp_path: Path) -> None:
    ask("b", "c", "b")
    report = export(world, project, tmp_path / "out.jsonl")
    sheet = json.loads((tmp_path / "out.jsonl.datasheet.json").read_bytes())
    assert sheet["items"] == {"items": 4, "erased": 0, "duplicates": 1}
    topic = sheet["steps"]["topic"]
    assert topic["labels_by_kind"]["gold"] == 1
    assert topic["answers_by_role"] == {"crowd": 6}
    assert topic["annotators_by_role"] == {"crowd": 3}
    assert sheet["cost"] == {"total": "0.300000", "currency": "USD"}
    assert topic["agreement"]["raw"]["value"] == pytest.approx(1 / 3)
    assert sheet["certificate"]["audits"] == 0
    assert {(spec["kind"], spec["version"]) for spec in sheet["specs"]} == {
        ("project", 1),
        ("policy", 1),
        ("schema", 1),
    }
    text = (tmp_path / "out.jsonl.datasheet.md").read_text()
    assert "Answers of crowd: 6 by 3 annotators" in text
    assert sheet["certificate"]["sentence"] in text
    assert report.datasheet["items"] == sheet["items"]


def test_an_export_that_fails_leaves_nothing_behind(world: Any, project: UUID, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()

    def stop(records: int) -> None:
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        export(world, project, folder / "out.csv", progress=stop)
    assert list(folder.iterdir()) == []
    with pytest.raises(InvalidInput, match="not a format"):
        export(world, project, folder / "out.xlsx")
    with pytest.raises(Unavailable, match="no such folder"):
        export(world, project, folder / "absent" / "out.csv")


def test_pages_and_projects_keep_apart(world: Any, project: UUID, tmp_path: Path) -> None:
    world.project(7)
    with world.db.read() as connection:
        pages = list(store.pages(connection, project, at=None, answers=False, size=3))
    assert [[item.key for item in page.items] for page in pages] == [["a", "b", "c"], ["d"]]


def test_labels_as_they_stood_tell_what_was_asked_again_since(
    world: Any, project: UUID, ask: Ask, tmp_path: Path
) -> None:
    """Decided, put back into work, contested, decided by an expert: each moment is told as it was."""
    ask("b", "b")
    decided = clock.now()
    with world.db.work() as connection:
        (task,) = connection.execute(
            "SELECT t.id FROM tasks t JOIN items i ON i.id = t.item_id WHERE i.key = 'b'"
        ).fetchone()
        connection.execute("UPDATE tasks SET state = 'open' WHERE id = %s", (task,))
        told = Event(actor=None, verb="task.reopened", object_id=task, content={}, project_id=project)
        ledger.tell(connection, [told])
        connection.execute(
            "INSERT INTO openings (project_id, band, task_id) SELECT %s, 0, %s FROM generate_series(1, 2)",
            (project, task),
        )
    reopened = clock.now()
    ask("a")
    contested = clock.now()
    ((lease, _),) = claim_cases(world.db, expert := world.person(), [project])
    adjudicate_task(world.db, expert, Verdict(lease, "a", "it says so"))
    now = clock.now()

    def state(at: Any) -> tuple[str, str | None]:
        export(world, project, tmp_path / "then.jsonl", at=at)
        label = lines(tmp_path / "then.jsonl")["b"]["labels"]["topic"]
        return label["state"], label["value"]

    assert [state(at)[0] for at in (decided, reopened, contested, now)] == ["decided", "open", "contested", "decided"]
    assert (state(decided)[1], state(now)[1]) == ("b", "a")
    with pytest.raises(InvalidInput, match="not come"):
        state(now + timedelta(hours=1))
