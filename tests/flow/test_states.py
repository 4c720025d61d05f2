import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import Conflict
from quorate.flow.decide import Accept, AskMore, Escalate, Retire
from quorate.flow.states import WAYS, State, after, leads_to, move

DECISIONS = [Accept("r", "w"), AskMore("r", "w"), Escalate("r", "w"), Retire("r", "w")]


@given(st.lists(st.sampled_from(DECISIONS), max_size=20))
def test_a_task_in_work_follows_its_decisions(decisions):
    state = State.OPEN
    for decision in decisions:
        if state is State.RETIRED:
            with pytest.raises(Conflict):
                after(state, decision)
            return
        state = after(state, decision)
        assert state is leads_to(decision)


@given(st.sampled_from(State), st.sampled_from(State))
def test_only_the_ways_there_are(state, to):
    if to is state or to in WAYS[state]:
        assert move(state, to) is to
    else:
        with pytest.raises(Conflict):
            move(state, to)


def test_a_task_that_waits_is_not_decided():
    for decision in DECISIONS:
        with pytest.raises(Conflict):
            after("waiting", decision)


def test_every_state_can_be_reached_and_left():
    assert set(WAYS) == set(State)
    assert all(WAYS.values())
    assert set().union(*WAYS.values()) == set(State)
