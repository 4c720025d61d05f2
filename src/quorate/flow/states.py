"""The states of a task and the ways between them."""

from __future__ import annotations

from enum import StrEnum

from quorate.errors import Conflict


class State(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"
    OPEN = "open"
    CONTESTED = "contested"
    DECIDED = "decided"
    RETIRED = "retired"


WAYS: dict[State, frozenset[State]] = {
    # a step's condition became true, and a label of before is in force again; or the item was withdrawn
    State.WAITING: frozenset({State.OPEN, State.DECIDED, State.RETIRED}),
    # back to waiting when the decision it depends on changed
    State.OPEN: frozenset({State.WAITING, State.CONTESTED, State.DECIDED, State.RETIRED}),
    # back to open when skills moved, or an answer was revised, or the policy changed
    State.CONTESTED: frozenset({State.WAITING, State.OPEN, State.DECIDED, State.RETIRED}),
    # a newer decision supersedes; a refit, an audit or a dispute reopens
    State.DECIDED: frozenset({State.WAITING, State.OPEN, State.CONTESTED, State.DECIDED, State.RETIRED}),
    # taken back into work, or its label back into force
    State.RETIRED: frozenset({State.WAITING, State.OPEN, State.DECIDED}),
}


RESTING = frozenset({State.WAITING, State.RETIRED})
"""Where nobody is asked. An answer that comes all the same, from who held the task before, is kept; nothing follows."""


def move(state: State | str, to: State | str) -> State:
    """`to`, if a task in `state` may go there (staying is allowed). Raises `Conflict` otherwise."""
    state, to = State(state), State(to)
    if to is not state and to not in WAYS[state]:
        raise Conflict("a {state} task cannot become {to}", state=state, to=to)
    return to
