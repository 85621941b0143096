"""The office changes its keys and its policy; Desks follow with real files, or are told why they cannot."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from exchange_kit import PASSPHRASE, QUICK, Meeting, introduce, meet_again, new_case, new_meeting
from sqlalchemy.orm import Session
from trust_kit import (
    code_of,
    error_of,
    kept_at_desk,
    kept_at_office,
    sent_file,
    take,
)

from imsa_desk.crypto.keys import key_id
from imsa_desk.errors import ImsaError, Refused
from imsa_desk.exchange.enrolment import SharePolicy, read_enrolment
from imsa_desk.exchange.revocations import write_revocations
from imsa_desk.services import office, vaults
from imsa_desk.services.desk import Desk
from imsa_desk.services.desk_trust import (
    ON_THE_WAY,
    offered_file,
    revocations_of,
    standing,
    take_trust_file,
    trust_of,
)
from imsa_desk.services.joining import join, joined, office_of, read_offer
from imsa_desk.services.office import open_office
from imsa_desk.services.office_rotation import note_edition, rotate, rotate_root, set_policy, signing_key
from imsa_desk.services.office_trust import (
    advocate,
    identities,
    revocations,
    revoke,
    trust_texts,
)
from imsa_desk.services.outgoing import send_out
from imsa_desk.services.taking_in import take_in
from imsa_desk.store import local
from imsa_desk.vocab import Sensitivity, ShareScope


@pytest.fixture
def met(tmp_path: Path) -> Iterator[Meeting]:
    """A Desk and an office that know each other."""
    with meet_again(tmp_path / "met") as both:
        yield both


def test_a_new_office_key_takes_effect_at_once_and_what_is_on_its_way_still_arrives(met: Meeting) -> None:
    case = new_case(met.desk, "Selam")
    on_the_way = sent_file(met, case, "sealed for the former identity")
    before = met.office
    met.office = rotate(before)
    assert met.office.about.serial == 2
    assert len(identities(met.office)) == 2
    writer = met.desk.store.writer
    assert signing_key(met.office, writer) == before.key
    assert error_of(met, on_the_way) == ""
    assert signing_key(met.office, writer) == before.key
    news = take(met.desk, *trust_texts(met.office))
    assert len(news.sentences) == 2
    assert _sent_to(met.desk) == met.office.about.recipients
    after = sent_file(met, case, "sealed for the new one")
    assert error_of(met, after) == ""
    assert signing_key(met.office, writer) == met.office.key
    assert advocate(met.office, writer).knows_edition == 2


def _sent_to(desk: Desk) -> tuple[str, ...]:
    with desk.store.read() as session:
        kept = local.get(session, "exchange.office")
    return read_enrolment(kept["file"].encode()).recipients


def test_receipts_signed_with_the_former_office_key_count_for_some_weeks(met: Meeting) -> None:
    former = met.office.key.public
    met.office = rotate(met.office)
    take(met.desk, *trust_texts(met.office))
    with met.desk.store.read() as session:
        signers = trust_of(met.desk, session, {}).signers
    assert signers[key_id(former)].revoked_after is None
    assert signers[key_id(met.office.key.public)].revoked_after is None
    kept = [{"public": former.hex(), "at": (met.desk.now() - ON_THE_WAY * 2).isoformat()}]
    with met.desk.store.begin("take_trust") as session:
        local.put(session, "exchange.former_office", kept)
        signers = trust_of(met.desk, session, {}).signers
    assert signers[key_id(former)].revoked_after == 0


def test_a_new_edition_travels_with_the_next_bundle_signed_by_the_key_the_vault_knows(met: Meeting) -> None:
    former = met.office.key
    met.office = rotate(met.office)
    (sent,) = send_out(met.office, met.out)
    taken = take_in(met.desk, met.out / sent.file_name)
    assert any("edition 2" in words for words in taken.words)
    assert _sent_to(met.desk) == met.office.about.recipients
    assert signing_key(met.office, met.desk.store.writer) == former
    case = new_case(met.desk, "Selam")
    met.deliver(case)
    assert signing_key(met.office, met.desk.store.writer) == met.office.key
    met.office = rotate_root(met.office)
    new_meeting(met.desk, case, "before the words were compared")
    met.deliver(case)
    assert standing(met.desk).edition is not None


def test_a_withdrawn_key_of_a_colleague_is_told_to_the_others(met: Meeting, tmp_path: Path) -> None:
    other, _ = vaults.create(
        tmp_path / "other", PASSPHRASE, advocate_name="B. Practice", practice=True, params=QUICK
    )
    introduce(other, met.office)
    revoke(met.office, other.store.writer, "left")
    vaults.lock(other)
    (sent,) = send_out(met.office, met.out)
    assert sent.writer == met.desk.store.writer
    taken = take_in(met.desk, met.out / sent.file_name)
    assert any("B. Practice: key withdrawn" in words for words in taken.words)
    assert standing(met.desk).withdrawn is None
    before = kept_at_desk(met.desk)
    assert not take_in(met.desk, met.out / sent.file_name).news
    assert kept_at_desk(met.desk) == before


def test_a_list_that_comes_before_the_new_edition_does_not_shut_the_office_out(met: Meeting) -> None:
    met.office = rotate(met.office)
    take_trust_file(met.desk, trust_texts(met.office)[1].encode())
    (sent,) = send_out(met.office, met.out)
    assert take_in(met.desk, met.out / sent.file_name).news
    assert _sent_to(met.desk) == met.office.about.recipients


def test_a_compromised_office_key_signs_nothing_more_though_only_the_new_file_came(met: Meeting) -> None:
    former = met.office.key.public
    met.office = rotate(met.office, compromised=True)
    assert signing_key(met.office, met.desk.store.writer) == met.office.key
    take_trust_file(met.desk, office.enrolment_file(met.office))
    with met.desk.store.read() as session:
        signers = trust_of(met.desk, session, {}).signers
    assert signers[key_id(former)].revoked_after == 0
    assert signers[key_id(met.office.key.public)].revoked_after is None


def test_an_opened_office_has_its_new_keys_and_its_journal_checks(met: Meeting) -> None:
    met.office = rotate(met.office)
    met.office = rotate_root(met.office)
    about, key = met.office.about, met.office.key
    folder = met.office.vault.folder
    met.office.close()
    met.office = open_office(folder, PASSPHRASE)
    assert (met.office.about, met.office.key) == (about, key)
    assert office.check(met.office).problems == ()
    assert (folder / "enrolment-3.json").read_bytes() == office.enrolment_file(met.office)
    assert revocations(met.office).serial == 2


def test_a_new_root_key_waits_until_its_words_were_compared(met: Meeting) -> None:
    revoke(met.office, met.desk.store.writer, "left", 5)
    take(met.desk, *trust_texts(met.office))
    met.office = rotate_root(met.office)
    news = take(met.desk, *trust_texts(met.office))
    assert "Compare its words" in news.sentences[0]
    waiting = standing(met.desk).edition
    assert waiting is not None and waiting.words == office.status(met.office).words
    found = joined(met.desk)
    assert found is not None and found.words != waiting.words
    before = kept_at_desk(met.desk)
    file = offered_file(met.desk)
    assert code_of(lambda: join(met.desk, file, " ".join(found.words))) == "E_FINGERPRINT"
    assert kept_at_desk(met.desk) == before
    assert join(met.desk, file, " ".join(waiting.words)).words == waiting.words
    assert standing(met.desk).edition is None
    assert standing(met.desk).withdrawn is not None
    assert not take(met.desk, *trust_texts(met.office))
    with met.desk.store.read() as session:
        listed = revocations_of(session)
    assert listed is not None and listed.serial == 2
    assert standing(met.desk).withdrawn is not None


def test_a_root_key_that_the_known_one_did_not_sign_for_is_refused(met: Meeting) -> None:
    met.office = rotate_root(met.office)
    met.office = rotate_root(met.office)
    before = kept_at_desk(met.desk)
    file = office.enrolment_file(met.office)
    words = " ".join(office.status(met.office).words)
    assert "in between" in take(met.desk, *trust_texts(met.office)).sentences[0]
    assert code_of(lambda: join(met.desk, file, words)) == "E_SIGNATURE"
    assert kept_at_desk(met.desk) == before
    between = (met.office.vault.folder / "enrolment-2.json").read_bytes()
    join(met.desk, between, " ".join(read_offer(met.desk, between).words))
    assert join(met.desk, file, words).words == office.status(met.office).words


def test_what_the_organisation_receives_is_set_by_a_new_edition(met: Meeting) -> None:
    same = set_policy(met.office, "full", {"L3": "ask"})
    assert same is met.office
    before = kept_at_office(met.office)
    wrong: list[tuple[str, dict[str, str]]] = [
        ("all", {}),
        ("", {"L3": "always"}),
        ("", {"L9": "ask"}),
        ("", {"L1": "maybe"}),
    ]
    for scope, levels in wrong:
        with pytest.raises(Refused):
            set_policy(met.office, scope, levels)
    assert kept_at_office(met.office) == before
    met.office = set_policy(met.office, "statistics", {"L2": "never"})
    (sent,) = send_out(met.office, met.out)
    take_in(met.desk, met.out / sent.file_name)
    with met.desk.store.read() as session:
        known = office_of(session)
    assert known is not None
    assert (known.scope, known.policy[Sensitivity.L2]) == (ShareScope.STATISTICS, SharePolicy.NEVER)


def test_a_list_that_does_not_fit_changes_nothing(met: Meeting) -> None:
    met.office = rotate(met.office)
    take_trust_file(met.desk, trust_texts(met.office)[1].encode())
    listed, before = revocations(met.office), kept_at_desk(met.desk)
    for change, code in (
        ({"practice": False}, "E_PRACTICE"),
        ({"organisation": "0" * 32}, "E_NOT_FOR_US"),
        ({"entries": ()}, "E_FORK"),
    ):
        file = write_revocations(replace(listed, **change), met.office.root)
        with pytest.raises(ImsaError) as caught:
            take_trust_file(met.desk, file)
        assert caught.value.code == code
    assert kept_at_desk(met.desk) == before


def test_an_older_edition_is_refused_as_a_file_and_passed_over_in_a_bundle(met: Meeting) -> None:
    old = office.enrolment_file(met.office)
    met.office = rotate(met.office)
    take_trust_file(met.desk, office.enrolment_file(met.office))
    before = kept_at_desk(met.desk)
    assert code_of(lambda: take_trust_file(met.desk, old)) == "E_REPLAY"
    assert not take(met.desk, old.decode(), "")
    assert kept_at_desk(met.desk) == before


def test_the_edition_a_vault_knows_is_noted_once(met: Meeting) -> None:
    met.office = rotate(met.office)
    writer = met.desk.store.writer
    note_edition(met.office, writer, ("age1other",))
    assert advocate(met.office, writer).knows_edition == 1
    note_edition(met.office, writer, (met.office.identity.recipient,))
    lines = kept_at_office(met.office)
    note_edition(met.office, writer, (met.office.identity.recipient,))
    assert kept_at_office(met.office) == lines


def test_keys_age_only_for_what_is_on_the_way() -> None:
    assert timedelta(days=30) <= ON_THE_WAY <= timedelta(days=90)


def test_signed_files_in_any_order_and_repeated_leave_the_newest_in_force(met: Meeting) -> None:
    texts = [trust_texts(met.office)]
    revoke(met.office, met.desk.store.writer, "left", 5)
    texts.append(trust_texts(met.office))
    for renew in (rotate, lambda place: set_policy(place, "coordination"), rotate):
        met.office = renew(met.office)
        texts.append(trust_texts(met.office))
    revoke(met.office, met.desk.store.writer, "lost", 4)
    texts.append(trust_texts(met.office))
    start, chance = kept_at_desk(met.desk), random.Random(20261122)
    for _ in range(12):
        with met.desk.store.begin("take_trust") as session:
            for name in kept_at_desk_names(session):
                local.drop(session, name)
            for name, value in start.items():
                local.put(session, f"exchange.{name}", value)
        for at in [*chance.choices(range(6), k=8), 5, *chance.choices(range(6), k=2)]:
            take(met.desk, *texts[at])
        with met.desk.store.read() as session:
            known, listed = office_of(session), revocations_of(session)
        assert known == met.office.about
        assert listed == revocations(met.office)


def kept_at_desk_names(session: Session) -> list[str]:
    """Name what the Desk keeps about the exchange."""
    return [f"exchange.{name}" for name in local.under(session, "exchange.")]
