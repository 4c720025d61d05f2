"""A file that is not there is bad usage of every command that takes one, said before anything is begun."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from quorate.cli.main import COMMANDS
from quorate.settings import settings

READ = {
    ("import", "files"): ("import", "reviews", "GIVEN"),
    ("apply", "folder"): ("apply", "GIVEN"),
    ("restore", "file"): ("restore", "GIVEN"),
    ("verify", "export"): ("verify", "GIVEN"),
    ("aggregate", "votes"): ("aggregate", "GIVEN"),
    ("aggregate", "gold"): ("aggregate", "there.csv", "--gold", "GIVEN"),
    ("aggregate", "truth"): ("aggregate", "there.csv", "--truth", "GIVEN"),
    ("replay", "votes"): ("replay", "--votes", "GIVEN", "--truth", "there.csv"),
    ("replay", "truth"): ("replay", "--votes", "there.csv", "--truth", "GIVEN"),
    ("replay", "policy"): ("replay", "--votes", "there.csv", "--truth", "there.csv", "--policy", "GIVEN"),
    ("pay run", "payees"): ("pay", "run", "reviews", "one", "--payees", "GIVEN"),
}
"""Every argument and option that names a file or folder to read, and a command line with it."""

WRITTEN = {
    ("export", "to"): ("export", "reviews", "--to", "GIVEN"),
    ("backup", "file"): ("backup", "GIVEN"),
    ("aggregate", "out"): ("aggregate", "there.csv", "--out", "GIVEN"),
    ("aggregate", "workers"): ("aggregate", "there.csv", "--workers", "GIVEN"),
    ("replay", "plot"): ("replay", "--votes", "there.csv", "--truth", "there.csv", "--sweep", "--plot", "GIVEN"),
    ("pay run", "to"): ("pay", "run", "reviews", "one", "--to", "GIVEN"),
}
"""Every one that names a file to write; the folder that `pull` writes is made."""


@pytest.fixture
def alone(typed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command in a folder with one file and without a database: a command that begins one is found out."""
    monkeypatch.delenv("QUORATE_DATABASE_URL")
    settings.cache_clear()
    monkeypatch.chdir(tmp_path)
    Path("there.csv").write_text("item,worker,label\n1,ann,cat\n1,ben,cat\n")
    return typed


def _functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in COMMANDS:
        module = import_module(f"quorate.cli.{name}_" if iskeyword(name) else f"quorate.cli.{name}")
        if hasattr(module, "group"):
            for command in module.group.registered_commands:
                yield f"{name} {command.name or command.callback.__name__}", command.callback
        else:
            yield name, module.command


def test_no_command_with_a_file_is_left_out_here() -> None:
    found = {
        (name, parameter)
        for name, function in _functions()
        for parameter, hint in get_type_hints(function).items()
        if Path in (hint, *get_args(hint))
    }
    assert found == READ.keys() | WRITTEN.keys() | {("pull", "folder")}


@pytest.mark.parametrize("words", READ.values(), ids=map(" ".join, READ))
def test_what_is_not_there_is_named_with_a_mend(words: tuple[str, ...], alone: Any, tmp_path: Path) -> None:
    code, out, err = alone(*(word.replace("GIVEN", "thera.csv") for word in words))
    assert (code, out) == (2, "")
    assert err == "thera.csv: There is no such file or folder.\n  Did you mean there.csv?\n"
    code, out, _ = alone(*(word.replace("GIVEN", "absent/a.csv") for word in words), "--json")
    assert (code, json.loads(out)["error"]["mend"]) == (2, "Check the path: there is no folder absent either.")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("words", WRITTEN.values(), ids=map(" ".join, WRITTEN))
def test_a_folder_too_few_is_named_with_a_mend(words: tuple[str, ...], alone: Any, tmp_path: Path) -> None:
    name = "plot.svg" if "--plot" in words else "labels.csv"
    code, out, err = alone(*(word.replace("GIVEN", f"absent/{name}") for word in words))
    assert (code, out) == (2, "")
    assert err == "absent: There is no such folder.\n  Make it first.\n"
    assert not (tmp_path / "data").exists()


def test_a_folder_without_a_project_is_bad_usage(typed: Any, tmp_path: Path) -> None:
    code, _, err = typed("apply", tmp_path)
    assert (code, err) == (2, f"{tmp_path}: There is no project.yaml.\n  Name the folder that has it.\n")


def test_an_export_without_its_proof_is_not_verified(typed: Any, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("key,topic\n")
    code, _, err = typed("verify", tmp_path / "labels.csv")
    assert (code, "labels.csv.proof.json: The export has no proof beside it." in err) == (2, True)
    assert "that `quorate export` wrote with it." in err
