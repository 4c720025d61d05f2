"""The one table that says who may do what. What is not in it is denied.

A right names what is done, not the route; each route and each command names its right. Roles are held per project; a
person may hold several. An administrator of the workspace holds every role that manages, and none that judges.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What somebody may be in a project."""

    MANAGER = "manager"
    STEWARD = "steward"
    EXPERT = "expert"
    ANNOTATOR = "annotator"
    AUDITOR = "auditor"
    MACHINE = "machine"


class Anyone(StrEnum):
    """Rights that do not depend on a project."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    ADMIN = "administrator"


MANAGER, STEWARD, EXPERT, ANNOTATOR, AUDITOR, MACHINE = Role
EVERYBODY = frozenset(Role)
OVERSEERS = frozenset({MANAGER, STEWARD, AUDITOR})

RIGHTS: dict[str, Anyone | frozenset[Role]] = {
    # the installation
    "health.read": Anyone.PUBLIC,
    "docs.read": Anyone.PUBLIC,
    "pages.read": Anyone.PUBLIC,
    "metrics.read": Anyone.ADMIN,
    # oneself
    "session.open": Anyone.PUBLIC,
    "invite.read": Anyone.PUBLIC,
    "invite.accept": Anyone.PUBLIC,
    "session.close": Anyone.SIGNED_IN,
    "self.read": Anyone.SIGNED_IN,
    "self.manage": Anyone.SIGNED_IN,
    "token.manage": Anyone.SIGNED_IN,
    # the workspace
    "account.manage": Anyone.ADMIN,
    "project.create": Anyone.ADMIN,
    "project.list": Anyone.SIGNED_IN,
    # a project
    "project.read": EVERYBODY,
    "spec.read": EVERYBODY,
    "spec.publish": frozenset({MANAGER, STEWARD}),
    "member.read": OVERSEERS,
    "member.manage": frozenset({MANAGER}),
    "item.import": frozenset({MANAGER, STEWARD}),
    "item.read": OVERSEERS | {EXPERT},
    "media.read": EVERYBODY,
    "guarded.read": frozenset({MANAGER}),
    # the work
    "work.do": frozenset({ANNOTATOR, EXPERT, MACHINE}),
    "feedback.read": frozenset({ANNOTATOR, EXPERT}),
    "dispute.open": frozenset({ANNOTATOR, EXPERT}),
    "work.watch": frozenset({ANNOTATOR, EXPERT}),
    "case.judge": frozenset({EXPERT}),
    "case.read": OVERSEERS | {EXPERT},
    "case.oversee": OVERSEERS,
    # what came of it
    "project.watch": OVERSEERS | {EXPERT},
    "status.read": OVERSEERS | {EXPERT},
    "label.read": OVERSEERS | {MACHINE},
    "label.explain": OVERSEERS | {EXPERT},
    "label.export": frozenset({MANAGER, AUDITOR}),
    "duty.read": OVERSEERS | {EXPERT},
    "annotator.read": OVERSEERS,
    "annotator.manage": frozenset({MANAGER}),
    "finding.read": OVERSEERS,
    "finding.judge": frozenset({MANAGER}),
    "finding.answer": Anyone.SIGNED_IN,
    "clarification.read": OVERSEERS | {EXPERT},
    "clarification.ask": frozenset({MANAGER, STEWARD, EXPERT}),
    "clarification.answer": frozenset({MANAGER, STEWARD}),
    "identity.read": frozenset({MANAGER, AUDITOR}),
    "skill.refit": frozenset({MANAGER, STEWARD}),
    "metric.read": OVERSEERS,
    "alert.read": OVERSEERS,
    "channel.manage": frozenset({MANAGER}),
    "ledger.read": OVERSEERS,
    # money
    "pay.read": frozenset({MANAGER, AUDITOR}),
    "pay.manage": frozenset({MANAGER}),
}

BY_ADMIN = frozenset({MANAGER, STEWARD, AUDITOR})
"""The roles that an administrator holds in every project without being a member."""

SCOPES = {
    "work": (
        *("work.do", "work.watch", "feedback.read", "dispute.open", "finding.answer", "case.judge"),
        *("project.list", "project.read", "spec.read", "media.read", "self.read"),
    ),
    "read": tuple(right for right in RIGHTS if right.endswith((".read", ".list", ".explain"))),
    "export": (
        *("label.export", "label.read", "label.explain", "guarded.read"),
        *("status.read", "project.read", "ledger.read"),
    ),
    "manage": tuple(RIGHTS),
}
"""What an API token may be limited to. A token never may more than its account."""


def allowed(right: str, roles: Iterable[str] = (), *, signed_in: bool = True, admin: bool = False) -> bool:
    """Whether somebody with these roles in the project at hand has this right. An unknown right is nobody's."""
    needed = RIGHTS.get(right)
    match needed:
        case None:
            return False
        case Anyone.PUBLIC:
            return True
        case Anyone.SIGNED_IN:
            return signed_in
        case Anyone.ADMIN:
            return signed_in and admin
        case _:
            held = set(roles) | (BY_ADMIN if admin else set())
            return signed_in and not needed.isdisjoint(held)


def in_scope(right: str, scopes: Iterable[str]) -> bool:
    """Whether a token limited to these scopes may use this right."""
    return any(right in SCOPES.get(scope, ()) for scope in scopes)


def narrowest(right: str) -> str:
    """The scope that has this right and the fewest others."""
    return min((scope for scope in SCOPES if right in SCOPES[scope]), key=lambda scope: len(SCOPES[scope]))
