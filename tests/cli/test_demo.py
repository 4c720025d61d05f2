"""The demonstration, whole: a real server, a real database, every client over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys

from quorate.cli.demonstration.crowd import experts
from quorate.cli.demonstration.stage import examples
from quorate.flow.policy import Policy
from quorate.formats import project_folder


def test_the_demonstration_labels_better_than_five_votes_and_finds_out_who_does_not_look():
    command = [
        sys.executable,
        "-m",
        "quorate.cli.main",
        "demo",
        "--no-serve",
        "--json",
        "--items",
        "500",
        "--port",
        "0",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    outcome = json.loads(done.stdout)
    assert outcome["items"] == outcome["decided"] == 500
    assert outcome["judgements_per_item"] < 5
    assert outcome["accuracy"] > 0.97
    assert outcome["accuracy"] >= outcome["accuracy_fixed5"] - 0.01
    assert outcome["adjudicated"] > 0
    assert {"random", "constant", "adversary"} <= set(outcome["found_out"])
    assert not any(name.startswith(("careful", "ordinary")) for name in outcome["found_out"])
    assert outcome["flagged"] == len(outcome["found_out"])
    assert outcome["certificate"]["audits"] > 0
    assert 0 < outcome["certificate"]["error_upper"] < 1
    assert outcome["ledger_verified"] is True


def test_it_asks_for_no_more_experts_than_come():
    """Else the first item on which both are at odds waits for a third for ever."""
    specs = {one.kind: one.body for one in project_folder.read(examples() / "digits")}
    assert Policy.parse(specs["policy"]).experts.max <= len(experts())
