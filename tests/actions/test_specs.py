"""Projects as code, against a real database: what applies, what is refused, and what becomes of earlier decisions."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
import yaml

from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
from quorate.actions.apply_project import apply_project
from quorate.actions.claim_task import claim_tasks
from quorate.actions.clone_spec import clone_spec
from quorate.actions.import_items import import_rows
from quorate.actions.publish_spec import publish_spec
from quorate.actions.pull_project import pull_project
from quorate.actions.rebuild_state import compare_state
from quorate.actions.refit_skills import refit_skills
from quorate.actions.revert_spec import revert_spec
from quorate.actions.revise_annotation import revise_annotation
from quorate.actions.seal_ledger import seal_ledger
from quorate.actions.show_case import show_case
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.verify_ledger import verify_ledger
from quorate.errors import Conflict, InvalidInput, NotFound
from quorate.formats.rows import row
from quorate.labels.fields import faults_of
from quorate.store import annotations, decisions, projects

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


def openings(one):
    """How many judgements are wanted, by item."""
    return dict(
        one(
            "SELECT i.key, count(o.task_id) FROM tasks t JOIN items i ON i.id = t.item_id"
            " LEFT JOIN openings o ON o.task_id = t.id WHERE t.state = 'open' GROUP BY 1 ORDER BY 1"
        )
    )


def test_another_policy_wants_more_or_fewer_judgements_of_what_is_open(world, run, one):
    strict = {**POLICY, "accept": {"confidence": 0.99}}
    report = run(policy={**strict, "judgements": {"min": 2, "max": 4}}, project={**PROJECT, "steps": [{"id": "topic"}]})
    rows = [row({"key": f"k{i}", "text": f"text {i}"}, i + 1) for i in range(3)]
    import_rows(world.db, report.project_id, rows, actor=world.person())
    person = world.person()
    answered, _ = claim_tasks(world.db, person, [report.project_id], 2)
    submit_annotation(world.db, person, Submission(answered.lease.id, "a", seconds=9))
    assert openings(one) == {"k0": 1, "k1": 1, "k2": 2}  # k0 has an answer, k1 is held
    for least, most, wanted in ((4, 4, (3, 3, 4)), (1, 4, (1, 0, 1)), (3, 3, (2, 2, 3)), (1, 1, (0, 0, 1))):
        run(policy={**strict, "judgements": {"min": least, "max": most}})
        assert tuple(openings(one).values()) == wanted
        assert compare_state(world.db, report.project_id) == []


def test_an_answer_under_the_former_policy_meets_the_new_one(world, run, one, monkeypatch):
    """The policy changes between what a submit reads and what it writes: it reads again."""
    strict = {**POLICY, "accept": {"confidence": 0.99}}
    steps = {**PROJECT, "steps": [{"id": "topic"}]}
    report = run(policy={**strict, "judgements": {"min": 1, "max": 3}}, project=steps)
    import_rows(world.db, report.project_id, [row({"key": "k0", "text": "text"}, 1)], actor=world.person())
    person = world.person()
    (claimed,) = claim_tasks(world.db, person, [report.project_id])
    seen = []

    def look(*arguments):
        held = annotations_look(*arguments)
        if not seen:
            run(policy={**strict, "judgements": {"min": 3, "max": 3}})
        seen.append(held.epoch)
        return held

    annotations_look = annotations.look
    monkeypatch.setattr(annotations, "look", look)
    submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=9))
    assert len(set(seen)) == 2
    assert openings(one) == {"k0": 2}
    assert compare_state(world.db, report.project_id) == []


def test_another_policy_may_find_that_enough_was_said(world, run, one):
    steps = {**PROJECT, "steps": [{"id": "topic"}]}
    report = run(policy={**POLICY, "judgements": {"min": 2, "max": 4}}, project=steps)
    import_rows(world.db, report.project_id, [row({"key": "k0", "text": "text"}, 1)], actor=world.person())
    person = world.person()
    (claimed,) = claim_tasks(world.db, person, [report.project_id])
    assert submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=9)).state == "open"
    run(policy=POLICY)
    ((step,),) = one("SELECT args ->> 'step' FROM procrastinate_jobs WHERE task_name = 'refit_skills'")
    refit_skills(world.db, UUID(step))
    assert one("SELECT state FROM tasks") == [("decided",)]


def test_a_question_that_is_taken_out_while_somebody_holds_it_is_told(world, run, one):
    report = run(policy={**POLICY, "judgements": {"min": 2, "max": 2}, "accept": {"confidence": 0.99}})
    import_rows(world.db, report.project_id, [row({"key": "k0", "text": "text"}, 1)], actor=world.person())
    person, expert = world.person(), world.person()
    for value in "ab":
        other = world.person()
        (claimed,) = claim_tasks(world.db, other, [report.project_id])
        said = submit_annotation(world.db, other, Submission(claimed.lease.id, value, seconds=9))
    ((case, _),) = claim_cases(world.db, expert, [report.project_id])
    import_rows(world.db, report.project_id, [row({"key": "k1", "text": "more"}, 1)], actor=world.person())
    (claimed,) = claim_tasks(world.db, person, [report.project_id])
    run(project={**PROJECT, "steps": [{"id": "severity"}]})
    for attempt in (
        lambda: submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=9)),
        lambda: revise_annotation(world.db, other, said.annotation, "a"),
        lambda: adjudicate_task(world.db, expert, Verdict(case, "a", "it says so")),
        lambda: show_case(world.db, expert, case),
    ):
        with pytest.raises(Conflict) as raised:
            attempt()
        assert raised.value.mend


def test_conditions_are_looked_at_again_all_at_once(world, run, one, monkeypatch):
    """A new condition on a step of many items: the number of statements does not grow with them."""
    report = run()
    decide(world, report.project_id, *"abab" * 3)
    assert dict(one("SELECT state, count(*) FROM tasks GROUP BY 1")) == {"decided": 12, "open": 6, "retired": 6}
    asked = []
    of_items = decisions.of_items
    monkeypatch.setattr(decisions, "of_items", lambda c, items: asked.append(len(items)) or of_items(c, items))
    run(project={**PROJECT, "steps": [{"id": "topic"}, {"id": "severity", "when": "topic.value == 'b'"}]})
    assert asked[0] == 12
    assert len(asked) <= 2
    states = one(
        "SELECT d.value, t.state, (SELECT count(*) FROM openings o WHERE o.task_id = t.id) FROM tasks t"
        " JOIN steps s ON s.id = t.step_id AND s.name = 'severity'"
        " JOIN tasks f ON f.item_id = t.item_id AND f.id <> t.id JOIN decisions d ON d.id = f.decision_id"
    )
    assert sorted(set(states)) == [("a", "retired", 0), ("b", "open", 1)]
    assert compare_state(world.db, report.project_id) == []


def test_an_answer_to_what_is_not_asked_any_more_is_kept_and_decides_nothing(world, run, one):
    """Somebody holds a task whose condition ceases to hold, another one whose step is taken out."""
    report = run(policy={**POLICY, "judgements": {"min": 1, "max": 1}})
    decide(world, report.project_id, "a", "a")
    one_, two = world.person(), world.person()
    ((held,), (late,)) = (claim_tasks(world.db, person, [report.project_id]) for person in (one_, two))
    run(project={**PROJECT, "steps": [{"id": "topic"}, {"id": "severity", "when": "topic.value == 'b'"}]})
    done = submit_annotation(world.db, one_, Submission(held.lease.id, 1, seconds=9))
    assert done.state == "retired"
    assert one("SELECT count(*) FROM annotations WHERE id = %s", done.annotation) == [(1,)]
    severity = "SELECT t.state, t.decision_id FROM tasks t JOIN steps s ON s.id = t.step_id AND s.name = 'severity'"
    assert one(severity) == [("retired", None)] * 2
    assert compare_state(world.db, report.project_id) == []
    run(project={**PROJECT, "steps": [{"id": "topic"}]})
    with pytest.raises(Conflict, match="taken out"):
        submit_annotation(world.db, two, Submission(late.lease.id, 1, seconds=9))
    assert claim_tasks(world.db, two, [report.project_id]) == []
    assert compare_state(world.db, report.project_id) == []


def test_a_label_that_comes_back_is_told_as_restored(world, run, one):
    """`task.restored` tells of a label in force again, and opens what waited for it."""
    steps = [{"id": "topic"}, {"id": "severity", "when": "topic.value == 'a'"},
             {"id": "why", "schema": "topic", "when": "severity.confidence > 0.0"}]  # fmt: skip
    report = run(project={**PROJECT, "steps": steps})
    decide(world, report.project_id, "a")
    person = world.person()
    (claimed,) = claim_tasks(world.db, person, [report.project_id])
    submit_annotation(world.db, person, Submission(claimed.lease.id, 1, seconds=9))
    states = "SELECT s.name, t.state FROM tasks t JOIN steps s ON s.id = t.step_id ORDER BY s.position"
    assert one(states) == [("topic", "decided"), ("severity", "decided"), ("why", "open")]
    run(project={**PROJECT, "steps": [steps[0], {**steps[1], "when": "topic.value == 'b'"}, steps[2]]})
    assert one(states) == [("topic", "decided"), ("severity", "retired"), ("why", "waiting")]
    run(project={**PROJECT, "steps": steps})
    assert one(states) == [("topic", "decided"), ("severity", "decided"), ("why", "open")]
    assert one("SELECT count(*) FROM events WHERE verb = 'task.restored'") == [(1,)]
    assert compare_state(world.db, report.project_id) == []
    seal_ledger(world.db)
    assert verify_ledger(world.db).fault is None
