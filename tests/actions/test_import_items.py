"""Imports against a real database: whole, idempotent, resumable, and honest about what did not come in."""

from __future__ import annotations

import hmac
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.import_items import ImportReport, import_items, import_rows
from quorate.errors import InvalidInput
from quorate.formats import jsonl
from quorate.store import ledger
from quorate.store.ledger import told_rows

Rows = Callable[..., list[Any]]
QUEUE = """
SELECT i.key FROM openings o JOIN tasks t ON t.id = o.task_id JOIN items i ON i.id = t.item_id ORDER BY band, position
"""


def write(path: Path, *records: object) -> Path:
    path.write_bytes(b"".join((r if isinstance(r, bytes) else json.dumps(r).encode()) + b"\n" for r in records))
    return path


def numbered(count: int) -> list[dict[str, Any]]:
    return [{"key": f"k{n}", "text": f"text {n}"} for n in range(count)]


def counted(report: ImportReport) -> tuple[int, int, int]:
    return report.imported, report.skipped, report.rejected


def test_items_become_tasks_and_openings_in_rounds(world: Any, one: Rows, tmp_path: Path) -> None:
    project = world.project(0, policy={"judgements": {"min": 2}})
    report = import_items(world.db, project, write(tmp_path / "a.jsonl", *numbered(7)), actor=world.person(), batch=4)
    assert counted(report) == (7, 0, 0)
    assert one("SELECT state, count(*) FROM tasks GROUP BY 1") == [("open", 7)]
    queue = one(QUEUE)
    first, second = ["k0", "k1", "k2", "k3"], ["k4", "k5", "k6"]
    assert [key for (key,) in queue] == first + first + second + second


def test_a_second_run_changes_nothing_and_a_mended_file_goes_on(world: Any, one: Rows, tmp_path: Path) -> None:
    project, actor = world.project(0), world.person()
    path = write(tmp_path / "a.jsonl", *numbered(5), b'{"key": "cut')
    assert counted(import_items(world.db, project, path, actor=actor, batch=2)) == (5, 0, 1)
    assert (tmp_path / "a.jsonl.rejects.jsonl").exists()
    write(path, *numbered(8))
    assert counted(import_items(world.db, project, path, actor=actor, batch=3)) == (3, 5, 0)
    assert not (tmp_path / "a.jsonl.rejects.jsonl").exists()
    assert one("SELECT count(*), count(DISTINCT key) FROM items") == [(8, 8)]
    assert one("SELECT count(*) FROM openings") == [(8,)]


def test_rejects_are_written_with_line_field_and_reason(world: Any, tmp_path: Path) -> None:
    project = world.project(0)
    path = write(
        tmp_path / "a.jsonl",
        {"key": "a", "text": "one"},
        {"key": "b", "text": "nul \0 inside"},
        {"key": "a", "text": "another"},
        {"key": "c", "text": "x", "gold": {"topic": "zebra"}},
        {"key": "d", "text": "x", "gold": {"nowhere": "a"}},
        {"key": "e", "text": "x", "media": ["absent.png"]},
        {"key": "f", "text": {"deep": ["\0"]}},
        {"key": "g", "text": "x", "attributes": {"language": "\0"}},
        {"key": "a", "text": "one", "attributes": {"language": "de"}},
        {"key": "h", "a\0b": 1},
        b'{"key": "i", "text": "\xff"}',
    )
    report = import_items(world.db, project, path, actor=world.person())
    assert counted(report) == (1, 0, 10)
    rejects = [json.loads(line) for line in Path(str(report.rejects)).read_text().splitlines()]
    assert sorted((r["line"], r["field"]) for r in rejects) == [
        (2, "text"), (3, "key"), (4, "gold.topic"), (5, "gold.nowhere"), (6, "media[0].url"), (7, "text.deep[0]"),
        (8, "attributes.language"), (9, "key"), (10, ""), (11, ""),
    ]  # fmt: skip
    assert all(r["reason"] for r in rejects)


def test_an_item_without_a_key_gets_one_from_its_content(world: Any, one: Rows, tmp_path: Path) -> None:
    project, actor = world.project(0), world.person()
    path = write(tmp_path / "a.jsonl", {"text": "x", "n": 1}, {"n": 1, "text": "x"}, {"text": "y"})
    assert counted(import_items(world.db, project, path, actor=actor)) == (2, 1, 0)
    assert counted(import_items(world.db, project, path, actor=actor)) == (0, 3, 0)


