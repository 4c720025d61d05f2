"""What a policy's terms open, step by step: what was shown, where it was shown, while it holds."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from quorate import clock
from quorate.actions.claim_task import claim_tasks
from quorate.ids import new_id
from quorate.store import projects, qualifications, seats
from quorate.store import tables as t
from quorate.store.statement import dumps

TWO = ({"id": "topic", "schema": "topic"}, {"id": "tone", "schema": "tone"})
LANGUAGES = ({"language": "de"}, {"language": "fr"}, {"language": ["de", "fr"]}, {"language": None}, {})


def spec(world: Any, project: Any, kind: str, name: str, body: Any) -> Any:
    with world.db.write() as connection:
        connection.execute(
            insert(t.specs).values(
                id=new_id(), project_id=project, kind=kind, name=name, version=1, body=body, reason="test",
                created_at=clock.now(),
            )
        )  # fmt: skip
        return projects.get(connection, project)


def gated(
    world: Any, terms: list[Any], exams: dict[str, Any], *, steps: Any = TWO, open_: int = 10, **more: Any
) -> Any:
    """A project of ten known items and some others, where items are in turn German, French, both and of no language."""
    policy = {"judgements": {"min": 1, "max": 3}, "qualification": terms, **more}
    id = world.project(10 + open_, gold=10, policy=policy, steps=steps)
    for name, body in exams.items():
        spec(world, id, "exam", name, body)
    with world.db.work() as connection:
        rows = connection.execute(
            "SELECT id FROM items WHERE project_id = %s ORDER BY substr(key, 2)::int", (id,)
        ).fetchall()
        for place, (item,) in enumerate(rows):
            said = dumps(LANGUAGES[place % len(LANGUAGES)])
            connection.execute("UPDATE items SET attributes = %s::jsonb WHERE id = %s", (said, item))
    return id


def shows(world: Any, project: Any, who: Any, **tests: list[str]) -> None:
    """Let somebody have passed these tests of these exams now."""
    with world.db.work() as connection:
        seats.take(connection, project, who.account)
        for exam, passed in tests.items():
            qualifications.keep(connection, project, who.account, ("exam", exam), passed, clock.now())


def given(world: Any, project: Any, who: Any) -> dict[str, list[str]]:
    """What somebody is leased of all that is open: by step, the languages as the items say them."""
    found: dict[str, list[str]] = {}
    for one in claim_tasks(world.db, who, [project], 50):
        found.setdefault(one.step.name, []).append(str(one.lease.attributes.get("language")))
    return {step: sorted(set(languages)) for step, languages in found.items()}


ALL = sorted({str(one.get("language")) for one in LANGUAGES})


@pytest.mark.parametrize(
    ("terms", "shown", "wanted"),
    [
        (  # each step by its own exam
            [{"exam": "a", "steps": ["topic"], "enough": 1}, {"exam": "b", "steps": ["tone"], "enough": 1}],
            {"a": ["de"], "b": ["fr"]},
            {"topic": ["None", "de"], "tone": ["None", "fr"]},
        ),
        (  # two exams for the same steps: what both let through
            [{"exam": "a", "enough": 1}, {"exam": "b", "enough": 1}],
            {"a": ["de"], "b": ["fr"]},
            {"topic": ["None"], "tone": ["None"]},
        ),
        (  # a step that asks for nothing
            [{"exam": "b", "steps": ["tone"], "enough": 1}],
            {"b": ["fr"]},
            {"topic": ALL, "tone": ["None", "fr"]},
        ),
    ],
    ids=["a step each", "one step", "one of two"],
)  # fmt: skip
def test_a_language_is_opened_on_the_steps_whose_exam_was_passed(
    shared_world: Any, terms: Any, shown: Any, wanted: Any
) -> None:
    exams = {name: {"per": "language"} for name in ("a", "b")}
    project, who = gated(shared_world, terms, exams), shared_world.person()
    shows(shared_world, project, who, **shown)
    assert given(shared_world, project, who) == wanted
