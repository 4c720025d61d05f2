import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from quorate.cli import main as door


@pytest.fixture
def files(tmp_path):
    random = np.random.default_rng(0)
    votes, truth = tmp_path / "votes.csv", tmp_path / "truth.csv"
    rows, known = ["item,worker,label"], ["item,label"]
    for i in range(60):
        right = int(random.integers(2))
        known.append(f"i{i},c{right}")
        rows += [f"i{i},w{w},c{right if random.random() < 0.8 else 1 - right}" for w in range(6)]
    votes.write_text("\n".join(rows))
    truth.write_text("\n".join(known))
    return votes, truth


@dataclass
class Told:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def replay(files, monkeypatch, capsys):
    """Call the command in this process."""

    def call(*options):
        votes, truth = files
        arguments = ["quorate", "replay", "--votes", votes, "--truth", truth, *options]
        monkeypatch.setattr(sys, "argv", [str(part) for part in arguments])
        try:
            door.main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        return Told(code, *capsys.readouterr())

    return call


def test_json_has_what_scripts_need(replay):
    told = replay("--json", "--seed", "2")
    assert told.returncode == 0, told.stderr
    score = json.loads(told.stdout)
    wanted = "votes_used votes_total items accuracy accuracy_majority_all accuracy_consensus_all escalated seconds"
    assert set(wanted.split()) <= set(score)
    assert score["votes_total"] == 360
    assert score["votes_used"] < 300


def test_a_policy_file_is_followed(replay, tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("judgements: {min: 2, max: 2}\n")
    score = json.loads(replay("--json", "--policy", policy).stdout)
    assert score["votes_used"] == 120


def test_a_budget_is_not_overspent(replay):
    assert json.loads(replay("--json", "--choose", "--budget", "0.251").stdout)["votes_used"] == 90
    assert replay("--budget", "1.5").returncode == 2


def test_a_bad_policy_names_file_and_field(replay, tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("accept: {confidence: 2}\n")
    told = replay("--policy", policy)
    assert told.returncode == 2
    assert "policy.yaml: accept.confidence" in told.stderr


def test_a_sweep_draws_the_frontier(replay, tmp_path):
    pytest.importorskip("matplotlib")
    plot = tmp_path / "frontier.svg"
    told = replay("--sweep", "--plot", plot, "--json")
    assert told.returncode == 0, told.stderr
    rows = json.loads(told.stdout)["frontier"]
    used = [row["votes_used"] for row in rows]
    assert used[0] < used[-1]
    assert Path(plot).read_text().startswith("<?xml")


def test_a_sweep_without_a_painter_still_prints(replay, tmp_path, monkeypatch):
    monkeypatch.setattr("quorate.cli.replay.find_spec", lambda name: None)
    told = replay("--sweep")
    assert told.returncode == 0, told.stderr
    assert "threshold" in told.stdout
    assert "not drawn" in told.stdout
    assert replay("--sweep", "--plot", tmp_path / "frontier.svg").returncode == 1


@pytest.mark.parametrize(("option", "value"), [("--order", "backwards"), ("--votes", "nowhere.csv")])
def test_bad_usage(replay, option, value):
    assert replay(option, value).returncode == 2


def test_words_for_people(replay):
    told = replay("--choose", "--expert-accuracy", "0.95").stdout
    assert "of 360 votes" in told
    assert "accuracy" in told