@pytest.mark.parametrize(("duplicates", "tasks"), [("separate", 4), ("share", 2)])
def test_twins_are_told_and_labelled_once_if_the_policy_says_so(
    world: Any, one: Rows, tmp_path: Path, duplicates: str, tasks: int
) -> None:
    project = world.project(0, policy={"duplicates": duplicates})
    records = [
        {"key": "a", "text": "x"},
        {"key": "b", "text": "x"},
        {"key": "c", "text": "y"},
        {"key": "d", "text": "x"},
    ]
    report = import_items(world.db, project, write(tmp_path / "a.jsonl", *records), actor=world.person(), batch=2)
    assert report.duplicates == 2
    twins = one("SELECT i.key, o.key FROM items i JOIN items o ON o.id = i.twin_of ORDER BY 1")
    assert twins == [("b", "a"), ("d", "a")]
    assert one("SELECT count(*) FROM tasks") == [(tasks,)]
    assert one("SELECT count(*) FROM openings") == [(tasks,)]


def test_known_answers_are_decided_and_open_what_depends_on_them(world: Any, one: Rows, tmp_path: Path) -> None:
    steps = ({"id": "topic", "schema": "topic"}, {"id": "more", "schema": "more", "when": "topic.value == 'a'"})
    project = world.project(0, steps=steps)
    path = tmp_path / "a.csv"
    path.write_text("key,text,gold.topic,gold.more\n1,x,a,\n2,y,b,\n3,z,,\n4,w,a,c\n")
    report = import_items(world.db, project, path, actor=world.person())
    assert (report.imported, report.gold) == (4, 4)
    states = one(
        "SELECT i.key, s.name, t.state, t.gold, t.gold_order, d.value, d.kind, d.confidence FROM tasks t"
        " JOIN items i ON i.id = t.item_id JOIN steps s ON s.id = t.step_id"
        " LEFT JOIN decisions d ON d.id = t.decision_id ORDER BY i.key, s.position"
    )
    assert states == [
        ("1", "topic", "decided", "a", 1, "a", "gold", 1.0), ("1", "more", "open", None, None, None, None, None),
        ("2", "topic", "decided", "b", 2, "b", "gold", 1.0), ("2", "more", "retired", None, None, None, None, None),
        ("3", "topic", "open", None, None, None, None, None), ("3", "more", "waiting", None, None, None, None, None),
        ("4", "topic", "decided", "a", 3, "a", "gold", 1.0), ("4", "more", "decided", "c", 4, "c", "gold", 1.0),
    ]  # fmt: skip
    assert one("SELECT count(*) FROM openings") == [(2,)]


def test_the_ledger_tells_each_batch_and_each_known_answer(world: Any, one: Rows, tmp_path: Path) -> None:
    project, actor = world.project(0), world.person()
    records = [*numbered(5), {"key": "g", "text": "known", "gold": {"topic": "a"}}]
    import_items(world.db, project, write(tmp_path / "a.jsonl", *records), actor=actor, batch=4)
    events = one("SELECT verb, actor, detail->>'items', object_id, content FROM events ORDER BY seq")
    assert [(verb, items) for verb, _, items, _, _ in events] == [
        ("items.imported", "4"), ("items.imported", "2"), ("task.decided", None),
    ]  # fmt: skip
    assert {who for _, who, _, _, _ in events} == {actor.account}
    with world.db.read() as connection:
        ((_, row),) = told_rows(connection, "task.decided", [events[-1][3]])
    assert ledger.merkle.digest(row) == events[-1][4]


def test_what_comes_back_has_the_hash_that_it_came_in_with(world: Any, one: Rows, tmp_path: Path) -> None:
    numbers = [0.1, -0.0, 1e16, 1.5e19, -9e18, 1e-7, 5e-324, 1e15, 2**64 - 1, 123456789.123456789, 1.0, 100.0, True]
    records = [{"key": f"n{i}", "n": {"x": [n, "\u2028 é \\u0000"]}} for i, n in enumerate(numbers)]
    path = write(tmp_path / "a.jsonl", *records, {"n": 1e22}, {"n": -1e19}, b'{"n": 1e400}')
    report = import_items(world.db, world.project(0), path, actor=world.person())
    assert [reject.line for reject in report.first_rejects] == [14, 15, 16]
    assert [n for (n,) in one("SELECT body->'n'->'x'->0 FROM items ORDER BY id")] == numbers
    with world.db.read() as connection:
        for item in ledger.items(connection):
            content = orjson.dumps(item.body, option=orjson.OPT_SORT_KEYS)
            assert hmac.digest(b"salt", content, "sha256") == bytes(item.hash), item.body


@pytest.mark.parametrize(("order", "first"), [("value", "k3"), ("import", "k0")])
def test_the_policy_says_which_come_first(world: Any, one: Rows, tmp_path: Path, order: str, first: str) -> None:
    project = world.project(0, policy={"order": order})
    records = numbered(5)
    records[3]["attributes"] = {"value": "high"}
    import_items(world.db, project, write(tmp_path / "a.jsonl", *records), actor=world.person())
    queue = one(QUEUE)
    assert queue[0] == (first,)
    assert len(queue) == 5


