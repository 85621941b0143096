"""Enrolment in roles, withdrawn keys and changes of key, with real files through both sides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from exchange_kit import PASSPHRASE, QUICK, Meeting, meet_again, new_case, new_meeting
from trust_kit import (
    code_of,
    error_of,
    kept_at_desk,
    kept_at_office,
    own_words,
    sent_file,
    take,
)

from imsa_desk.crypto.keys import key_id
from imsa_desk.domain.trust import RevocationReason
from imsa_desk.errors import ImsaError
from imsa_desk.exchange.enrolment import read_request
from imsa_desk.exchange.trust import Role
from imsa_desk.services import exchange, office, vaults
from imsa_desk.services.desk_trust import (
    change_key,
    standing,
    take_trust_file,
)
from imsa_desk.services.joining import join, joined, read_offer, request_file
from imsa_desk.services.office_trust import (
    REVOCATION_FILE,
    advocate,
    advocates,
    enrol_vault,
    revocations,
    revoke,
    trust_texts,
)
from imsa_desk.services.office_trust import trust_of as office_signers
from imsa_desk.store import local
from imsa_desk.vocab import SignerRole


@pytest.fixture
def met(tmp_path: Path) -> Iterator[Meeting]:
    """A Desk and an office that know each other."""
    with meet_again(tmp_path / "met") as both:
        yield both


# --- enrolment and roles ---


def test_the_office_decides_the_role_and_may_change_it(met: Meeting) -> None:
    wished = request_file(met.desk, role="supervisor")
    assert read_request(wished).role is SignerRole.SUPERVISOR
    assert advocate(met.office, met.desk.store.writer).role is SignerRole.ADVOCATE
    enrol_vault(met.office, wished, own_words(met.desk))
    assert advocate(met.office, met.desk.store.writer).role is SignerRole.ADVOCATE
    found = enrol_vault(met.office, wished, own_words(met.desk), role="supervisor")
    assert found.role is SignerRole.SUPERVISOR
    signer = next(iter(office_signers(met.office).signers.values()))
    assert signer.role is Role.SUPERVISOR


def test_the_same_joining_file_again_changes_nothing(met: Meeting) -> None:
    before, lines = kept_at_office(met.office), office.status(met.office).links
    enrol_vault(met.office, request_file(met.desk), own_words(met.desk))
    assert (kept_at_office(met.office), office.status(met.office).links) == (before, lines)


def test_a_second_laptop_counts_only_when_the_office_says_so_too(met: Meeting, tmp_path: Path) -> None:
    first = met.desk.store.writer
    second, _ = vaults.create(
        tmp_path / "second", PASSPHRASE, advocate_name="A. Advocate", practice=True, params=QUICK
    )
    try:
        file = office.enrolment_file(met.office)
        own = " ".join(join(second, file, " ".join(read_offer(second, file).words)).own_words)
        request = request_file(second, second_of=f" {first.upper()} ")
        before = kept_at_office(met.office)
        assert code_of(lambda: enrol_vault(met.office, request, own)) == "E_SECOND"
        assert code_of(lambda: enrol_vault(met.office, request, own, second_of="0" * 32)) == "E_SECOND"
        assert kept_at_office(met.office) == before
        assert enrol_vault(met.office, request, own, second_of=first).second_of == first
        assert standing(second).second_of == first
    finally:
        vaults.lock(second)


def test_a_wish_that_makes_no_sense_is_refused_by_name(met: Meeting) -> None:
    before = kept_at_desk(met.desk)
    for second in ("abc", met.desk.store.writer):
        with pytest.raises(ImsaError) as caught:
            request_file(met.desk, role="office", second_of=second)
        assert [p.field for p in caught.value.problems] == ["role", "second_of"]  # type: ignore[attr-defined]
    assert kept_at_desk(met.desk) == before


def test_real_and_practice_files_never_mix(met: Meeting, tmp_path: Path) -> None:
    real, _ = office.init_office(tmp_path / "real", PASSPHRASE, "Real", params=QUICK)
    try:
        file = office.enrolment_file(real)
        before = kept_at_desk(met.desk)
        assert code_of(lambda: take_trust_file(met.desk, file)) == "E_JOINED"
        assert code_of(lambda: join(met.desk, file, " ".join(office.status(real).words))) == "E_PRACTICE"
        assert kept_at_desk(met.desk) == before
        request = request_file(met.desk)
        assert code_of(lambda: enrol_vault(real, request, own_words(met.desk))) == "E_NOT_FOR_US"
    finally:
        real.close()


# --- withdrawn keys ---


def test_later_bundles_of_a_withdrawn_key_are_refused_and_earlier_ones_stay(met: Meeting) -> None:
    case = new_case(met.desk, "Selam")
    met.deliver(case)
    late = sent_file(met, case, "after")
    gone = revoke(met.office, met.desk.store.writer, "lost")
    assert (gone.last, gone.reason) == (1, RevocationReason.LOST)
    links = office.status(met.office).links
    assert error_of(met, late) == "E_REVOKED"
    assert office.status(met.office).links == links
    assert advocates(met.office, active=True) == ()
    assert (met.office.vault.folder / REVOCATION_FILE).is_file()
    revoke(met.office, met.desk.store.writer, "left", 2)
    assert error_of(met, late) == ""


def test_a_key_withdrawn_from_the_beginning_is_refused_unread(met: Meeting) -> None:
    case = new_case(met.desk, "Selam")
    file = sent_file(met, case, "first")
    revoke(met.office, met.desk.store.writer, "compromised", 0)
    assert error_of(met, file) == "E_REVOKED"


def test_withdrawing_again_in_the_same_words_makes_no_new_list(met: Meeting) -> None:
    revoke(met.office, met.desk.store.writer, "lost")
    serial = revocations(met.office).serial
    revoke(met.office, met.desk.store.writer, "lost")
    assert revocations(met.office).serial == serial == 1
    assert code_of(lambda: revoke(met.office, "0" * 32, "lost")) == "E_NOT_ENROLLED"
    assert code_of(lambda: revoke(met.office, met.desk.store.writer, "changed")) == "E_REASON"


def test_the_desk_keeps_the_newest_list_and_says_when_its_own_key_is_on_it(met: Meeting) -> None:
    revoke(met.office, met.desk.store.writer, "left")
    old = trust_texts(met.office)[1]
    news = take(met.desk, "", old)
    assert "withdrew this vault’s key" in news.sentences[0]
    found = standing(met.desk).withdrawn
    assert found is not None and found.reason is RevocationReason.LEFT
    revoke(met.office, met.desk.store.writer, "lost")
    new = trust_texts(met.office)[1]
    take(met.desk, "", new)
    before = kept_at_desk(met.desk)
    assert code_of(lambda: take_trust_file(met.desk, old.encode())) == "E_REPLAY"
    assert not take(met.desk, "", old)
    assert not take_trust_file(met.desk, new.encode())
    assert kept_at_desk(met.desk) == before


def test_a_vault_whose_key_was_withdrawn_sends_nothing(met: Meeting) -> None:
    case = new_case(met.desk, "Selam")
    revoke(met.office, met.desk.store.writer, "left")
    take_trust_file(met.desk, trust_texts(met.office)[1].encode())
    assert code_of(lambda: met.send(case)) == "E_REVOKED"
    assert list(met.out.iterdir()) == []


def test_a_list_of_another_organisation_changes_nothing(met: Meeting, tmp_path: Path) -> None:
    other, _ = office.init_office(tmp_path / "other", PASSPHRASE, "Other", practice=True, params=QUICK)
    try:
        file = office.enrolment_file(met.office)
        stranger, _ = vaults.create(
            tmp_path / "stranger", PASSPHRASE, advocate_name="B. Advocate", practice=True, params=QUICK
        )
        theirs = office.enrolment_file(other)
        words = " ".join(read_offer(stranger, theirs).words)
        own = " ".join(join(stranger, theirs, words).own_words)
        enrol_vault(other, request_file(stranger), own)
        revoke(other, stranger.store.writer, "left")
        vaults.lock(stranger)
        before = kept_at_desk(met.desk)
        assert code_of(lambda: take_trust_file(met.desk, trust_texts(other)[1].encode())) == "E_SIGNATURE"
        assert code_of(lambda: take(met.desk, theirs.decode(), "")) == "E_JOINED"
        assert kept_at_desk(met.desk) == before
        assert not take_trust_file(met.desk, file)
    finally:
        other.close()


# --- a vault's new key ---


def test_a_new_key_is_enrolled_for_the_same_vault_and_the_old_ones_bundles_still_arrive(met: Meeting) -> None:
    case = new_case(met.desk, "Selam")
    met.deliver(case)
    on_the_way = sent_file(met, case, "signed with the old key")
    old = read_request(request_file(met.desk)).public
    file = change_key(met.desk)
    assert standing(met.desk).changing
    assert code_of(lambda: change_key(met.desk)) == "E_CHANGING"
    enrol_vault(met.office, file, own_words(met.desk))
    gone = revocations(met.office).of_key(key_id(old).hex())
    assert gone is not None and (gone.reason, gone.last) == (RevocationReason.CHANGED, 2)
    assert advocate(met.office, met.desk.store.writer).withdrawn is None
    after = sent_file(met, case, "signed with the new key")
    outcomes = met.ingest(on_the_way, after)
    assert [o.error for o in outcomes] == [None, None]
    for outcome in outcomes:
        assert outcome.done is not None
        exchange.take_in(met.desk, Path(outcome.done.receipt))
    assert not standing(met.desk).changing
    assert office.check(met.office).problems == ()


def test_a_new_key_that_the_old_one_did_not_sign_for_is_refused(met: Meeting, tmp_path: Path) -> None:
    case = new_case(met.desk, "Selam")
    met.deliver(case)
    with met.desk.store.begin("change_key") as session:
        local.drop(session, "exchange.keys")
    request_words = joined  # the vault makes new keys when it joins again
    file = office.enrolment_file(met.office)
    join(met.desk, file, " ".join(read_offer(met.desk, file).words))
    assert request_words(met.desk) is not None
    before = kept_at_office(met.office)
    request = request_file(met.desk)
    assert code_of(lambda: enrol_vault(met.office, request, own_words(met.desk))) == "E_ENROLLED"
    assert kept_at_office(met.office) == before


def test_the_key_of_a_lost_laptop_names_no_successor(met: Meeting) -> None:
    file = change_key(met.desk)
    revoke(met.office, met.desk.store.writer, "lost")
    before = kept_at_office(met.office)
    assert code_of(lambda: enrol_vault(met.office, file, own_words(met.desk))) == "E_REVOKED"
    assert kept_at_office(met.office) == before


def test_a_withdrawn_key_is_not_enrolled_again(met: Meeting) -> None:
    file = request_file(met.desk)
    revoke(met.office, met.desk.store.writer, "left")
    before = kept_at_office(met.office)
    assert code_of(lambda: enrol_vault(met.office, file, own_words(met.desk))) == "E_REVOKED"
    assert kept_at_office(met.office) == before
    enrol_vault(met.office, change_key(met.desk), own_words(met.desk))
    assert advocate(met.office, met.desk.store.writer).withdrawn is None


def test_a_compromised_key_may_be_followed_by_one_compared_in_person(met: Meeting) -> None:
    case = new_case(met.desk, "Selam")
    met.deliver(case)
    revoke(met.office, met.desk.store.writer, "compromised")
    take_trust_file(met.desk, trust_texts(met.office)[1].encode())
    assert standing(met.desk).withdrawn is not None
    enrol_vault(met.office, change_key(met.desk), own_words(met.desk))
    assert standing(met.desk).withdrawn is None
    new_meeting(met.desk, case, "with the new key")
    met.deliver(case)
