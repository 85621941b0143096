"""What the office turned away is told to the vault that signed it, and what else a receipt brings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from exchange_kit import Meeting, meet_again, new_case, new_meeting
from sending_kit import SCAN
from sqlalchemy import text

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.errors import ImsaError
from imsa_desk.services import desk_trust, exchange, taking_in
from imsa_desk.services.desk import Desk
from imsa_desk.services.documents import add_document
from imsa_desk.services.office_receipts import write_receipts
from imsa_desk.services.office_rotation import set_policy
from imsa_desk.services.office_trust import revoke, trust_texts
from imsa_desk.services.outgoing import send_out
from imsa_desk.store import local
from imsa_desk.store.records import CaseRow


@pytest.fixture
def met(tmp_path: Path) -> Iterator[Meeting]:
    with meet_again(tmp_path) as made:
        yield made


def damage(file: Path) -> Path:
    """Cut the end off a copy."""
    copy = file.with_name("copy.imsa")
    copy.write_bytes(file.read_bytes()[:-3000])
    return copy


def refused_here(desk: Desk) -> dict[int, str]:
    return {sent.number: sent.refused for sent in exchange.held(desk).sent if sent.refused}


def test_a_bundle_that_was_turned_away_is_named_in_the_next_receipt(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    met.deliver(case)
    add_document(met.desk, DocumentDraft(case_id=case, title="Letter"), SCAN)
    _, file = met.send(case)
    (outcome,) = met.ingest(damage(file))
    assert outcome.error is not None
    (receipt,) = write_receipts(met.office, met.receipts)
    exchange.take_in(met.desk, Path(receipt))
    assert refused_here(met.desk) == {2: outcome.error.code}
    (outcome,) = met.ingest(file)
    assert outcome.done is not None
    exchange.take_in(met.desk, Path(outcome.done.receipt))
    assert refused_here(met.desk) == {}
    (receipt,) = write_receipts(met.office, met.receipts)
    exchange.take_in(met.desk, Path(receipt))
    assert refused_here(met.desk) == {}


def test_it_is_news_for_the_vault_even_where_nothing_else_is(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    add_document(met.desk, DocumentDraft(case_id=case, title="Letter"), SCAN)
    _, file = met.send(case)
    for one in send_out(met.office, met.out):
        taking_in.take_in(met.desk, met.out / one.file_name)
    met.ingest(damage(file))
    (sent,) = send_out(met.office, met.out)
    assert taking_in.take_in(met.desk, met.out / sent.file_name).news
    assert list(refused_here(met.desk)) == [1]


def test_what_says_nothing_about_a_bundle_is_not_told(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    met.send(case)
    _, second = met.send(case)
    (outcome,) = met.ingest(second)
    assert outcome.error is not None and outcome.error.code == "E_GAP"
    with met.office.records.read() as session:
        assert not any(kept.get("refused") for kept in local.under(session, "office.stream.").values())


def test_a_receipt_says_which_case_differs_and_what_to_do(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    new_meeting(met.desk, case, "as written")
    met.deliver(case)
    with met.office.records.engine.begin() as connection:
        connection.info["projecting"] = True
        connection.execute(text("UPDATE meeting SET notes = 'altered'"))
        connection.info.pop("projecting")
    _, file = met.send(case)
    (outcome,) = met.ingest(file)
    assert outcome.done is not None
    receipt = Path(outcome.done.receipt)
    with met.desk.store.read() as session:
        code = session.get_one(CaseRow, case).code
    words = taking_in.take_in(met.desk, receipt).words
    assert f"something else of {code} than" in words[0] and "Send again from the beginning" in words[0]
    again = taking_in.take_in(met.desk, receipt).words
    assert again == ("This file was taken in before, so nothing was changed.",)


def test_a_receipt_says_news_about_the_organisations_own_files(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    met.office = set_policy(met.office, "coordination")
    _, file = met.send(case)
    (outcome,) = met.ingest(file)
    assert outcome.done is not None
    words = taking_in.take_in(met.desk, Path(outcome.done.receipt)).words
    assert words[0].startswith("A receipt came: the organisation holds ")
    assert "renewed its enrolment file" in words[1]


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda file: file[:-40], "E_ENROLMENT", "list of withdrawn keys is damaged"),
        (lambda file: file.replace("lost", "left"), "E_SIGNATURE", "changed after it was signed"),
    ],
)
def test_a_broken_list_of_withdrawn_keys_has_its_own_text(
    met: Meeting, change: Callable[[str], str], code: str, said: str
) -> None:
    revoke(met.office, met.desk.store.writer, "lost")
    _, listed = trust_texts(met.office)
    with pytest.raises(ImsaError, match=said) as caught:
        desk_trust.take_trust_file(met.desk, change(listed).encode())
    assert caught.value.code == code


def test_who_lost_their_key_is_told_by_a_file_beside_the_receipts(met: Meeting) -> None:
    met.deliver(new_case(met.desk, "Abeba"))
    revoke(met.office, met.desk.store.writer, "left")
    folder = met.receipts / "for hand"
    folder.mkdir()
    assert write_receipts(met.office, folder) == ()
    (file,) = folder.iterdir()
    news = desk_trust.take_trust_file(met.desk, file.read_bytes())
    assert "takes in nothing more from here" in news.sentences[0]
