"""Verbs that take in what the organisation sends: cases with their history, changes, data everybody uses.

A file is read twice: first to its last byte, so that a bad one changes nothing, not even a backup is made;
then into the journal, in one transaction that ends only after everything was verified again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.crypto.keys import key_id
from imsa_desk.domain.documents import LIMIT
from imsa_desk.domain.handover import FileOutcome, Taken
from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import ImsaError, Refused
from imsa_desk.exchange.bundle import OpenBundle, Purpose, open_bundle
from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.trust import Role, Trust, TrustedSigner
from imsa_desk.progress import Progress, quiet
from imsa_desk.services import receipts, taking_words
from imsa_desk.services.access import note_access
from imsa_desk.services.assignments import settle_standing
from imsa_desk.services.backups import make_backup, state
from imsa_desk.services.desk import Desk
from imsa_desk.services.desk_trust import take_trust, trust_of
from imsa_desk.services.forgetting import come_back
from imsa_desk.services.former_lines import note_brought
from imsa_desk.services.joining import identities, signed_with
from imsa_desk.services.parting import Ends, lower_anchor, move_on, parts_at
from imsa_desk.services.reference import REFERENCE, check_reference, put_in_force
from imsa_desk.services.second_writer import note_behind, seen_behind
from imsa_desk.services.taken import STREAM, applied
from imsa_desk.services.vaults import IDENTITY, keep_anchor
from imsa_desk.store import local
from imsa_desk.store.blobs import put_pieces
from imsa_desk.store.records import AdvocateRow, CaseRow
from imsa_desk.store.take_in import take_in as take_lines
from imsa_desk.vocab import AccessKind, BackupWhy, Kind

SUFFIX = ".imsa"
_BATCH = 2_000
_NOT_OURS = frozenset({"E_DECRYPT", "E_NOT_FOR_US", "E_REPLAY"})
"""What a folder shared with others holds besides: somebody else's, and what is older."""
_STRANGE = "E_UNKNOWN_SIGNER"


@dataclass(slots=True)
class News:
    """What one bundle brought, gathered while it is taken in."""

    cases: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    links: int = 0
    bodies: int = 0
    documents: int = 0
    late: int = 0
    sentences: tuple[str, ...] = ()


def take_in(desk: Desk, path: Path, progress: Progress = quiet) -> Taken:
    """Take in any bundle of the organisation for this vault; a second time it changes nothing.

    A backup is made first if anything changed since the last, the anchor after. `progress` counts lines.
    Raises the codes of the bundle format, what `make_backup` and `receipts.take_in` raise; nothing is changed
    then, and the file stays where it is.
    """
    with _opened(desk, path) as bundle:
        purpose, number, already = bundle.manifest.purpose, bundle.manifest.seq, bundle.already
        about = bundle.about
        ends: Ends = {}
        if not already and purpose is not Purpose.RECEIPT:
            ends = parts_at(desk, bundle)
            bundle.finish()
    if purpose is Purpose.RECEIPT:
        return _receipt(desk, path)
    if already:
        return Taken(purpose, number, False, words=(taking_words.ALREADY,), part=about.part)
    if state(desk).changed_since:
        make_backup(desk, BackupWhy.IMPORT, quiet)
    lower_anchor(desk, ends)
    with _opened(desk, path) as bundle:
        news = _apply(desk, bundle, ends, progress)
    with desk.store.read() as session:
        words = taking_words.words_of(session, desk, purpose, news.cases, news.fresh, news.kinds, news.late)
    settle_standing(desk)
    if news.kinds & REFERENCE:
        put_in_force(desk)
    keep_anchor(desk)
    return Taken(
        purpose=purpose,
        number=number,
        news=True,
        cases=tuple(CaseId(case) for case in sorted(news.cases)),
        lines=news.bodies,
        documents=news.documents,
        waiting=news.late,
        words=(*words, *news.sentences),
        part=about.part,
        changed=frozenset(Kind(kind) for kind in news.kinds),
    )


@contextmanager
def _opened(desk: Desk, path: Path) -> Iterator[OpenBundle]:
    """Open a file as this vault does, and see that nobody knows more of this vault than it does itself."""
    with desk.store.read() as session:
        trust = trust_of(desk, session, applied(session))
        mine = identities(session)
    with open_bundle(path, list(mine), trust) as bundle:
        if bundle.manifest.purpose is not Purpose.RECEIPT and not bundle.already:
            _refuse_behind(desk, bundle)
        yield bundle


def _refuse_behind(desk: Desk, bundle: OpenBundle) -> None:
    writer = desk.store.writer
    held, head = bundle.manifest.high_water.get(writer, 0), bundle.manifest.heads.get(writer, "")
    with desk.store.read() as session:
        behind = seen_behind(session, writer, held, head)
    if behind:
        note_behind(desk, held, head)
        raise refusal("E_BEHIND")


def _receipt(desk: Desk, path: Path) -> Taken:
    confirmed = receipts.take_in(desk, path)
    with desk.store.read() as session:
        words = taking_words.receipt_words(session, confirmed)
    differs = bool(confirmed.differs)
    return Taken(Purpose.RECEIPT, confirmed.number, confirmed.news, words=words, differs=differs)


