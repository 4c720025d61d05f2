from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import InvalidInput
from quorate.formats import yaml_lines
from quorate.formats.project_folder import Document, read, write

PROJECT = "# what this is for\nname: reviews\nsteps:\n  - {id: topic}\n"
SCHEMA = """\
topic:
  kind: choice
  classes:
    - {id: delivery, key: "1"}   # the parcel
    - id: product
      key: "2"
severity:
  kind: scale
  points: 3
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "project.yaml": PROJECT,
        "schema.yaml": SCHEMA,
        "guideline.md": "# Guide\r\n\r\n1.1 Read.\r\n",
    }.items():
        (tmp_path / name).write_bytes(text.encode())
    (tmp_path / "items.jsonl").write_text("{}\n")
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_every_document_knows_its_lines(folder: Path) -> None:
    documents = {(d.kind, d.name): d for d in read(folder)}
    assert set(documents) == {
        ("project", "project"),
        ("schema", "topic"),
        ("schema", "severity"),
        ("guideline", "guideline"),
    }
    topic = documents["schema", "topic"]
    assert topic.where("topic.classes[1].key") == "schema.yaml:6: topic.classes[1].key"
    assert topic.where("topic.classes[1].kex") == "schema.yaml:5: topic.classes[1].kex"
    assert topic.where("topic.validate[0].when") == "schema.yaml:1: topic.validate[0].when"
    assert documents["schema", "severity"].where(None) == "schema.yaml:7"
    assert documents["project", "project"].where("steps[0].id") == "project.yaml:4: steps[0].id"
    assert documents["guideline", "guideline"].body == {"text": "# Guide\n\n1.1 Read.\n"}


def test_writing_what_is_there_touches_nothing(folder: Path) -> None:
    before = contents(folder)
    assert write(folder, read(folder)) == []
    assert contents(folder) == before


def test_writing_a_change_rewrites_only_its_file(folder: Path) -> None:
    before = contents(folder)
    documents = read(folder)
    changed = [
        Document("schema", "severity", {"kind": "scale", "points": 5}, "") if d.name == "severity" else d
        for d in documents
    ]
    assert write(folder, changed) == ["schema.yaml"]
    after = contents(folder)
    assert {name for name in before if before[name] != after[name]} == {"schema.yaml"}
    assert {d.name: d.body for d in read(folder)}["severity"] == {"kind": "scale", "points": 5}


def test_a_new_folder_reads_as_it_was_written(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "deep"
    documents = [
        *read(folder),
        Document("guideline", "fr", {"text": "Lire.\n"}, ""),
        Document("policy", "policy", {}, ""),
    ]
    assert write(other, documents) == ["guideline.md", "guideline/fr.md", "policy.yaml", "project.yaml", "schema.yaml"]
    assert {(d.kind, d.name): d.body for d in read(other)} == {(d.kind, d.name): d.body for d in documents}


def test_what_only_the_folder_has_is_kept(folder: Path) -> None:
    documents = [d for d in read(folder) if d.name != "severity"]
    changed = [Document("schema", "topic", {"kind": "text"}, "") if d.name == "topic" else d for d in documents]
    write(folder, changed)
    assert {d.name: d.body for d in read(folder) if d.kind == "schema"} == {
        "topic": {"kind": "text"},
        "severity": {"kind": "scale", "points": 3},
    }


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("schema.yaml", b"a: [1\nb: 2\n", "schema.yaml:2"),
        ("schema.yaml", b"a: 1\nb: 2\na: 3\n", "schema.yaml:3: `a` is there twice"),
        ("policy.yaml", b"- 1\n", "policy.yaml:1: A mapping"),
        ("polcy.yaml", b"a: 1\n", "Did you mean policy.yaml?"),
        (
            "schema/more.yaml",
            b"x: 1\ntopic: {kind: text}\n",
            "schema/more.yaml:2: topic: The schema `topic` is in schema.yaml",
        ),
        ("policy.yaml", b"a: 1\nb: \xff\n", "policy.yaml:2: This is not UTF-8"),
        ("policy.yaml", b"a: 1\nb: !!python/object:os.system {}\n", "policy.yaml:2"),
        ("policy.yaml", b"a: &a [*a]\n", "policy.yaml"),
        ("guideline.md", b"a\n\x00", "guideline.md:2"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(folder: Path, name: str, data: bytes, told: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    with pytest.raises(InvalidInput) as caught:
        read(folder)
    assert told in str(caught.value)


def test_a_file_that_grows_without_end_when_read_is_refused() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)
    )
    with pytest.raises(InvalidInput, match="more than"):
        yaml_lines.load(bomb, "bomb.yaml")


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"project\.yaml"):
        read(tmp_path)


def test_yaml_says_what_json_can_say() -> None:
    value, _ = yaml_lines.load("a: no\nb: 2026-01-01\nc: 1e-3\nd: 0.5\ne: ~\nf: true\n7: x\ng: 12:30\n", "x")
    assert value == {"a": "no", "b": "2026-01-01", "c": 0.001, "d": 0.5, "e": None, "f": True, "7": "x", "g": "12:30"}


def test_a_question_mark_inside_a_text_is_part_of_it() -> None:
    value, lines = yaml_lines.load(
        "- {id: a, question: Is it late?, schema: b}\n- [who?, what ? is]\n- ? key\n  : 1\n", "x"
    )
    assert value == [{"id": "a", "question": "Is it late?", "schema": "b"}, ["who?", "what ? is"], {"key": 1}]
    assert lines["[2].key"] == 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc-1", min_size=1), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(value=st.dictionaries(st.text("abc_0", min_size=1, max_size=5), JSON, min_size=1, max_size=4))
def test_what_is_dumped_loads_the_same(value: dict[str, Any]) -> None:
    assert yaml_lines.load(yaml_lines.dump(value), "x")[0] == value


def test_several_exams_and_trainings_come_back_as_they_went(folder: Path, tmp_path: Path) -> None:
    bodies = [("exam", "exam", {"bar": 0.8}), ("exam", "french", {"bar": 0.9}), ("training", "edge", {"lessons": []})]
    documents = [*read(folder), *(Document(kind, name, body, "") for kind, name, body in bodies)]
    assert write(folder, documents) == ["exam.yaml", "exam/french.yaml", "training/edge.yaml"]
    again = {(d.kind, d.name): d for d in read(folder)}
    assert [again[kind, name].body for kind, name, _ in bodies] == [body for _, _, body in bodies]
    assert again["exam", "french"].where("bar") == "exam/french.yaml:1: bar"
    assert write(folder, list(again.values())) == []
