"""The table of rights, alone: deny by default, and a token never more than its account."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quorate.people.roles import RIGHTS, SCOPES, Anyone, Role, allowed, in_scope

ROLES = st.sets(st.sampled_from(Role))


@given(st.text(), ROLES)
def test_what_is_not_in_the_table_is_denied(right, roles):
    assert right in RIGHTS or not allowed(right, roles, admin=True)
    assert right in RIGHTS or not any(in_scope(right, [scope]) for scope in SCOPES)


@given(st.sampled_from(sorted(RIGHTS)), ROLES, ROLES)
def test_another_role_never_takes_a_right_away(right, held, more):
    assert allowed(right, held | more) or not allowed(right, held)


@given(st.sampled_from(sorted(RIGHTS)), ROLES)
def test_nobody_may_what_is_not_public_without_signing_in(right, roles):
    assert allowed(right, roles, signed_in=False, admin=True) == (RIGHTS[right] is Anyone.PUBLIC)


def test_no_roles_open_no_project():
    assert not [right for right, needed in RIGHTS.items() if isinstance(needed, frozenset) and allowed(right)]


def test_an_unknown_role_or_scope_is_worth_nothing():
    assert not allowed("item.read", ["root"])
    assert not in_scope("item.read", ["root"])


def test_scopes_name_rights_that_there_are_and_manage_is_all_of_them():
    assert {right for rights in SCOPES.values() for right in rights} <= RIGHTS.keys()
    assert set(SCOPES["manage"]) == set(RIGHTS)
    assert not set(SCOPES["read"]) & {"spec.publish", "item.import", "work.do", "case.judge", "label.export"}
