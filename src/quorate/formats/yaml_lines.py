"""YAML as JSON values, with the line of every field.

Only what JSON can say, by the rules of YAML 1.2: `no` and `2026-01-01` are texts, and a key twice is an error.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from quorate.errors import InvalidInput
from quorate.labels.fields import path

LARGEST = 100_000
"""Nodes in a file, after its aliases are followed; more is an accident or an attack."""


class _Loader(yaml.SafeLoader):
    """Takes `{ask: Is it late?, of: x}` as YAML 1.2 does: a question mark inside a text is part of it."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012
    _in_text = False

    def scan_plain(self) -> Any:
        self._in_text = True
        try:
            return super().scan_plain()
        finally:
            self._in_text = False

    def peek(self, index: int = 0) -> str:
        character = str(super().peek(index))
        return "_" if character == "?" and self._in_text else character


for _tag, _pattern, _first in (
    ("null", r"(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
    ("merge", r"<<$", ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)

_Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(_scalar(loader, node)))
_Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(_scalar(loader, node)))


def _scalar(loader: Any, node: yaml.Node) -> str:
    assert isinstance(node, yaml.ScalarNode)
    return str(loader.construct_scalar(node))


def load(text: str, name: str) -> tuple[Any, dict[str, int]]:
    """The value, and the line (from 1) of every path in it, such as `topic.classes[1].key`.

    Raises `InvalidInput` at `name:line` when it is not YAML, says a key twice or says what JSON cannot.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[str, int] = {}
        if node is None:
            return None, lines
        _walk(node, "", node.start_mark.line + 1, lines, name)
        return loader.construct_document(node), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}" if mark else name
        raise InvalidInput(f"This is not YAML: {error.problem}.", where=where, mend="Mend the line.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidInput(f"This is not YAML: {error}.", where=name) from None
    finally:
        loader.dispose()


def dump(value: Any) -> str:
    """The value as YAML, always the same way."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text and not re.search(r"[ \t]\n|\A\s", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _walk(node: yaml.Node, at: str, line: int, lines: dict[str, int], name: str) -> None:
    lines[at] = line
    if len(lines) > LARGEST:
        raise InvalidInput(f"There are more than {LARGEST:,} fields.", where=name, mend="Split the file.")
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise InvalidInput("A key must be a text.", where=f"{name}:{line}")
            if key.value in seen:
                raise InvalidInput(f"`{key.value}` is there twice.", where=f"{name}:{line}", mend="Remove one.")
            seen.add(key.value)
            if key.tag != "tag:yaml.org,2002:merge":
                key.tag = "tag:yaml.org,2002:str"
            _walk(value, path(at, key.value) if at else key.value, line, lines, name)
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            _walk(value, path(at, i), value.start_mark.line + 1, lines, name)
