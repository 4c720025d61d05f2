from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quorate.flow.differences import diff
from quorate.flow.specs import check, parse
from quorate.formats.project_folder import read

EXAMPLES = sorted(p.parent for p in (Path(__file__).parents[2] / "examples").glob("*/project.yaml"))


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_every_example_project_is_right(folder: Path) -> None:
    bodies = {(d.kind, d.name): d.body for d in read(folder)}
    assert [str(fault.error) for fault in check(bodies)] == []
    guideline = parse(("guideline", "guideline"), bodies["guideline", "guideline"])
    assert len(guideline.clauses) >= 6


@pytest.mark.parametrize(
    "folder", [f for f in EXAMPLES if (f / "items.jsonl").exists()], ids=lambda folder: folder.name
)
def test_known_answers_of_examples_are_answers(folder: Path) -> None:
    bodies = {(d.kind, d.name): d.body for d in read(folder)}
    steps = {step.id: step.asks for step in parse(("project", "project"), bodies["project", "project"]).steps}
    rows = [json.loads(line) for line in (folder / "items.jsonl").read_text().splitlines()]
    assert len({row["key"] for row in rows}) == len(rows) >= 10
    known = [(steps[step], value) for row in rows for step, value in row.get("gold", {}).items()]
    assert len(known) >= len(rows) / 5, "too few to tell a good annotator from a bad one"
    for schema, value in known:
        asked = parse(("schema", schema), bodies["schema", schema])
        assert asked.same(asked.check(value), value)


BODIES: dict[tuple[str, str], Any] = {
    ("project", "project"): {"name": "p", "steps": [{"id": "q"}]},
    ("schema", "q"): {"kind": "text"},
}


@pytest.mark.parametrize(
    ("key", "body", "where"),
    [
        (("schema", "q"), {"kind": "tetx"}, "q.kind"),
        (("schema", "x"), {"kind": "text", "max_length": 0}, "x.max_length"),
        (("policy", "policy"), {"judgements": {"min": 3, "max": 2}}, "judgements.min"),
        (("policy", "policy"), [], None),
        (("guideline", "guideline"), {"text": ""}, "text"),
        (("template", "template"), {"fields": {"why": {"kind": "nothing"}}}, "fields.why.kind"),
        (("exam", "exam"), 3, None),
        (("poem", "poem"), {}, None),
        (("project", "project"), {"name": "p", "steps": [{"id": "q", "when": "x"}]}, "steps[0].when"),
        (("project", "project"), {"name": "p", "steps": [{"id": "a b"}]}, "steps[0].id"),
        (("project", "project"), {"name": "p", "steps": [{"id": "q"}], "budget": {"total": -1}}, "budget.total"),
    ],
)
def test_a_fault_is_told_where_it_is(key: tuple[str, str], body: Any, where: str | None) -> None:
    assert [(fault.key, fault.error.where) for fault in check({**BODIES, key: body})] == [(key, where)]


@pytest.mark.parametrize(
    ("policy", "where", "mend"),
    [
        ({"coverage": [{"of": "clas", "wanted": {"q.yes": 3}}]}, "coverage[0].of", "Did you mean `class`?"),
        ({"coverage": [{"of": "class", "wanted": {"q.yse": 3}}]}, "coverage[0].wanted.q.yse", "Did you mean `q.yes`?"),
        ({"coverage": [{"of": "class", "wanted": {"zz.z": 3}}]}, "coverage[0].wanted.zz.z", "There are: q.yes, q.no."),
        ({"coverage": [{"of": "step", "wanted": {"r": 3}}]}, "coverage[0].wanted.r", "There are: q."),
        ({"limits": {"shares": [{"of": "stp", "share": 0.1}]}}, "limits.shares[0].of", "Did you mean `step`?"),
        (
            {"limits": {"shares": [{"of": "class", "share": 0.1, "only": ["q.no", "q.nope"]}]}},
            "limits.shares[0].only[1]", "Did you mean `q.no`?",
        ),
        (
            {"lag": [{"name": "l", "when": "late_hours > 0", "do": "open", "waive": ["basic"]}]},
            "lag[0].waive[0]", "Did you mean `basics`?",
        ),
    ],
)  # fmt: skip
def test_a_name_in_a_policy_that_is_not_there_is_refused_with_the_one_that_is_near(
    policy: Any, where: str, mend: str
) -> None:
    bodies = {**BODIES, ("schema", "q"): {"kind": "choice", "classes": ["yes", "no"]}, ("exam", "basics"): {}}
    assert [(f.error.where, f.error.mend) for f in check({**bodies, ("policy", "policy"): policy})] == [(where, mend)]


def test_attributes_are_whatever_the_items_say() -> None:
    policy = {
        "coverage": [{"of": "language", "wanted": {"de": 3}}],
        "limits": {"shares": [{"of": "topic", "share": 0.2}]},
    }
    assert check({**BODIES, ("policy", "policy"): policy}) == []


def test_without_a_project_there_is_nothing_to_publish() -> None:
    (fault,) = check({("schema", "q"): {"kind": "text"}})
    assert "project.yaml" in str(fault.error.mend)


def test_differences_are_told_by_field_and_id() -> None:
    old = {"kind": "choice", "classes": [{"id": "a", "title": "A"}, {"id": "b"}], "x": 1}
    new = {"kind": "choice", "classes": [{"id": "b"}, {"id": "a", "title": "An A"}, {"id": "c"}], "y": True}
    assert [str(one) for one in diff(old, new)] == [
        "- x: 1",
        "~ classes.a.title: A → An A",
        "+ classes.c: {'id': 'c'}",
        "~ classes: order ['a', 'b'] → ['b', 'a', 'c']",
        "+ y: True",
    ]
    assert diff(old, old) == ()


def test_texts_differ_line_by_line() -> None:
    (one,) = diff({"text": "a\nb\nc\n"}, {"text": "a\nB\nc\n"})
    assert one.lines == ("@@ -1,3 +1,3 @@", " a", "-b", "+B", " c")
    assert one.to_json() == {"at": "text", "what": "changed", "lines": one.lines}
