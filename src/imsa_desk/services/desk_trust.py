"""Verbs about trust on the Desk: whose bundles are read, newer editions, withdrawn keys, a key of one's own.

A newer edition with the same root key takes effect at once. One with a new root key that the known one
signed for waits until somebody compared its words. The newest list of withdrawn keys is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.keys import SigningKey, key_id
from imsa_desk.crypto.words import fingerprint_words
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.ids import OrganisationId
from imsa_desk.domain.trust import Edition, Revocation, RevocationReason, Standing, TrustNews
from imsa_desk.errors import Refused
from imsa_desk.exchange.enrolment import Enrolment, JoinRequest, follow_key, read_enrolment
from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.revocations import RevocationList, is_signed_by, read_revocations
from imsa_desk.exchange.trust import Role, Trust, TrustedSigner
from imsa_desk.services.access import note_access
from imsa_desk.services.desk import Desk
from imsa_desk.services.joining import (
    FORMER_OFFICE,
    KEYS,
    OFFERED,
    OFFICE,
    WISH,
    check_edition,
    follows,
    identities,
    office_of,
    own_keys,
    place_of,
    put_in_force,
    request_file,
)
from imsa_desk.store import local
from imsa_desk.vocab import AccessKind

REVOCATIONS = "exchange.revocations"
"""Local value {"file": the newest list of withdrawn keys, "root": the key that signed it, hex}."""
SENT = "exchange.sent."
ON_THE_WAY = timedelta(days=60)
"""How long a key that the organisation itself replaced still counts, for what is on its way."""
_NO_WAY_TO = (
    "{} has changed its root key more than once since this vault last heard. Ask the office for the "
    "enrolment files in between, and open them here in their order."
)
_CHANGING = "Your organisation has not confirmed your last change of key yet."


def trust_of(desk: Desk, session: Session, applied: Mapping[str, Mapping[int, str]]) -> Trust:
    """Give what this vault's reader of bundles needs; `applied` is what was taken in of each stream.

    Raises E_NOT_JOINED.
    """
    office = place_of(session).office
    listed = revocations_of(session)
    keys = {office.office: None} | {
        bytes.fromhex(each["public"]): datetime.fromisoformat(each["at"]) + ON_THE_WAY
        for each in local.get(session, FORMER_OFFICE) or ()
    }
    signers = {}
    for public, until in keys.items():
        gone = None if listed is None else listed.of_key(key_id(public).hex())
        over = until is not None and desk.now() > until
        # A list may come before the edition that names the new key: then the former one brings that.
        stands = gone is None or gone.reason is RevocationReason.CHANGED
        trusted = stands and not over and key_id(public).hex() not in office.distrusted
        signers[key_id(public)] = TrustedSigner(
            public=public,
            role=Role.OFFICE,
            name=office.name,
            writer=office.writer,
            revoked_after=None if trusted else 0,
            applied=applied,
        )
    me = frozenset(identity.recipient for identity in identities(session))
    return Trust(signers, me, desk.practice)


def take_trust(
    desk: Desk, session: Session, enrolment: str, revocations: str, *, from_bundle: bool = True
) -> TrustNews:
    """Take an enrolment file and a list of withdrawn keys in within an open act; "" for none.

    What is older than what is known is passed over in a bundle, because bundles of two streams cross, and
    refused as a file (E_REPLAY). Raises E_ENROLMENT, E_VERSION, E_SIGNATURE, E_PRACTICE, E_FORK and E_JOINED.
    """
    known = office_of(session)
    if known is None:
        raise Refused("Join your organisation first: open its enrolment file.", code="E_NOT_JOINED")
    said: list[str] = []
    if enrolment:
        said += _take_edition(desk, session, known, enrolment, from_bundle=from_bundle)
    if revocations:
        said += _take_list(desk, session, revocations, from_bundle=from_bundle)
    return TrustNews(tuple(said))


def _take_edition(
    desk: Desk, session: Session, known: Enrolment, file: str, *, from_bundle: bool
) -> list[str]:
    offer = read_enrolment(file.encode())
    if from_bundle and offer.organisation == known.organisation:
        if offer.serial < known.serial:
            return []
        if not follows(known, offer):
            return [_NO_WAY_TO.format(offer.name)]
    check_edition(known, offer)
    if offer.root == known.root:
        if offer.serial == known.serial:
            return []
        put_in_force(desk, session, offer, file)
        note_access(desk, session, AccessKind.KEYS, detail=f"enrolment file, edition {offer.serial}")
        return [f"{offer.name} renewed its enrolment file (edition {offer.serial}). It is in force."]
    waiting = local.get(session, OFFERED)
    if waiting is not None and read_enrolment(waiting["file"].encode()).serial >= offer.serial:
        return []
    local.put(session, OFFERED, {"file": file})
    return [f"{offer.name} has a new root key. Compare its words on the Exchange page before it counts."]


def _take_list(desk: Desk, session: Session, file: str, *, from_bundle: bool) -> list[str]:
    office, before = office_of(session), revocations_of(session)
    if office is None:
        return []
    if from_bundle and not is_signed_by(file.encode(), office.root):
        return []  # it counts when its root key does, and it comes again with every bundle
    listed = read_revocations(file.encode(), office.root)
    if listed.organisation != office.organisation:
        raise refusal("E_NOT_FOR_US")
    if listed.practice != desk.practice:
        raise refusal("E_PRACTICE")
    if before is not None and listed.serial < before.serial:
        if from_bundle:
            return []
        raise refusal("E_REPLAY", "an older list of withdrawn keys")
    if before is not None and listed.serial == before.serial:
        if listed != before:
            raise refusal("E_FORK")
        return []
    local.put(session, REVOCATIONS, {"file": file, "root": office.root.hex()})
    note_access(desk, session, AccessKind.KEYS, detail=f"list of withdrawn keys {listed.serial}")
    known = frozenset() if before is None else frozenset(entry.key for entry in before.entries)
    own = _own_entry(session, listed)
    said = [withdrawn_words(own, office.name)] if own is not None and own.key not in known else []
    others = [entry for entry in listed.entries if entry.key not in known and entry != own]
    return said + [f"{entry.name}: key withdrawn, {entry.reason.words}." for entry in others]


def take_trust_file(desk: Desk, data: bytes) -> TrustNews:
    """Take in a newer enrolment file or a list of withdrawn keys that came as a file of its own.

    Raises what `take_trust` does; nothing is changed then.
    """
    text = data.decode("utf-8", "replace")
    is_list = text.startswith('{"revocations":')
    with desk.store.begin("take_trust") as session:
        files = ("", text) if is_list else (text, "")
        return take_trust(desk, session, *files, from_bundle=False)


def revocations_of(session: Session) -> RevocationList | None:
    """Give the newest list of withdrawn keys; None where none came yet.

    A list that a former root key signed is kept until the organisation's next one.
    """
    kept = local.get(session, REVOCATIONS)
    if kept is None:
        return None
    return read_revocations(kept["file"].encode(), bytes.fromhex(kept["root"]))


def standing(desk: Desk) -> Standing:
    """Say how this vault's key stands: withdrawn, waiting to be confirmed, or nothing to be done."""
    with desk.store.read() as session:
        if local.get(session, OFFICE) is None:
            return Standing()
        listed, offered = revocations_of(session), local.get(session, OFFERED)
        wish = local.get(session, WISH) or {}
        offer = None if offered is None else read_enrolment(offered["file"].encode())
        return Standing(
            role=Role(wish.get("role", Role.ADVOCATE.value)),
            second_of=wish.get("second_of", ""),
            vault=desk.store.writer,
            withdrawn=None if listed is None else _own_entry(session, listed),
            changing=_is_changing(session),
            edition=None
            if offer is None
            else Edition(
                OrganisationId(offer.organisation), offer.name, fingerprint_words(offer.root), offer.created
            ),
        )


