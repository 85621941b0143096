"""Deposits are kept unread, the newest two of each vault, and come back byte for byte."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk_kit import Clock
from exchange_kit import PASSPHRASE, new_case, new_meeting
from office_verbs_kit import Between, between, cases_at

from imsa_desk.errors import Broken, Refused
from imsa_desk.progress import quiet
from imsa_desk.services import restoring, vaults
from imsa_desk.services.office_deposits import damaged, deposits, take_deposit_out


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Between]:
    """Two advocates and an office."""
    with between(tmp_path) as made:
        yield made


def test_the_newest_two_stay_and_open_a_new_laptop_with_the_passphrase(
    plain: Between, tmp_path: Path
) -> None:
    case = new_case(plain.a, "Abeba")
    with pytest.raises(Refused) as caught:
        take_deposit_out(plain.office, "A. Advocate", tmp_path / "out.imsabak")
    assert caught.value.code == "E_NO_DEPOSIT"
    for number in range(3):
        new_meeting(plain.a, case, f"meeting {number}")
        plain.deliver(plain.a, case, deposit=True)
    found = deposits(plain.office)
    assert len(found) == 2 and found[0].made_at >= found[1].made_at
    assert {d.writer for d in found} == {plain.a.store.writer} and damaged(plain.office) == ()
    assert all(stat.S_IMODE(d.file.stat().st_mode) == 0o600 for d in found)
    out = tmp_path / "out.imsabak"
    take_deposit_out(plain.office, "A. Advocate", out)
    with pytest.raises(Refused) as caught:
        take_deposit_out(plain.office, "A. Advocate", out)
    assert caught.value.code == "E_EXISTS"
    restoring.restore(out, tmp_path / "new", PASSPHRASE, quiet)
    desk = vaults.unlock(tmp_path / "new", PASSPHRASE)
    try:
        assert cases_at(desk) == {case}
    finally:
        vaults.lock(desk)


def test_a_damaged_deposit_is_passed_over_for_the_one_before(plain: Between, tmp_path: Path) -> None:
    case = new_case(plain.a, "Abeba")
    for _ in range(2):
        new_meeting(plain.a, case, "another")
        plain.deliver(plain.a, case, deposit=True)
    newest, before = deposits(plain.office)
    newest.file.write_bytes(newest.file.read_bytes()[:-1])
    assert damaged(plain.office) == (str(newest.file),)
    assert take_deposit_out(plain.office, plain.a.store.writer, tmp_path / "one").sha256 == before.sha256
    before.file.write_bytes(b"")
    with pytest.raises(Broken) as caught:
        take_deposit_out(plain.office, plain.a.store.writer, tmp_path / "two")
    assert caught.value.code == "E_DEPOSIT" and not (tmp_path / "two").exists()


def test_a_clock_that_was_a_year_ahead_pushes_no_later_backup_out(plain: Between) -> None:
    case = new_case(plain.a, "Abeba")
    vaults.lock(plain.a)
    now = datetime.now(UTC).replace(microsecond=0)
    clock = Clock(now + timedelta(days=365))
    plain.a = vaults.unlock(plain.base / "vault-A", PASSPHRASE, now=clock)
    for right in (False, False, True):
        clock.at = now if right else clock.at + timedelta(hours=1)
        new_meeting(plain.a, case, "another")
        plain.deliver(plain.a, deposit=True)
    newest, before = deposits(plain.office)
    assert newest.made_at == now and before.made_at > now
