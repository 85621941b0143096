"""By the courier from a Desk to the organisation and back: a bundle goes up, its receipt comes down."""

from __future__ import annotations

from pathlib import Path

from courier_kit import Person, Server, own_place, visible
from exchange_kit import meet, new_case, new_meeting

from imsa_desk.services import exchange


def test_a_bundle_goes_to_the_office_and_its_receipt_comes_back(
    asyncssh_here: Server, tmp_path: Path
) -> None:
    place = own_place(asyncssh_here, tmp_path.name)
    advocate = Person(tmp_path / "advocate", place)
    organisation = Person(tmp_path / "organisation", place, out_there="from-office", in_there="to-office")

    with meet(tmp_path) as met:
        met.out, met.receipts = advocate.out, organisation.out
        case = new_case(met.desk, "Almaz")
        new_meeting(met.desk, case, "Spoke about the flat.")
        sent, file = met.send(case)
        assert advocate.run("send").status == 0
        assert not file.exists(), "the advocate's own copy is in `sent` now"
        assert organisation.run("fetch").status == 0

        (outcome,) = met.ingest(organisation.inbox / sent.file_name)
        assert outcome.done is not None, outcome.error
        assert organisation.run("send").status == 0
        assert advocate.run("fetch").status == 0

        (receipt,) = visible(advocate.inbox)
        assert receipt == Path(outcome.done.receipt).name
        confirmed = exchange.take_in(met.desk, advocate.inbox / receipt)
        assert (confirmed.number, confirmed.news) == (sent.number, True)
