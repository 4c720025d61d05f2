"""Requests made up from the OpenAPI document itself, against the real application and a real database."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from quorate.server.app import create_app
from quorate.settings import settings as configured

EXAMPLES = int(os.environ.get("QUORATE_TEST_EXAMPLES", "15"))
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
DOCUMENT = create_app(None).openapi()  # type: ignore[arg-type]
OPERATIONS = [
    (path, method, mode)
    for path, methods in DOCUMENT["paths"].items()
    for method, told in methods.items()
    for mode in GenerationMode
    if mode == GenerationMode.POSITIVE or told.get("parameters") or "requestBody" in told  # else nothing can be wrong
]
LINES = "application/x-ndjson"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ROW = st.fixed_dictionaries(
    {"text": JSON},
    optional={
        "key": st.text(max_size=20) | JSON,
        "media": st.lists(st.sampled_from(["https://example.org/a.png", "file:///etc/passwd", "media:x", ""]) | JSON),
        "attributes": st.dictionaries(st.text(max_size=5), JSON, max_size=2) | JSON,
        "gold": st.fixed_dictionaries({"topic": st.just("delivery") | JSON}) | JSON,
    },
)


@schemathesis.serializer(LINES)
def _lines(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


@pytest.fixture(scope="module")
def stage(
    make_api: Callable[[str], Any], module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A project under way, and an administrator who is also its member in every role that a person can have."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUORATE_DATA", str(tmp_path_factory.mktemp("data")))
        configured.cache_clear()
        api = make_api(module_database_url)
        api.project(items=30, judgements={"min": 2, "max": 3}, audit={"rate": 1, "min": 1})
        api.bring("reviews", {"key": "known/1", "text": "It came late.", "gold": {"topic": "delivery"}})
        people = [api.person("all", "manager", "steward", "expert", "annotator", "auditor", admin=True)]
        people += [api.person("second", "annotator")]
        annotations = [_answered(person, task) for person in people for task in _claimed(person, 5)]
        yield _Stage(api, people[0], annotations[:5])
        api.close()
    configured.cache_clear()


def _claimed(person: Any, count: int) -> list[dict[str, Any]]:
    return list(person.post("/work/claim", json={"count": count}).json()["tasks"])


def _answered(person: Any, task: dict[str, Any]) -> str:
    answer = {"assignment": task["assignment"], "value": "delivery", "seconds": 3}
    return str(person.post("/work/submit", json=answer).json()["annotation"])


class _Stage:
    """Where made-up requests are aimed at what there is, so that they do not all end at `not found`."""

    def __init__(self, api: Any, caller: Any, annotations: list[str]) -> None:
        self.annotations = annotations
        self.schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api.app)
        self.headers = {"Authorization": caller.headers["Authorization"]}
        held = _claimed(caller, 15)
        case = caller.post("/cases/claim", json={"count": 1}).json()["cases"]
        upload = caller.post("/projects/reviews/media", content=b"text", headers={"Content-Type": "text/plain"})
        api.bring("reviews", {"key": "with a medium", "media": [upload.json()["url"]]})
        self.known = {
            "project": ["reviews"],
            "item": ["i0", "known/1"],
            "name": ["topic"],
            "digest": [upload.json()["url"].removeprefix("media:")],
            "assignment": [one["assignment"] for one in (*held, *case * 5)],
            "account": ["second"],
            "kind": ["schema"],
            "value": ["delivery"],
            "body": [{"kind": "choice", "classes": ["delivery", "product", "neither", "service"]}],
            "annotation": self.annotations,
        }

    def aimed(self, case: Case, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Case:
        """The case with some of its names and ids replaced by known ones."""
        if case.media_type == LINES and draw(st.booleans()):
            case.body = "\n".join(json.dumps(row) for row in draw(st.lists(ROW, max_size=4))).encode()
        fields = [case.path_parameters] + ([case.body] if isinstance(case.body, dict) else [])
        for into in fields:
            for name in into.keys() & self.known.keys():
                if draw(st.integers(0, 3)):
                    into[name] = draw(st.sampled_from(self.known[name]))
        return case


@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS, ids=lambda part: str(part).removeprefix("/api/v1"))
def test_every_answer_is_one_that_the_document_tells_of(stage: Any, path: str, method: str, mode: GenerationMode):
    operation = stage.schema[path][method]

    @given(st.data())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(data: st.DataObject) -> None:
        case = stage.aimed(data.draw(operation.as_strategy(generation_mode=mode)), data.draw)
        answer = case.call(headers=stage.headers)
        case.validate_response(answer, checks=CHECKS)
        assert answer.headers["x-content-type-options"] == ["nosniff"]
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == ["application/problem+json"]

    run()
