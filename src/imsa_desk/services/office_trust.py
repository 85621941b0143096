"""Verbs of the office about trust: enrol vaults in a role, withdraw keys, change the office's own.

What is kept about a vault (local value `office.advocate.<writer>` of the settings): its newest joining file,
when it was enrolled, its role, the vault it is the second of, its former public keys, the edition of the
enrolment file it is known to have, and whether its key was withdrawn. The signed list of withdrawn keys is
the local value `office.revocations`; the last number taken in of a withdrawn key stands in that list only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.keys import key_id
from imsa_desk.crypto.words import fingerprint_words, words_match
from imsa_desk.domain.trust import Enrolled, Revocation, RevocationReason
from imsa_desk.errors import Refused
from imsa_desk.exchange.enrolment import (
    ROLES,
    JoinRequest,
    read_enrolment,
    read_request,
    write_enrolment,
)
from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.revocations import RevocationList, read_revocations, write_revocations
from imsa_desk.exchange.trust import Role, Trust, TrustedSigner
from imsa_desk.services.desk import LOCAL
from imsa_desk.services.office_opening import ENROLMENT_FILE, KEYS, Office
from imsa_desk.services.office_records import ABOUT
from imsa_desk.store import local
from imsa_desk.store.atomic import replace_file
from imsa_desk.store.records import AccessRow
from imsa_desk.vocab import AccessKind

ADVOCATE = "office.advocate."
REVOCATIONS = "office.revocations"
STREAM = "office.stream."
"""Local values of the records: {"applied": {seq: manifest hash}, ...} of each writer's bundles."""
AHEAD = "office.ahead."
"""Local values of a restored office, for "list" and "edition": how far the next serial jumps."""
REVOCATION_FILE = "revocations.json"
_NOT_ENROLLED = "This vault is not enrolled here."


def enrol_vault(
    office: Office, data: bytes, fingerprint: str, *, role: str = "", second_of: str = ""
) -> Enrolled:
    """Enrol the vault of a joining file, after comparing its words with what the advocate read out.

    The office decides the `role` ("" is advocate, or what a known vault has) and must itself say whose second
    laptop it is. A joining file signed by the former key too gives a known vault its new key; the former one
    is withdrawn after the last bundle it signed. The same file again changes nothing. Raises E_ENROLMENT,
    E_SIGNATURE, E_NOT_FOR_US, E_PRACTICE, E_FINGERPRINT, E_ROLE, E_SECOND, E_REVOKED, and E_ENROLLED for a
    vault or a key that is enrolled otherwise.
    """
    request = read_request(data)
    _check_request(office, request, fingerprint, role, second_of)
    with office.settings.begin("enrol") as session:
        known = local.under(session, ADVOCATE)
        if list_in(office, session).of_key(_id(request.public)) is not None:
            raise refusal("E_REVOKED")
        _check_known(request, known, second_of)
        entry = dict(known.get(request.writer) or _new_entry(office))
        if request.writer in known and _key(entry) != _id(request.public):
            _take_new_key(office, session, request, entry)
        before = known.get(request.writer)
        entry |= {
            "file": data.decode() if before is None or _key(before) != _id(request.public) else entry["file"],
            "role": role or entry["role"],
            "second_of": second_of or entry["second_of"],
            "edition": max(entry["edition"], request.edition),
        }
        changed = entry != before
        if changed:
            local.put(session, ADVOCATE + request.writer, entry)
    found = advocate(office, request.writer)
    if changed:
        write_files(office)
        note_keys(office, f"enrolled {request.writer} as {found.role.value}")
    return found


def _check_request(office: Office, request: JoinRequest, fingerprint: str, role: str, second_of: str) -> None:
    if request.organisation != office.about.organisation:
        raise refusal("E_NOT_FOR_US")
    if request.practice != office.about.practice:
        raise refusal("E_PRACTICE")
    if not words_match(request.public, fingerprint):
        raise refusal("E_FINGERPRINT")
    if role and role not in [each.value for each in ROLES]:
        raise Refused("A vault is enrolled as an advocate's or a supervisor's.", code="E_ROLE")
    if request.second_of != second_of and request.second_of:
        raise Refused(
            f"The file says that it comes from the second laptop of the vault {request.second_of}. Ask the "
            "advocate whether that is so, and then name that vault yourself.",
            code="E_SECOND",
        )


def _check_known(request: JoinRequest, known: Mapping[str, Any], second_of: str) -> None:
    if second_of and (second_of not in known or second_of == request.writer):
        raise Refused("The vault named as the first laptop is not enrolled here.", code="E_SECOND")
    for writer, entry in known.items():
        keys = {_key(entry), *(_id(bytes.fromhex(key)) for key in entry.get("former", ()))}
        if writer != request.writer and _id(request.public) in keys:
            raise Refused("This key is enrolled for another vault.", code="E_ENROLLED")
        if writer == request.writer and _id(request.public) in keys - {_key(entry)}:
            raise refusal("E_REVOKED")


