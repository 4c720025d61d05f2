"""Write, try and remove channels. An address goes in and never comes out; a signing secret is shown once."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.send_messages import listed_hosts
from quorate.errors import InvalidInput, NotFound
from quorate.ids import new_id, new_secret
from quorate.send.channel import Channel, redacted
from quorate.send.message import Message
from quorate.send.webhook import PREFIX
from quorate.store import channels, ledger
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.projects import Project

Told = dict[str, Any]
NAME = re.compile(r"[\w][\w.\-]{0,63}")


def keep_channel(db: Database, actor: Actor, project: Project | None, name: str, url: str) -> Told:
    """Write a channel of a project, or of the workspace; with a webhook's secret, which is not shown again.

    Raises `InvalidInput` for an address that nothing can or may be sent to.
    """
    if not NAME.fullmatch(name):
        raise InvalidInput("A name has letters, digits, dots and dashes.", where="name", mend="Such as `team`.")
    channel = Channel(name, url.strip())
    channel.check(listed_hosts())
    secret = PREFIX + b64encode(new_secret().encode()).decode() if channel.kind == "webhook" else None
    row = {
        "id": new_id(), "workspace_id": actor.workspace, "project_id": _id(project), "name": name,
        "kind": channel.kind, "url": channel.url, "secret": secret, "author_id": actor.account,
        "created_at": clock.now(),
    }  # fmt: skip
    with db.work() as connection:
        id = channels.put(connection, row)
        _tell(connection, actor, project, "channel.kept", id, {"name": name, "kind": channel.kind})
    return {**_shown(row), "secret": secret}


def remove_channel(db: Database, actor: Actor, project: Project | None, name: str) -> None:
    """Forget a channel; what waits for it is dropped. Raises `NotFound`."""
    with db.work() as connection:
        id = channels.remove(connection, actor.workspace, _id(project), name)
        if id is None:
            raise NotFound("There is no channel '{name}' here.", where="name", name=name)
        _tell(connection, actor, project, "channel.removed", id, {"name": name})


def try_channel(db: Database, actor: Actor, project: Project, name: str) -> None:
    """Send a message that says that it is one. Raises `NotFound`, or why it was not taken."""
    with db.work() as connection:
        found = {row["name"]: row for row in channels.of_project(connection, actor.workspace, project.id)}
    if name not in found:
        raise NotFound("There is no channel '{name}'.", where="name", name=name)
    row, now = found[name], clock.now()
    text = f"This is how alerts of {project.name} will be told."
    message = Message(new_id(), f"{project.name}: a try", text, "info", True, {"project": project.name, "alerts": []})
    Channel(name, row["url"], row["secret"]).send(message, now, listed_hosts())
    with db.work() as connection:
        channels.hold(connection, row["id"])
        _tell(connection, actor, project, "channel.tried", row["id"], {"name": name})


def tell_channels(db: Database, workspace: UUID, project: Project | None) -> list[Told]:
    """The channels that a project can name, or the workspace's, without what is secret."""
    with db.work() as connection:
        return [_shown(row) for row in channels.of_project(connection, workspace, _id(project))]


def _id(project: Project | None) -> UUID | None:
    return project.id if project else None


def _shown(row: Told) -> Told:
    return {
        "name": row["name"], "kind": row["kind"], "shown": redacted(row["url"]), "created_at": row["created_at"],
        "of": "project" if row["project_id"] else "workspace",
    }  # fmt: skip


def _tell(
    connection: Driver, actor: Actor, project: Project | None, verb: str, id: UUID, content: dict[str, Any]
) -> None:
    told = Event(
        actor=actor.account, verb=verb, object_id=id, content=content, workspace_id=actor.workspace,
        project_id=_id(project),
    )  # fmt: skip
    ledger.tell(connection, [told])
