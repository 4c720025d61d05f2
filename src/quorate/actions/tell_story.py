"""Tell why an item has the labels that it has. Reads only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from quorate.flow.explain import explain
from quorate.people.pseudonyms import pseudonym
from quorate.store import accounts, story
from quorate.store.database import Database
from quorate.store.projects import Project


def tell_story(
    db: Database, project: Project, key: str, *, names: bool = False, cleared: list[str] | None = None
) -> dict[str, Any]:
    """The whole story of an item: each task's state and chapters. With `names`, accounts by name for who may know.

    `cleared`: for what `access` the reader is; None: for all. Raises `NotFound`.
    """
    with db.read() as connection:
        salt = accounts.salt(connection, project.workspace_id)
    with db.work() as driver:
        found = story.read(driver, project.id, key, cleared)
    known = {row["account_id"]: row["annotator_name"] for nouns in found.said.values() for row in nouns["annotations"]}

    def named(account: UUID) -> str:
        return (names and known.get(account)) or pseudonym(account, salt)

    tasks = []
    for task in found.tasks:
        said = found.said[task["id"]]
        chapters = explain(said, decision=task["decision_id"], named=named)
        place = found.places.get(task["decision_id"]) if task["decision_id"] else None
        current = next((row for row in said["decisions"] if row["id"] == task["decision_id"]), None)
        tasks.append(
            {
                "step": task["step"],
                "state": task["state"],
                "value": current["value"] if current else None,
                "confidence": current["confidence"] if current else None,
                "gold": task["gold"] is not None,
                "chapters": [chapter.to_json() for chapter in chapters],
                "ledger": {"event": place["seq"], "block": place["block"], "root": place["root"]} if place else None,
            }
        )
    item = found.item
    return {
        "item": item["key"],
        "body": item["body"],
        "imported_at": item["created_at"].isoformat(),
        "shared_with": found.shared,
        "tasks": tasks,
    }