def _new_entry(office: Office) -> dict[str, Any]:
    return {
        "at": office.now().isoformat(),
        "revoked": False,
        "role": Role.ADVOCATE.value,
        "second_of": "",
        "former": [],
        "edition": 0,
    }


def _take_new_key(office: Office, session: Session, request: JoinRequest, entry: dict[str, Any]) -> None:
    """Withdraw the key a vault had, in favour of the one it signed for."""
    before = read_request(entry["file"].encode())
    if request.former is None or request.former.public != before.public:
        raise Refused(
            "This vault is already enrolled with another key, and that one did not sign for this one. Ask "
            "the advocate to make the file with “Change your key”; a vault that lost its key joins under a "
            "new number.",
            code="E_ENROLLED",
        )
    listed = list_in(office, session)
    gone = listed.of_key(_id(before.public))
    if gone is not None and gone.reason is RevocationReason.LOST:
        raise refusal("E_REVOKED")
    if gone is None:
        last = request.former.last
        added = entry_about(office, before.public, before.writer, before.name, RevocationReason.CHANGED, last)
        keep_list(office, session, listed, added)
    entry["former"] = [*entry.get("former", ()), before.public.hex()]
    entry["revoked"] = False


def advocates(office: Office, *, active: bool = False) -> tuple[Enrolled, ...]:
    """Give every vault that is enrolled, by its id; `active` leaves out those whose key was withdrawn."""
    with office.settings.read() as session:
        entries, listed = local.under(session, ADVOCATE), list_in(office, session)
    found = tuple(_enrolled(entry, listed) for _, entry in sorted(entries.items()))
    return tuple(one for one in found if one.withdrawn is None) if active else found


def advocate(office: Office, writer: str) -> Enrolled:
    """Give one enrolled vault; raises E_NOT_ENROLLED."""
    found = next((one for one in advocates(office) if one.writer == writer), None)
    if found is None:
        raise Refused(_NOT_ENROLLED, code="E_NOT_ENROLLED")
    return found


def _enrolled(entry: Mapping[str, Any], listed: RevocationList) -> Enrolled:
    request = read_request(entry["file"].encode())
    return Enrolled(
        writer=request.writer,
        name=request.name,
        role=Role(entry.get("role", Role.ADVOCATE.value)),
        words=fingerprint_words(request.public),
        recipient=request.recipient,
        enrolled_at=datetime.fromisoformat(entry["at"]),
        second_of=entry.get("second_of", ""),
        withdrawn=listed.of_key(_id(request.public)),
        knows_edition=entry.get("edition", 1),
    )


def trust_of(office: Office) -> Trust:
    """Give what a reader of bundles needs: the keys of every vault, former and withdrawn ones too."""
    with office.records.read() as session:
        streams = local.under(session, STREAM)
    with office.settings.read() as session:
        entries, listed = local.under(session, ADVOCATE), list_in(office, session)
    signers = {}
    laptops = _laptops(entries)
    for entry in entries.values():
        request = read_request(entry["file"].encode())
        same = laptops.get(request.writer, frozenset())
        applied = (streams.get(request.writer) or {}).get("applied", {})
        signer = TrustedSigner(
            public=request.public,
            role=Role(entry.get("role", Role.ADVOCATE.value)),
            name=request.name,
            writer=request.writer,
            revoked_after=_last_of(listed, request.public),
            applied={"main": {int(seq): digest for seq, digest in applied.items()}},
            writers=same,
            ended=frozenset(one for one in same if _is_lost(listed, entries[one])),
        )
        signers[key_id(signer.public)] = signer
        for public in (bytes.fromhex(key) for key in entry.get("former", ())):
            ends = [last for key in (public, request.public) if (last := _last_of(listed, key)) is not None]
            signers[key_id(public)] = replace(signer, public=public, revoked_after=min(ends, default=0))
    mine = frozenset(identity.recipient for identity in identities(office))
    return Trust(signers, mine, office.about.practice)


