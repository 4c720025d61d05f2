"""The story of one item, over HTTP, from an empty installation to labels that can be signed for."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quorate.cli.demonstration.client import Client, RefusedError
from quorate.cli.demonstration.stage import Stage, serving

SPECS = {
    ("project", "project"): {
        "name": "reviews",
        "objective": "Route complaints about delivery to the courier team.",
        "target": {"accuracy": 0.95},
        "budget": {"total": 10, "currency": "EUR"},
        "steps": [{"id": "topic", "question": "Is this review about delivery?"}],
    },
    ("schema", "topic"): {"kind": "choice", "classes": ["delivery", "product", "neither"]},
    ("guideline", "guideline"): {"text": "# 1 Delivery\nThe way of the parcel to the door.\n"},
    ("policy", "policy"): {
        "judgements": {"min": 2, "max": 2},
        "accept": {"confidence": 0.9},
        "escalate": [{"when": "judgements >= max && confidence < accept", "to": "expert", "reason": "undecided"}],
        "gold": {"rate": 0},
        "audit": {"rate": 0},
        "experts": {"repeat": 0},
        "pay": {"judgement": 0.04, "adjudication": 1.2},
    },
}
LINES = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """`quorate serve` on an empty data folder."""
    with serving(tmp_path, "127.0.0.1", 0) as running:
        yield running


def person(stage: Stage, name: str, role: str, *scopes: str) -> Client:
    """An account made over HTTP, in a role, with a token."""
    admin = stage.client("admin")
    admin.call("POST", "/accounts", {"name": name})
    wanted = {"name": "journey", "scopes": scopes or ("work",), "account": name}
    stage.tokens[name] = admin.call("POST", "/tokens", wanted)["token"]
    admin.call("PUT", f"/projects/reviews/members/{name}/{role}")
    return stage.client(name)


def answers(client: Client, value: str) -> dict[str, Any]:
    """Claim the next task and answer it, twice: the network may repeat what it likes."""
    (task,) = client.call("POST", "/work/claim", {"count": 1})["tasks"]
    assert (task["item"], task["kind"], task["guideline_version"]) == ("kettles/1", "choice", 1)
    answer = {"assignment": task["assignment"], "value": value, "seconds": 6.5}
    first = client.call("POST", "/work/submit", answer, key=f"{value} once")
    again = client.call("POST", "/work/submit", answer, key=f"{value} once")
    assert (again["annotation"], again["repeated"]) == (first["annotation"], True)
    return dict(first)


def test_from_a_project_to_labels_with_a_proof(stage: Stage):
    admin = stage.client("admin")

    # A project, published as its specs, and one item.
    specs = [{"kind": kind, "name": name, "body": body} for (kind, name), body in SPECS.items()]
    published = admin.call("PUT", "/projects/reviews", {"specs": specs, "reason": "first version"})
    assert (published["created"], len(published["changes"])) == (True, 4)
    item = json.dumps({"key": "kettles/1", "text": "The kettle came in a crushed box."}).encode()
    report = admin.send("POST", "/projects/reviews/items", item, {**LINES, "Authorization": f"Bearer {admin.token}"})
    assert (report["imported"], report["rejected"]) == (1, 0)

    # Two people see it differently; an expert decides.
    assert answers(person(stage, "ada", "annotator"), "delivery")["state"] == "open"
    assert answers(person(stage, "bob", "annotator"), "product")["state"] == "contested"
    expert = person(stage, "ines", "expert")
    (case,) = expert.call("POST", "/cases/claim", {"count": 1})["cases"]
    assert (case["why"], case["blind"], case["item"]) == ("undecided", False, "kettles/1")
    assert sorted(given["value"] for given in case["answers"]) == ["delivery", "product"]
    word = {"assignment": case["assignment"], "value": "delivery", "rationale": "§1: the box, not the kettle."}
    assert expert.call("POST", "/cases/adjudicate", {**word, "clauses": ["1"]})["state"] == "decided"

    # The label, and why.
    auditor = person(stage, "otto", "auditor", "read", "export")
    (label,) = auditor.call("GET", "/projects/reviews/labels")["labels"]
    assert (label["item"], label["step"], label["value"], label["kind"]) == ("kettles/1", "topic", "delivery", "expert")
    assert label["judgements"] == 2  # an adjudication is counted and paid apart
    (task,) = auditor.call("GET", "/projects/reviews/items/kettles%2F1/why")["tasks"]
    told = [chapter["what"] for chapter in task["chapters"]]
    assert told.count("answer") == 3
    assert told.index("case") < told.index("adjudication") < told.index("decision")
    assert "§1: the box, not the kettle." in json.dumps(task, ensure_ascii=False)

    # Where the project stands, and what it cost to the cent.
    status = auditor.call("GET", "/projects/reviews/status")
    assert (status["items"], status["decided"]) == (1, 1)
    assert float(status["cost"]["spent"]) == pytest.approx(2 * 0.04 + 1.2)

    # The labels as a file with a datasheet and a proof; the ledger holds.
    archive = zipfile.ZipFile(io.BytesIO(auditor.call("GET", "/projects/reviews/export?format=jsonl&annotations=true")))
    names = {"reviews.jsonl", "reviews.jsonl.datasheet.json", "reviews.jsonl.datasheet.md", "reviews.jsonl.proof.json"}
    assert names <= set(archive.namelist())
    (record,) = [json.loads(line) for line in archive.read("reviews.jsonl").splitlines()]
    assert record["key"] == "kettles/1"
    assert "delivery" in json.dumps(record)
    assert not {"ada", "bob", "ines"} & set(json.dumps(record).replace('"', " ").split())
    proof = json.loads(archive.read("reviews.jsonl.proof.json"))
    assert proof["block"] is not None
    verified = auditor.call("POST", "/projects/reviews/ledger/verify")
    assert verified["ok"] is True
    assert verified["unsealed"] == 0

    # And nobody may do what is not theirs.
    with pytest.raises(RefusedError) as refused:
        stage.client("ada").call("GET", "/projects/reviews/labels")
    assert (refused.value.status, refused.value.problem["type"]) == (403, "not-allowed")
