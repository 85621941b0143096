"""Hundreds of damaged bundles: none is accepted, and none is refused without a code."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from bundle_kit import WRITER, Pair, lines_of

from imsa_desk.errors import ImsaError
from imsa_desk.exchange.refusals import CODES

ATTEMPTS = 400


def _mutated(data: bytes, chance: random.Random) -> bytes:
    """Change data in one of the ways that disks, networks and people do."""
    at = chance.randrange(len(data))
    length = min(chance.choice((1, 16, 512, 4096)), len(data) - at)
    match chance.randrange(7):
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
        case _:
            other = chance.randrange(len(data))
            piece = data[other : other + length]
            return data[:at] + piece + data[at + len(piece) :]


@pytest.mark.parametrize("resealed", [False, True], ids=["ciphertext", "plaintext"])
def test_no_mutated_bundle_is_accepted_or_crashes_the_reader(tmp_path: Path, resealed: bool) -> None:
    pair = Pair(tmp_path)
    chance = random.Random(20261121)
    path = pair.write(lines_of(WRITER, 12, withheld=[3, 7]), blobs=[chance.randbytes(9000)]).path
    sound = pair.plain(path) if resealed else path.read_bytes()
    found: Counter[str] = Counter()
    while found.total() < ATTEMPTS:
        changed = _mutated(sound, chance)
        if changed == sound:
            continue
        if resealed:
            target = pair.sealed(changed)
        else:
            target = tmp_path / "mutated.imsa"
            target.write_bytes(changed)
        with pytest.raises(ImsaError) as caught:
            pair.read(target)
        found[caught.value.code] += 1
    assert set(found) <= CODES
    if resealed:
        assert {"E_CONTAINER", "E_HASH", "E_TRUNCATED", "E_TRAILING", "E_SIGNATURE"} & set(found)
    else:
        assert set(found) == {"E_DECRYPT"}
