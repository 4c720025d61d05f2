"""The states of a task and the ways between them."""

from __future__ import annotations

from enum import StrEnum

from quorate.errors import Conflict
from quorate.flow.decide import Accept, AskMore, Decision, Escalate, Retire


class State(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"
    OPEN = "open"
    CONTESTED = "contested"
    DECIDED = "decided"
    RETIRED = "retired"


WAYS: dict[State, frozenset[State]] = {
    # a step's condition became true; or the item was withdrawn
    State.WAITING: frozenset({State.OPEN, State.RETIRED}),
    # back to waiting when the decision it depends on changed
    State.OPEN: frozenset({State.WAITING, State.CONTESTED, State.DECIDED, State.RETIRED}),
    # back to open when skills moved, or an answer was revised, or the policy changed
    State.CONTESTED: frozenset({State.WAITING, State.OPEN, State.DECIDED, State.RETIRED}),
    # a newer decision supersedes; a refit, an audit or a dispute reopens
    State.DECIDED: frozenset({State.WAITING, State.OPEN, State.CONTESTED, State.DECIDED, State.RETIRED}),
    # taken back into work
    State.RETIRED: frozenset({State.WAITING, State.OPEN}),
}


def leads_to(decision: Decision) -> State:
    """The state that a decision puts its task in."""
    match decision:
        case Accept():
            return State.DECIDED
        case AskMore():
            return State.OPEN
        case Escalate():
            return State.CONTESTED
        case Retire():
            return State.RETIRED


def move(state: State | str, to: State | str) -> State:
    """`to`, if a task in `state` may go there (staying is allowed). Raises `Conflict` otherwise."""
    state, to = State(state), State(to)
    if to is not state and to not in WAYS[state]:
        raise Conflict(f"a {state} task cannot become {to}")
    return to


def after(state: State | str, decision: Decision) -> State:
    """The state after a decision on a task that people may work on. Raises `Conflict` for one they may not."""
    state = State(state)
    if state in {State.WAITING, State.RETIRED}:
        raise Conflict(f"a {state} task cannot be decided", mend="Open it first.")
    return move(state, leads_to(decision))
