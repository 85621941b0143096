"""The header has one spelling, and nobody without a secret can write one that opens."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from vault_kit import NOW, PASSPHRASE, QUICK, picture, quick_vault

from imsa_desk.errors import Broken, ImsaError
from imsa_desk.store import atomic
from imsa_desk.store.header import (
    HEADER,
    MAX_BYTES,
    PREVIOUS,
    authenticate,
    encode_header,
    make_slot,
    parse_header,
    read_header,
    write_header,
)
from imsa_desk.store.vault import OpenVault, unlock_header, unlock_vault
from imsa_desk.vocab import SlotKind

MUTATIONS = 2000


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> OpenVault:
    return quick_vault(tmp_path_factory.mktemp("header") / "vault")[0]


@pytest.fixture(scope="module")
def data(vault: OpenVault) -> bytes:
    return (vault.folder / HEADER).read_bytes()


def respelt(data: bytes, **changes: Any) -> bytes:
    value = json.loads(data) | changes
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def test_a_header_reads_back_to_the_same_bytes(data: bytes) -> None:
    header = parse_header(data)
    assert encode_header(header) == data
    assert [slot.kind for slot in header.slots] == ["passphrase", "recovery"]
    assert header.slots[0].created == "2026-11-21T09:30:00Z"
    assert header.slots[1].kdf.memory_kib == 64 * 1024
    assert len(data) < 1200


def test_no_name_of_a_person_or_computer_stands_in_the_header(data: bytes) -> None:
    assert set(json.loads(data)) == {
        "db", "format", "gen", "kind", "mac", "practice", "slots", "vault", "version"
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"gen": 1.0},
        {"gen": True},
        {"gen": "1"},
        {"gen": 0},
        {"gen": 2**60},
        {"practice": 1},
        {"kind": "shed"},
        {"format": "other"},
        {"version": 0},
        {"slots": []},
        {"slots": {}},
        {"mac": "A" * 64},
        {"mac": "0" * 63 + "\n"},
        {"mac": "0" * 64 + "\n"},
        {"vault": None},
        {"db": {"dbid": "0" * 32, "file": "../../other.sqlite"}},
        {"db": {"dbid": "0" * 32}},
    ],
)
def test_what_is_not_exactly_a_header_is_refused(data: bytes, change: dict[str, Any]) -> None:
    with pytest.raises(Broken) as broken:
        parse_header(respelt(data, **change))
    assert broken.value.code == "E_HEADER"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"db"', b'{ "db"'),
        (b'"gen":1', b'"gen":1.0'),
        (b'"gen":1', b'"gen":1e0'),
        (b'"gen":1', b'"gen":1,"gen":1'),
        (b"desk", b"\\u0064esk"),
        (b"desk", "dĕsk".encode()),
        (b"}", b"}\n"),
        (b'"gen":1', b'"gen":' + b"9" * 20_000),
        (b'"gen":1', b'"gen":NaN'),
        (b'"gen":1', b'"gen":' + b"[" * 30_000),
    ],
)
def test_another_spelling_is_refused(data: bytes, old: bytes, new: bytes) -> None:
    changed = data.replace(old, new, 1) if old != b"}" else data + b"\n"
    assert changed != data
    with pytest.raises(Broken) as broken:
        parse_header(changed)
    assert broken.value.code == "E_HEADER"


def test_a_missing_field_too_many_slots_and_too_many_bytes_are_refused(data: bytes) -> None:
    value = json.loads(data)
    for name in value:
        less = {key: each for key, each in value.items() if key != name}
        with pytest.raises(Broken):
            parse_header(json.dumps(less, sort_keys=True, separators=(",", ":")).encode())
    slots = [value["slots"][0] | {"id": f"{n:032x}"} for n in range(17)]
    parse_header(respelt(data, slots=slots[:16]))
    for wrong in (slots, [slots[0], slots[0]]):
        with pytest.raises(Broken):
            parse_header(respelt(data, slots=wrong))
    with pytest.raises(Broken):
        parse_header(data + b" " * MAX_BYTES)


def mutate(data: bytes, rng: random.Random) -> bytes:
    """Change a header in one of the ways files go wrong or are tampered with."""
    changed = bytearray(data)
    at = rng.randrange(len(changed))
    match rng.randrange(6):
        case 0:
            changed[at] ^= 1 << rng.randrange(8)
        case 1:
            changed[at] = rng.choice(b'0123456789abcdefABCDEF",:{}[]\\ \n')
        case 2:
            del changed[at : at + rng.randrange(1, 9)]
        case 3:
            changed[at:at] = bytes(rng.choices(b'0123456789abcdef",:{}[]', k=rng.randrange(1, 9)))
        case 4:
            other = rng.randrange(len(changed))
            changed[at], changed[other] = changed[other], changed[at]
        case _:
            del changed[at:]
    return bytes(changed)


def test_no_mutated_header_is_accepted_and_none_surprises(vault: OpenVault, data: bytes) -> None:
    rng = random.Random(20261121)
    file = vault.folder / HEADER
    outcomes: dict[str, int] = {}
    try:
        for _ in range(MUTATIONS):
            changed = mutate(data, rng)
            if changed == data:
                continue
            file.write_bytes(changed)
            with pytest.raises(ImsaError) as raised:
                unlock_header(vault.folder, SlotKind.PASSPHRASE, PASSPHRASE)
            outcomes[raised.value.code] = outcomes.get(raised.value.code, 0) + 1
    finally:
        file.write_bytes(data)
    assert set(outcomes) <= {"E_HEADER", "E_PASSPHRASE", "E_NEWER"}
    # Changes that only the slot's own seal, and only the code over the whole, can show were among them.
    assert outcomes["E_PASSPHRASE"] > 50
    assert outcomes["E_HEADER"] > 50


def test_an_added_slot_is_refused_even_with_the_right_master_key_inside(tmp_path: Path) -> None:
    vault, _ = quick_vault(tmp_path / "vault")
    header = read_header(vault.folder / HEADER)
    slot = make_slot(SlotKind.PASSPHRASE, "intruder", vault._master, vault.vault_id, QUICK, NOW)
    value = json.loads(encode_header(header))
    value["slots"].append(json.loads(json.dumps(slot_fields(slot))))
    (vault.folder / HEADER).write_bytes(respelt(encode_header(header), slots=value["slots"]))
    for secret in ("intruder", PASSPHRASE):
        with pytest.raises(Broken) as broken:
            unlock_vault(vault.folder, secret)
        assert broken.value.code == "E_HEADER"


def slot_fields(slot: Any) -> dict[str, Any]:
    kdf = {name: getattr(slot.kdf, name) for name in ("name", "memory_kib", "passes", "lanes", "salt")}
    names = ("id", "kind", "created", "nonce", "wrapped")
    return {name: str(getattr(slot, name)) for name in names} | {"kdf": kdf}


def test_a_header_that_would_not_open_never_takes_the_place_of_one_that_does(tmp_path: Path) -> None:
    vault, _ = quick_vault(tmp_path / "vault")
    header = read_header(vault.folder / HEADER)
    before = picture(vault.folder)
    for wrong, secret in ((authenticate(header, bytearray(32)), PASSPHRASE), (header, "forgotten")):
        with pytest.raises(Broken):
            write_header(vault.folder, wrong, [(SlotKind.PASSPHRASE, secret)])
        assert picture(vault.folder) == before


def test_the_header_before_the_last_change_is_kept(tmp_path: Path) -> None:
    vault, _ = quick_vault(tmp_path / "vault")
    before = (vault.folder / HEADER).read_bytes()
    write_header(vault.folder, parse_header(before), [(SlotKind.PASSPHRASE, PASSPHRASE)])
    assert (vault.folder / PREVIOUS).read_bytes() == before


def test_a_crash_at_any_step_leaves_the_old_header_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault, _ = quick_vault(tmp_path / "vault")
    header = read_header(vault.folder / HEADER)
    changed = authenticate(parse_header(respelt(encode_header(header), gen=2)), vault._master)
    for step in ("write_new", "_move", "flush_folder"):
        with monkeypatch.context() as patch:
            patch.setattr(atomic, step, _power_cut)
            with pytest.raises(OSError, match="power"):
                write_header(vault.folder, changed, [(SlotKind.PASSPHRASE, PASSPHRASE)])
        assert unlock_vault(vault.folder, PASSPHRASE).vault_id == vault.vault_id
        (vault.folder / f"{HEADER}.tmp").write_bytes(b"half")
    write_header(vault.folder, changed, [(SlotKind.PASSPHRASE, PASSPHRASE)])
    assert read_header(vault.folder / HEADER).gen == 2


def _power_cut(*_: object) -> None:
    raise OSError("power cut")
