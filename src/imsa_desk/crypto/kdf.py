"""Turns a passphrase into a key, slowly on purpose (Argon2id, RFC 9106)."""

from __future__ import annotations

import ctypes
import os
import sys
import time
import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from imsa_desk.crypto.keys import wipe
from imsa_desk.errors import Broken, Refused

KEY_BYTES = 32
SALT_BYTES = 16
MAX_SECRET = 1024
"""Bytes a secret may have, in UTF-8."""
_MIB = 1024
_MIN_MEMORY, _MAX_MEMORY = 19 * _MIB, 4096 * _MIB
_MAX_PASSES, _MAX_LANES = 64, 16
_PASSES, _LANES = 3, 4
_STEP = 8 * _MIB
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Params:
    """What one derivation costs: memory in KiB, passes over it, lanes worked on side by side."""

    memory_kib: int
    passes: int
    lanes: int


FLOOR = Params(64 * _MIB, _PASSES, _LANES)
"""The weakest that is ever written (RFC 9106, second recommendation)."""
DEFAULT = Params(256 * _MIB, _PASSES, _LANES)
PRACTICE = FLOOR
"""Practice vaults hold nobody's data, so they open quickly."""


def total_memory_kib() -> int:
    """Tell the computer's memory in KiB; 4 GiB where the system will not say."""
    if sys.platform == "win32":
        return _windows_memory_kib()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024
    except (OSError, ValueError):
        return _MAX_MEMORY


def _windows_memory_kib() -> int:
    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            *((f"n{n}", ctypes.c_uint64) for n in range(7)),
        )

    status = Status()
    status.length = ctypes.sizeof(status)
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009
    if not kernel.GlobalMemoryStatusEx(ctypes.byref(status)):
        return _MAX_MEMORY
    return int(status.n0) // 1024


def check_bounds(params: Params) -> None:
    """Refuse costs that could hang the computer, or that protect nothing, before anything is computed.

    Raises `Broken` (E_HEADER): the numbers come from a file that somebody may have altered.
    """
    sane = (
        _MIN_MEMORY <= params.memory_kib <= _MAX_MEMORY
        and 1 <= params.passes <= _MAX_PASSES
        and 1 <= params.lanes <= _MAX_LANES
    )
    if not sane:
        raise Broken(
            "The vault's header asks for an impossible amount of work, so it is damaged or was altered. "
            "Restore the vault from a backup.",
            code="E_HEADER",
        )
    if params.memory_kib > total_memory_kib() // 2:
        raise Broken(
            f"Opening this vault needs {params.memory_kib // _MIB} MiB of memory, more than half of what "
            "this computer has. Open it on a computer with more memory.",
            code="E_HEADER",
        )


def derive(secret: str | bytes, salt: bytes, params: Params) -> bytearray:
    """Return 32 key bytes for a secret; text counts in its composed form (NFC), the same from any keyboard.

    Raises `Broken` (E_HEADER, E_MEMORY) for costs that cannot be met and `Refused` (E_PASSPHRASE_LENGTH)
    beyond 1,024 bytes: a secret is never cut short.
    """
    check_bounds(params)
    material = secret_bytes(secret)
    try:
        kdf = Argon2id(
            salt=salt,
            length=KEY_BYTES,
            iterations=params.passes,
            lanes=params.lanes,
            memory_cost=params.memory_kib,
        )
        return bytearray(kdf.derive(bytes(material)))
    except MemoryError as error:
        raise Broken(
            "There is not enough free memory to open the vault. Close other programs and try again.",
            code="E_MEMORY",
        ) from error
    finally:
        wipe(material)


def secret_bytes(secret: str | bytes) -> bytearray:
    """Return the bytes that a secret stands for; raises `Refused` beyond 1,024 bytes or for broken text."""
    if isinstance(secret, str):
        try:
            secret = unicodedata.normalize("NFC", secret).encode("utf-8")
        except UnicodeEncodeError as error:
            raise Refused(
                "The passphrase holds a broken character. Type it again.", code="E_PASSPHRASE_LENGTH"
            ) from error
    if len(secret) > MAX_SECRET:
        raise Refused(f"A passphrase has at most {MAX_SECRET} bytes.", code="E_PASSPHRASE_LENGTH")
    return bytearray(secret)


def calibrate(target_s: float = 1.0) -> Params:
    """Find the costliest parameters that this computer meets within `target_s` seconds.

    Never below `FLOOR`'s memory, never above a quarter of the computer's. Takes about 1.5 times `target_s`.
    """
    lanes = max(1, min(_LANES, os.cpu_count() or 1))
    cap = max(FLOOR.memory_kib, min(total_memory_kib() // 4, _MAX_MEMORY))
    best = Params(FLOOR.memory_kib, _PASSES, lanes)
    taken = _measure(best)
    # Time grows a little faster than memory, so the first guess aims below the target.
    memory = min(cap, int(best.memory_kib * target_s / taken * 0.9)) // _STEP * _STEP
    for _ in range(_TRIES):
        params = Params(memory, _PASSES, lanes)
        if memory > best.memory_kib and _measure(params) <= target_s:
            return params
        memory = memory * 3 // 4 // _STEP * _STEP
    return best


def _measure(params: Params) -> float:
    started = time.perf_counter()
    wipe(derive(b"calibration", bytes(SALT_BYTES), params))
    return max(time.perf_counter() - started, 1e-6)
