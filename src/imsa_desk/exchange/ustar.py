"""The container: plain ustar members whose headers have exactly one spelling.

A reader regenerates each header from the signed name and size and compares it byte for byte, so none of the
freedom of the tar format (links, sparse files, long names, owners, times) is ever interpreted.
"""

from __future__ import annotations

BLOCK = 512
END = b"\0" * (2 * BLOCK)
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
ABOUT = "about.json"
RECORDS = "records.jsonl"
BACKUP = "backup/"
BLOBS = "blobs/"


def backup_name(number: int) -> str:
    """Name a piece of the sealed backup, counted from 0."""
    return f"{BACKUP}{number:04d}"


def header(name: str, size: int) -> bytes:
    """Spell the one header of a file `name` of `size` bytes (at most 100 ASCII characters, below 8 GiB)."""
    start = b"".join(
        (
            name.encode("ascii").ljust(100, b"\0"),
            b"0000600\0" + b"0000000\0" + b"0000000\0",
            b"%011o\0" % size,
            b"00000000000\0",
        )
    )
    rest = b"0" + b"\0" * 100 + b"ustar\0" + b"00" + b"\0" * 64 + b"0000000\0" + b"0000000\0"
    rest = rest.ljust(BLOCK - len(start) - 8, b"\0")
    total = sum(start) + sum(rest) + 8 * ord(" ")
    return start + b"%06o\0 " % total + rest


def claimed_size(block: bytes) -> int:
    """Read the size a header claims, or -1; only to regenerate the first header and compare it."""
    digits = block[124:135]
    return int(digits, 8) if digits.isdigit() and b"8" not in digits and b"9" not in digits else -1


def padding(size: int) -> bytes:
    """Give the zero bytes that fill a member of `size` bytes to the next block."""
    return b"\0" * (-size % BLOCK)
