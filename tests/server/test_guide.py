"""The guide: all that is needed to paint a task, nothing that was said, and cheap to ask for again."""

from __future__ import annotations

import pytest

from quorate.actions.tell_guide import question_document
from quorate.labels.schema import parse_question

GUIDELINE = """# How to label

Read the whole review.

## 1 Delivery

1.1 A crushed box is *delivery*.

```
2.1 this is code, and no clause
```

**1.2** A late courier is delivery, too.

## Edge cases

When in doubt, say neither.
"""
CLASSES = [
    {"id": "delivery", "title": {"en": "Delivery", "de": "Lieferung"}, "examples": ["The box arrived crushed"]},
    {"id": "product", "key": "p", "counterexamples": ["The courier was late"]},
]


def publish(client, kind, name, body):
    answer = client.put(f"/projects/reviews/specs/{kind}/{name}", json={"body": body, "reason": "a test"})
    assert answer.status_code == 200, answer.text


@pytest.fixture
def people(api):
    api.project(items=2, gold={"rate": 0.5}, pay={"judgement": "0.04"}, lease={"minutes": 7})
    return api.person("manager", "manager"), api.person("ada", "annotator")


def test_it_has_the_questions_with_their_classes_and_keys(people):
    manager, ada = people
    publish(
        manager,
        "schema",
        "topic",
        {"kind": "choice", "title": "Topic", "classes": CLASSES, "migrate": {"neither": "ask again"}},
    )
    guide = ada.get("/projects/reviews/guide").json()
    (step,) = guide["steps"]
    assert (step["step"], step["ask"], step["schema_version"]) == ("topic", "What is it about?", 2)
    question = step["question"]
    assert [one["id"] for one in question["classes"]] == ["delivery", "product"]
    assert [one["key"] for one in question["classes"]] == ["1", "p"]
    assert question["classes"][0]["title"] == {"en": "Delivery", "de": "Lieferung"}
    assert question["classes"][1]["title"] == "Product"
    assert question["classes"][0]["examples"] == ["The box arrived crushed"]
    assert question["answer"] == {"type": "string", "enum": ["delivery", "product"]}
    assert question["options"] == {"ask_confidence": False}
    assert guide["terms"]["price"] == "0.04"
    assert (guide["terms"]["currency"], guide["terms"]["lease_minutes"]) == ("USD", 7)
    (task,) = ada.post("/work/claim", json={}).json()["tasks"]
    assert (task["schema_version"], task["guideline_version"]) == (step["schema_version"], None)
    assert guide["guideline"] is None


def test_a_kind_tells_its_own_fields():
    question = question_document(parse_question({"kind": "number", "min": 0, "max": 10, "unit": "cm"}))
    assert question["kind"] == "number"
    assert question["classes"] == []
    assert question["options"]["unit"] == "cm"
    assert question["answer"] == {"type": "number", "minimum": 0, "maximum": 10}


def test_the_guideline_comes_clause_by_clause_at_any_of_its_versions(people):
    manager, ada = people
    publish(manager, "guideline", "guideline", {"text": "1.1 The old clause"})
    publish(manager, "guideline", "guideline", {"text": GUIDELINE})
    guideline = ada.get("/projects/reviews/guide").json()["guideline"]
    assert guideline["version"] == 2
    assert [(one["id"], one["title"], one["level"]) for one in guideline["clauses"]] == [
        (None, "How to label", 1),
        ("1", "Delivery", 1),
        ("1.1", "A crushed box is delivery.", 2),
        ("1.2", "A late courier is delivery, too.", 2),
        (None, "Edge cases", 2),
    ]
    assert "2.1 this is code" in guideline["clauses"][2]["text"]
    assert guideline["clauses"][0]["text"] == "# How to label\n\nRead the whole review."
    old = ada.get("/projects/reviews/guide", params={"guideline": 1}).json()["guideline"]
    assert old == {"version": 1, "clauses": [{"id": "1.1", "title": "The old clause", "level": 2,
                                              "text": "1.1 The old clause"}]}  # fmt: skip
    assert ada.get("/projects/reviews/guide", params={"guideline": 9}).status_code == 404


def test_a_page_on_accessibility_is_the_projects_own(people):
    manager, ada = people
    assert ada.get("/projects/reviews/guide").json()["accessibility"] == {"text": None}
    publish(manager, "guideline", "accessibility", {"text": "Ask Eve for large print."})
    guide = ada.get("/projects/reviews/guide").json()
    assert guide["accessibility"] == {"text": "Ask Eve for large print."}
    assert guide["guideline"] is None


def test_reasons_are_the_policys_or_sensible_ones(people):
    manager, ada = people
    guide = ada.get("/projects/reviews/guide").json()
    assert {"unsure", "language"} <= {reason["id"] for reason in guide["skip_reasons"]}
    assert {"broken", "personal"} <= {reason["id"] for reason in guide["flag_reasons"]}
    publish(manager, "policy", "policy", {"reasons": {"skip": [{"id": "torn", "title": "The page is torn"}]}})
    guide = ada.get("/projects/reviews/guide").json()
    assert [reason["title"] for reason in guide["skip_reasons"]] == ["The page is torn"]
    assert guide["flag_reasons"]


def test_it_is_sent_again_only_when_it_changed(people):
    manager, ada = people
    first = ada.get("/projects/reviews/guide")
    assert first.headers["cache-control"] == "private, no-cache"
    same = ada.get("/projects/reviews/guide", headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    publish(manager, "guideline", "guideline", {"text": GUIDELINE})
    api_rules_are_kept_for_a_moment = {"If-None-Match": f'"x", {first.headers["etag"]}'}
    assert ada.get("/projects/reviews/guide", headers=api_rules_are_kept_for_a_moment).status_code == 200


def test_it_tells_nothing_of_what_was_said_or_is_known(api, people):
    _, ada = people
    api.bring("reviews", {"key": "known-item", "text": "Late.", "gold": {"topic": "product"}})
    guide = ada.get("/projects/reviews/guide").json()
    assert guide.keys() == {"project", "objective", "steps", "guideline", "terms", "skip_reasons", "flag_reasons",
                            "accessibility"}  # fmt: skip
    assert "known-item" not in str(guide)
    assert guide["terms"].keys() == {"price", "currency", "lease_minutes", "feedback"}
    assert api.person("stranger").get("/projects/reviews/guide").status_code == 404