def _laptops(entries: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Give, for each advocate's vault that came as a second one, the same advocate's other vaults."""
    first = {writer: str(entry.get("second_of", "")) for writer, entry in entries.items()}

    def origin(writer: str) -> str:
        met = {writer}
        while (before := first.get(writer, "")) in first and before not in met:
            writer = before
            met.add(writer)
        return writer

    found: dict[str, set[str]] = {}
    for writer, entry in entries.items():
        if entry.get("role", Role.ADVOCATE.value) == Role.ADVOCATE.value:
            found.setdefault(origin(writer), set()).add(writer)
    return {one: frozenset(group - {one}) for group in found.values() for one in group if first[one]}


def _is_lost(listed: RevocationList, entry: Mapping[str, Any]) -> bool:
    """Say whether a vault's laptop is lost, so that nobody else goes on under its number."""
    gone = listed.of_key(_key(entry))
    return gone is not None and gone.reason is RevocationReason.LOST


def _last_of(listed: RevocationList, public: bytes) -> int | None:
    gone = listed.of_key(_id(public))
    return None if gone is None else gone.last


def revoke(office: Office, writer: str, reason: str, up_to: int | None = None) -> Revocation:
    """Withdraw a vault's key; later bundles are refused, and nothing more is sealed for it.

    `up_to` is the number of the last bundle that is still taken in, otherwise that of the last one taken in
    so far. Withdrawing it again only changes that number and the reason. Raises E_NOT_ENROLLED and E_REASON.
    """
    words = [each.value for each in RevocationReason if each is not RevocationReason.CHANGED]
    if reason not in words:
        raise Refused(f"Say why the key is withdrawn: {', '.join(words)}.", code="E_REASON")
    if up_to is not None and up_to < 0:
        raise Refused("The last bundle taken in has a number from 0.", code="E_NUMBER")
    last = last_taken_in(office, writer) if up_to is None else up_to
    with office.settings.begin("revoke") as session:
        entry = local.get(session, ADVOCATE + writer)
        if entry is None:
            raise Refused(_NOT_ENROLLED, code="E_NOT_ENROLLED")
        request, listed = read_request(entry["file"].encode()), list_in(office, session)
        gone = listed.of_key(_id(request.public))
        if gone is not None and up_to is None:
            last = gone.last
        added = entry_about(office, request.public, writer, request.name, RevocationReason(reason), last)
        news = gone is None or replace(added, from_day=gone.from_day) != gone
        if news:
            keep_list(office, session, listed, added)
            local.put(session, ADVOCATE + writer, entry | {"revoked": True})
    if news:
        write_files(office)
        note_keys(office, f"withdrew the key of {writer}: {reason}, bundles up to {last}")
    return added


def last_taken_in(office: Office, writer: str) -> int:
    """Give the number of the last bundle taken in of a vault, 0 where there is none."""
    with office.records.read() as session:
        stream = local.get(session, STREAM + writer) or {}
    return max((int(seq) for seq in stream.get("applied", {})), default=0)


def identities(office: Office) -> tuple[Identity, ...]:
    """Give the identities that open what is sent to the office, the present one first."""
    with office.settings.read() as session:
        former = local.get(session, KEYS).get("former", ())
    return office.identity, *(Identity.from_string(each["identity"]) for each in reversed(former))


def trust_texts(office: Office) -> tuple[str, str]:
    """Give the enrolment file and the list of withdrawn keys as they go into every bundle; "" for no list."""
    with office.settings.read() as session:
        kept = local.get(session, REVOCATIONS)
    return write_enrolment(office.about, office.root).decode(), kept["file"] if kept else ""


def revocations(office: Office) -> RevocationList:
    """Give the list of withdrawn keys; serial 0 where no key was ever withdrawn."""
    with office.settings.read() as session:
        return list_in(office, session)


def write_files(office: Office) -> None:
    """Write the enrolment file, its editions and the list of withdrawn keys beside the office's vault."""
    enrolment, listed = trust_texts(office)
    folder = office.vault.folder
    replace_file(folder / ENROLMENT_FILE, enrolment.encode())
    replace_file(folder / f"enrolment-{office.about.serial}.json", enrolment.encode())
    if listed:
        replace_file(folder / REVOCATION_FILE, listed.encode())


def list_in(office: Office, session: Session) -> RevocationList:
    """Give the list of withdrawn keys; serial 0 where no key was ever withdrawn."""
    kept = local.get(session, REVOCATIONS)
    if kept is None:
        return RevocationList(office.about.organisation, 0, office.about.practice, office.about.created)
    root = read_enrolment(local.get(session, ABOUT)["file"].encode()).root
    return read_revocations(kept["file"].encode(), root)


def keep_list(office: Office, session: Session, listed: RevocationList, added: Revocation | None) -> None:
    """Sign the list anew, with one entry added or in place of the one of its key."""
    others = tuple(entry for entry in listed.entries if added is None or entry.key != added.key)
    entries = others if added is None else (*others, added)
    serial = listed.serial + 1 + int(local.get(session, AHEAD + "list") or 0)
    local.drop(session, AHEAD + "list")
    newer = replace(listed, serial=serial, created=office.now(), entries=entries)
    local.put(session, REVOCATIONS, {"file": write_revocations(newer, office.root).decode()})


def entry_about(
    office: Office, public: bytes, writer: str, name: str, reason: RevocationReason, last: int
) -> Revocation:
    """Make the entry about a key that is withdrawn today."""
    today = office.now().astimezone(LOCAL).date()
    return Revocation(_id(public), writer, name, reason, today, last)


def note_keys(office: Office, detail: str) -> None:
    """Note in the journal what was done about keys."""
    with office.records.begin("trust") as session:
        row = AccessRow(
            access_kind=AccessKind.KEYS, at=office.now(), author=office.vault.vault_id, detail=detail
        )
        session.add(row)


def _key(entry: Mapping[str, Any]) -> str:
    return _id(read_request(entry["file"].encode()).public)


def _id(public: bytes) -> str:
    return key_id(public).hex()
