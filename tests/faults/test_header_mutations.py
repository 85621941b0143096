"""No altered header is accepted, and none makes the program fail in another way than refusing.

A mutation that still parses is held against the known master key, and its slots against their known keys, so
that nothing slow is derived. `IMSA_FAULTS=all` makes 100,000 and goes on where it was stopped: the seed and
the running total stand in `build/faults/header-mutations.json`.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from vault_kit import NOW, PASSPHRASE, QUICK, quick_vault

from imsa_desk.crypto import aead, keys
from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.kdf import derive
from imsa_desk.crypto.words import parse_recovery_code
from imsa_desk.domain.canonical import canonical
from imsa_desk.errors import ImsaError
from imsa_desk.store.header import (
    HEADER,
    Header,
    authentic,
    authenticate,
    encode_header,
    parse_header,
    try_slots,
)
from imsa_desk.store.slot import (
    PassphraseSlot,
    RecoverySlot,
    Slot,
    make_escrow_slot,
    make_shares_slot,
    make_slot,
)
from imsa_desk.vocab import SlotKind

SHORT, LONG, STEP = 4_000, 100_000, 5_000
SEED = 20261122
SECONDS = 5.0
RECORD = Path(__file__).parents[2] / "build" / "faults" / "header-mutations.json"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Known:
    """A header with a slot of each kind, the keys of its slots, and headers whose parts may be mixed in."""

    data: bytes
    header: Header
    master: bytearray
    keys: tuple[bytearray, ...]
    others: tuple[dict[str, Any], ...]


@dataclass
class Total:
    """What became of the mutations so far."""

    seed: int = SEED
    done: int = 0
    parsed: int = 0
    slots_opened: int = 0
    """Slots that were themselves untouched: only the header's own code tells that they were moved about."""
    refused: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    vault, code = quick_vault(tmp_path_factory.mktemp("header") / "vault")
    header = parse_header((vault.folder / HEADER).read_bytes())
    master = try_slots(header, PASSPHRASE, SlotKind.PASSPHRASE)
    assert master is not None
    holders = [Identity.generate().recipient for _ in range(2)]
    escrow, joined = make_escrow_slot(holders, master, header.vault, NOW)
    shares = make_shares_slot(bytes(range(32)), master, header.vault, NOW)
    full = authenticate(replace(header, gen=2, slots=(*header.slots, shares, escrow)), master)
    material = (PASSPHRASE.encode(), parse_recovery_code(code), bytes(range(32)), bytes(joined))
    older = make_slot(SlotKind.PASSPHRASE, "the one before", master, header.vault, QUICK, NOW)
    before = authenticate(replace(full, gen=1, slots=(older, *full.slots[1:])), master)
    foreign, _ = quick_vault(tmp_path_factory.mktemp("foreign") / "vault")
    others = (encode_header(before), (foreign.folder / HEADER).read_bytes())
    return Known(
        encode_header(full),
        full,
        master,
        tuple(slot_key(slot, secret) for slot, secret in zip(full.slots, material, strict=True)),
        tuple(json.loads(data) for data in others),
    )


def slot_key(slot: Slot, material: bytes) -> bytearray:
    """Derive a slot's key as the format says, apart from the program's own way."""
    if isinstance(slot, PassphraseSlot | RecoverySlot):
        material = bytes(derive(material, bytes.fromhex(slot.kdf.salt), slot.kdf.params))
    return keys.subkey(material, f"slot:{slot.kind}")


