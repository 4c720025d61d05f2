"""A project as a folder of files: read to documents that know their lines, written back without needless changes.

| file | documents |
|---|---|
| `project.yaml` | `project` |
| `schema.yaml`, `schema/*.yaml` | one `schema` for each question in it |
| `policy.yaml`, `rubric.yaml`, `template.yaml`, `training.yaml`, `exam.yaml` | one of the kind |
| `training/*.yaml`, `exam/*.yaml` | one of the kind each, named like its file |
| `guideline.md`, `guideline/*.md` | `guideline`s |

Other files (items, a README) are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from quorate.errors import InvalidInput
from quorate.formats import yaml_lines

SINGLE = ("project", "policy", "rubric", "template", "training", "exam")
"""Kinds of which a folder has one, in a YAML file of that name."""

SEVERAL = ("training", "exam")
"""Those of them of which it may have more, in a folder of that name."""

LARGEST = 5_000_000


@dataclass(frozen=True)
class Document:
    """A spec as a file has it: `where` turns a path in the body into `schema.yaml:12: topic.classes[1].key`."""

    kind: str
    name: str
    body: Any
    file: str
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def where(self, at: str | None) -> str:
        """File, line and field of a path in the file (for a schema: with its name first)."""
        at = at or ""
        known = at
        while known and known not in self.lines:
            known = re.sub(r"(^|\.)[^.\[]*$|\[\d+\]$", "", known)
        line = self.lines.get(known or (self.name if self.kind == "schema" else ""), 1)
        return f"{self.file}:{line}" + (f": {at}" if at else "")


def read(folder: Path) -> list[Document]:
    """The documents of a folder, in a fixed order. Raises `InvalidInput` with file and line."""
    if not (folder / "project.yaml").is_file():
        raise InvalidInput("There is no project.yaml.", where=str(folder), mend="Name the folder that has it.")
    _refuse_strangers(folder)
    found = [document for file in _files(folder) for document in _documents(folder, file)]
    seen: dict[tuple[str, str], Document] = {}
    for document in found:
        before = seen.setdefault((document.kind, document.name), document)
        if before is not document:
            raise InvalidInput(
                f"The {document.kind} `{document.name}` is in {before.file} too.",
                where=document.where(document.name),
                mend="Remove one.",
            )
    return found


def write(folder: Path, documents: Iterable[Document]) -> list[str]:
    """Make the folder say what the documents say; give the files that changed.

    A file whose documents are equal is not touched, so its comments and its layout stay. What the folder has and the
    documents do not is left alone, so that nobody's unpublished work is lost.
    """
    there = {(d.kind, d.name): d for d in read(folder)} if (folder / "project.yaml").is_file() else {}
    wanted: dict[str, dict[str, Document]] = {}
    changed: set[str] = set()
    for document in documents:
        before = there.pop((document.kind, document.name), None)
        file = before.file if before else _home(document)
        wanted.setdefault(file, {})[document.name] = document
        if before is None or before.body != document.body:
            changed.add(file)
    for stranger in there.values():
        wanted.setdefault(stranger.file, {})[stranger.name] = stranger
    for file in sorted(changed):
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(target.name + ".new")
        fresh.write_text(_written(file, wanted[file]), encoding="utf-8", newline="\n")
        fresh.replace(target)
    return sorted(changed)


def _home(document: Document) -> str:
    """The file that a document goes to which the folder does not have yet."""
    if document.kind == "schema":
        return "schema.yaml"
    if document.kind == "guideline":
        return "guideline.md" if document.name == "guideline" else f"guideline/{document.name}.md"
    if document.kind in SEVERAL and document.name != document.kind:
        return f"{document.kind}/{document.name}.yaml"
    return f"{document.kind}.yaml"


def _written(file: str, documents: Mapping[str, Document]) -> str:
    first = next(iter(documents.values()))
    if first.kind == "guideline":
        return str(first.body["text"])
    if first.kind == "schema":
        return yaml_lines.dump({name: _ordered(document.body) for name, document in documents.items()})
    return yaml_lines.dump(_ordered(first.body))


def _ordered(value: Any) -> Any:
    """The fields as people write them: what it is first, what it asks for next, then what is special."""
    if isinstance(value, list):
        return [_ordered(one) for one in value]
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: _RANK.get(key, len(_RANK)))}
    return value


_FIRST = """
    name kind id use when objective target budget title question schema description min max total currency
    classes points examples counterexamples key judgements accept escalate
"""
_RANK = {field: rank for rank, field in enumerate(_FIRST.split())}


def _files(folder: Path) -> Iterator[Path]:
    for name in ("project.yaml", "schema.yaml", *(f"{kind}.yaml" for kind in SINGLE[1:]), "guideline.md"):
        if (folder / name).is_file():
            yield folder / name
    yield from sorted((folder / "schema").glob("*.yaml"))
    yield from sorted((folder / "guideline").glob("*.md"))
    for kind in SEVERAL:
        yield from sorted((folder / kind).glob("*.yaml"))


def _refuse_strangers(folder: Path) -> None:
    known = {"schema.yaml", "guideline.md", *(f"{kind}.yaml" for kind in SINGLE)}
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.suffix in {".yaml", ".yml"} and file.name not in known:
            near = get_close_matches(file.name, known, n=1, cutoff=0.7)
            raise InvalidInput(
                "This file has no meaning here.",
                where=file.name,
                mend=f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(known))}.",
            )


def _documents(folder: Path, file: Path) -> Iterator[Document]:
    name = file.relative_to(folder).as_posix()
    text = _read_text(file, name)
    if file.suffix == ".md":
        yield Document("guideline", file.stem, {"text": text}, name)
        return
    body, lines = yaml_lines.load(text, name)
    if not isinstance(body, dict):
        raise InvalidInput("A mapping of fields is wanted here.", where=f"{name}:1", mend="Write `field: value`.")
    if file.parent != folder and file.parent.name in SEVERAL:
        yield Document(file.parent.name, file.stem, body, name, lines)
    elif file.name == "schema.yaml" or file.parent != folder:
        for question, entry in body.items():
            yield Document("schema", question, entry, name, lines)
    else:
        yield Document(file.stem, file.stem, body, name, lines)


def _read_text(file: Path, name: str) -> str:
    data = file.read_bytes()
    if len(data) > LARGEST:
        raise InvalidInput(f"The file has more than {LARGEST // 10**6} MB.", where=name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InvalidInput("This is not UTF-8.", where=f"{name}:{line}", mend="Save it as UTF-8.") from None
    if "\x00" in text:
        raise InvalidInput("There is a NUL character.", where=f"{name}:{text[: text.index(chr(0))].count(chr(10)) + 1}")
    return text.replace("\r\n", "\n")
