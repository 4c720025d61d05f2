"""What `make test` makes of a failure: broken, unsteady, or too much to be an accident."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests import again

pytestmark = pytest.mark.slow
UNSTEADY = """
from pathlib import Path
def test_second_time():
    been = Path("been")
    second = been.exists()
    been.touch()
    assert second
"""


def outcome(folder: Path, *tests: str) -> tuple[int, str]:
    for number, text in enumerate(tests):
        (folder / f"test_{number}.py").write_text(text)
    first = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=folder, capture_output=True, check=False)
    assert first.returncode == 1
    done = subprocess.run(
        [sys.executable, again.__file__], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def test_what_fails_once_passes_and_is_named(folder: Path):
    code, said = outcome(folder, UNSTEADY, "def test_right(): pass")
    assert code == 0
    assert "UNSTEADY, failed once of twice: test_0.py::test_second_time" in said
    assert "test_1" not in said


def test_what_fails_twice_fails(folder: Path):
    code, said = outcome(folder, UNSTEADY, "def test_wrong(): assert False")
    assert code == 1
    assert "BROKEN: test_1.py::test_wrong" in said
    assert "UNSTEADY, failed once of twice: test_0.py::test_second_time" in said


def test_what_fails_everywhere_is_not_run_again(folder: Path):
    code, said = outcome(folder, *["def test_wrong(): assert False"] * (again.FEW + 1))
    assert code == 1
    assert said == "Tests of 4 files failed: they are not run again.\n"
