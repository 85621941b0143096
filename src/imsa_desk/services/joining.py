"""Verbs about belonging: read an organisation's enrolment file, join it, make the joining file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.keys import SigningKey
from imsa_desk.crypto.words import fingerprint_words, words_match
from imsa_desk.domain.exchange import Joined, Offered
from imsa_desk.domain.ids import OrganisationId
from imsa_desk.errors import Problem, Refused
from imsa_desk.exchange.enrolment import (
    ROLES,
    Enrolment,
    FormerKey,
    JoinRequest,
    read_enrolment,
    write_request,
)
from imsa_desk.exchange.refusals import refusal
from imsa_desk.services.desk import Desk
from imsa_desk.store import local
from imsa_desk.store.records import OrganisationRow
from imsa_desk.vocab import SignerRole

KEYS = "exchange.keys"
"""Local value {"signing": hex, "identity": age secret}: the vault's own, made when it first joins.

After a change of key also "former": [former identities, the newest last], "signed": [former signing keys'
public halves, hex], and "change": what the former key signed about this one, {"public": hex, "last": number,
"signature": hex}.
"""
OFFICE = "exchange.office"
"""Local value {"file": the enrolment file, "at": ISO time}."""
OFFERED = "exchange.offered"
"""Local value {"file": an edition with a new root key whose words nobody compared yet}."""
FORMER_OFFICE = "exchange.former_office"
"""Local value [{"public": hex, "at": ISO time at which another key took its place}]."""
WISH = "exchange.wish"
"""Local value {"role": the role wished for, "second_of": the first laptop's vault id or ""}."""
_VAULT_ID = re.compile(r"[0-9a-f]{32}")


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
    anew = known is not None and offer.root != known.root and follows(known, offer)
    return Offered(
        organisation_id=OrganisationId(offer.organisation),
        name=offer.name,
        practice=offer.practice,
        words=fingerprint_words(offer.root),
        created=offer.created,
        joined_already=known is not None and known.root == offer.root,
        follows=anew,
    )


def join(desk: Desk, data: bytes, fingerprint: str) -> Joined:
    """Join the organisation of an enrolment file, after comparing its words with what a person read out.

    A newer edition of the same organisation may have a new root key, if the former one signed for it. Raises
    what `read_offer` does, E_FINGERPRINT for other words, E_JOINED where the vault belongs to another
    organisation, E_SIGNATURE for a root key that the known one did not sign for, and E_REPLAY for an older
    edition of the file.
    """
    read_offer(desk, data)
    offer = read_enrolment(data)
    if not words_match(offer.root, fingerprint):
        raise refusal("E_FINGERPRINT")
    with desk.store.begin("join") as session:
        known = office_of(session)
        if known is not None:
            check_edition(known, offer)
        own_keys(session)
        put_in_force(desk, session, offer, data.decode())
    found = joined(desk)
    if found is None:
        raise refusal("E_ENROLMENT")
    return found


def check_edition(known: Enrolment, offer: Enrolment) -> None:
    """Refuse an enrolment file that cannot follow the one known: E_JOINED, E_REPLAY, E_SIGNATURE, E_FORK."""
    if offer.organisation != known.organisation:
        raise Refused(f"This vault has already joined {known.name}.", code="E_JOINED")
    if offer.practice != known.practice:
        raise refusal("E_PRACTICE")
    if offer.serial < known.serial:
        raise refusal("E_REPLAY", "an older enrolment file")
    if not follows(known, offer):
        raise refusal("E_SIGNATURE", "its root key is not the one known, and that one did not sign for it")
    if offer.serial == known.serial and (offer.root, offer.office) != (known.root, known.office):
        raise refusal("E_FORK")


def follows(known: Enrolment, offer: Enrolment) -> bool:
    """Say whether an edition has the known root key, or one that it signed for."""
    return offer.root == known.root or (offer.former is not None and offer.former.root == known.root)


def put_in_force(desk: Desk, session: Session, offer: Enrolment, file: str) -> None:
    """Let an edition take effect within an open act; what it replaces is remembered."""
    known, kept = office_of(session), local.get(session, OFFICE)
    if known is not None and known.office != offer.office:
        former = {"public": known.office.hex(), "at": desk.now().isoformat()}
        local.put(session, FORMER_OFFICE, [*(local.get(session, FORMER_OFFICE) or ()), former])
    at = desk.now().isoformat() if kept is None else kept["at"]
    local.put(session, OFFICE, {"file": file, "at": at})
    local.drop(session, OFFERED)
    row = session.get(OrganisationRow, offer.organisation)
    if row is None:
        # Consents name their recipient by id, so the organisation stands in the directory too.
        session.add(OrganisationRow(id=offer.organisation, name=offer.name))
    elif row.name != offer.name:
        row.name = offer.name


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


def request_file(desk: Desk, *, role: str = "", second_of: str | None = None) -> bytes:
    """Make the joining file that the organisation enrols; its words are `joined(desk).own_words`.

    The role wished for (advocate or supervisor) and the vault id of the same advocate's first laptop are
    remembered; "" and None leave them as they were. Raises Refused with every problem at once.
    """
    if role or second_of is not None:
        _keep_wish(desk, role, second_of)
    with desk.store.read() as session:
        place, wish = place_of(session), local.get(session, WISH) or {}
        change = local.get(session, KEYS).get("change")
    request = JoinRequest(
        organisation=place.office.organisation,
        writer=desk.store.writer,
        name=desk.actor.name,
        public=place.key.public,
        recipient=place.identity.recipient,
        practice=desk.practice,
        created=desk.now(),
        role=SignerRole(wish.get("role", SignerRole.ADVOCATE.value)),
        second_of=wish.get("second_of", ""),
        edition=place.office.serial,
        former=change
        and FormerKey(bytes.fromhex(change["public"]), change["last"], bytes.fromhex(change["signature"])),
    )
    return write_request(request, place.key)


def _keep_wish(desk: Desk, role: str, second_of: str | None) -> None:
    first, problems = "".join((second_of or "").lower().split()), []
    if role and role not in (each.value for each in ROLES):
        problems.append(Problem("role", "Choose whether you join as an advocate or as a supervisor."))
    if first and _VAULT_ID.fullmatch(first) is None:
        text = "A vault’s number has 32 characters, 0 to 9 and a to f. Copy it from the first laptop."
        problems.append(Problem("second_of", text))
    elif first == desk.store.writer:
        text = "This is the number of this vault. Enter the first laptop’s."
        problems.append(Problem("second_of", text))
    if problems:
        raise Refused(problems)
    with desk.store.begin("wish") as session:
        wish = local.get(session, WISH) or {"role": SignerRole.ADVOCATE.value, "second_of": ""}
        if role:
            wish["role"] = role
        if second_of is not None:
            wish["second_of"] = first
        local.put(session, WISH, wish)


def own_keys(session: Session) -> tuple[SigningKey, Identity]:
    """Give the vault's signing key and identity, made on first use."""
    found = local.get(session, KEYS)
    if found is None:
        found = {"signing": SigningKey.generate().raw.hex(), "identity": Identity.generate().secret}
        local.put(session, KEYS, found)
    return SigningKey(bytes.fromhex(found["signing"])), Identity.from_string(found["identity"])


def identities(session: Session) -> tuple[Identity, ...]:
    """Give the identities that open what is sent to this vault, the present one first."""
    found = local.get(session, KEYS) or {}
    secrets = [found["identity"]] if found else []
    return tuple(Identity.from_string(one) for one in (*secrets, *reversed(found.get("former", ()))))


def signed_with(session: Session) -> frozenset[bytes]:
    """Give the public keys with which this vault signs or has signed."""
    found = local.get(session, KEYS)
    if found is None:
        return frozenset()
    former = [*found.get("signed", ()), *([found["change"]["public"]] if found.get("change") else ())]
    now = SigningKey(bytes.fromhex(found["signing"])).public
    return frozenset({now, *map(bytes.fromhex, former)})


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
