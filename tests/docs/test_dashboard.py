"""The dashboard for Grafana names only series that are there, and leaves out none that matters."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from quorate.server.scrape import LABELS, families

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"\bquorate_\w+")


@pytest.fixture(scope="module")
def dashboard() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / "examples/grafana/quorate.json").read_text(encoding="utf-8"))
    return loaded


def expressions(dashboard: dict[str, Any]) -> list[str]:
    """Every query, of the panels and of the variables."""
    panels = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    variables = [one["query"]["query"] for one in dashboard["templating"]["list"] if one["type"] == "query"]
    return panels + variables


def test_it_names_only_what_there_is(dashboard: dict[str, Any]) -> None:
    found = {name for text in expressions(dashboard) for name in NAME.findall(text)}
    assert found <= set(families()), found - set(families())


def test_it_shows_every_measure(dashboard: dict[str, Any]) -> None:
    text = " ".join(expressions(dashboard))
    unseen = [name for name in families() if name.endswith("_count") and name.removesuffix("_count") not in text]
    assert unseen == []


def test_it_groups_by_labels_that_there_are(dashboard: dict[str, Any]) -> None:
    labels = {label.strip() for text in expressions(dashboard) for by in re.findall(r"by \(([^)]*)\)", text)
              for label in by.split(",")}  # fmt: skip
    assert labels <= {*LABELS, "rule", "severity", "subject"}


def test_panels_have_places_and_names_of_their_own(dashboard: dict[str, Any]) -> None:
    panels = dashboard["panels"]
    assert len({panel["title"] for panel in panels}) == len(panels)
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}) == len(panels)
    assert {panel["id"] for panel in panels} == set(range(1, len(panels) + 1))
