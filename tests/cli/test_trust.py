"""`quorate qualified` and `quorate lead`, as somebody types them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_exams_and_trainings_as_code_and_who_has_passed_them(quorate: Any, tmp_path: Path) -> None:
    folder = tmp_path / "reviews"
    shutil.copytree(EXAMPLES / "reviews", folder)
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
