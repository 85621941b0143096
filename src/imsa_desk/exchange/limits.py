"""The limits of the format: what a reader takes in at most, and what a writer therefore never makes."""

from __future__ import annotations

from imsa_desk.exchange.refusals import refusal

MAX_MANIFEST = 8 * 1024 * 1024
MAX_ABOUT = 4 * 1024 * 1024
MAX_ENTRY = 512 * 1024 * 1024
MAX_BACKUP = 256 * 1024 * 1024
MAX_ENTRIES = 20_000
MAX_TOTAL = 4 * 1024**3
MAX_LINE = 1024 * 1024
MAX_CASES = 50_000


def bounded(data: bytes, *, parts: int, depth: int) -> None:
    """Refuse JSON with more values or more lists and objects than are plausible, before it is read.

    A few megabytes of nothing but brackets or commas would become hundreds of megabytes of objects.
    Raises E_LIMIT.
    """
    if data.count(b",") > parts or data.count(b"[") + data.count(b"{") > depth:
        raise refusal("E_LIMIT", "too many parts")
