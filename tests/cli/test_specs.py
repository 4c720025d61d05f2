"""`quorate apply`, `pull` and `spec`, as somebody types them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_project_as_code_from_apply_to_revert(quorate: Any, typed: Any, tmp_path: Path) -> None:
    folder = tmp_path / "reviews"
    shutil.copytree(EXAMPLES / "reviews", folder)
    code, plan, _ = quorate("apply", folder, "--dry-run")
    assert (code, plan["dry_run"], plan["created"], len(plan["changes"])) == (0, True, True, 8)
    code, done, _ = quorate("apply", folder)
    assert (code, len(done["changes"])) == (0, 8)
    assert quorate("apply", folder)[1]["changes"] == []
    assert quorate("pull", "reviews", folder)[1]["changed"] == []

    assert "one version only" in typed("spec", "diff", "reviews", "policy")[1]
    policy = folder / "policy.yaml"
    policy.write_text(policy.read_text().replace("confidence: 0.95", "confidence: 0.9"))
    code, done, _ = quorate("apply", folder, "--reason", "spend less")
    (change,) = done["changes"]
    assert change["differences"] == [{"at": "accept.confidence", "what": "changed", "old": 0.95, "new": 0.9}]
    assert [(v["version"], v["reason"]) for v in quorate("spec", "log", "reviews", "policy")[1]][-1] == (
        2,
        "spend less",
    )
    assert quorate("spec", "diff", "reviews", "policy")[1]["differences"] == change["differences"]
    assert quorate("spec", "revert", "reviews", "policy", "--to", 1)[0] == 0
    assert quorate("pull", "reviews", folder)[1]["changed"] == ["policy.yaml"]
    assert {s["kind"]: s["version"] for s in quorate("spec", "list", "reviews")[1]}["policy"] == 3

    code, _, said = quorate("spec", "log", "reviews", "schema")  # two of them, so one must be named
    assert (code, "Name one of severity, topic." in said) == (2, True)
    assert quorate("apply", EXAMPLES / "digits")[0] == 0
    assert [row["version"] for row in quorate("spec", "log", "digits", "schema")[1]] == [
        1
    ]  # the only one, whatever its name
    assert quorate("spec", "clone", "digits", "reviews", "template")[1]["changes"][0]["what"] == "changed"


def test_faults_are_told_with_exit_code_2(quorate: Any, tmp_path: Path) -> None:
    folder = tmp_path / "reviews"
    shutil.copytree(EXAMPLES / "reviews", folder)
    schema = folder / "schema.yaml"
    schema.write_text(schema.read_text().replace("key: p", "key: d").replace("kind: scale", "kind: scales"))
    code, told, said = quorate("apply", folder)
    assert code == 2
    assert [fault["where"].split(": ")[1] for fault in told["faults"]] == ["topic.classes[1].key", "severity.kind"]
    assert "Did you mean `scale`?" in said
    assert "schema.yaml:17: topic.classes[1].key" in said
    assert quorate("spec", "list", "reviews")[0] == 1
