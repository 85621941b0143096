"""Ways to spoil a sealed file: what disks, networks and people without any key can do."""

from __future__ import annotations

import random
from collections.abc import Callable

from mutation_stock import Base, Stock

from imsa_desk.crypto.age import seal

CHUNK = 64 * 1024 + 16
"""A piece of the sealed payload: age seals 64 KiB at a time."""
Outside = Callable[[random.Random, Stock, Base], bytes]


def mutated_bytes(data: bytes, chance: random.Random) -> bytes:
    """Change data in one of the ways that disks, networks and people do."""
    at = chance.randrange(len(data))
    length = min(chance.choice((1, 16, 512, 4096)), len(data) - at)
    match chance.randrange(8):
        case 0:
            return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        case 1:
            return data[:at] + chance.randbytes(length) + data[at + length :]
        case 2:
            return data[:at]
        case 3:
            return data[:at] + data[at + length :]
        case 4:
            return data[:at] + data[at : at + length] + data[at:]
        case 5:
            return data + chance.randbytes(length)
        case 6:
            return data[:at] + bytes(length) + data[at + length :]
        case _:
            other = chance.randrange(len(data))
            piece = data[other : other + length]
            return data[:at] + piece + data[at + len(piece) :]


def _halves(sealed: bytes) -> tuple[bytes, bytes]:
    """Cut a sealed file behind its header."""
    end = sealed.index(b"\n", sealed.index(b"\n--- ") + 1) + 1
    return sealed[:end], sealed[end:]


def _header(chance: random.Random, stock: Stock, base: Base) -> bytes:
    """Spoil the header of the sealed file: lines left out, doubled, swapped, changed, or a scrypt stanza."""
    head, payload = _halves(base.sealed)
    lines = head.split(b"\n")
    at, other = chance.randrange(len(lines) - 1), chance.randrange(len(lines) - 1)
    match chance.randrange(6):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[other])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = mutated_bytes(lines[at] or b"x", chance)
        case 4:
            lines.insert(1, b"-> scrypt " + b"A" * 22 + b" 20\n" + b"A" * 43)
        case _:
            lines.insert(at, b"-> grease " + str(chance.random()).encode() + b"\n")
    return b"\n".join(lines) + payload


def _spliced_sealing(chance: random.Random, stock: Stock, base: Base) -> bytes:
    """Put sealed pieces together from two files, or one file's pieces in another order."""
    head, payload = _halves(base.sealed)
    _, foreign = _halves(chance.choice(stock.bases).sealed)
    chunks = [payload[:16], *(payload[at : at + CHUNK] for at in range(16, len(payload), CHUNK))]
    match chance.randrange(5):
        case 0:
            return head + foreign
        case 1:
            return base.sealed + chance.choice(stock.bases).sealed
        case 2:
            cut = chance.randrange(len(payload))
            return head + payload[:cut] + foreign[cut:]
        case 3:
            del chunks[chance.randrange(len(chunks))]
        case _:
            chunks.insert(chance.randrange(len(chunks) + 1), chance.choice(chunks))
    return head + b"".join(chunks)


def _for_another(chance: random.Random, stock: Stock, base: Base) -> bytes:
    """Seal it to somebody else only, or give the other's sealing a few wrong bytes more."""
    sealed = seal(base.plain, [stock.other.recipient])
    return sealed if chance.randrange(2) else mutated_bytes(sealed, chance)


def _raw(chance: random.Random, stock: Stock, base: Base) -> bytes:
    return mutated_bytes(base.sealed, chance)


OUTSIDE: tuple[Outside, ...] = (_raw, _raw, _raw, _header, _spliced_sealing, _for_another)
