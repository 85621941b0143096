"""Carries sealed files to the server.

A file goes up under a name of the courier's own, is read back there and compared by size and SHA-256, and
only then gets its final name, which is never taken from another file. What is confirmed is remembered first
and put into `sent` afterwards, so a stop between the two is harmless.
"""

from __future__ import annotations

import time
from pathlib import Path

from imsa_courier.errand import Errand
from imsa_courier.errors import Kept, Refused, Unreachable
from imsa_courier.local import CHUNK, LocalFile, digest, look, open_sealed, put_into, sealed_names
from imsa_courier.names import SENT, part_of
from imsa_courier.remote import Entry, digest_there
from imsa_courier.report import bytes_of

Listing = dict[str, Entry]


def send_all(errand: Errand) -> None:
    """Carry every sealed file, oldest first; one that must stay is told, and the others go on."""
    names = sealed_names(errand.here)
    listing = errand.remote.listing(errand.there)
    for name in names:
        try:
            _send(errand, listing, _settled(errand, errand.here / name))
        except Kept as kept:
            errand.report.keep(name, kept.message)
        except FileNotFoundError:
            if not errand.here.is_dir():
                raise Refused(f"The folder {errand.here} is gone.", code="E_FOLDER") from None
            errand.report.note(f"{name} is gone from here: left out.")


def _settled(errand: Errand, path: Path) -> LocalFile:
    """Look at a file, once it has lain still for a while: somebody may be copying it here."""
    file = look(path)
    young = time.time() - file.mtime_ns / 1e9
    if errand.dry or not 0 <= young < errand.settle:  # a time to come is a wrong clock, nothing to wait for
        return file
    time.sleep(errand.settle - young)
    if look(path) != file:
        raise Kept(f"{file.name} is still being written: it waits for the next round.")
    return file


def _send(errand: Errand, listing: Listing, file: LocalFile) -> None:
    name, known = file.name, errand.memory.confirmed.get(file.name)
    if known and (known.size, known.mark) == (file.size, file.mark):
        _put_away(errand, file)
        return
    sha256 = digest(file)
    if look(file.path) != file:
        raise Kept(f"{name} is still being written: it waits for the next round.")
    if known and (known.size, known.sha256) != (file.size, sha256):
        raise Kept(f"{name}: another file of this name was sent before. This one stays here.")
    if known:
        errand.report.settled(name, f"{name} was sent before ({bytes_of(file.size)}).")
    elif _stands_there(errand, listing.get(name), file, sha256):
        errand.report.settled(name, f"{name} stands there already ({bytes_of(file.size)}).")
        _remove_part(errand, listing, name)
    elif errand.dry:
        _tell_plan(errand, listing, file)
        return
    else:
        _upload(errand, listing, file, sha256)
        errand.report.carried(errand.report.sent, name, file.size)
    if not errand.dry:
        errand.memory.confirm(name, file.size, sha256, file.mark)
        _put_away(errand, file)


def _stands_there(errand: Errand, entry: Entry | None, file: LocalFile, sha256: str) -> bool:
    """Say whether this very file stands there. Raises `Kept` if something else has its name."""
    if entry is None:
        return False
    if not errand.same_there(entry, file.size, sha256):
        raise Kept(
            f"{file.name}: a different file of this name stands there "
            f"({bytes_of(entry.size)}, here {bytes_of(file.size)}). Nothing was overwritten."
        )
    return True


def _remove_part(errand: Errand, listing: Listing, name: str) -> None:
    """Remove what an earlier round left, now that the whole file stands there."""
    part = part_of(name, errand.memory.own)
    if part in listing and not errand.dry:
        errand.remote.remove(errand.path(part))


def _tell_plan(errand: Errand, listing: Listing, file: LocalFile) -> None:
    half = listing.get(part_of(file.name, errand.memory.own))
    start = _start(errand, half, file)
    where = f", from byte {start:,} on" if start else ""
    errand.report.note(f"would send {file.name} ({bytes_of(file.size)}{where}).")


def _start(errand: Errand, half: Entry | None, file: LocalFile) -> int:
    """Say where an upload goes on: one piece before the end of what is there, which may have holes."""
    if half is None or not half.plain or not errand.remote.can_append or half.size > file.size:
        return 0
    return max(0, half.size - CHUNK)


def _upload(errand: Errand, listing: Listing, file: LocalFile, sha256: str) -> None:
    """Bring a file up, compare, give it its name. Raises `Unreachable` if what arrives is not what left."""
    name = part_of(file.name, errand.memory.own)
    part, half = errand.path(name), listing.get(name)
    if half is not None and not half.plain:
        raise Kept(f"{file.name}: {name} there is not a plain file. Nothing was sent.")
    start = _start(errand, half, file)
    if start:
        errand.report.note(f"{file.name}: goes on from byte {start:,} of {file.size:,}.")
    elif half is not None and not errand.remote.can_append:
        errand.report.note(f"{file.name}: was cut off; this server cannot go on, so it begins anew.")
    if not _arrives(errand, part, file, sha256, start):
        errand.remote.remove(part)
        if not start:
            raise Unreachable(f"{file.name} did not arrive as it left.")
        errand.report.note(f"{file.name}: what stood there was not a part of it; it begins anew.")
        if not _arrives(errand, part, file, sha256, 0):
            errand.remote.remove(part)
            raise Unreachable(f"{file.name} did not arrive as it left.")
    _give_name(errand, part, file, sha256)


def _arrives(errand: Errand, part: str, file: LocalFile, sha256: str, start: int) -> bool:
    """Write from `start` on, and say whether the whole then stands there."""
    with open_sealed(file) as source:
        source.seek(start)
        errand.remote.write(part, source, start, file.size)
    return digest_there(errand.remote, part) == (file.size, sha256)


def _give_name(errand: Errand, part: str, file: LocalFile, sha256: str) -> None:
    """Rename what was compared; if somebody took the name meanwhile, theirs stays."""
    placed = errand.remote.place(part, errand.path(file.name))
    entry = errand.remote.look(errand.path(file.name))
    if placed and (entry is None or not entry.plain or entry.size != file.size):
        raise Unreachable(f"{file.name} did not keep its name there.")
    if not placed:
        _stands_there(errand, entry, file, sha256)
        errand.remote.remove(part)


def _put_away(errand: Errand, file: LocalFile) -> None:
    """Put a confirmed file into `sent`, if that is wished."""
    if not errand.move or errand.dry:
        return
    if look(file.path) != file or not put_into(file.path, errand.here / SENT):
        raise Kept(f"{file.name} was sent, but could not be put into {SENT}: something has its name there.")
