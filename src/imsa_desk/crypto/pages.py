"""Opens single pages of an encrypted database, without the library that wrote them.

SQLCipher 4 with a raw key: a page is content (AES-256-CBC), 16 bytes of IV and 64 of HMAC-SHA512 over
content, IV and page number. Page 1 begins with 16 bytes of salt in the clear, from which, altered, the key
of the code is derived.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

PAGE = 4096
SALT = 16
RESERVED = 80
"""Bytes at the end of each page that hold its IV and its code."""
_MAGIC = b"SQLite format 3\0"
_CODE = 64
_SALT_MASK = 0x3A
_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class PageKey:
    """What opens the pages of one database; `wipe` the raw key when done."""

    raw: bytearray = field(repr=False)
    code: bytes = field(repr=False)

    @classmethod
    def of(cls, raw: bytearray, salt: bytes) -> PageKey:
        """Derive the key of the codes from a database's salt."""
        masked = bytes(byte ^ _SALT_MASK for byte in salt)
        return cls(raw, hashlib.pbkdf2_hmac("sha512", raw, masked, _ROUNDS, len(raw)))

    def proves(self, number: int, page: bytes) -> bool:
        """Tell whether a page is, bit for bit, what the vault wrote under this number."""
        if len(page) != PAGE:
            return False
        start = SALT if number == 1 else 0
        code = hmac.digest(self.code, page[start:-_CODE] + number.to_bytes(4, "little"), "sha512")
        return hmac.compare_digest(code, page[-_CODE:])

    def decrypt(self, number: int, page: bytes) -> bytes:
        """Give a page in the clear, its reserved end as zeros; says nothing about whether it is genuine."""
        start = SALT if number == 1 else 0
        end = PAGE - RESERVED
        decryptor = Cipher(AES256(self.raw), CBC(page[end : end + 16])).decryptor()
        plain = decryptor.update(page[start:end]) + decryptor.finalize()
        return (_MAGIC if number == 1 else b"") + plain + bytes(RESERVED)
