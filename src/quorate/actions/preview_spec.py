"""What would publishing this spec do? Publishes it, tells what followed, and keeps nothing."""

from __future__ import annotations

from typing import Any

from quorate.actions.actor import Actor
from quorate.actions.publish_spec import publish_spec
from quorate.actions.revert_spec import revert_spec
from quorate.actions.rules import rules_of
from quorate.errors import InvalidInput
from quorate.labels.fields import faults_of
from quorate.store.database import Database
from quorate.store.projects import Project


def preview_spec(
    db: Database, actor: Actor, project: Project, kind: str, name: str, body: Any, *, version: int | None = None
) -> dict[str, Any]:
    """What would change and what of the labels in force would be kept, mapped and asked again, at what cost.

    With `version`, what going back to it would do. What cannot be published is no error here: its `faults` say what
    is wrong and how to mend it.
    """
    try:
        if version is not None:
            done = revert_spec(db, actor, project, kind, name, version, dry_run=True)
        else:
            done = publish_spec(db, actor, project.name, kind, name, body, reason="preview", dry_run=True)
    except InvalidInput as error:
        return {
            "publishable": False,
            "faults": [fault.to_json() for fault in faults_of(error)],
            "changes": [],
            "labels": [],
        }
    told = done.to_json()
    policy = rules_of(db, project.id).policy
    return {
        "publishable": True,
        "faults": [],
        "changes": told["changes"],
        "labels": told["labels"],
        **{count: told[count] for count in ("mapped", "restored", "asked_again", "tasks_added")},
        "cost": policy.pay.most * policy.judgements.min * (done.asked_again + done.tasks_added),
        "currency": project.currency,
    }
