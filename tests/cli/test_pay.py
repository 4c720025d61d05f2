"""`quorate pay`, as somebody types it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from quorate.actions.actor import Actor
from quorate.actions.claim_task import claim_tasks
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.tell_pay import account_named
from quorate.cli import connect

SPECS = {
    "project": "name: letters\nobjective: Tell them apart.\nbudget: {total: 9, currency: USD}\n"
    "steps:\n  - {id: letter, question: Which letter?, schema: letter}\n",
    "schema": "letter:\n  kind: choice\n  classes: [a, b]\n",
    "policy": "judgements: {min: 3, max: 3}\npay: {judgement: 0.01, bonus: 0.02, bonus_tasks: 20}\n",
}


def test_a_run_of_bonuses_is_given_listed_and_taken_back_once(quorate: Any, typed: Any, tmp_path: Path) -> None:
    for name, text in SPECS.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    items = tmp_path / "items.jsonl"
    items.write_text("".join(json.dumps({"id": f"i{n}", "text": "ab"[n % 2]}) + "\n" for n in range(24)))
    assert quorate("apply", tmp_path)[0] == 0
    assert quorate("import", "letters", items)[0] == 0
    people = ("ann", "ben", "cy")
    for name in people:
        assert quorate("account", "add", name, "--role", "letters:annotator", "--token", "work")[0] == 0
    _say_what_they_see(people)
    assert typed("pay", "bonus-runs", "letters")[1].strip() == "No bonus was given."

    code, given, _ = quorate("pay", "bonus", "letters")
    assert (code, len(given)) == (0, 3)
    total = sum(Decimal(one["amount"]) for one in given)
    ((run,), before) = quorate("pay", "bonus-runs", "letters")[1], quorate("pay", "statement", "letters")[1]
    assert (run["people"], Decimal(run["amount"]), Decimal(run["taken_back"])) == (3, total, 0)
    assert quorate("pay", "take-back", "letters", run["run"], "--reason", " ")[0] == 2
    assert quorate("pay", "take-back", "letters", "019a3f6e-7c1d-7b52-9d0e-4f1c2b3a4d5e", "--reason", "Why?")[0] == 1
    assert quorate("pay", "statement", "letters")[1] == before, "what is refused moves nothing"

    code, said, _ = typed("pay", "take-back", "letters", run["run"], "--reason", "The guideline changed.")
    assert (code, said.strip()) == (0, f"{total:f} USD are taken back")
    assert Decimal(quorate("pay", "bonus-runs", "letters")[1][0]["taken_back"]) == total
    assert f"{total:f} taken back" in typed("pay", "bonus-runs", "letters")[1]
    after = quorate("pay", "statement", "letters")[1]
    code, again, _ = quorate("pay", "take-back", "letters", run["run"], "--reason", "Once more.")
    assert (code, sum(Decimal(one["amount"]) for one in again)) == (0, total)
    assert quorate("pay", "statement", "letters")[1] == after != before, "the second time nothing moves"


def _say_what_they_see(people: tuple[str, ...]) -> None:
    with connect.to_project("letters") as (db, found, _):
        for name in people:
            actor = Actor(found.workspace_id, account_named(db, found, name), False)
            for claimed in claim_tasks(db, actor, [found.id], 24):
                submit_annotation(db, actor, Submission(claimed.lease.id, claimed.lease.body["text"], seconds=5.0))
