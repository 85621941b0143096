"""Verbs about belonging: read an organisation's enrolment file, join it, make the joining file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.keys import SigningKey
from imsa_desk.crypto.words import fingerprint_words, words_match
from imsa_desk.domain.exchange import Joined, Offered
from imsa_desk.domain.ids import OrganisationId
from imsa_desk.errors import Refused
from imsa_desk.exchange.enrolment import Enrolment, JoinRequest, read_enrolment, write_request
from imsa_desk.exchange.refusals import refusal
from imsa_desk.services.desk import Desk
from imsa_desk.store import local
from imsa_desk.store.records import OrganisationRow

KEYS = "exchange.keys"
"""Local value {"signing": hex, "identity": age secret}: the vault's own, made when it first joins."""
OFFICE = "exchange.office"
"""Local value {"file": the enrolment file, "at": ISO time}."""


@dataclass(frozen=True, slots=True)
class Place:
    """This vault's place in the exchange: its keys and the organisation it joined."""

    key: SigningKey
    identity: Identity
    office: Enrolment
    joined_at: datetime


def read_offer(desk: Desk, data: bytes) -> Offered:
    """Look at an enrolment file before joining; nothing is kept.

    Raises E_ENROLMENT, E_SIGNATURE and E_VERSION, and E_PRACTICE where practice would mix with real.
    """
    offer = read_enrolment(data)
    if offer.practice != desk.practice:
        raise refusal("E_PRACTICE")
    with desk.store.read() as session:
        known = office_of(session)
    return Offered(
        organisation_id=OrganisationId(offer.organisation),
        name=offer.name,
        practice=offer.practice,
        words=fingerprint_words(offer.root),
        created=offer.created,
        joined_already=known is not None and known.root == offer.root,
    )


def join(desk: Desk, data: bytes, fingerprint: str) -> Joined:
    """Join the organisation of an enrolment file, after comparing its words with what a person read out.

    Raises what `read_offer` does, E_FINGERPRINT for other words, E_JOINED where the vault belongs to another
    organisation, and E_REPLAY for an older edition of the file.
    """
    read_offer(desk, data)
    offer = read_enrolment(data)
    if not words_match(offer.root, fingerprint):
        raise refusal("E_FINGERPRINT")
    with desk.store.begin("join") as session:
        known = office_of(session)
        if known is not None and (known.organisation, known.root) != (offer.organisation, offer.root):
            raise Refused(f"This vault has already joined {known.name}.", code="E_JOINED")
        if known is not None and offer.serial < known.serial:
            raise refusal("E_REPLAY", "an older enrolment file")
        own_keys(session)
        local.put(session, OFFICE, {"file": data.decode(), "at": desk.now().isoformat()})
        row = session.get(OrganisationRow, offer.organisation)
        if row is None:
            # Consents name their recipient by id, so the organisation stands in the directory too.
            session.add(OrganisationRow(id=offer.organisation, name=offer.name))
        elif row.name != offer.name:
            row.name = offer.name
    found = joined(desk)
    if found is None:
        raise refusal("E_ENROLMENT")
    return found


def joined(desk: Desk) -> Joined | None:
    """Give the organisation this vault sends to; None before it joined one."""
    with desk.store.read() as session:
        if local.get(session, OFFICE) is None:
            return None
        place = place_of(session)
    return Joined(
        organisation_id=OrganisationId(place.office.organisation),
        name=place.office.name,
        practice=place.office.practice,
        words=fingerprint_words(place.office.root),
        joined_at=place.joined_at,
        own_words=fingerprint_words(place.key.public),
    )


def request_file(desk: Desk) -> bytes:
    """Make the joining file that the organisation enrols; its words are `joined(desk).own_words`."""
    with desk.store.read() as session:
        place = place_of(session)
    request = JoinRequest(
        organisation=place.office.organisation,
        writer=desk.store.writer,
        name=desk.actor.name,
        public=place.key.public,
        recipient=place.identity.recipient,
        practice=desk.practice,
        created=desk.now(),
    )
    return write_request(request, place.key)


def own_keys(session: Session) -> tuple[SigningKey, Identity]:
    """Give the vault's signing key and identity, made on first use."""
    found = local.get(session, KEYS)
    if found is None:
        found = {"signing": SigningKey.generate().raw.hex(), "identity": Identity.generate().secret}
        local.put(session, KEYS, found)
    return SigningKey(bytes.fromhex(found["signing"])), Identity.from_string(found["identity"])


def office_of(session: Session) -> Enrolment | None:
    """Give the enrolment file of the organisation joined, read again with every check."""
    found = local.get(session, OFFICE)
    return None if found is None else read_enrolment(found["file"].encode())


def place_of(session: Session) -> Place:
    """Give this vault's place in the exchange; raises E_NOT_JOINED."""
    found = local.get(session, OFFICE)
    if found is None:
        raise Refused("Join your organisation first: open its enrolment file.", code="E_NOT_JOINED")
    key, identity = own_keys(session)
    office = read_enrolment(found["file"].encode())
    return Place(key, identity, office, datetime.fromisoformat(found["at"]))
