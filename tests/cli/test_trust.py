"""`quorate qualified` and `quorate lead`, as somebody types them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from quorate.actions.actor import Actor
from quorate.actions.add_account import ensure_workspace
from quorate.actions.claim_task import claim_tasks
from quorate.actions.rules import rules_now
from quorate.actions.sit_exam import answer_question, start_exam
from quorate.actions.take_training import practise, read_lesson
from quorate.errors import Unqualified
from quorate.store import accounts, projects
from quorate.store.database import Database

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_exams_and_trainings_as_code_and_who_has_passed_them(quorate: Any, tmp_path: Path) -> None:
    folder = tmp_path / "reviews"
    shutil.copytree(EXAMPLES / "reviews", folder)
    (folder / "exam.yaml").unlink()
    (folder / "exam").mkdir()
    (folder / "exam" / "basics.yaml").write_text("bar: 0.6\nquestions: {min: 4, max: 12}\n")
    (folder / "exam" / "hard.yaml").write_text("bar: 0.9\nquestions: {max: 20}\n")
    policy = folder / "policy.yaml"
    policy.write_text(policy.read_text() + "\nqualification:\n  - {exam: basics}\n")
    code, told, _ = quorate("apply", folder)
    assert code == 2
    assert told["error"]["where"].startswith("exam/hard.yaml:2: questions.max")
    (folder / "exam" / "hard.yaml").write_text("bar: 0.9\n")
    code, done, _ = quorate("apply", folder)
    assert code == 0
    assert {change["name"] for change in done["changes"] if change["kind"] == "exam"} == {"basics", "hard"}
    assert quorate("pull", "reviews", folder)[1]["changed"] == []
    for wrong in (("--role", "nowhere:annotator"), ("--role", "reviews:annotator", "--token", "judge")):
        assert quorate("account", "add", "ada", "--token", "work", *wrong)[0] != 0  # and nothing is half-done
    assert quorate("account", "add", "ada", "--role", "reviews:annotator", "--token", "work")[0] == 0
    assert [(one["name"], one["roles"]) for one in quorate("account", "list")[1]] == [("ada", ["reviews:annotator"])]
    code, rows, _ = quorate("qualified", "reviews")
    (term,) = rows[0]["qualification"]
    assert (rows[0]["name"], term["kind"], term["name"], term["state"]) == ("ada", "exam", "basics", "missing")
    code, told, _ = quorate("retake", "reviews", "basics", "ada", "--reason", "The connection broke down.")
    assert (code, told["error"]["type"]) == (1, "conflict"), "ada has not sat it yet"
    assert quorate("lead", "list", "reviews")[1] == []
    assert quorate("lead", "propose")[1] == {"proposed": 0}
    code, told, _ = quorate("lead", "accept", "reviews", "019a3f6e-7c1d-7b52-9d0e-4f1c2b3a4d5e")
    assert (code, told["error"]["type"]) == (1, "not-found")


def test_the_example_teaches_and_tests_newcomers(quorate: Any, tmp_path: Path, database_url: str) -> None:
    """As its policy says it can: a training and an exam before there is work."""
    folder = tmp_path / "reviews"
    shutil.copytree(EXAMPLES / "reviews", folder)
    policy = folder / "policy.yaml"
    before, marker, lines = policy.read_text().partition("# qualification:")
    policy.write_text(before + (marker + lines).replace("# ", ""))
    assert quorate("apply", folder)[0] == 0
    assert quorate("import", "reviews", folder / "items.jsonl")[0] == 0
    assert quorate("apply", folder)[1]["changes"] == [], "with items there are enough known ones for the exam"
    assert quorate("account", "add", "ada", "--role", "reviews:annotator", "--token", "work")[0] == 0
    db = Database(database_url)
    workspace = ensure_workspace(db)
    with db.read() as connection:
        account = accounts.find(connection, workspace, "ada")
        project = projects.find(connection, workspace, "reviews")
    ada = Actor(workspace, account.id)
    with pytest.raises(Unqualified, match="training `training`"):
        claim_tasks(db, ada, [project.id])
    wanted = {lesson.id: lesson for lesson in rules_now(db, project.id).trainings["training"][1].lessons}
    assert "escalate" in wanted
    for id, lesson in wanted.items():
        read_lesson(db, ada, project, "training", id)
        for place, practice in enumerate(lesson.practice):
            assert practise(db, ada, project, "training", id, place, practice.answer)["right"]
    rows = map(json.loads, (folder / "items.jsonl").read_text().splitlines())
    known = {row["text"]: row["gold"]["topic"] for row in rows if "gold" in row}
    told = start_exam(db, ada, project, "exam")
    while told["question"]:
        answer = known[told["question"]["body"]["text"]]
        told = answer_question(db, ada, project, "exam", told["question"]["id"], answer)
    assert (told["state"], told["tests"][0]["asked"]) == ("passed", 8)
    assert len(claim_tasks(db, ada, [project.id])) == 1
    db.close()
