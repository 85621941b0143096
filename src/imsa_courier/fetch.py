"""Carries sealed files from the server.

A file comes down under a name of the courier's own, is read back from the disk and compared with what was
received, and only then gets its final name, which is never taken from another file. How far a download came
is remembered with the digest of what is on the disk and the mark of the file there: it goes on only if both
fit.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from imsa_courier.errand import Errand
from imsa_courier.errors import CannotResume, Kept, Refused, Unreachable
from imsa_courier.local import CHUNK, digest, look, open_part, place, write_all
from imsa_courier.memory import Begun
from imsa_courier.names import FETCHED, is_sealed, part_of
from imsa_courier.remote import Entry, digest_there
from imsa_courier.report import bytes_of

if TYPE_CHECKING:
    from hashlib import _Hash as Hash
    from io import FileIO

_CHECKPOINT = 16 * CHUNK
"""A power cut costs at most this much of a download, in bytes."""


def fetch_all(errand: Errand) -> None:
    """Carry every sealed file, oldest first; one that must stay is told, and the others go on."""
    listing = errand.remote.listing(errand.there)
    for entry in sorted(listing.values(), key=lambda e: (e.mark, e.name)):
        if not is_sealed(entry.name):
            continue
        try:
            _fetch(errand, entry)
        except Kept as kept:
            errand.report.keep(entry.name, kept.message)
        except Refused:
            if errand.remote.look(errand.path(entry.name)) is not None:
                raise
            errand.report.note(f"{entry.name} is gone from there: left out.")


def _fetch(errand: Errand, entry: Entry) -> None:
    name, known = entry.name, errand.memory.confirmed.get(entry.name)
    if not entry.plain:
        raise Kept(f"{name} is not a plain file there: it is left alone.")
    if known and entry.mark and (known.size, known.mark) == (entry.size, entry.mark):
        _put_away(errand, entry)
        return
    if known:
        if not errand.same_there(entry, known.size, known.sha256):
            raise Kept(f"{name}: another file of this name was fetched before. The one there is left alone.")
        sha256 = known.sha256
    elif os.path.lexists(errand.here / name):
        sha256 = _stands_here(errand, entry)
        errand.report.settled(name, f"{name} stands here already ({bytes_of(entry.size)}).")
    elif errand.dry:
        errand.report.note(f"would fetch {name} ({bytes_of(entry.size)}{_plan(errand, entry)}).")
        return
    else:
        sha256 = _download(errand, entry)
        errand.report.carried(errand.report.fetched, name, entry.size)
    if not errand.dry:
        errand.memory.confirm(name, entry.size, sha256, entry.mark)
        (errand.here / part_of(name, errand.memory.own)).unlink(missing_ok=True)
        _put_away(errand, entry)


def _stands_here(errand: Errand, entry: Entry) -> str:
    """Give the digest of the file that stands here and there. Raises `Kept` if they differ."""
    here = look(errand.here / entry.name)
    sha256 = digest(here)
    if not errand.same_there(entry, here.size, sha256):
        raise Kept(
            f"{entry.name}: a different file of this name stands here "
            f"({bytes_of(here.size)}, there {bytes_of(entry.size)}). Nothing was overwritten."
        )
    return sha256


def _plan(errand: Errand, entry: Entry) -> str:
    begun = errand.memory.begun.get(entry.name)
    fits = begun and entry.mark and (begun.size, begun.mark) == (entry.size, entry.mark)
    return f", from byte {begun.upto:,} on" if begun and fits else ""


def _download(errand: Errand, entry: Entry) -> str:
    """Bring a file down, compare, give it its name; give its digest."""
    part = errand.here / part_of(entry.name, errand.memory.own)
    try:
        sha256 = _receive(errand, entry, part)
    except CannotResume:
        errand.report.note(f"{entry.name}: was cut off; this server cannot go on, so it begins anew.")
        errand.memory.begun.pop(entry.name, None)
        sha256 = _receive(errand, entry, part)
    now = errand.remote.look(errand.path(entry.name))
    if now is None or (now.size, now.mark) != (entry.size, entry.mark):
        _start_anew(errand, entry, part)
        raise Unreachable(f"{entry.name} was exchanged there while it came: it begins anew.")
    if not errand.same_here(part, entry.size, sha256):
        _start_anew(errand, entry, part)
        raise Unreachable(f"{entry.name} did not reach the disk as it came: it begins anew.")
    if not place(part, errand.here / entry.name):
        _stands_here(errand, entry)
        part.unlink()
    return sha256


def _start_anew(errand: Errand, entry: Entry, part: Path) -> None:
    part.unlink(missing_ok=True)
    errand.memory.begun.pop(entry.name, None)
    errand.memory.save()


def _receive(errand: Errand, entry: Entry, part: Path) -> str:
    """Receive what is missing; however it ends, remember how far it came. Give the digest of the whole."""
    with open_part(part) as out:
        found, upto = _kept_so_far(errand, entry, out)
        if upto:
            errand.report.note(f"{entry.name}: goes on from byte {upto:,} of {entry.size:,}.")
        out.truncate(upto)
        out.seek(upto)
        synced = upto
        try:
            missing = upto < entry.size
            for piece in errand.remote.read(errand.path(entry.name), upto) if missing else ():
                if upto + len(piece) > entry.size:
                    raise Unreachable(f"{entry.name} grew while it came.")
                write_all(out, piece)
                # Digest and length change in one step: a signal between them would spoil what was kept.
                longer = found.copy()
                longer.update(piece)
                found, upto = longer, upto + len(piece)
                if upto - synced >= _CHECKPOINT:
                    _checkpoint(errand, entry, out, upto, found)
                    synced = upto
        except CannotResume:
            raise
        except BaseException:
            with suppress(OSError):  # the first fault is the one to report
                _checkpoint(errand, entry, out, upto, found)
            raise
        if upto < entry.size:
            _checkpoint(errand, entry, out, upto, found)
            raise Unreachable(f"The line was cut in {entry.name}.")
        os.fsync(out.fileno())
    return found.hexdigest()


def _checkpoint(errand: Errand, entry: Entry, out: FileIO, upto: int, found: Hash) -> None:
    os.fsync(out.fileno())
    errand.memory.begun[entry.name] = Begun(entry.size, entry.mark, upto, found.hexdigest())
    errand.memory.save()


def _kept_so_far(errand: Errand, entry: Entry, out: FileIO) -> tuple[Hash, int]:
    """Give how much of this very file is on the disk, and the digest's state after it."""
    begun, found = errand.memory.begun.get(entry.name), hashlib.sha256()
    if begun is None or not entry.mark or (begun.size, begun.mark) != (entry.size, entry.mark):
        return hashlib.sha256(), 0
    missing = begun.upto
    while missing and (piece := out.read(min(CHUNK, missing))):
        found.update(piece)
        missing -= len(piece)
    if missing or found.hexdigest() != begun.sha256:
        return hashlib.sha256(), 0
    return found, begun.upto


def _put_away(errand: Errand, entry: Entry) -> None:
    """Put a fetched file into the folder `fetched` there, if that is wished."""
    if not errand.move or errand.dry:
        return
    known, folder = errand.memory.confirmed[entry.name], errand.path(FETCHED)
    if digest_there(errand.remote, errand.path(entry.name)) != (known.size, known.sha256):
        raise Kept(f"{entry.name}: what stands there now is not what was fetched. It is left alone.")
    errand.remote.make_folder(folder)
    if not errand.remote.place(errand.path(entry.name), f"{folder}/{entry.name}"):
        raise Kept(f"{entry.name} was fetched, but something has its name in {FETCHED} there.")
