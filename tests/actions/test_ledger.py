"""The ledger: sealed in blocks, recomputed, and what was altered behind the application's back is found and named."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from quorate.actions.actor import Actor
from quorate.actions.apply_project import apply_project
from quorate.actions.claim_task import claim_tasks
from quorate.actions.import_items import import_items
from quorate.actions.seal_ledger import seal_ledger
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.verify_ledger import verify_ledger
from quorate.errors import put_in
from quorate.ids import new_id
from quorate.store import projects


@pytest.fixture
def honest(world, tmp_path):
    """A project made through the doors, worked in, and sealed in two blocks."""
    (tmp_path / "project.yaml").write_text("name: p\nsteps: [{id: topic, question: 'Which?', schema: topic}]\n")
    (tmp_path / "schema.yaml").write_text("topic: {kind: choice, classes: [a, b]}\n")
    (tmp_path / "policy.yaml").write_text(
        "judgements: {min: 1, max: 3}\naccept: {confidence: 0.6}\ngold: {rate: 0}\naudit: {rate: 0}\n"
    )
    operator = Actor(world.workspace)
    apply_project(world.db, operator, tmp_path)
    rows = tmp_path / "items.jsonl"
    rows.write_text("".join(f'{{"key": "i{n}", "text": "item {n}"}}\n' for n in range(6)))
    with world.db.read() as connection:
        project = projects.find(connection, world.workspace, "p").id
    import_items(world.db, project, rows, actor=operator)
    for _ in range(2):
        person = world.person()
        for claimed in claim_tasks(world.db, person, [project], 3):
            submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=9.0, comment="so"))
        assert seal_ledger(world.db) == 1
    return world


def alter(world, sql):
    """Change something as an attacker with the database's password would: triggers off, then on again."""
    table = sql.split()[2 if sql.startswith(("DELETE", "INSERT")) else 1]
    with world.db.write() as connection:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        assert connection.execute(text(sql)).rowcount == 1
        connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))


def fault(world):
    """What does not fit, as a sentence; it is the one that is translated, with its facts put in."""
    found = verify_ledger(world.db).to_json()
    assert found["ok"] == (found["fault"] is None) == (found["said"] is None)
    if found["said"]:
        assert put_in(found["said"]["detail"], found["said"]["facts"]).split("(")[0] == found["fault"].split("(")[0]
    return found["fault"]


ONE = "(SELECT id FROM {0} ORDER BY id LIMIT 1)"


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        (f"UPDATE annotations SET value = '\"b\"' WHERE id = {ONE.format('annotations')}", "annotation.submitted"),
        (f"UPDATE annotations SET seconds = 9.5 WHERE id = {ONE.format('annotations')}", "annotation.submitted"),
        (f"UPDATE decisions SET confidence = 1 WHERE id = {ONE.format('decisions')}", "task.decided"),
        (f"DELETE FROM decisions WHERE id = {ONE.format('decisions')}", "is gone"),
        ("UPDATE events SET actor = gen_random_uuid() WHERE seq = 2", "block 1"),
        ("DELETE FROM events WHERE seq = 2", "Block 1 was sealed over"),
        ("UPDATE blocks SET root = sha256('x') WHERE number = 2", "header of block 2"),
        ("DELETE FROM blocks WHERE number = 1", "Block 2 does not follow"),
        ("UPDATE items SET body = '{\"text\": \"other\"}' WHERE key = 'i3'", "Item 'i3'"),
    ],
)
def test_whatever_is_altered_is_named(honest, sql, named):
    assert fault(honest) is None
    alter(honest, sql)
    assert named in fault(honest)


def test_a_row_that_no_event_tells_of_is_found(honest):
    columns = "project_id, task_id, account_id, assignment_id, role, value, cost, schema_id, created_at"
    alter(
        honest,
        f"INSERT INTO annotations (id, {columns}) SELECT '{new_id()}', {columns} FROM annotations LIMIT 1",
    )
    assert "no event tells of" in fault(honest)


def test_the_database_itself_refuses_to_change_what_was_said(honest):
    for table in ("annotations", "decisions", "events", "blocks", "specs", "findings", "adjudications", "audits"):
        for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(Exception, match="append-only"), honest.db.write() as connection:
                connection.execute(text(statement))


def test_events_of_a_slow_transaction_are_never_left_out_of_a_block(honest):
    """An event whose number is drawn before, and committed after, others must not fall between two blocks."""
    started, finish = threading.Event(), threading.Event()

    def slow():
        with honest.db.write() as connection:
            connection.execute(text("UPDATE projects SET epoch = epoch"))
            connection.execute(
                text("INSERT INTO events (at, verb, object_id, detail, content)"
                     " VALUES (now(), 'test.slow', gen_random_uuid(), '{}', sha256('{}'))")
            )  # fmt: skip
            started.set()
            finish.wait(10)

    thread = threading.Thread(target=slow)
    thread.start()
    started.wait(10)
    with honest.db.write() as connection:
        connection.execute(text("UPDATE accounts SET kind = kind"))
        connection.execute(
            text("INSERT INTO events (at, verb, object_id, detail, content)"
                 " VALUES (now(), 'test.fast', gen_random_uuid(), '{}', sha256('{}'))")
        )  # fmt: skip
    assert seal_ledger(honest.db, wait=0.3) == 0  # it waits for the slow one rather than passing it over
    finish.set()
    thread.join()
    assert seal_ledger(honest.db) == 1
    assert verify_ledger(honest.db).ok
    assert verify_ledger(honest.db).unsealed == 0
