"""`quorate hours` and `quorate duty`, as somebody types them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

REVIEWS = Path(__file__).parents[2] / "examples" / "reviews"


def test_hours_are_said_shown_and_who_is_on_duty(quorate: Any, typed: Any) -> None:
    assert quorate("apply", REVIEWS)[0] == 0
    for name in ("eva", "eli"):
        assert quorate("account", "add", name, "--role", "reviews:expert", "--token", "work")[0] == 0
    assert quorate("hours", "show", "eva")[1] == {"name": "eva", "hours": None}
    work = "workdays=09:00-12:00,13:00-17:00"
    code, said, _ = quorate(
        "hours", "set", "eva", "--zone", "Europe/Paris", "--work", work, "--away", "2031-01-01/2031-01-02"
    )
    assert (code, said["hours"]["week"]["fri"][1]) == (0, {"from": "13:00", "to": "17:00"})
    assert quorate("hours", "show", "eva")[1] == said
    assert quorate("hours", "set", "eli", "--zone", "Nowhere", "--work", work)[0] == 2
    assert typed("hours", "set", "eli", "--zone", "UTC", "--work", "mon=9-17")[0] == 2
    _, told, _ = quorate("duty", "reviews")
    assert told["assigning"]
    assert {one["person"]: bool(one["hours"]) for one in told["people"]} == {"eva": True, "eli": False}
    code, shown, _ = typed("duty", "reviews")
    assert (code, "always there" in shown, "each case is one expert's turn" in shown) == (0, True, True)
    assert quorate("hours", "clear", "eva")[0] == 0
    assert not quorate("duty", "reviews")[1]["assigning"]
    assert "queue" in quorate("status", "reviews")[1]["ahead"]
