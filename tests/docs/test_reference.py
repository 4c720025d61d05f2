"""Nothing is undocumented: the reference is what the code says now."""

from __future__ import annotations

import ast
import json
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quorate import plugins
from quorate.cli.main import COMMANDS
from quorate.flow.policy import Policy
from quorate.people.roles import RIGHTS
from quorate.settings import Settings
from quorate.store.ledger import TOLD_BY

ROOT = Path(__file__).parents[2]
VERB = re.compile(r"[a-z]{3,}\.[a-z_]*")


@pytest.fixture(scope="module")
def generator() -> dict[str, Any]:
    """The names of `docs/generate.py`."""
    return runpy.run_path(str(ROOT / "docs" / "generate.py"))


def test_the_reference_is_what_the_code_says(generator: dict[str, Any]) -> None:
    made = generator["pages"]()
    there = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "reference").glob("*.md")}
    stale = [name for name in made | there if made.get(name) != there.get(name)]
    assert stale == [], "run `python docs/generate.py`"


def _said(page: str) -> str:
    return (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")


def test_every_name_is_there() -> None:
    fields = [f"{name}.{inner}" for name, field in Policy.model_fields.items()
              for inner in getattr(field.annotation, "model_fields", ())]  # fmt: skip
    wanted = {
        "commands.md": [f"quorate {name}" for name in COMMANDS],
        "settings.md": [f"QUORATE_{name.upper()}" for name in Settings.model_fields],
        "rights.md": list(RIGHTS),
        "labels.md": [*plugins.OURS["kinds"], *plugins.OURS["validators"]],
        "specs.md": [*Policy.model_fields, *fields],
        "events.md": list(TOLD_BY),
    }
    assert fields
    missing = {page: [name for name in names if f"`{name}" not in _said(page)] for page, names in wanted.items()}
    assert not any(missing.values()), missing


def _verbs(tree: ast.AST) -> Iterator[str]:
    """Verbs that are given to whatever makes an event; of one with a gap in it, what stands before the gap."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        maker = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if maker not in {"Event", "_event", "event", "_tell", "format", "_told", "_ledger", "_record"}:
            continue
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
            for part in ast.walk(argument):
                if isinstance(part, ast.Constant) and VERB.fullmatch(str(part.value)):
                    yield str(part.value)


def test_every_verb_is_explained(generator: dict[str, Any]) -> None:
    explained = set(generator["VERBS"])
    found: set[str] = set()
    for folder in ("actions", "store"):
        for path in (ROOT / "src" / "quorate" / folder).glob("*.py"):
            found |= set(_verbs(ast.parse(path.read_text(encoding="utf-8"))))
    assert {"task.decided", "annotation.submitted", "lease.", "spec.published"} <= found
    unexplained = [verb for verb in found if not any(known == verb or (verb.endswith(".") and known.startswith(verb))
                   for known in explained)]  # fmt: skip
    assert unexplained == []


def test_every_verb_of_a_project_has_words_in_its_log(generator: dict[str, Any]) -> None:
    """Those of accounts and of what people say of themselves belong to no project."""
    elsewhere = ("account.", "password.", "session.", "token.", "hours.", "fitness.", "digest.chosen")
    wanted = {verb for verb in generator["VERBS"] if not verb.startswith(elsewhere)}
    listed = set(re.findall(r'"([a-z]+\.[a-z]+)"', (ROOT / "web/src/steer/log/verbs.ts").read_text(encoding="utf-8")))
    assert sorted(wanted - listed) == []
    for language in ("en", "de"):
        words = json.loads((ROOT / f"web/src/steer/words/{language}.json").read_text(encoding="utf-8"))["verb"]
        assert {f"{noun}.{verb}" for noun, verbs in words.items() for verb in verbs} >= listed


def test_help_is_quick() -> None:
    program = (
        "import sys; sys.argv = ['quorate', '--help']\n"
        "from quorate.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('numpy', 'sqlalchemy', 'fastapi', 'scipy', 'psycopg') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[-1] == "[]"
    assert "aggregate" in printed


def test_every_command_takes_json(generator: dict[str, Any]) -> None:
    sections = re.split(r"^## ", _said("commands.md"), flags=re.MULTILINE)[1:]
    without = {s.split("`")[1] for s in sections if "`--json`" not in s}
    assert without <= {"quorate serve", "quorate worker"}  # they run until stopped and answer nothing
