"""One file of routes a noun; `every` is the list of them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from fastapi import APIRouter

NOUNS = (
    "health",
    "session",
    "projects",
    "home",
    "metrics",
    "pay",
    "alerts",
    "annotators",
    "duty",
    "fitness",
    "invites",
    "setup",
    "specs",
    "items",
    "media",
    "guide",
    "work",
    "feedback",
    "findings",
    "clarifications",
    "training",
    "leads",
    "disputes",
    "cases",
    "live",
    "labels",
    "exports",
    "events",
)


def every() -> Iterator[APIRouter]:
    """The routers, in the order in which the documentation shows them."""
    for noun in NOUNS:
        yield import_module(f"quorate.server.routes.{noun}").router
