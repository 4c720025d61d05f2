"""Commands as somebody types them, against a fresh database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quorate.cli.main import main
from quorate.settings import settings

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Typed]:
    """Run a command: (exit code, standard output, standard error)."""
    monkeypatch.setenv("QUORATE_DATABASE_URL", database_url)
    monkeypatch.setenv("QUORATE_DATA", str(tmp_path / "data"))
    settings.cache_clear()

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["quorate", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    yield run
    settings.cache_clear()


@pytest.fixture
def quorate(typed: Typed) -> Callable[..., tuple[int, Any, str]]:
    """Run a command with `--json`: (exit code, printed JSON, standard error)."""

    def run(*words: object) -> tuple[int, Any, str]:
        code, out, said = typed(*words, "--json")
        return code, json.loads(out) if out else None, said

    return run
