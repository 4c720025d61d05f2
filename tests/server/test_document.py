"""The OpenAPI document: whole, with examples that are accepted, and with every type of problem."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from quorate import errors
from quorate.server.app import create_app
from quorate.server.routes import every
from quorate.server.shapes.shape import Shape

DOCUMENT = create_app(None).openapi()
TOLD = [told for methods in DOCUMENT["paths"].values() for told in methods.values()]
VERBS = {
    "judge",
    "answer",
    "decline",
    "read",
    "start",
    "end",
    "try",
    "preview",
    "pause",
    "block",
    "retrain",
    "resume",
    "acknowledge",
    "accept",
    "claim",
    "submit",
    "skip",
    "release",
    "extend",
    "revise",
    "flag",
    "adjudicate",
    "revert",
    "verify",
    "refit",
}
SINGLE = {
    "duty",
    "statement",
    "forecast",
    "standing",
    "pay",
    "elsewhere",
    "password",
    "disabled",
    "home",
    "certificate",
    "api",
    "v1",
    "health",
    "session",
    "me",
    "work",
    "held",
    "why",
    "status",
    "progress",
    "export",
    "ledger",
    "guide",
    "feedback",
    "today",
    "live",
    "reveal",
}


def subclasses(kind: type) -> list[type]:
    return [kind, *(deeper for inner in kind.__subclasses__() for deeper in subclasses(inner))]


def test_it_is_openapi_3_1_and_every_operation_has_an_id_and_words_of_its_own():
    assert DOCUMENT["openapi"].startswith("3.1")
    ids = [told["operationId"] for told in TOLD]
    assert len(set(ids)) == len(ids)
    assert all(told["description"] and told["summary"] for told in TOLD)


def test_nouns_are_plural_and_what_is_no_noun_is_a_verb_or_one_of_a_kind():
    parts = {part for path in DOCUMENT["paths"] for part in path.split("/") if part and not part.startswith("{")}
    assert {part for part in parts if not part.endswith("s")} - VERBS - SINGLE == {"media"}


def test_every_body_has_an_example():
    for told in TOLD:
        for content in told.get("requestBody", {}).get("content", {}).values():
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            assert "example" in content or DOCUMENT["components"]["schemas"][name]["examples"], told["operationId"]


BODIES = {
    route.body_field.field_info.annotation
    for router in every()
    for route in router.routes
    if isinstance(route, APIRoute) and route.body_field
}


@pytest.mark.parametrize("shape", sorted(BODIES, key=lambda shape: shape.__name__), ids=lambda shape: shape.__name__)
def test_each_example_is_accepted_and_no_field_gets_lost(shape: type[BaseModel]):
    assert issubclass(shape, Shape)
    (shown,) = shape.model_json_schema()["examples"]
    assert shape.model_validate(shown).model_dump(mode="json", exclude_unset=True, by_alias=True) == shown
    with pytest.raises(ValueError, match="Extra inputs"):
        shape.model_validate({**shown, "misspelt": 1})


def test_every_type_of_problem_is_told():
    types = [kind.type for kind in subclasses(errors.QuorateError) if "type" in vars(kind)]
    assert len(set(types)) == len(types)
    for type_ in [*types, "method-not-allowed"]:
        assert f"| `{type_}` |" in DOCUMENT["info"]["description"]


def test_refusals_are_problems_and_nothing_else():
    for told in TOLD:
        for status in ("4XX", "5XX"):
            assert list(told["responses"][status]["content"]) == ["application/problem+json"]


def test_who_may_call_is_told():
    public = {told["operationId"] for told in TOLD if told["security"] == []}
    assert public == {"installation_health", "accounts_open_session", "invites_show", "invites_accept"}
    assert DOCUMENT["components"]["securitySchemes"].keys() == {"token", "session"}
