"""A restored office does not know which numbers it used since its backup, and uses none of them again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from exchange_kit import met_on, new_case, new_meeting
from office_verbs_kit import new_desk
from restored_kit import Restored

from imsa_desk.services import exchange, vaults
from imsa_desk.services.desk_trust import revocations_of
from imsa_desk.services.joining import place_of
from imsa_desk.services.office_rotation import set_policy
from imsa_desk.services.office_trust import revoke
from imsa_desk.vocab import ShareScope


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Restored]:
    with met_on(tmp_path) as met:
        yield Restored(met, tmp_path)


def test_an_office_restored_twice_from_one_backup_is_still_understood(one: Restored) -> None:
    met = one.met
    case = new_case(met.desk, "Abeba")
    met.deliver(case)
    file = one.backup()
    new_meeting(met.desk, case, "after the backup")
    met.deliver(case)
    one.restore(file)
    assert one.hear().less
    one.bring(*exchange.send_again(met.desk, met.out).files)
    one.restore(file, "third", hours=1)
    said = one.hear()
    assert said.less and exchange.held(met.desk).not_held > 0
    one.bring(*exchange.send_again(met.desk, met.out).files)
    one.both_hold_the_same(case)


def test_a_new_edition_of_a_restored_office_is_newer_than_those_it_forgot(one: Restored) -> None:
    met = one.met
    met.deliver(new_case(met.desk, "Abeba"))
    file = one.backup()
    met.office = set_policy(met.office, scope="coordination")
    met.deliver()
    one.restore(file)
    met.office = set_policy(met.office, scope="statistics")
    assert one.hear().less
    with met.desk.store.read() as session:
        assert place_of(session).office.scope is ShareScope.STATISTICS


def test_a_list_of_withdrawn_keys_of_a_restored_office_is_newer_too(one: Restored) -> None:
    met = one.met
    gone = new_desk(one.base, "gone", met.office)
    vaults.lock(gone)
    met.deliver(new_case(met.desk, "Abeba"))
    file = one.backup()
    revoke(met.office, gone.store.writer, "left")
    met.deliver()
    one.restore(file)
    revoke(met.office, gone.store.writer, "lost")
    assert one.hear().less
    with met.desk.store.read() as session:
        listed = revocations_of(session)
    assert listed is not None and [entry.reason for entry in listed.entries] == ["lost"]
    one.bring(*exchange.send_again(met.desk, met.out).files)
