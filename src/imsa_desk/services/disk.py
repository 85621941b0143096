"""Whether the disk under a vault is encrypted as a whole, as far as the system says to anybody."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_FDESETUP = "/usr/bin/fdesetup"
_SECONDS = 10.0
_ENCRYPTING = frozenset({"ecryptfs", "fuse.gocryptfs", "fuse.cryfs", "fuse.encfs"})
_GET_FLAGS, _IS_ENCRYPTED = 0x80086601, 0x800
"""Of Linux: the ioctl that gives a folder's flags, and the flag of fscrypt."""
_DEEPEST = 12


class DiskEncryption(StrEnum):
    """What is known of the disk under a vault."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


_WORDS = {
    DiskEncryption.ON: "This disk is encrypted: without your sign-in nobody can read it from outside.",
    DiskEncryption.OFF: "As far as Desk can see, this disk is not encrypted. The vault is, but other files "
    "and what the system writes to disk are not: ask your IT support to turn on disk encryption.",
    DiskEncryption.UNKNOWN: "Desk cannot tell whether this disk is encrypted. Ask your IT support.",
}


@dataclass(frozen=True, slots=True)
class DiskState:
    """What is known of a disk, and how it is said."""

    encryption: DiskEncryption

    @property
    def words(self) -> str:
        """Say it to the person."""
        return _WORDS[self.encryption]

    @property
    def warns(self) -> bool:
        """Say whether the person should do something about it."""
        return self.encryption is DiskEncryption.OFF


def disk_state(
    folder: Path,
    *,
    system: str = sys.platform,
    mounts: Path = Path("/proc/self/mountinfo"),
    devices: Path = Path("/sys/dev/block"),
) -> DiskState:
    """Look at the disk that holds a folder; may take some seconds on macOS, and raises nothing."""
    try:
        if system == "linux":
            return DiskState(_on_linux(folder, mounts, devices))
        if system == "darwin":
            return DiskState(_on_mac())
    except (OSError, ValueError, subprocess.SubprocessError):
        pass
    # Windows tells only administrators, or through a program that asks to be one.
    return DiskState(DiskEncryption.UNKNOWN)


def _on_mac() -> DiskEncryption:
    said = subprocess.run(
        [_FDESETUP, "status"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_SECONDS,
        check=False,
        text=True,
    )
    return read_file_vault(said.stdout)


def read_file_vault(said: str) -> DiskEncryption:
    """Read what macOS says of FileVault."""
    if "FileVault is On" in said:
        return DiskEncryption.ON
    return DiskEncryption.OFF if "FileVault is Off" in said else DiskEncryption.UNKNOWN


# --- Linux ---


@dataclass(frozen=True, slots=True)
class _Mount:
    number: str
    at: Path
    kind: str
    source: str


def _on_linux(folder: Path, mounts: Path, devices: Path) -> DiskEncryption:
    folder = folder.resolve()
    mount = _mount_of(folder, mounts)
    if mount.kind in _ENCRYPTING or _folder_is_encrypted(folder):
        return DiskEncryption.ON
    number = mount.number
    if number.startswith("0:"):  # btrfs and the like have numbers of their own; their source has the disk's
        source = Path(mount.source)
        if not source.is_block_device():
            return DiskEncryption.UNKNOWN
        device = source.stat().st_rdev
        number = f"{os.major(device)}:{os.minor(device)}"
    return _device(devices / number, _DEEPEST)


def _mount_of(folder: Path, mounts: Path) -> _Mount:
    """Find the file system a folder is in: the longest mount point above it, of equal ones the last."""
    found: _Mount | None = None
    for line in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(" "), after.split(" ")
        if len(fields) < 5 or len(kinds) < 2:
            continue
        at = Path(_unescaped(fields[4]))
        longer = found is None or len(at.parts) >= len(found.at.parts)
        if longer and folder.is_relative_to(at):
            found = _Mount(fields[2], at, kinds[0], _unescaped(kinds[1]))
    if found is None:
        raise ValueError("the folder is in no file system")
    return found


def _unescaped(word: str) -> str:
    for spelt, meant in ((r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", "\\")):
        word = word.replace(spelt, meant)
    return word


def _device(entry: Path, deepest: int) -> DiskEncryption:
    """Look at a block device and everything it is made of."""
    entry = entry.resolve()
    if not entry.is_dir() or not deepest:
        return DiskEncryption.UNKNOWN
    if (entry / "loop").is_dir():
        return DiskEncryption.UNKNOWN  # a file on some other disk
    uuid = entry / "dm" / "uuid"
    if uuid.is_file() and uuid.read_text(encoding="ascii", errors="replace").startswith("CRYPT-"):
        return DiskEncryption.ON
    if (entry / "partition").is_file():
        return _device(entry.parent, deepest - 1)
    below = sorted((entry / "slaves").glob("*"))
    states = {_device(one, deepest - 1) for one in below}
    if not states or DiskEncryption.OFF in states:
        return DiskEncryption.OFF
    return DiskEncryption.UNKNOWN if DiskEncryption.UNKNOWN in states else DiskEncryption.ON


def _folder_is_encrypted(folder: Path) -> bool:
    """Say whether Linux encrypts this very folder (fscrypt)."""
    import fcntl  # not on Windows

    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        flags = bytearray(8)
        fcntl.ioctl(opened, _GET_FLAGS, flags)
        return bool(int.from_bytes(flags[:4], sys.byteorder) & _IS_ENCRYPTED)
    except OSError:
        return False
    finally:
        os.close(opened)
