"""Keys from keys, message codes, and signatures (HKDF and HMAC with SHA-256, Ed25519)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from imsa_desk.errors import Broken

KEY_BYTES = 32
KEY_ID_BYTES = 16
_SALT = b"imsa-vault-v1"


def subkey(master: bytes | bytearray, label: str) -> bytearray:
    """Derive the 32-byte key for one purpose; no key serves two."""
    kdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=_SALT, info=label.encode("ascii"))
    return bytearray(kdf.derive(master))


def hmac_sha256(key: bytes | bytearray, data: bytes) -> bytes:
    """Return the 32-byte message code of `data`."""
    return hmac.digest(key, data, "sha256")


def same(left: bytes, right: bytes) -> bool:
    """Compare two codes in a time that does not tell where they differ."""
    return hmac.compare_digest(left, right)


def wipe(secret: bytearray) -> None:
    """Overwrite a secret in place with zeros."""
    secret[:] = bytes(len(secret))


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 private key, kept as its 32 raw bytes; never in a repr."""

    raw: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse anything but 32 bytes (E_KEY)."""
        if len(self.raw) != KEY_BYTES:
            raise Broken("A signing key has the wrong length. Restore the vault from a backup.", code="E_KEY")

    @classmethod
    def generate(cls) -> Self:
        """Make a new random key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @property
    def public(self) -> bytes:
        """The 32 bytes with which others check the signatures."""
        return Ed25519PrivateKey.from_private_bytes(self.raw).public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """Return the 64-byte signature of `data`."""
        return Ed25519PrivateKey.from_private_bytes(self.raw).sign(data)


def verify(public: bytes, signature: bytes, data: bytes) -> bool:
    """Tell whether the private half of `public` signed `data`; a malformed key or signature is just wrong."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id(public: bytes) -> bytes:
    """Return the 16 bytes by which a public key is named in files."""
    return hashlib.sha256(public).digest()[:KEY_ID_BYTES]
