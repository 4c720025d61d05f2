"""Every sentence that an error may say to somebody at a screen is there in the other languages."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from quorate.errors import PLACE, QuorateError

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "src" / "quorate"
CATALOGUES = sorted((ROOT / "web" / "src" / "problems" / "words").glob("*.json"))
"""English has nothing in its own: the sentences are English."""

SHELL_ONLY = (
    *("cli", "truth", "store/backup.py", "store/backup_media.py", "store/embedded", "store/locate.py"),
    *("store/migrate.py", "formats/project_folder.py", "formats/yaml_lines.py"),
)
"""What is met in a shell alone, where everything is English."""


def _classes(root: type[QuorateError]) -> Iterator[str]:
    yield root.__name__
    for one in root.__subclasses__():
        if one.__module__ == root.__module__:
            yield from _classes(one)


RAISED = {*_classes(QuorateError), "fault"}
"""What takes a sentence first, and another one as `mend` or, in `fault`, second."""
PASSED_ON = {"_fault": 2, "_unique": 1, "repeat_reply": 3, "_because": 0}
"""Functions that take sentences from this argument on, or as `mend`, and raise them or give them on."""


class Module:
    """The sentences of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = ast.parse(path.read_text("utf-8"))

    def sentences(self) -> Iterator[str]:
        """All that errors here say; fails where one is put together in a way that nobody could translate."""
        own = {node.name for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)}
        for call in ast.walk(self.tree):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") not in own:
                for written in _written(call):
                    yield from self._texts(written)

    def _texts(self, node: ast.expr) -> Iterator[str]:
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case ast.Constant():
                pass
            case ast.IfExp(body=one, orelse=other):
                yield from self._texts(one)
                yield from self._texts(other)
            case ast.Dict(values=entries) | ast.Tuple(elts=entries):
                for entry in entries:
                    yield from self._texts(entry)
            case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[_, *otherwise]):
                for entry in (table, *otherwise):
                    yield from self._texts(entry)
            case ast.Subscript(value=table):
                yield from self._texts(table)
            case ast.Name(id=name):
                yield from self._named(name)
            case _:
                pytest.fail(f"{self.path}:{node.lineno}: write the sentence out, and give its facts beside it.")

    def _named(self, name: str) -> Iterator[str]:
        """What a variable of the file was set to; a parameter's sentences are found where it is given."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(isinstance(one, ast.Name) and one.id == name for each in targets for one in ast.walk(each)):
                    yield from self._texts(node.value)


def _written(call: ast.Call) -> list[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    mends = [keyword.value for keyword in call.keywords if keyword.arg == "mend"]
    if name in RAISED:
        return [*call.args[: 2 if name == "fault" else 1], *mends]
    return [*call.args[PASSED_ON[name] :], *mends] if name in PASSED_ON else []


@pytest.fixture(scope="module")
def sentences() -> set[str]:
    """What errors may say to somebody at a screen."""
    files = (path for path in SOURCES.rglob("*.py") if not _in_a_shell(path))
    return {sentence for path in files for sentence in Module(path).sentences()}


def _in_a_shell(path: Path) -> bool:
    return path.relative_to(SOURCES).as_posix().startswith(SHELL_ONLY)


@pytest.mark.parametrize("catalogue", [one for one in CATALOGUES if one.stem != "en"], ids=lambda path: path.stem)
def test_every_sentence_of_an_error_is_in_every_language_with_its_facts(sentences: set[str], catalogue: Path) -> None:
    told: dict[str, str] = json.loads(catalogue.read_text("utf-8"))
    assert sorted(sentences - told.keys()) == [], f"not in {catalogue.name}"
    assert sorted(told.keys() - sentences) == [], f"said by nothing any more, in {catalogue.name}"
    for sentence, translated in told.items():
        assert set(PLACE.findall(translated)) == set(PLACE.findall(sentence)), translated


def test_facts_go_into_their_places_and_other_braces_stay() -> None:
    error = QuorateError(
        "There is no '{name}'.", mend="Write {kind: choice}; there are: {known}.", name="{known}", known=["a", "b"]
    )
    assert (error.detail, error.mend) == ("There is no '{known}'.", "Write {kind: choice}; there are: a, b.")
    facts = {"name": "{known}", "known": ["a", "b"]}
    assert error.said() == {"detail": "There is no '{name}'.", "mend": error.sentences[1], "facts": facts}
