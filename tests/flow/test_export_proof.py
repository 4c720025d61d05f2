"""A proof fits what was written and nothing else."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from quorate.flow import export_proof, merkle

RECORDS = st.lists(
    st.fixed_dictionaries({"key": st.text(max_size=5), "topic": st.sampled_from("abc")}), min_size=1, max_size=9
)


def proved(records: list[dict[str, Any]], others: int) -> dict[str, Any]:
    """A proof of these records, sealed in a block together with as many other events before and after."""
    leaves = export_proof.leaves(records)
    export = {"id": "e", "records": len(records), "settings": {"root": merkle.root(leaves).hex()}}
    event = dict.fromkeys(export_proof.EVENT) | {"seq": others, "content": merkle.digest(export)}
    events = [merkle.leaf({"seq": n}) for n in range(2 * others + 1)]
    events[others] = merkle.leaf(event)
    block = {"number": 1, "first_seq": 0, "last_seq": 2 * others, "events": len(events), "previous": b""}
    block["root"] = merkle.root(events)
    block["hash"] = merkle.digest(block)
    proof = export_proof.write({"out": leaves}, export, event, block, merkle.path(events, others))
    read: dict[str, Any] = orjson.loads(merkle.canonical(proof))
    return read


@given(RECORDS, st.integers(0, 6))
def test_what_was_written_fits(records: list[dict[str, Any]], others: int) -> None:
    proof = proved(records, others)
    for published in (None, proof["block"]["root"], proof["block"]["hash"].upper()):
        assert export_proof.faults(proof, {"out": records}, published) == []


@given(RECORDS, st.integers(0, 6), st.data())
def test_a_change_of_one_record_is_named(records: list[dict[str, Any]], others: int, data: st.DataObject) -> None:
    proof = proved(records, others)
    place = data.draw(st.integers(0, len(records) - 1))
    changed = [*records]
    changed[place] = {**records[place], "topic": "d"}
    key = records[place]["key"]
    assert export_proof.faults(proof, {"out": changed}) == [f"out: record {place + 1} ({key}) was changed."]


@given(RECORDS, st.data())
def test_a_proof_that_was_changed_along_no_longer_fits_its_root(
    records: list[dict[str, Any]], data: st.DataObject
) -> None:
    proof = proved(records, 2)
    place = data.draw(st.integers(0, len(records) - 1))
    records[place]["topic"] = "d"
    proof["leaves"] = proved(records, 2)["leaves"]
    assert export_proof.faults(proof, {"out": records}) == [
        "The proof's record hashes do not give the root that was exported."
    ]
    proof["export"]["settings"]["root"] = proved(records, 2)["export"]["settings"]["root"]
    assert export_proof.faults(proof, {"out": records}) == ["The event does not tell of this export."]


def test_an_unsealed_export_says_so() -> None:
    proof = proved([{"key": "a"}], 1) | {"block": None}
    assert any("not yet sealed" in fault for fault in export_proof.faults(proof, {"out": [{"key": "a"}]}))