def test_a_folder_of_pictures_is_copied_when_asked(
    world: Any, one: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quorate.actions.import_items.media_folder", lambda: tmp_path / "copies")
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, content in (("a.png", b"1"), ("b.png", b"2"), ("c.png", b"1"), ("d.txt", b"a text")):
        (folder / name).write_bytes(content)
    report = import_items(world.db, world.project(0), folder, actor=world.person(), copy_media=True)
    assert (report.imported, report.duplicates) == (4, 1)
    urls = dict(one("SELECT key, media->0->>'url' FROM items"))
    assert urls["a.png"] == urls["c.png"] != urls["b.png"]
    assert urls["a.png"].startswith("media:")
    assert urls["d.txt"] is None
    assert len([path for path in (tmp_path / "copies").rglob("*") if path.is_file()]) == 2


def test_rows_from_the_network_cannot_name_local_files(world: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"x")
    lines = [json.dumps({"text": "x", "media": [url]}).encode() for url in (str(secret), secret.as_uri())]
    report = import_rows(world.db, world.project(0), map(jsonl.parse, lines, (1, 2)), actor=world.person())
    assert counted(report) == (0, 0, 2)


def test_two_projects_do_not_see_each_other(world: Any, tmp_path: Path) -> None:
    path, actor = write(tmp_path / "a.jsonl", *numbered(3)), world.person()
    for _ in range(2):
        report = import_items(world.db, world.project(0), path, actor=actor)
        assert (counted(report), report.duplicates) == ((3, 0, 0), 0)


def test_half_a_parquet_file_brings_nothing_in(world: Any, one: Rows, tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(InvalidInput, match="Not a whole Parquet"):
        import_items(world.db, world.project(0), tmp_path / "a.parquet", actor=world.person())
    assert one("SELECT count(*) FROM items") == [(0,)]


CHILD = """
import sys
from pathlib import Path
from uuid import UUID
from quorate.actions.actor import Actor
from quorate.actions.import_items import import_items
from quorate.store.database import Database
url, project, workspace, path = sys.argv[1:]
import_items(Database(url), UUID(project), Path(path), actor=Actor(UUID(workspace)), batch=200)
"""


@pytest.mark.slow
def test_an_import_that_is_killed_is_resumed_by_running_it_again(
    world: Any, one: Rows, tmp_path: Path, database_url: str
) -> None:
    project = world.project(0, policy={"judgements": {"min": 2}})
    records = numbered(20_000)
    for number in range(0, 20_000, 100):
        records[number]["gold"] = {"topic": "b"}
    path = write(tmp_path / "a.jsonl", *records)
    child = subprocess.Popen([sys.executable, "-c", CHILD, database_url, str(project), str(world.workspace), str(path)])
    with psycopg.connect(database_url, autocommit=True) as watching:
        patience = time.monotonic() + 60
        while watching.execute("SELECT count(*) FROM items").fetchone()[0] < 1000:
            assert child.poll() is None
            assert time.monotonic() < patience
            time.sleep(0.005)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    ((before,),) = one("SELECT count(*) FROM items")
    assert 1000 <= before < 20_000
    assert before % 200 == 0, "a batch came in half"
    report = import_items(world.db, project, path, actor=Actor(world.workspace))
    assert counted(report) == (20_000 - before, before, 0)
    assert one("SELECT count(*), count(DISTINCT key) FROM items") == [(20_000, 20_000)]
    assert one("SELECT count(*), count(DISTINCT task_id) FROM openings") == [(39_600, 19_800)]
    assert one("SELECT count(*), max(gold_order) FROM tasks WHERE gold_order IS NOT NULL") == [(200, 200)]
    assert one("SELECT sum((detail->>'items')::int) FROM events WHERE verb = 'items.imported'") == [(20_000,)]


@pytest.mark.slow
def test_two_imports_at_once_leave_one_of_each(world: Any, one: Rows, tmp_path: Path, database_url: str) -> None:
    project = world.project(0)
    path = write(tmp_path / "a.jsonl", *numbered(3000))
    arguments = [sys.executable, "-c", CHILD, database_url, str(project), str(world.workspace), str(path)]
    children = [subprocess.Popen(arguments) for _ in range(2)]
    assert [child.wait(60) for child in children] == [0, 0]
    assert one("SELECT count(*), count(DISTINCT key) FROM items") == [(3000, 3000)]
    assert Counter(one("SELECT count(*) FROM openings")) == {(3000,): 1}
    assert clock.now() > one("SELECT max(created_at) FROM items")[0][0]
