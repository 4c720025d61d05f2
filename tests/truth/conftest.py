"""Fixtures of the truth tests."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_sets() -> Path:
    """The folder of real crowd data; tests that need it are left out where it is absent."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("QUORATE_DATA_SETS", beside))
    if not folder.is_dir():
        pytest.skip("no data sets: set QUORATE_DATA_SETS to their folder")
    return folder
