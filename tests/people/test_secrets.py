"""Passwords, pseudonyms and fingerprints."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import InvalidInput
from quorate.people.passwords import SHORTEST, hashed, matches
from quorate.people.pseudonyms import pseudonym
from quorate.people.secrets import fingerprint


def test_a_password_is_kept_as_argon2id_with_a_salt_of_its_own():
    first, second = hashed("correct horse"), hashed("correct horse")
    assert first.startswith("$argon2id$")
    assert first != second
    assert matches("correct horse", first)
    assert matches("correct horse", second)
    assert not matches("correct horsf", first)


def test_no_password_fits_where_there_is_none():
    assert not matches("nobody has this password", None)
    assert not matches("", None)


def test_a_short_password_is_refused_without_being_told():
    with pytest.raises(InvalidInput) as refused:
        hashed("x" * (SHORTEST - 1))
    assert "xxx" not in str(refused.value)


@given(st.uuids(), st.binary(min_size=1, max_size=40))
def test_a_pseudonym_is_stable_and_tells_nothing(account: UUID, salt: bytes):
    name = pseudonym(account, salt)
    assert name == pseudonym(account, salt)
    assert len(name) == len("a-") + 8
    assert str(account)[:8] not in name


def test_pseudonyms_differ_by_account_and_by_salt():
    accounts = [UUID(int=n) for n in range(2000)]
    assert len({pseudonym(account, b"one") for account in accounts}) == len(accounts)
    assert not {pseudonym(a, b"one") for a in accounts} & {pseudonym(a, b"two") for a in accounts}


def test_a_fingerprint_is_sha_256():
    assert fingerprint("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
