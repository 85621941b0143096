"""Authenticated encryption of short secrets (AES-256-GCM)."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
TAG_BYTES = 16


def seal(key: bytes | bytearray, nonce: bytes, plain: bytes | bytearray, aad: bytes) -> bytes:
    """Encrypt `plain` under a 32-byte key and bind it to `aad`; a nonce is used once for each key."""
    return AESGCM(key).encrypt(nonce, plain, aad)


def open_sealed(key: bytes | bytearray, nonce: bytes, sealed: bytes, aad: bytes) -> bytearray | None:
    """Decrypt what `seal` made; `None` when key, nonce, text or `aad` is not the one it was made with."""
    try:
        return bytearray(AESGCM(key).decrypt(nonce, sealed, aad))
    except (InvalidTag, ValueError):
        return None
