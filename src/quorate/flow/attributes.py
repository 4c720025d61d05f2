"""What an item says of itself where a name or a list of names is wanted: languages, domains, access, parties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def names(attributes: Mapping[str, Any], attribute: str) -> frozenset[str]:
    """The names that an item gives there; none when it does not say."""
    given = attributes.get(attribute)
    if given is None:
        return frozenset()
    return frozenset(map(str, given)) if isinstance(given, list | tuple | set | frozenset) else frozenset([str(given)])
