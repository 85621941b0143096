"""The anchor says what the journal's heads were, and cannot be altered without the vault's key."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from vault_kit import quick_vault

from imsa_desk.errors import Broken
from imsa_desk.store import atomic
from imsa_desk.store.anchor import LEGACY, Anchor, anchor_file, read_anchor, write_anchor
from imsa_desk.store.vault import OpenVault

AT = datetime(2026, 11, 21, 14, 32, 5, 123456, tzinfo=UTC)
HEADS = {"a" * 32: (12, "1" * 64), "b" * 32: (0, "2" * 64)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> OpenVault:
    return quick_vault(tmp_path_factory.mktemp("anchor") / "vault")[0]


@pytest.fixture
def vault(made: OpenVault) -> Iterator[OpenVault]:
    yield made
    anchor_file(made).unlink(missing_ok=True)


def refusal(vault: OpenVault) -> str:
    with pytest.raises(Broken) as broken:
        read_anchor(vault)
    return broken.value.code


def test_an_anchor_reads_back(vault: OpenVault) -> None:
    assert read_anchor(vault) is None
    write_anchor(vault, Anchor({}, AT))
    assert read_anchor(vault) == Anchor({}, AT)
    local = AT.astimezone(timezone(timedelta(hours=1)))
    write_anchor(vault, Anchor(HEADS, local))
    assert read_anchor(vault) == Anchor(HEADS, AT)


def test_no_altered_anchor_is_accepted(vault: OpenVault) -> None:
    write_anchor(vault, Anchor(HEADS, AT))
    file = anchor_file(vault)
    data = file.read_bytes()
    rng = random.Random(5)
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << rng.randrange(8)
        file.write_bytes(changed)
        assert refusal(vault) == "E_ANCHOR"
    for other in (b"", data[:-1], data + b"\n", data.replace(b"12", b"11"), b"9" * 2_000_000, b"[" * 5000):
        file.write_bytes(other)
        assert refusal(vault) == "E_ANCHOR"
    file.write_bytes(data.replace(b'"mac":"', b'"mac":"\\u0030', 1))
    assert refusal(vault) == "E_ANCHOR"


def test_an_anchor_of_another_vault_is_refused(vault: OpenVault, tmp_path: Path) -> None:
    other, _ = quick_vault(tmp_path / "other")
    write_anchor(other, Anchor(HEADS, AT))
    anchor_file(vault).write_bytes(anchor_file(other).read_bytes())
    assert refusal(vault) == "E_ANCHOR"


def test_a_failed_write_leaves_the_anchor_of_before(
    vault: OpenVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_anchor(vault, Anchor(HEADS, AT))

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(atomic, "write_new", full)
    with pytest.raises(Broken) as broken:
        write_anchor(vault, Anchor({}, AT))
    assert broken.value.code == "E_FOLDER"
    assert read_anchor(vault) == Anchor(HEADS, AT)


def test_the_anchor_holds_nothing_but_heads_and_a_time(vault: OpenVault) -> None:
    write_anchor(vault, Anchor(HEADS, AT))
    value = json.loads(anchor_file(vault).read_bytes())
    assert set(value) == {"at", "format", "heads", "mac", "vault", "version"}
    assert value["at"] == "2026-11-21T14:32:05.123456Z"


def test_a_nameless_anchor_is_read_until_the_next_one_is_written(vault: OpenVault) -> None:
    write_anchor(vault, Anchor(HEADS, AT))
    nameless = vault.folder / LEGACY
    anchor_file(vault).rename(nameless)
    assert read_anchor(vault) == Anchor(HEADS, AT)
    write_anchor(vault, Anchor({}, AT))
    assert not nameless.exists()
    assert read_anchor(vault) == Anchor({}, AT)


def test_a_nameless_anchor_does_not_stand_in_for_a_damaged_one(vault: OpenVault) -> None:
    write_anchor(vault, Anchor(HEADS, AT))
    nameless = vault.folder / LEGACY
    nameless.write_bytes(anchor_file(vault).read_bytes())
    anchor_file(vault).write_bytes(b"{}")
    assert refusal(vault) == "E_ANCHOR"
    nameless.unlink()
