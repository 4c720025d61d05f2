"""What the documents say, and a shell to run it in."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.ports import port_of, reserved

from quorate.store import embedded

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+) run\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


def blocks(file: Path) -> list[tuple[str, str]]:
    """The blocks that are marked run: (language, text), in order."""
    return BLOCK.findall(file.read_text(encoding="utf-8"))


def _script(found: list[tuple[str, str]]) -> str:
    """One shell script; a block of Python becomes a program of its own."""
    parts = ["set -euo pipefail", "trap 'jobs -p | xargs -r kill 2>/dev/null || true' EXIT"]
    for language, text in found:
        parts.append(text if language == "sh" else f"python3 - <<'END_OF_BLOCK'\n{text}END_OF_BLOCK")
    return "\n".join(parts)


@pytest.fixture(scope="module")
def run_document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], str]]:
    """Run every block of a file that is marked run, one after the other, in an empty folder with a data folder of its
    own; give what was printed. `examples` is there as in the repository. A file that was run is not run again; its
    database is kept up between its commands."""
    started: list[subprocess.Popen[str]] = []

    @cache
    def run(file: Path) -> str:
        found = blocks(file)
        assert found, f"{file} has no block to run"
        tmp_path = tmp_path_factory.mktemp("document")
        (tmp_path / "examples").symlink_to(ROOT / "examples")
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "QUORATE_DATA": str(tmp_path / "data"),
            "OMP_NUM_THREADS": "1",
            "COLUMNS": "100",
        }
        environment.pop("QUORATE_DATABASE_URL", None)
        with reserved() as place, embedded.server(tmp_path / "data"):
            environment["QUORATE_PORT"] = str(port_of(place))
            process = subprocess.Popen(
                ["bash", "-c", _script(found)], cwd=tmp_path, env=environment, text=True, start_new_session=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            started.append(process)
            printed, _ = process.communicate(timeout=240)
        assert process.returncode == 0, printed
        return printed

    yield run
    for process in started:
        try:
            os.killpg(process.pid, signal.SIGTERM)
        except ProcessLookupError:
            continue
