"""Projects as code, against a real database: what applies, what is refused, and what becomes of earlier decisions."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from quorate.actions.apply_project import apply_project
from quorate.actions.claim_task import claim_tasks
from quorate.actions.clone_spec import clone_spec
from quorate.actions.import_items import import_rows
from quorate.actions.publish_spec import publish_spec
from quorate.actions.pull_project import pull_project
from quorate.actions.revert_spec import revert_spec
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.errors import InvalidInput, NotFound
from quorate.formats.rows import row
from quorate.labels.fields import faults_of
from quorate.store import projects

PROJECT = {
    "name": "reviews",
    "budget": {"total": 90, "currency": "EUR"},
    "steps": [{"id": "topic"}, {"id": "severity", "when": "topic.value == 'a'"}],
}
SCHEMA = {"topic": {"kind": "choice", "classes": ["a", "b", "c"]}, "severity": {"kind": "scale", "points": 3}}
POLICY = {
    "judgements": {"min": 1, "max": 3}, "accept": {"confidence": 0.4}, "gold": {"rate": 0}, "audit": {"rate": 0},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path / "reviews", project=PROJECT, schema=SCHEMA, policy=POLICY)
    (tmp_path / "reviews" / "guideline.md").write_text("# Guide\n\n1.1 Read it.\n")
    return tmp_path / "reviews"


def put(folder: Path, **bodies: object) -> None:
    folder.mkdir(exist_ok=True)
    for name, body in bodies.items():
        (folder / f"{name}.yaml").write_text(f"# a comment\n{yaml.safe_dump(body, sort_keys=False)}")


def topic(*classes: str, **migrate: str) -> dict[str, object]:
    return {**SCHEMA, "topic": {"kind": "choice", "classes": list(classes), "migrate": migrate}}


@pytest.fixture
def operator(world):
    return world.person()


@pytest.fixture
def run(world, operator, folder):
    """Apply the folder, after changing some of it."""

    def run(dry_run=False, **bodies):
        put(folder, **bodies)
        return apply_project(world.db, operator, folder, dry_run=dry_run)

    return run


def decide(world, project, *values):
    """Items whose topics are decided by one annotator, in order; a known answer where the value is in brackets."""
    rows = [row({"key": f"k{i}", "text": f"text {i}", **_gold(v)}, i + 1) for i, v in enumerate(values)]
    import_rows(world.db, project, rows, actor=world.person())
    person = world.person()
    wanted = {f"k{i}": value for i, value in enumerate(values)}
    for claimed in claim_tasks(world.db, person, [project], len(values)):
        said = Submission(claimed.lease.id, wanted[claimed.lease.key], seconds=9)
        assert submit_annotation(world.db, person, said).state == "decided"


def _gold(value):
    return {"gold": {"topic": value[1:-1]}} if value.startswith("[") else {}


TOPICS = """
SELECT i.key, t.state, d.value, d.kind FROM tasks t JOIN items i ON i.id = t.item_id JOIN steps s ON s.id = t.step_id
LEFT JOIN decisions d ON d.id = t.decision_id WHERE s.name = %s ORDER BY i.key
"""


def test_a_folder_becomes_a_project_and_again_changes_nothing(world, run, one):
    report = run()
    assert report.created
    assert {(c.kind, c.name, c.version, c.what) for c in report.changes} == {
        ("project", "project", 1, "added"), ("schema", "topic", 1, "added"), ("schema", "severity", 1, "added"),
        ("policy", "policy", 1, "added"), ("guideline", "guideline", 1, "added"),
    }  # fmt: skip
    assert one("SELECT name, position FROM steps ORDER BY position") == [("topic", 0), ("severity", 1)]
    assert one("SELECT budget::int, pool::int, currency, epoch FROM projects") == [(90, 90, "EUR", 1)]
    assert one("SELECT count(*) FROM events WHERE verb = 'spec.published'") == [(5,)]
    assert one("SELECT role FROM members") == [("manager",)]
    again = run()
    assert (again.created, again.changes) == (False, [])
    assert one("SELECT count(*) FROM specs") == [(5,)]


def test_a_dry_run_tells_the_same_and_keeps_nothing(run, one):
    dry = run(dry_run=True)
    assert one("SELECT (SELECT count(*) FROM specs) + (SELECT count(*) FROM projects)") == [(0,)]
    real = run()
    told = {**dry.to_json(), **dict.fromkeys(("dry_run", "project_id"))}
    assert told == {**real.to_json(), **dict.fromkeys(("dry_run", "project_id"))}


def test_a_change_is_told_field_by_field(run, one):
    run()
    report = run(policy={**POLICY, "accept": {"confidence": 0.5}}, schema=topic("a", "b", "c", "d"))
    assert {str(d) for c in report.changes for d in c.differences} == {
        "~ accept.confidence: 0.4 → 0.5",
        "+ classes.d: d",
        "+ migrate: {}",
    }
    assert one("SELECT max(version) FROM specs") == [(2,)]


def test_everything_wrong_is_told_at_once_with_file_and_line_and_nothing_is_done(run, folder, one):
    (folder / "guideline.md").write_text("1.1 One\n\n1.1 Two\n")
    with pytest.raises(InvalidInput) as caught:
        run(
            schema={"topic": {"kind": "choice", "classes": [{"id": "a", "key": "1"}, {"id": "b", "key": "1"}]},
                    "severity": {"kind": "scael", "points": 3}},
            policy={**POLICY, "escalate": [{"when": "confidense < 0.5", "reason": "x"}]},
        )  # fmt: skip
    places = {(fault.where or "") for fault in faults_of(caught.value)}
    assert "schema.yaml:8: topic.classes[1].key" in places
    assert "schema.yaml:10: severity.kind" in places
    assert "policy.yaml:12: escalate[0].when" in places
    assert "guideline.md:1: text" in places
    assert one("SELECT count(*) FROM specs") == [(0,)]


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        ([{"id": "topic"}, {"id": "topic"}], "steps[1].id"),
        ([{"id": "topic", "schema": "tpoic"}], "steps[0].schema"),
        ([{"id": "topic", "when": "severity.value == '1'"}, {"id": "severity"}], "steps[0].when"),
        ([{"id": "topic", "when": "topic.value == 'a'"}], "steps[0].when"),
        ([{"id": "topic"}, {"id": "severity", "when": "topic.value > 3"}], "steps[1].when"),
        ([], "steps"),
    ],
)
def test_steps_look_back_at_steps_that_exist(run, steps, place):
    with pytest.raises(InvalidInput) as caught:
        run(project={**PROJECT, "steps": steps})
    assert (caught.value.where or "").startswith("project.yaml:")
    assert (caught.value.where or "").endswith(f": {place}")


def test_pull_after_apply_changes_nothing_and_a_fresh_pull_applies_to_nothing(world, run, folder, operator, tmp_path):
    report = run()
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert pull_project(world.db, report.project_id, folder) == []
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before
    fresh = tmp_path / "fresh"
    assert pull_project(world.db, report.project_id, fresh) == [
        "guideline.md", "policy.yaml", "project.yaml", "schema.yaml",
    ]  # fmt: skip
    assert apply_project(world.db, operator, fresh).changes == []
    assert pull_project(world.db, report.project_id, fresh) == []


def test_a_class_that_is_gone_must_be_mapped(world, run, one):
    project = run().project_id
    decide(world, project, "a", "b", "c")
    with pytest.raises(InvalidInput, match="`c` is gone") as caught:
        run(schema=topic("a", "b"))
    assert (caught.value.where or "").startswith("schema.yaml:")
    assert one("SELECT max(version) FROM specs") == [(1,)]


def test_mapped_answers_are_new_decisions_and_a_revert_restores_the_former(world, run, one, operator):
    project = run().project_id
    decide(world, project, "a", "[c]", "b", "c")
    before = one(TOPICS, "topic")
    report = run(schema=topic("a", "b", c="b"))
    assert (report.mapped, report.asked_again) == (2, 0)
    assert one(TOPICS, "topic") == [
        ("k0", "decided", "a", "crowd"), ("k1", "decided", "b", "mapped"), ("k2", "decided", "b", "crowd"),
        ("k3", "decided", "b", "mapped"),
    ]  # fmt: skip
    assert one("SELECT count(*) FROM decisions n JOIN decisions o ON o.id = n.supersedes WHERE n.kind = 'mapped'") == [
        (2,)
    ]
    assert one("SELECT gold FROM tasks WHERE gold IS NOT NULL") == [("b",)]
    assert one("SELECT DISTINCT s.version FROM annotations a JOIN specs s ON s.id = a.schema_id") == [(1,)]
    assert one("SELECT count(*) FROM skills") == [(0,)]

    with world.db.read() as connection:
        found = projects.get(connection, project)
    back = revert_spec(world.db, operator, found, "schema", "topic", 1)
    assert back.restored == 2
    assert one(TOPICS, "topic") == before
    assert one("SELECT gold FROM tasks WHERE gold IS NOT NULL") == [("c",)]
    assert one("SELECT version, reverts FROM specs WHERE name = 'topic' ORDER BY version") == [
        (1, None),
        (2, None),
        (3, 1),
    ]
    assert one("SELECT count(*) FROM decisions WHERE kind = 'mapped'") == [(2,)]


def test_ask_again_opens_the_task_and_closes_what_followed_from_it(world, run, one, operator):
    project = run().project_id
    decide(world, project, "a", "b")
    assert one(TOPICS, "severity")[0][1] == "open"
    report = run(schema=topic("a", "b", "c", "a2", a="ask again"))
    assert (report.mapped, report.asked_again) == (0, 1)
    assert [r[1] for r in one(TOPICS, "topic")] == ["open", "decided"]
    assert one(TOPICS, "severity")[0][1] == "waiting"
    assert one("SELECT count(*) FROM openings") == [(1,)]
    again = run(schema={**topic("a", "b", "c", "a2", a="ask again"), "severity": {"kind": "scale", "points": 4}})
    assert again.asked_again == 0

    with world.db.read() as connection:
        found = projects.get(connection, project)
    back = revert_spec(world.db, operator, found, "schema", "topic", 1)
    assert back.restored == 1
    assert [r[1:3] for r in one(TOPICS, "topic")] == [("decided", "a"), ("decided", "b")]
    assert one(TOPICS, "severity")[0][1] == "open"


def test_values_in_force_that_would_not_be_allowed_are_named(world, run, one):
    number = {**SCHEMA, "topic": {"kind": "number", "min": 0, "max": 100}}
    steps = [{"id": "topic"}]
    project = run(project={**PROJECT, "steps": steps}, schema=number).project_id
    import_rows(world.db, project, [row({"key": "k", "text": "x", "gold": {"topic": 50}}, 1)], actor=world.person())
    narrower = {**SCHEMA, "topic": {"kind": "number", "min": 0, "max": 10}}
    with pytest.raises(InvalidInput, match=r"50(\.0)? is in force"):
        run(schema=narrower)
    narrower["topic"]["migrate"] = {"*": "ask again"}
    assert run(schema=narrower).asked_again == 1


def test_steps_come_and_go_with_their_tasks(world, run, one):
    project = run(project={**PROJECT, "steps": [{"id": "topic"}]}).project_id
    decide(world, project, "a", "b")
    report = run(project=PROJECT)
    assert report.tasks_added == 2
    assert [r[1] for r in one(TOPICS, "severity")] == ["open", "retired"]
    assert one("SELECT count(*) FROM openings") == [(1,)]
    run(project={**PROJECT, "steps": [{"id": "topic"}, {"id": "severity"}]})
    assert [r[1] for r in one(TOPICS, "severity")] == ["open", "open"]
    assert one("SELECT count(*) FROM openings") == [(2,)]
    run(project={**PROJECT, "steps": [{"id": "topic"}]})
    assert [r[1] for r in one(TOPICS, "severity")] == ["retired", "retired"]
    assert one("SELECT count(*) FROM openings") == [(0,)]
    run(project=PROJECT)
    assert [r[1] for r in one(TOPICS, "severity")] == ["open", "retired"]


def test_a_spec_that_the_folder_no_longer_has_is_withdrawn(world, run, folder, one):
    project = run().project_id
    (folder / "guideline.md").unlink()
    (change,) = run().changes
    assert (change.kind, change.what, change.version) == ("guideline", "withdrawn", 2)
    with world.db.read() as connection:
        assert "guideline" not in {r.kind for r in projects.specs_in_force(connection, project)}
    assert run().changes == []
    assert pull_project(world.db, project, folder) == []


def test_one_spec_is_published_and_cloned(world, run, operator, folder, tmp_path):
    project = run().project_id
    publish_spec(world.db, operator, "reviews", "guideline", "guideline", {"text": "2.1 New.\n"}, reason="clearer")
    with pytest.raises(InvalidInput) as caught:
        publish_spec(world.db, operator, "reviews", "schema", "topic", {"kind": "nothing"}, reason="wrong")
    assert caught.value.where == "topic.kind"
    put(tmp_path / "other", project={"name": "other", "steps": [{"id": "topic"}]}, schema=topic("x", "y"))
    apply_project(world.db, operator, tmp_path / "other")
    with world.db.read() as connection:
        source, target = projects.get(connection, project), projects.find(connection, world.workspace, "other")
    clone_spec(world.db, operator, source, target, "guideline", "guideline")
    with world.db.read() as connection:
        bodies = {row.kind: row.body for row in projects.specs_in_force(connection, target.id)}
    assert bodies["guideline"] == {"text": "2.1 New.\n"}
    with pytest.raises(NotFound, match="no version 9"):
        revert_spec(world.db, operator, source, "guideline", "guideline", 9)


def test_after_ask_again_old_answers_are_not_heard(world, run, operator, one):
    steps = [{"id": "topic"}]
    strict = {**POLICY, "judgements": {"min": 1, "max": 5}, "accept": {"confidence": 0.97}}
    project = run(project={**PROJECT, "steps": steps}, policy=strict).project_id
    import_rows(world.db, project, [row({"key": "k", "text": "x"}, 1)], actor=operator)

    def answer(value):
        person = world.person()
        (claimed,) = claim_tasks(world.db, person, [project])
        return submit_annotation(world.db, person, Submission(claimed.lease.id, value, seconds=9)).state

    assert answer("a") == answer("a") == "open"
    run(schema=topic("a", "b", "c", "a2", a="ask again"), policy={**strict, "accept": {"confidence": 0.4}})
    assert answer("a2") == "decided"
    ((value, evidence),) = one("SELECT value, evidence FROM decisions")
    assert value == "a2"
    assert len(evidence) == 1
