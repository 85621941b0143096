"""QR codes as squares of dark and light modules, to be drawn by whoever has something to draw on."""

from __future__ import annotations

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

QUIET = 4
"""Modules of white round a QR code; source: ISO/IEC 18004."""
Modules = tuple[tuple[bool, ...], ...]


def modules_of(text: str) -> Modules:
    """Give the lines of a QR code, true for dark; level M: still read when a seventh of it is soiled."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    count = int(code.getModuleCount())
    return tuple(tuple(bool(code.isDark(line, at)) for at in range(count)) for line in range(count))


def qr_lines(text: str) -> str:
    """Give a QR code as lines of block characters for a terminal, two modules high each.

    Dark modules are drawn as spaces, so that it can be scanned from light letters on a dark ground; most
    readers take the other way round as well.
    """
    found = modules_of(text)
    wide = len(found) + 2 * QUIET
    edge = (False,) * QUIET
    rows = [(False,) * wide] * QUIET + [edge + line + edge for line in found] + [(False,) * wide] * QUIET
    rows += [(False,) * wide] * (len(rows) % 2)
    blocks = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(blocks[pair] for pair in zip(*two, strict=True)) for two in pairs)


def qr_svg(text: str, title: str) -> bytes:
    """Give a QR code as an SVG picture, black on white, with a title for those who hear it."""
    found = modules_of(text)
    side = len(found) + 2 * QUIET
    path = "".join(
        f"M{at + QUIET} {line + QUIET}h1v1h-1z"
        for line, row in enumerate(found)
        for at, dark in enumerate(row)
        if dark
    )
    safe = title.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side * 8}" '
        f'height="{side * 8}" role="img" shape-rendering="crispEdges"><title>{safe}</title>'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{path}"/></svg>\n'
    ).encode()
