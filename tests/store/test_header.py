"""The header has one spelling, and nobody without a secret can write one that opens."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from vault_kit import NOW, PASSPHRASE, QUICK, picture, quick_vault

from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.shares import new_shares
from imsa_desk.errors import Broken, ImsaError
from imsa_desk.store import atomic
from imsa_desk.store.header import (
    HEADER,
    MAX_BYTES,
    PREVIOUS,
    authenticate,
    encode_header,
    parse_header,
    read_header,
    write_header,
)
from imsa_desk.store.slot import RecoverySlot, make_slot
from imsa_desk.store.slots import change_passphrase, keep_escrow, keep_shares
from imsa_desk.store.vault import OpenVault, unlock_header, unlock_vault
from imsa_desk.store.ways import proof_of
from imsa_desk.vocab import SlotKind

MUTATIONS = 2000
WITH_ALL_KINDS = 1000
RELEASED_CODE = "4QPCD-TXZUE-MH9MW-A8HB7-HKB6C-FJSS8-XE5Q5-7TV9R-B8VEA"
RELEASED_MASTER = "7c755d3de6bca1cf7059e68007cb791d66dda21065e81ab97e2b8194887c303a"
# As version 0.2 wrote it: its bytes, and not what they mean, are what later versions have to read.
RELEASED = (
    b'{"db":{"dbid":"2bbfa98b36d5473495aa78b27368ce68","file":"db-2bbfa98b36d5473495aa78b27368ce68.sql'
    b'ite"},"format":"imsa-vault","gen":1,"kind":"desk","mac":"e8200d19b30a14f61b4886de483dfb8ab3bca16'
    b'8c1f6676985c5c1b8b4b520e2","practice":true,"slots":[{"created":"2026-11-21T09:30:00Z","id":"6938'
    b'8a947801489bbded6f82c210f946","kdf":{"lanes":1,"memory_kib":19456,"name":"argon2id","passes":1,"'
    b'salt":"5a99b180f3bc734ebd5fc688d4fb4cb5"},"kind":"passphrase","nonce":"4d6e4d70395136fd351b5258"'
    b',"wrapped":"7463842f0c61859d2f24cf4bc3ba74c98910dfaf20819b3c897ea8566721496219131187d10b6af39f6a'
    b'953fd4d41324"},{"created":"2026-11-21T09:30:00Z","id":"875dfaec76a44152ba91bf2273d741fe","kdf":{'
    b'"lanes":4,"memory_kib":65536,"name":"argon2id","passes":3,"salt":"34e73e831c7db86c491ca2ba6079a6'
    b'35"},"kind":"recovery","nonce":"c5b3a94342e7c5a454422249","wrapped":"ea2ec74ef4b4ee67a1bd2fa081b'
    b'd1bbad15dac2219d43a6f7fe821eb1cc48cad2c0d55928290e4e2cb30249f1e54ed5b"}],"vault":"2388e312d2904e'
    b'67574f24909b1668a4","version":1}'
)


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
    assert isinstance(header.slots[1], RecoverySlot)
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


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[OpenVault, dict[SlotKind, str]]:
    """A vault that opens in all four ways."""
    vault, code = quick_vault(tmp_path_factory.mktemp("whole") / "vault")
    shares, holders = new_shares(), (Identity.generate(), Identity.generate())
    keep_shares(vault.folder, PASSPHRASE, shares)
    keep_escrow(vault.folder, PASSPHRASE, [holder.recipient for holder in holders])
    return vault, {
        SlotKind.PASSPHRASE: PASSPHRASE,
        SlotKind.RECOVERY: code,
        SlotKind.SHARES: "\n".join(shares[:2]),
        SlotKind.ESCROW: "\n".join(holder.secret for holder in holders),
    }


def test_no_mutation_of_a_header_with_all_kinds_of_slots_is_accepted(
    whole: tuple[OpenVault, dict[SlotKind, str]],
) -> None:
    vault, secrets = whole
    proofs = {way: proof_of(secret, way) for way, secret in secrets.items()}
    del proofs[SlotKind.RECOVERY]  # its one cost is that of the real thing; its slot is a passphrase's else
    file, rng = vault.folder / HEADER, random.Random(20261122)
    data = file.read_bytes()
    prev = (vault.folder / PREVIOUS).read_bytes()
    (vault.folder / PREVIOUS).unlink()
    codes: set[str] = set()
    try:
        for turn in range(WITH_ALL_KINDS):
            changed = mutate(data, rng)
            if changed == data:
                continue
            file.write_bytes(changed)
            way = tuple(proofs)[turn % len(proofs)]
            with pytest.raises(ImsaError) as raised:
                unlock_header(vault.folder, way, proofs[way])
            codes.add(raised.value.code)
    finally:
        file.write_bytes(data)
        (vault.folder / PREVIOUS).write_bytes(prev)
    assert codes <= {"E_HEADER", "E_PASSPHRASE", "E_SHARES", "E_ESCROW", "E_NEWER"}
    assert {"E_HEADER", "E_SHARES", "E_ESCROW"} <= codes


def test_every_kind_of_slot_opens_and_reads_back_to_the_same_bytes(
    whole: tuple[OpenVault, dict[SlotKind, str]],
) -> None:
    vault, secrets = whole
    data = (vault.folder / HEADER).read_bytes()
    assert encode_header(parse_header(data)) == data
    assert len(data) < 5000
    for way, secret in secrets.items():
        assert unlock_vault(vault.folder, secret, way=way).key("db") == vault.key("db")


def test_the_new_kinds_of_slots_are_read_as_strictly(
    whole: tuple[OpenVault, dict[SlotKind, str]],
) -> None:
    data = (whole[0].folder / HEADER).read_bytes()
    slots = {slot["kind"]: slot for slot in json.loads(data)["slots"]}
    shares, escrow = slots["shares"], slots["escrow"]
    one, two = escrow["parts"]
    wrong: list[dict[str, Any]] = [
        shares | {"kdf": slots["recovery"]["kdf"]},
        shares | {"name": "Ann"},
        shares | {"kind": "share"},
        shares | {"wrapped": shares["wrapped"].upper()},
        {name: value for name, value in shares.items() if name != "nonce"},
        escrow | {"parts": [one]},
        escrow | {"parts": [one, two, two]},
        escrow | {"parts": [one, one]},
        escrow | {"parts": [one, two | {"recipient": one["recipient"]}]},
        escrow | {"parts": [one, two | {"recipient": two["recipient"].upper()}]},
        escrow | {"parts": [one, two | {"recipient": two["recipient"] + "\n"}]},
        escrow | {"parts": [one, two | {"sealed": two["sealed"] + "0"}]},
        escrow | {"parts": [one, two | {"sealed": "00" * 1001}]},
        escrow | {"parts": [one, two | {"role": "trustee"}]},
        escrow | {"parts": {"one": one, "two": two}},
    ]
    for slot in wrong:
        with pytest.raises(Broken) as broken:
            parse_header(respelt(data, slots=[slots["passphrase"], slot]))
        assert broken.value.code == "E_HEADER"
    parse_header(respelt(data, slots=[slots["passphrase"], shares, escrow]))


def test_a_header_of_the_released_version_still_opens(tmp_path: Path) -> None:
    header = parse_header(RELEASED)
    assert encode_header(header) == RELEASED
    (tmp_path / HEADER).write_bytes(RELEASED)
    for way, secret in ((SlotKind.PASSPHRASE, PASSPHRASE), (SlotKind.RECOVERY, RELEASED_CODE)):
        found, master = unlock_header(tmp_path, way, proof_of(secret, way))
        assert (found, master.hex()) == (header, RELEASED_MASTER)
    change_passphrase(tmp_path, PASSPHRASE, "a later one", params=QUICK)
    kept = json.loads((tmp_path / HEADER).read_bytes())["slots"][0]
    assert kept == json.loads(RELEASED)["slots"][1]


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
    for step in ("write_new", "move", "flush_folder"):
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