def _apply(desk: Desk, bundle: OpenBundle, ends: Ends, progress: Progress) -> News:
    """Take everything in within one transaction, which ends only after the last byte was verified."""
    manifest, news = bundle.manifest, News()
    with desk.store.begin("take_in") as session:
        if move_on(session, bundle, ends):
            news.kinds |= {kind.value for kind in Kind}
        for batch in _batches(bundle.lines()):
            _take_batch(desk, session, batch, news)
            progress(news.links, max(manifest.counts.links, 1))
        for entry, pieces in bundle.blobs():
            if entry.size > LIMIT:
                raise refusal("E_LIMIT", "a document is too large")
            put_pieces(session, entry.sha256, pieces)
            news.documents += 1
        bundle.finish()
        if news.kinds & REFERENCE:
            check_reference(session)
        about = bundle.about
        found = take_trust(desk, session, about.enrolment, about.revocations)
        news.sentences = (*found.sentences, *_become(session, about.you_are))
        receipts.keep_rejected(session, about.rejected)
        local.put(session, STREAM, _newest(session) | {str(manifest.seq): bundle.digest})
        come_back(session, desk)
        note_access(desk, session, AccessKind.IMPORT, detail=f"{manifest.purpose} {manifest.seq}")
    news.kinds.add(Kind.ACCESS)
    return news


def _take_batch(desk: Desk, session: Session, batch: list[Any], news: News) -> None:
    known = set(session.scalars(select(CaseRow.id)))
    result = take_lines(session, desk.store.clock, batch)
    note_brought(session, batch)
    there = set(session.scalars(select(CaseRow.id)))
    news.fresh |= there - known
    news.cases |= result.cases
    news.kinds |= result.kinds
    news.links += len(batch)
    news.bodies += result.bodies
    news.late += result.late


def _newest(session: Session, most: int = 1_000) -> dict[str, str]:
    found: dict[str, str] = local.get(session, STREAM) or {}
    return {seq: found[seq] for seq in sorted(found, key=int)[-most:]}


def _become(session: Session, advocate: str) -> tuple[str, ...]:
    """Become the advocate of the first laptop, in a vault that joined as a second one."""
    row = session.get(AdvocateRow, advocate) if advocate else None
    known = local.get(session, IDENTITY) or {}
    if row is None or known.get("actor") == advocate:
        return ()
    local.put(session, IDENTITY, {"actor": advocate})
    return (f"From the next unlocking on you write here as {row.name}, as on your first laptop.",)


def _batches(lines: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(lines)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def take_in_folder(desk: Desk, folder: Path, progress: Progress = quiet) -> tuple[FileOutcome, ...]:
    """Take in every bundle of a folder, in the order in which they were made.

    What is not for this vault, what it sent itself, and what was taken in before, is passed over without a
    word. A file that is refused changes nothing and stays; the others are still taken in. One that is sealed
    for this vault and signed by an unknown key is told of: the organisation may have changed its key. Raises
    Refused (E_FOLDER).
    """
    if not folder.is_dir():
        raise Refused("This folder is not there. Choose it again.", code="E_FOLDER")
    files = [file for file in sorted(folder.iterdir()) if file.suffix == SUFFIX and file.is_file()]
    found: list[FileOutcome] = []
    for at, (_, file) in enumerate(sorted(_placed(desk, files), key=lambda pair: pair[0])):
        outcome = _outcome(desk, file)
        own = outcome is not None and outcome.code == _STRANGE and _is_own(desk, file)
        found += [outcome] if outcome is not None and not own else []
        progress(at + 1, len(files))
    return tuple(found)


def _is_own(desk: Desk, file: Path) -> bool:
    """Say whether this vault signed a file itself, whatever the file is called now."""
    with desk.store.read() as session:
        mine, writer = identities(session), desk.store.writer
        own = {key_id(one): TrustedSigner(one, Role.ADVOCATE, "", writer) for one in signed_with(session)}
    trust = Trust(own, frozenset(one.recipient for one in mine), desk.practice)
    try:
        with open_bundle(file, list(mine), trust):
            return True
    except ImsaError as error:
        return error.code not in (_STRANGE, "E_SIGNATURE", "E_READ")


def _placed(desk: Desk, files: Iterable[Path]) -> Iterator[tuple[tuple[int, str], Path]]:
    """Give each file with its number in its stream; one that cannot be opened comes last."""
    for file in files:
        try:
            with _opened(desk, file) as bundle:
                yield (bundle.manifest.seq, file.name), file
        except ImsaError:
            yield (1 << 62, file.name), file


def _outcome(desk: Desk, file: Path) -> FileOutcome | None:
    try:
        found = take_in(desk, file)
    except ImsaError as error:
        if error.code in _NOT_OURS:
            return None
        return FileOutcome(file.name, None, error.code, error.message, taking_words.cure_of(error.code))
    return FileOutcome(file.name, found) if found.news else None


def waiting_files(desk: Desk, folder: Path) -> int:
    """Count the files of a folder that are for this vault and were not taken in yet."""
    count = 0
    for file in sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else ():
        try:
            with _opened(desk, file) as bundle:
                count += not bundle.already
        except ImsaError:
            continue
    return count
