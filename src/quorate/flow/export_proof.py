"""The proof beside an export: its records in a Merkle tree, the tree's root in an event, the event in a block.

Someone who has the export, this proof and a published root needs nothing else to see that no record was changed, and
if one was, which.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from quorate.errors import InvalidInput
from quorate.flow import merkle

Proof: TypeAlias = dict[str, Any]
HASH = 32
EVENT = ("seq", "at", "workspace_id", "project_id", "actor", "verb", "object_id", "content")
BLOCK = ("number", "first_seq", "last_seq", "events", "root", "previous")


def leaves(records: Iterable[Mapping[str, Any]]) -> list[bytes]:
    """The leaf hash of each record, as it is read back from the file."""
    return [merkle.leaf(record) for record in records]


def write(
    files: Mapping[str, Sequence[bytes]],
    export: Mapping[str, Any],
    event: Mapping[str, Any],
    block: Mapping[str, Any] | None,
    path: merkle.Path,
) -> Proof:
    """The proof of an export.

    `files`: name → leaf hashes of its records; `export`: the row that the event tells of; `block`: the one that it is
    sealed in (None: not yet), with the `path` from the event to its root.
    """
    proof: Proof = {
        "what": "Proof of a Quorate export. Check it with `quorate verify EXPORT`.",
        "files": [{"name": name, "records": len(hashes)} for name, hashes in files.items()],
        "leaves": b64encode(b"".join(hash for hashes in files.values() for hash in hashes)).decode(),
        "export": export,
        "event": {name: event[name] for name in EVENT},
        "block": None,
    }
    if block is not None:
        proof["block"] = {name: block[name] for name in (*BLOCK, "hash")}
        proof["path"] = [[side, hash] for side, hash in path]
    return proof


def faults(
    proof: Mapping[str, Any], files: Mapping[str, Iterable[Mapping[str, Any]]], published: str | None = None
) -> list[str]:
    """What does not fit, in words; nothing when the export is as it was written.

    `files`: name → its records, read back; `published`: the block's root or hash (hexadecimal), got some other way.
    Raises `InvalidInput` when the proof itself is not one.
    """
    try:
        told = b64decode(proof["leaves"], validate=True)
        return [
            *_changed(proof["files"], told, files),
            *_chain(proof, [told[i : i + HASH] for i in range(0, len(told), HASH)]),
            *_published(proof, published),
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            "The proof is not whole: {reason}.", mend="Take the file that was written with it.", reason=str(error)
        ) from error


def _changed(
    named: Sequence[Mapping[str, Any]], told: bytes, files: Mapping[str, Iterable[Mapping[str, Any]]]
) -> list[str]:
    found, start = [], 0
    for entry in named:
        name, count = entry["name"], entry["records"]
        number = 0
        for number, record in enumerate(files[name], start=1):
            place = (start + number - 1) * HASH
            if number > count:
                found.append(f"{name}: record {number} ({_key(record)}) was added.")
            elif merkle.leaf(record) != told[place : place + HASH]:
                found.append(f"{name}: record {number} ({_key(record)}) was changed.")
        if number < count:
            found.append(f"{name}: {count - number} records at the end are missing.")
        start += count
    return found


def _key(record: Mapping[str, Any]) -> str:
    return str(record.get("key", "no key"))


def _chain(proof: Mapping[str, Any], hashes: Sequence[bytes]) -> list[str]:
    """From the leaves to the root, to the export's row, to the event, to the block."""
    export, event, block = proof["export"], proof["event"], proof["block"]
    found = []
    if merkle.root(hashes).hex() != export["settings"]["root"]:
        found.append("The proof's record hashes do not give the root that was exported.")
    if merkle.digest(export).hex() != event["content"]:
        found.append("The event does not tell of this export.")
    if block is None:
        return [*found, "The event was not yet sealed in a block; export again, or fetch the proof later."]
    path = [(side, bytes.fromhex(hash)) for side, hash in proof["path"]]
    if merkle.follow(merkle.leaf(event), path).hex() != block["root"]:
        found.append("The event is not in the block.")
    if merkle.digest({name: block[name] for name in BLOCK}).hex() != block["hash"]:
        found.append("The block's hash is not that of its content.")
    return found


def _published(proof: Mapping[str, Any], published: str | None) -> list[str]:
    block = proof["block"]
    if published is None or (block and published.lower() in (block["root"], block["hash"])):
        return []
    return [f"The block is not the one that was published ({published})."]
