"""`quorate account`: who is added can sign in, or it is said what they cannot do and how they could."""

from __future__ import annotations

from typing import Any

import pytest


def test_a_person_with_a_token_alone_is_told_to_be_without_a_browser(typed: Any, quorate: Any) -> None:
    code, out, _ = typed("account", "add", "Ada L.", "--token", "work")
    assert code == 0
    assert "To sign in with a browser, too:\n    quorate account password 'Ada L.'\n" in out
    assert typed("account", "password", "Ada L.", "--password", "correct horse battery")[0] == 0
    assert quorate("account", "add", "ben", "--token", "work")[1]["signs_in"] is False


@pytest.mark.parametrize("how", [["--machine"], ["--password", "correct horse battery"]])
def test_who_needs_no_password_or_has_one_is_told_nothing_of_it(typed: Any, how: list[str]) -> None:
    assert "browser" not in typed("account", "add", "cy", "--token", "work", *how)[1]
