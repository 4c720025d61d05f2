"""The documents do what they say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def test_the_tutorial_runs(root: Path, run_document: Callable[[Path], str]) -> None:
    printed = run_document(root / "docs" / "tutorial.md")
    assert "dora m3 spam -> decided" in printed
    assert "everything fits" in printed
    assert "every record is as it was written" in printed
