import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import Conflict
from quorate.flow.states import RESTING, WAYS, State, move


@given(st.sampled_from(State), st.sampled_from(State))
def test_only_the_ways_there_are(state, to):
    if to is state or to in WAYS[state]:
        assert move(state, to) is to
    else:
        with pytest.raises(Conflict):
            move(state, to)


def test_every_state_can_be_reached_and_left():
    assert set(WAYS) == set(State)
    assert all(WAYS.values())
    assert set().union(*WAYS.values()) == set(State)


def test_no_expert_is_asked_of_what_rests():
    assert all(State.CONTESTED not in WAYS[state] for state in RESTING)