def opens(slot: Slot, vault: str, key: bytearray) -> bool:
    """Try a known key on a slot, which is bound to its own fields and its vault."""
    fields = {name: value for name, value in msgspec.to_builtins(slot).items() if name != "wrapped"}
    aad = canonical({"slot": fields, "vault": vault})
    return aead.open_sealed(key, bytes.fromhex(slot.nonce), bytes.fromhex(slot.wrapped), aad) is not None


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Name every place in a JSON value."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in items:
        found += places(part, (*path, name))
    return found


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def altered_bytes(data: bytes, chance: random.Random) -> bytes:
    """Alter a header as a run of bytes."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        here = chance.randrange(len(changed))
        match chance.randrange(7):
            case 0:
                changed[here] ^= 1 << chance.randrange(8)
            case 1:
                changed[here] = chance.choice(b'0123456789abcdef"{}[],:\\ \n\xff\x00')
            case 2:
                del changed[here : here + chance.choice((1, 1, 2, 64))]
            case 3:
                changed[here:here] = bytes(changed[here : here + chance.choice((1, 8, 200))])
            case 4:
                changed[here:here] = chance.choice(
                    (b" ", b"\n", b"\\u0041", b"00", b"1e3", b"null", b"\xef\xbb\xbf")
                )
            case 5:
                other = chance.randrange(len(changed))
                changed[here], changed[other] = changed[other], changed[here]
            case _:
                changed = changed[: here + 1]
        if not changed:
            return b""
    return bytes(changed)


def altered_value(known: Known, chance: random.Random) -> bytes:
    """Alter a header as a value, in its right spelling: parts moved, removed, doubled, or from elsewhere."""
    value, source = json.loads(known.data), deepcopy(chance.choice(known.others))
    for _ in range(chance.choice((1, 1, 2, 3))):
        path = chance.choice(places(value))
        holder, name = at(value, path[:-1]), path[-1]
        match chance.randrange(8):
            case 0:
                holder[name] = chance.choice(
                    (None, True, -1, 0, 1, 2**31, 2**60, 1.5, "", "x", [], {}, "0" * 32)
                )
            case 1:
                other = chance.choice(places(value))
                holder[name] = deepcopy(at(value, other))
            case 2:
                same = [p for p in places(source) if p[-1] == name]
                holder[name] = deepcopy(at(source, chance.choice(same)) if same else source["slots"][0])
            case 3 if isinstance(holder, dict):
                holder[chance.choice(("extra", "kdf", "parts", "mac", "kind"))] = holder.pop(name)
            case 4:
                del holder[name]
            case 5:
                chance.shuffle(value["slots"]) if isinstance(value.get("slots"), list) else None
            case 6 if isinstance(holder[name], str) and holder[name]:
                text = holder[name]
                spot = chance.randrange(len(text))
                holder[name] = text[:spot] + chance.choice("0123456789abcdefA") + text[spot + 1 :]
            case _ if isinstance(holder[name], int):
                holder[name] += chance.choice((-1, 1, 256, 1024))
        if not value:
            break
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def mutate(known: Known, n: int, seed: int) -> bytes:
    """Make the n-th mutation: the same for the same seed, whichever came before."""
    chance = random.Random(f"{seed}:{n}")
    data = altered_value(known, chance) if n % 2 else altered_bytes(known.data, chance)
    return data if data != known.data else b"{" + known.data


def hold(known: Known, total: Total) -> None:
    """Make one more mutation and hold it against the known keys."""
    data = mutate(known, total.done, total.seed)
    started = time.perf_counter()
    try:
        header = parse_header(data)
    except ImsaError as error:
        total.refused[error.code] += 1
    else:
        total.parsed += 1
        assert not authentic(header, known.master), data
        for slot in header.slots:
            opened = any(opens(slot, header.vault, key) for key in known.keys)
            assert not opened or slot in known.header.slots, data
            total.slots_opened += opened
    total.slowest = max(total.slowest, time.perf_counter() - started)
    total.done += 1


def said(total: Total) -> str:
    refused = sum(total.refused.values())
    return (
        f"header mutations: {total.done} made, 0 accepted, 0 crashes; {refused} did not parse "
        f"({dict(total.refused)}), {total.parsed} parsed and were not authentic; "
        f"slowest {total.slowest * 1000:.1f} ms"
    )


def test_the_unaltered_header_is_accepted_and_each_slot_opens(known: Known) -> None:
    header = parse_header(known.data)
    assert authentic(header, known.master)
    assert [slot.kind for slot in header.slots] == list(SlotKind)
    for slot, key in zip(header.slots, known.keys, strict=True):
        assert opens(slot, header.vault, key)


def test_no_mutated_header_is_accepted_and_none_crashes(known: Known, every: bool, tell: Tell) -> None:
    total = read_record() if every else Total()
    target = LONG if every else SHORT
    while total.done < target:
        hold(known, total)
        if every and (total.done % STEP == 0 or total.done == target):
            write_record(total)
    tell(said(total))
    print(said(total))
    assert total.parsed > target // 100
    assert total.slots_opened > 0
    assert total.slowest < SECONDS


def read_record() -> Total:
    """Go on where the last run was stopped; after a whole one begin anew with another seed."""
    if not RECORD.exists():
        return Total()
    kept = json.loads(RECORD.read_text("utf-8"))
    if kept["done"] >= LONG:
        return Total(seed=kept["seed"] + 1)
    return Total(**(kept | {"refused": Counter(kept["refused"])}))


def write_record(total: Total) -> None:
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    RECORD.write_text(json.dumps(msgspec.to_builtins(total), indent=1), "utf-8")
