"""Verbs of the office about its own keys: a new office key, a new root key, and which key signs for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.keys import SigningKey, key_id
from imsa_desk.domain.trust import RevocationReason
from imsa_desk.errors import Problem, Refused
from imsa_desk.exchange.enrolment import SharePolicy, follow_root, write_enrolment
from imsa_desk.services.office_opening import KEYS, Office
from imsa_desk.services.office_records import ABOUT
from imsa_desk.services.office_trust import (
    ADVOCATE,
    AHEAD,
    advocate,
    entry_about,
    keep_list,
    list_in,
    note_keys,
    write_files,
)
from imsa_desk.store import local
from imsa_desk.vocab import Sensitivity, ShareScope

_RESTRICTED = (Sensitivity.L3, Sensitivity.L4)


def rotate(office: Office, *, compromised: bool = False) -> Office:
    """Give the office a new signing key and a new identity, in a new edition of its enrolment file.

    The former identity still opens what is on its way. Vaults that have not shown that they know the new
    edition get bundles signed with the former key, see `signing_key`; where that one is `compromised` they
    get none they can read until they opened the new file. Use the office given back from here on.
    """
    key, identity = SigningKey.generate(), Identity.generate()
    about = replace(
        office.about,
        office=key.public,
        recipients=(identity.recipient,),
        serial=_next_serial(office),
        created=office.now().replace(microsecond=0),
        distrusted=(*office.about.distrusted, *((key_id(office.key.public).hex(),) if compromised else ())),
    )
    reason = RevocationReason.COMPROMISED if compromised else RevocationReason.CHANGED
    with office.settings.begin("rotate") as session:
        keys = local.get(session, KEYS)
        former = {
            "office": keys["office"],
            "identity": keys["identity"],
            "until": office.about.serial,
            "compromised": compromised,
        }
        keys |= {
            "office": key.raw.hex(),
            "identity": identity.secret,
            "since": about.serial,
            "former": [*keys.get("former", ()), former],
        }
        local.put(session, KEYS, keys)
        _keep_about(session, write_enrolment(about, office.root))
        added = entry_about(office, office.key.public, about.writer, about.name, reason, 0)
        keep_list(office, session, list_in(office, session), added)
    renewed = replace(office, about=about, key=key, identity=identity)
    write_files(renewed)
    note_keys(renewed, f"new office key, edition {about.serial}: {reason.value}")
    return renewed


def rotate_root(office: Office) -> Office:
    """Give the office a new root key, signed for by the former one; every vault compares its words anew.

    The list of withdrawn keys is signed again. Use the office given back from here on.
    """
    root, serial = SigningKey.generate(), _next_serial(office)
    former = follow_root(office.about.organisation, root.public, office.root)
    now = office.now().replace(microsecond=0)
    about = replace(office.about, root=root.public, serial=serial, created=now, former=former)
    renewed = replace(office, about=about, root=root)
    with office.settings.begin("rotate") as session:
        local.put(session, KEYS, local.get(session, KEYS) | {"root": root.raw.hex()})
        listed = list_in(office, session)
        _keep_about(session, write_enrolment(about, root))
        if listed.serial:
            keep_list(renewed, session, listed, None)
    write_files(renewed)
    note_keys(renewed, f"new root key, edition {serial}")
    return renewed


def _next_serial(office: Office) -> int:
    """Give the serial of the next edition; a restored office does not know which it used before."""
    with office.settings.read() as session:
        return office.about.serial + 1 + int(local.get(session, AHEAD + "edition") or 0)


def set_policy(office: Office, scope: str = "", levels: Mapping[str, str] | None = None) -> Office:
    """Say how much of a case, and which levels, the organisation receives where nobody chose otherwise.

    Restricted levels (L3 and L4) are never received unasked. It takes effect with a new edition of the
    enrolment file; what is so already makes none. Raises Refused with every problem at once. Use the office
    given back from here on.
    """
    problems = [_wrong_level(level, word) for level, word in (levels or {}).items()]
    if scope and scope not in [each.value for each in ShareScope]:
        problems.append("Choose full, coordination or statistics.")
    if any(problems):
        raise Refused(Problem("policy", text) for text in problems if text)
    chosen_levels = {Sensitivity(level): SharePolicy(word) for level, word in (levels or {}).items()}
    policy = dict(office.about.policy) | chosen_levels
    chosen = ShareScope(scope) if scope else office.about.scope
    if (chosen, policy) == (office.about.scope, dict(office.about.policy)):
        return office
    serial, now = _next_serial(office), office.now().replace(microsecond=0)
    about = replace(office.about, scope=chosen, policy=policy, serial=serial, created=now)
    with office.settings.begin("set_policy") as session:
        _keep_about(session, write_enrolment(about, office.root))
    renewed = replace(office, about=about)
    write_files(renewed)
    note_keys(renewed, f"edition {serial}: receives {chosen.value}")
    return renewed


def _wrong_level(level: str, word: str) -> str:
    known = level in [each.value for each in Sensitivity] and word in [each.value for each in SharePolicy]
    if not known:
        return f"{level}={word}: give a level L1 to L4 and always, ask or never."
    if level in _RESTRICTED and word == SharePolicy.ALWAYS:
        return f"{level} is never received unasked: choose ask or never."
    return ""


def _keep_about(session: Session, file: bytes) -> None:
    local.put(session, ABOUT, local.get(session, ABOUT) | {"file": file.decode()})
    local.drop(session, AHEAD + "edition")


def signing_key(office: Office, writer: str) -> SigningKey:
    """Give the key with which to sign for a vault: the newest one that it is known to trust."""
    known = advocate(office, writer).knows_edition
    with office.settings.read() as session:
        keys = local.get(session, KEYS)
    if known >= keys.get("since", 1):
        return office.key
    former = next((each for each in keys.get("former", ()) if each["until"] >= known), None)
    if former is None or former["compromised"]:
        return office.key
    return SigningKey(bytes.fromhex(former["office"]))


def note_edition(office: Office, writer: str, recipients: tuple[str, ...]) -> None:
    """Note from whom a bundle was sealed for that its vault knows the office's present keys."""
    if office.identity.recipient not in recipients:
        return
    with office.settings.read() as session:
        entry, since = local.get(session, ADVOCATE + writer), local.get(session, KEYS).get("since", 1)
    if entry is None or entry.get("edition", 1) >= since:
        return
    with office.settings.begin("note_edition") as session:
        local.put(session, ADVOCATE + writer, entry | {"edition": since})
