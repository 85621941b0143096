"""What is refused before the database is touched: not even a log is folded in."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE, new_desk, open_case

from imsa_desk.errors import Broken
from imsa_desk.services import vaults


def content(folder: Path) -> dict[str, str]:
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.iterdir() if f.name != ".lock"}


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A vault as a killed process leaves it, with records in the log only."""
    desk = new_desk(tmp_path / "vault")
    open_case(desk)
    shutil.copytree(tmp_path / "vault", tmp_path / "copy")
    desk.store.close()
    assert any(name.endswith("-wal") for name in content(tmp_path / "copy"))
    return tmp_path / "copy"


@pytest.mark.parametrize("how", ["missing", "altered"])
def test_without_its_anchor_a_killed_vault_stays_as_it_is(killed: Path, how: str) -> None:
    anchor = next(killed.glob("anchor-*"))
    if how == "missing":
        anchor.unlink()
    else:
        anchor.write_bytes(anchor.read_bytes() + b"x")
    before = content(killed)
    with pytest.raises(Broken) as refused:
        vaults.unlock(killed, PASSPHRASE)
    assert refused.value.code == "E_ANCHOR"
    assert content(killed) == before
