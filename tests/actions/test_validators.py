"""Every validator fires where it should, in the real submit: some refuse the answer, the others note a finding."""

from __future__ import annotations

from typing import Any

import pytest

from quorate.actions.claim_task import claim_tasks
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.errors import InvalidInput

TEXT = {
    "kind": "text",
    "validate": [
        {"when": "value == 'nonsense'", "then": "refuse", "say": "That is no answer."},
        {"use": "required", "fields": ["comment"]},
        {"use": "min_seconds", "seconds": 2},
        {"use": "reading_speed", "words_per_minute": 600},
        {"use": "repeats", "answers": 3},
        {"use": "inconsistent"},
        {"use": "copied"},
    ],
}
LONG = "The parcel came three days late and the box was crushed on one side, which nobody had told us of before."


def test_each_validator_is_seen_to_fire(world: Any, one: Any) -> None:
    project = world.project(6, policy={"judgements": {"min": 2, "max": 2}}, schema=TEXT)
    one("UPDATE items SET body = jsonb_build_object('text', %s::text) RETURNING id", LONG)
    one("UPDATE items SET twin_of = (SELECT id FROM items WHERE key = 'i0') WHERE key = 'i1' RETURNING id")
    who, other = world.person(), world.person()
    tasks = claim_tasks(world.db, who, [project], 6)

    def say(place: int, value: str, by: Any = who, comment: str = "so it is", seconds: float = 60.0) -> None:
        lease = tasks[place].lease.id if by is who else others[place].lease.id
        submit_annotation(world.db, by, Submission(lease, value, seconds=seconds, comment=comment))

    for value, comment, why in (("nonsense", "x", "no answer"), ("late", "", "comment"), ("", "x", ".")):
        with pytest.raises(InvalidInput, match=why):
            say(0, value, comment=comment)
    assert one("SELECT count(*) FROM annotations") == [(0,)]

    def noted() -> set[str]:
        return {kind for (kind,) in one("SELECT kind FROM findings")}

    say(0, "The courier came much too late for all of us.")
    assert noted() == set()
    say(1, "It is broken, no doubt.")
    assert noted() == {"inconsistent"}
    say(2, "Crushed.", seconds=0.5)
    assert noted() == {"inconsistent", "min_seconds", "reading_speed"}
    for place in (3, 4):
        say(place, "Crushed.")
    assert "repeats" in noted()
    say(5, LONG)
    assert "copied" in noted()
    before = one("SELECT count(*) FROM findings WHERE kind = 'copied'")[0][0]
    others = claim_tasks(world.db, other, [project], 6)
    say(0, "The courier came much too late for all of us.", by=other)
    assert one("SELECT count(*) FROM findings WHERE kind = 'copied'")[0][0] == before + 1