def offered_file(desk: Desk) -> bytes:
    """Give the edition whose new root key waits to be compared, to be handed to `join`; else nothing."""
    with desk.store.read() as session:
        kept = local.get(session, OFFERED)
    return b"" if kept is None else str(kept["file"]).encode()


def withdrawn_words(entry: Revocation, organisation: str) -> str:
    """Say what it means that this vault's own key was withdrawn, and what to do."""
    words = f"{organisation} withdrew this vault’s key on {say_full(entry.from_day)}: {entry.reason.words}."
    if entry.reason is RevocationReason.COMPROMISED:
        return f"{words} Change your key here and give the office the new joining file."
    what = "It takes in nothing more from here, and what you write now stays on this laptop."
    if entry.reason is RevocationReason.LOST:
        return f"{words} {what} If this laptop was found again, speak to the office about a new vault."
    return f"{words} {what} If that is a mistake, change your key here and speak to the office."


def refuse_withdrawn(session: Session) -> None:
    """Refuse to send with a key that the organisation would not read (E_REVOKED)."""
    listed, office = revocations_of(session), office_of(session)
    own = None if listed is None else _own_entry(session, listed)
    if own is not None and office is not None:
        raise Refused(withdrawn_words(own, office.name), code="E_REVOKED")


def change_key(desk: Desk) -> bytes:
    """Give this vault a new signing key and identity; give the joining file that both keys signed.

    The former identity still opens what is on its way. Raises E_NOT_JOINED, and E_CHANGING while the
    organisation has not confirmed the change before.
    """
    with desk.store.begin("change_key") as session:
        place = place_of(session)
        if _is_changing(session):
            raise Refused(_CHANGING, code="E_CHANGING")
        renew_keys(session)
        key, identity = own_keys(session)
        last = _last_sent(session)
        request = JoinRequest(
            organisation=place.office.organisation,
            writer=desk.store.writer,
            name=desk.actor.name,
            public=key.public,
            recipient=identity.recipient,
            practice=desk.practice,
            created=desk.now(),
        )
        former = follow_key(request, place.key, last)
        change = {"public": former.public.hex(), "last": last, "signature": former.signature.hex()}
        local.put(session, KEYS, local.get(session, KEYS) | {"change": change})
        note_access(desk, session, AccessKind.KEYS, detail="a new key for the exchange")
    return request_file(desk)


def renew_keys(session: Session) -> None:
    """Make new keys within an open act, and keep the former identity to open what is on its way."""
    key, _ = own_keys(session)
    kept = local.get(session, KEYS)
    renewed = {
        "signing": SigningKey.generate().raw.hex(),
        "identity": Identity.generate().secret,
        "former": [*kept.get("former", ()), kept["identity"]],
        "signed": [*kept.get("signed", ()), key.public.hex()],
    }
    local.put(session, KEYS, renewed)


def _own_entry(session: Session, listed: RevocationList) -> Revocation | None:
    key, _ = own_keys(session)
    return listed.of_key(key_id(key.public).hex())


def _is_changing(session: Session) -> bool:
    """Say whether no bundle signed with a new key was confirmed yet."""
    change = (local.get(session, KEYS) or {}).get("change")
    if change is None:
        return False
    sent = local.under(session, SENT).values()
    return not any(entry["confirmed"] for entry in sent if entry["number"] > change["last"])


def _last_sent(session: Session) -> int:
    return max((entry["number"] for entry in local.under(session, SENT).values()), default=0)
