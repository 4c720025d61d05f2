"""What annotators say they can and are party to; which guarded items they may see."""

from __future__ import annotations

from typing import Any, Literal

from quorate.actions.declare_fitness import declare_fitness
from quorate.actions.grant_access import account_named, grant_access
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import fitness as shapes
from quorate.store import fitness

router = Router(tags=["accounts"])
Kind = Literal["language", "domain", "conflict"]


@router.get("/me/fitness", response_model=shapes.Fitness)
def own_fitness(db: Db, caller: Caller = may("self.read")) -> Any:
    """What you say of yourself, and what the items of your projects ask for."""
    with db.work() as connection:
        asked = fitness.asked(connection, list(caller.roles))
        return Json({**fitness.declared(connection, caller.account.id), "asked": asked})


@router.put("/me/fitness/{kind}", response_model=shapes.Names)
def declare(kind: Kind, body: shapes.Declared, db: Db, caller: Caller = may("self.manage")) -> Any:
    """Say which languages or domains you work in, or with whom you are in conflict; it counts from the next task on.

    What is written otherwise than your projects' items write it is kept, too, and told as `unheard`.
    """
    kept = declare_fitness(db, caller.actor, caller.account.id, kind, body.names)
    with db.work() as connection:
        asked = fitness.asked(connection, list(caller.roles)).get(kind, [])
    unheard = [name for name in kept or () if name not in asked] if asked else []
    return Json({"names": kept, "unheard": unheard, "asked": asked})


@router.get("/projects/{project}/access", response_model=shapes.Access)
def list_access(db: Db, within: InProject, caller: Caller = may("member.read")) -> Any:
    """What items ask for, and who may see what; with what they say of themselves."""
    with db.work() as connection:
        return Json({"asked": fitness.named(connection, within.id), "members": fitness.members(connection, within.id)})


@router.put("/projects/{project}/access/{account:path}", response_model=shapes.Granted)
def grant(account: str, body: shapes.Granted, db: Db, within: InProject, caller: Caller = may("member.manage")) -> Any:
    """Let an account see the items whose `access` names no more than these; in the place of what it might see."""
    who = account_named(db, within.workspace_id, account)
    return Json({"names": grant_access(db, caller.actor, within, who, body.names)})
