"""Exports of only what fits, told with their settings."""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256

import pytest


@pytest.fixture
def manager(api):
    api.project(items=5, accept={"confidence": 0.05})
    ada = api.person("ada", "annotator")
    for value in ("delivery", "delivery", "product"):
        (task,) = ada.post("/work/claim", json={}).json()["tasks"]
        ada.post("/work/submit", json={"assignment": task["assignment"], "value": value, "seconds": 4})
    return api.person("manager", "manager")


def records(answer):
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return [json.loads(line) for line in archive.read("reviews.jsonl").splitlines()]


def test_an_export_of_only_what_fits_is_told_with_its_settings(manager):
    whole = manager.get("/projects/reviews/export?format=jsonl")
    decided = manager.get("/projects/reviews/export?format=jsonl&state=decided&step=topic")
    assert (len(records(whole)), len(records(decided))) == (5, 3)
    assert all(record["labels"]["topic"]["state"] == "decided" for record in records(decided))
    assert records(manager.get("/projects/reviews/export?min_confidence=1")) == []
    assert manager.get("/projects/reviews/export?step=none").status_code == 404
    told = manager.get("/projects/reviews/exports").json()["exports"]
    assert [one["records"] for one in told] == [0, 3, 5]
    assert told[1]["only"] == {"step": "topic", "state": "decided", "min_confidence": None}
    assert told[2]["only"] is None
    assert {one["who"] for one in told} == {"manager"}
    with zipfile.ZipFile(io.BytesIO(decided.content)) as archive:
        assert sha256(archive.read("reviews.jsonl")).hexdigest() == told[1]["sha256"]
