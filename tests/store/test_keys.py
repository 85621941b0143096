"""The secrets that open a vault can be changed, each with the present passphrase, and the journal says so."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import pytest
from desk_kit import PASSPHRASE, Clock, new_desk, open_case
from sqlalchemy import select
from vault_kit import QUICK, picture

from imsa_desk.crypto.words import generate_passphrase
from imsa_desk.errors import Broken, Refused
from imsa_desk.services import caseload, keys, vaults
from imsa_desk.services.desk import Desk
from imsa_desk.services.keys import Holder
from imsa_desk.store import header as headers
from imsa_desk.store.header import HEADER, PREVIOUS
from imsa_desk.store.passphrase import check_passphrase
from imsa_desk.store.records import AccessRow
from imsa_desk.store.tries import TRIES, WAIT_S, failed
from imsa_desk.vocab import AccessKind, SlotKind


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path / "vault")
    open_case(made)
    yield made
    made.store.close()
    made.vault.close()


def opens(desk: Desk, secret: str, way: SlotKind = SlotKind.PASSPHRASE) -> bool:
    """Lock the vault, try a secret, and say whether the caseload was there."""
    try:
        again = vaults.unlock(desk.folder, secret, way=way, sleep=lambda _: None)
    except Refused:
        return False
    there = len(caseload.caseload(again)) == 1
    vaults.lock(again)
    return there


def noted(desk: Desk, *kinds: AccessKind) -> list[str]:
    with desk.store.read() as session:
        rows = session.scalars(
            select(AccessRow).where(AccessRow.access_kind.in_(kinds)).order_by(AccessRow.at)
        )
        return [row.detail for row in rows]


def holders(one: str, two: str) -> tuple[Holder, Holder]:
    return Holder("Bo Practice", "chief executive", one, False), Holder("Cy Practice", "trustee", two, True)


def kinds(desk: Desk) -> list[SlotKind]:
    return [slot.kind for slot in keys.slots_of(desk.folder)]


def slot_id(desk: Desk, kind: SlotKind) -> str:
    return next(slot.id for slot in keys.slots_of(desk.folder) if slot.kind is kind)


def test_the_passphrase_is_changed_with_the_present_one(desk: Desk) -> None:
    keys.change_passphrase(desk, PASSPHRASE, "a later one")
    assert noted(desk, AccessKind.KEYS) == ["passphrase changed"]
    keys.confirm(desk, "a later one")
    with pytest.raises(Refused, match="before the last change"):
        keys.confirm(desk, PASSPHRASE)
    vaults.lock(desk)
    assert opens(desk, "a later one")
    assert not opens(desk, PASSPHRASE)


def test_a_wrong_present_passphrase_changes_nothing_and_is_counted(desk: Desk) -> None:
    header = (desk.folder / HEADER).read_bytes()
    attempts: tuple[Callable[[], None], ...] = (
        lambda: keys.confirm(desk, "wrong"),
        lambda: keys.change_passphrase(desk, "wrong", "another"),
        lambda: keys.keep_recovery_code(desk, "wrong", keys.new_recovery_code()),
        lambda: keys.keep_shares(desk, "wrong", keys.new_shares()),
        lambda: keys.remove_slot(desk, "wrong", slot_id(desk, SlotKind.RECOVERY)),
    )
    for number, attempt in enumerate(attempts, 1):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "E_PASSPHRASE"
        assert failed(desk.folder) == number
    assert (desk.folder / HEADER).read_bytes() == header
    assert noted(desk, AccessKind.KEYS) == []


def test_confirming_needs_no_database_and_no_turn(desk: Desk) -> None:
    done = threading.Event()

    def ask() -> None:
        keys.confirm(desk, PASSPHRASE)
        done.set()

    with desk.store.begin("something_long"):
        thread = threading.Thread(target=ask)
        thread.start()
        assert done.wait(20)
    thread.join()


def test_another_vault_put_into_the_folder_is_not_confirmed(desk: Desk, tmp_path: Path) -> None:
    other = new_desk(tmp_path / "other")
    vaults.lock(other)
    (desk.folder / HEADER).write_bytes((other.folder / HEADER).read_bytes())
    with pytest.raises(Refused) as refused:
        keys.confirm(desk, PASSPHRASE)
    assert refused.value.code == "E_OTHER_VAULT"


def test_the_old_recovery_code_works_until_the_new_one_is_kept(desk: Desk) -> None:
    first, second = keys.new_recovery_code(), keys.new_recovery_code()
    keys.keep_recovery_code(desk, PASSPHRASE, first)
    with pytest.raises(Refused) as refused:
        keys.keep_recovery_code(desk, PASSPHRASE, second[:-1])
    assert refused.value.code == "E_RECOVERY_CODE"
    vaults.lock(desk)
    assert opens(desk, first, SlotKind.RECOVERY)
    assert not opens(desk, second, SlotKind.RECOVERY)


def test_a_forgotten_passphrase_is_replaced_with_each_other_way(desk: Desk) -> None:
    code, shares = keys.new_recovery_code(), keys.new_shares()
    one, two = keys.holder_identity(), keys.holder_identity()
    keys.keep_recovery_code(desk, PASSPHRASE, code)
    keys.keep_shares(desk, PASSPHRASE, shares)
    keys.set_escrow(desk, PASSPHRASE, holders(one[1], two[1]))
    ways = {
        SlotKind.RECOVERY: code,
        SlotKind.SHARES: "\n".join(shares.words[2:4]),
        SlotKind.ESCROW: f"# a comment\n{two[0]}\n\n{one[0]}\n",
    }
    vaults.lock(desk)
    for way, secret in ways.items():
        again = vaults.unlock(desk.folder, secret, way=way)
        keys.change_passphrase(again, secret, f"set with {way}", way=way)
        vaults.lock(again)
        assert opens(desk, f"set with {way}")


def test_every_two_shares_open_the_vault_and_fewer_or_others_do_not(desk: Desk) -> None:
    shares, others = keys.new_shares(), keys.new_shares()
    keys.keep_shares(desk, PASSPHRASE, others)
    keys.keep_shares(desk, PASSPHRASE, shares)
    assert noted(desk, AccessKind.KEYS) == ["recovery shares made"] * 2
    assert kinds(desk).count(SlotKind.SHARES) == 1
    assert shares.words[0] not in repr(shares)
    vaults.lock(desk)
    for pair in combinations(shares.words, 2):
        assert opens(desk, "\n".join(pair), SlotKind.SHARES)
    for lines in (shares.words[:1], others.words[:2], (shares.words[0], others.words[1])):
        with pytest.raises(Refused) as refused:
            vaults.unlock(desk.folder, "\n".join(lines), way=SlotKind.SHARES)
        assert refused.value.code == "E_SHARES"


def test_escrow_opens_with_both_holders_and_never_with_one(desk: Desk) -> None:
    one, two, third = (keys.holder_identity() for _ in range(3))
    keys.set_escrow(desk, PASSPHRASE, holders(one[1], two[1]))
    assert keys.escrow_of(desk) == holders(one[1], two[1])
    assert noted(desk, AccessKind.KEYS) == ["safekeeping set"]
    vaults.lock(desk)
    assert opens(desk, f"{one[0]}\n{two[0]}", SlotKind.ESCROW)
    assert opens(desk, f"{two[0].lower()}\n{one[0]}", SlotKind.ESCROW)
    for wrong in (one[0], f"{one[0]}\n{one[0]}", f"{one[0]}\n{third[0]}", f"{one[0]}\nnonsense", ""):
        with pytest.raises(Refused) as refused:
            vaults.unlock(desk.folder, wrong, way=SlotKind.ESCROW, sleep=lambda _: None)
        assert refused.value.code == "E_ESCROW"
        assert one[0] not in refused.value.message


def test_escrow_set_anew_ends_the_one_before(desk: Desk) -> None:
    one, two, third = (keys.holder_identity() for _ in range(3))
    keys.set_escrow(desk, PASSPHRASE, holders(one[1], two[1]))
    keys.set_escrow(desk, PASSPHRASE, holders(one[1], third[1]))
    assert [holder.recipient for holder in keys.escrow_of(desk)] == [one[1], third[1]]
    vaults.lock(desk)
    assert not opens(desk, f"{one[0]}\n{two[0]}", SlotKind.ESCROW)
    assert opens(desk, f"{one[0]}\n{third[0]}", SlotKind.ESCROW)


def test_no_name_of_a_holder_stands_in_the_header(desk: Desk) -> None:
    one, two = keys.holder_identity(), keys.holder_identity()
    keys.set_escrow(desk, PASSPHRASE, holders(one[1], two[1]))
    data = (desk.folder / HEADER).read_text()
    assert all(word not in data for word in ("Practice", "trustee", "chief", "outside"))


def test_holders_who_do_not_fit_are_refused_field_by_field(desk: Desk) -> None:
    one, two = keys.holder_identity()[1], keys.holder_identity()[1]
    before = picture(desk.folder)
    wrong = {
        ("name_1", "recipient_2"): (Holder(" ", "", one, True), Holder("Cy", "", two[:-1] + "b", False)),
        ("recipient_2",): (Holder("Bo", "", one, True), Holder("Cy", "", one.upper(), False)),
        ("outside_line",): (Holder("Bo", "", one, False), Holder("Cy", "", two, False)),
    }
    for fields, given in wrong.items():
        with pytest.raises(Refused) as refused:
            keys.set_escrow(desk, PASSPHRASE, given)
        assert tuple(problem.field for problem in refused.value.problems) == fields
    assert picture(desk.folder) == before
    assert keys.escrow_of(desk) == ()


def test_one_way_besides_the_passphrase_always_stays(desk: Desk) -> None:
    for kind in (SlotKind.PASSPHRASE, SlotKind.RECOVERY):
        with pytest.raises(Refused) as refused:
            keys.remove_slot(desk, PASSPHRASE, slot_id(desk, kind))
        assert refused.value.code == "E_LAST_SLOT"
    one, two = keys.holder_identity(), keys.holder_identity()
    keys.set_escrow(desk, PASSPHRASE, holders(one[1], two[1]))
    keys.remove_slot(desk, PASSPHRASE, slot_id(desk, SlotKind.RECOVERY))
    with pytest.raises(Refused):
        keys.remove_escrow(desk, PASSPHRASE)
    assert keys.escrow_of(desk)
    keys.keep_shares(desk, PASSPHRASE, keys.new_shares())
    keys.remove_escrow(desk, PASSPHRASE)
    assert kinds(desk) == [SlotKind.PASSPHRASE, SlotKind.SHARES]
    assert keys.escrow_of(desk) == ()
    with pytest.raises(Refused) as refused:
        keys.remove_escrow(desk, PASSPHRASE)
    assert refused.value.code == "E_NO_SLOT"
    assert noted(desk, AccessKind.KEYS)[-1] == "safekeeping removed"


def test_the_slots_that_stay_are_not_touched(desk: Desk) -> None:
    before = json.loads((desk.folder / HEADER).read_bytes())["slots"]
    keys.change_passphrase(desk, PASSPHRASE, "a later one")
    after = json.loads((desk.folder / HEADER).read_bytes())["slots"]
    assert [slot for slot in after if slot in before] == before[1:]
    assert (desk.folder / PREVIOUS).exists()


def test_a_header_with_an_altered_slot_of_the_one_in_force_is_not_written(desk: Desk) -> None:
    file = desk.folder / HEADER
    data = file.read_bytes()
    value = json.loads(data)
    value["slots"][1]["created"] = "2020-01-01T00:00:00Z"
    altered = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    header = headers.authenticate(headers.parse_header(altered), desk.vault._master)
    with pytest.raises(Broken):
        headers.write_header(desk.folder, header, [(SlotKind.PASSPHRASE, PASSPHRASE)])
    assert file.read_bytes() == data


def test_a_change_that_cannot_be_written_leaves_no_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(headers, "replace_file", full)
    with pytest.raises(Broken) as broken:
        keys.change_passphrase(desk, PASSPHRASE, "a later one")
    assert broken.value.code == "E_FOLDER"
    assert noted(desk, AccessKind.KEYS) == []
    keys.confirm(desk, PASSPHRASE)


def test_failed_tries_are_counted_and_told_at_the_next_unlocking(desk: Desk) -> None:
    vaults.lock(desk)
    for number in (1, 2, 3):
        with pytest.raises(Refused):
            vaults.unlock(desk.folder, "wrong", now=Clock())
        value = json.loads((desk.folder / TRIES).read_bytes())
        assert value == {"failed": number, "last": "2026-11-20T09:30:00Z"}
    again = vaults.unlock(desk.folder, PASSPHRASE)
    assert noted(again, AccessKind.FAILED_UNLOCK) == ["3 failed tries"]
    assert not (desk.folder / TRIES).exists()
    vaults.lock(again)
    assert opens(desk, PASSPHRASE)


def test_from_the_sixth_try_on_each_waits(desk: Desk) -> None:
    vaults.lock(desk)
    waits: list[float] = []
    for _ in range(7):
        with pytest.raises(Refused):
            vaults.unlock(desk.folder, "wrong", sleep=waits.append)
    assert waits == [WAIT_S] * 2
    vaults.lock(vaults.unlock(desk.folder, PASSPHRASE, sleep=waits.append))
    vaults.lock(vaults.unlock(desk.folder, PASSPHRASE, sleep=waits.append))
    assert waits == [WAIT_S] * 3


@pytest.mark.parametrize(
    "kept", [b"", b"nonsense", b'{"failed":-1,"last":""}', b'{"failed":1e9}', b"[" * 300]
)
def test_a_count_that_makes_no_sense_keeps_nobody_out(desk: Desk, kept: bytes) -> None:
    vaults.lock(desk)
    (desk.folder / TRIES).write_bytes(kept)
    assert failed(desk.folder) == 0
    assert opens(desk, PASSPHRASE)


def test_a_folder_that_cannot_be_written_does_not_hide_that_a_passphrase_is_wrong(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    vaults.lock(desk)

    def read_only(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("imsa_desk.store.tries.replace_file", read_only)
    with pytest.raises(Refused) as refused:
        vaults.unlock(desk.folder, "wrong")
    assert refused.value.code == "E_PASSPHRASE"


def test_an_earlier_header_put_back_is_told_at_the_next_unlocking(desk: Desk) -> None:
    earlier = (desk.folder / HEADER).read_bytes()
    vaults.lock(desk)
    again = vaults.unlock(desk.folder, PASSPHRASE)
    keys.change_passphrase(again, PASSPHRASE, "a later one")
    vaults.lock(again)
    (desk.folder / HEADER).write_bytes(earlier)
    again = vaults.unlock(desk.folder, PASSPHRASE)
    assert noted(again, AccessKind.KEYS)[-1] == "keys found changed: number 1, last known 2"
    vaults.lock(again)


def test_a_damaged_slot_is_hinted_at_when_the_earlier_header_differs_there(desk: Desk) -> None:
    keys.keep_recovery_code(desk, PASSPHRASE, keys.new_recovery_code())
    vaults.lock(desk)
    file = desk.folder / HEADER
    data = file.read_text()
    with pytest.raises(Refused) as refused:
        vaults.unlock(desk.folder, "wrong")
    assert "damaged" not in refused.value.message
    salt = json.loads(data)["slots"][0]["kdf"]["salt"]
    file.write_text(data.replace(salt, salt[::-1]))
    with pytest.raises(Refused) as refused:
        vaults.unlock(desk.folder, "wrong")
    assert "may be damaged" in refused.value.message


def test_a_desk_opened_to_read_changes_no_secret(desk: Desk) -> None:
    before = picture(desk.folder)
    desk.store.read_only = True
    with pytest.raises(Refused) as refused:
        keys.change_passphrase(desk, PASSPHRASE, "a later one")
    assert refused.value.code == "E_READ_ONLY"
    assert picture(desk.folder) == before


@pytest.mark.parametrize(
    "owner", ["Wilhelmina Featherstone", "Ann Practice", "Bożena Wiśniewska-Nowak", "Oluwaseun Adébáyọ̀"]
)
def test_the_owners_name_twice_is_no_passphrase(owner: str) -> None:
    for phrase in (f"{owner} {owner}", f"{owner}{owner}", owner.lower() * 3, f"{owner} Northgate Charity"):
        with pytest.raises(Refused) as refused:
            check_passphrase(phrase, (owner, "Northgate Charity"))
        assert refused.value.code == "E_WEAK_PASSPHRASE"
    check_passphrase(generate_passphrase(), (owner, "Northgate Charity"))


def test_a_new_vault_knows_its_owners_name(tmp_path: Path) -> None:
    name = "Wilhelmina Featherstone"
    phrase = f"{name} {name}"
    assert vaults.strength(phrase, ()).ok
    assert not vaults.strength(phrase, (name,)).ok
    with pytest.raises(Refused):
        vaults.create(tmp_path / "vault", phrase, advocate_name=name, params=QUICK)
    assert not list(tmp_path.iterdir())
