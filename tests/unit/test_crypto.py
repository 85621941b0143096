"""Keys, signatures and derivation do what the standards say, and refuse what could do harm."""

from __future__ import annotations

import pytest

from imsa_desk.crypto import aead, kdf, keys
from imsa_desk.crypto.kdf import FLOOR, Params, calibrate, check_bounds, derive
from imsa_desk.errors import Broken, Refused

QUICK = Params(19 * 1024, 1, 1)
SALT = bytes(range(16))


def test_the_derivation_agrees_with_the_reference_implementation() -> None:
    # What `echo -n password | argon2 somesaltsomesalt -id -t 3 -m 16 -p 4 -l 32 -r` prints.
    found = derive(b"password", b"somesaltsomesalt", FLOOR)
    assert found.hex() == "81db97a7e67a891784a2599bc879f957cb3512d273984bd97d8a18fc59ff01e2"


def test_one_passphrase_typed_on_two_keyboards_gives_one_key() -> None:
    assert derive("caf\u00e9 \u1e9b\u0323", SALT, QUICK) == derive("cafe\u0301 \u1e9b\u0323", SALT, QUICK)


def test_another_salt_or_secret_gives_another_key() -> None:
    one = derive("secret", SALT, QUICK)
    assert one != derive("secreT", SALT, QUICK)
    assert one != derive("secret", bytes(16), QUICK)


def test_a_secret_is_never_cut_short() -> None:
    longest = "\u00e9" * 512
    assert derive(longest, SALT, QUICK) != derive(longest[:-1], SALT, QUICK)
    with pytest.raises(Refused) as refused:
        derive(longest + "x", SALT, QUICK)
    assert refused.value.code == "E_PASSPHRASE_LENGTH"


def test_half_a_character_is_refused_and_not_guessed_at() -> None:
    with pytest.raises(Refused):
        derive("half \ud800", SALT, QUICK)


@pytest.mark.parametrize(
    "params",
    [
        Params(19 * 1024 - 1, 3, 4),
        Params(4 * 1024 * 1024 + 1, 3, 4),
        Params(-1, 3, 4),
        Params(FLOOR.memory_kib, 0, 4),
        Params(FLOOR.memory_kib, 65, 4),
        Params(FLOOR.memory_kib, 3, 0),
        Params(FLOOR.memory_kib, 3, 17),
        Params(10**300, 10**300, 10**300),
    ],
)
def test_costs_that_protect_nothing_or_hang_the_computer_are_refused_before_computing(params: Params) -> None:
    with pytest.raises(Broken) as broken:
        derive("secret", SALT, params)
    assert broken.value.code == "E_HEADER"


def test_more_than_half_of_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kdf, "total_memory_kib", lambda: 2 * FLOOR.memory_kib - 2)
    with pytest.raises(Broken):
        check_bounds(FLOOR)


def test_the_computer_tells_its_memory() -> None:
    assert kdf.total_memory_kib() > 512 * 1024


def test_calibration_never_goes_below_the_floor() -> None:
    slow = calibrate(target_s=0.0001)
    assert slow.memory_kib == FLOOR.memory_kib
    assert slow.passes == 3
    assert 1 <= slow.lanes <= 4
    check_bounds(slow)


def test_what_was_sealed_opens_only_as_it_was_sealed() -> None:
    key, nonce = keys.subkey(b"m" * 32, "one"), bytes(aead.NONCE_BYTES)
    sealed = aead.seal(key, nonce, b"master", b"slot")
    assert aead.open_sealed(key, nonce, sealed, b"slot") == bytearray(b"master")
    assert aead.open_sealed(key, nonce, sealed, b"sloT") is None
    assert aead.open_sealed(keys.subkey(b"m" * 32, "two"), nonce, sealed, b"slot") is None
    assert aead.open_sealed(key, nonce, sealed[:-1], b"slot") is None
    assert aead.open_sealed(key, nonce, b"", b"slot") is None


def test_each_purpose_has_its_own_key() -> None:
    found = {bytes(keys.subkey(b"m" * 32, label)) for label in ("db", "anchor", "backup", "header-mac")}
    assert len(found) == 4
    assert all(len(key) == 32 for key in found)


def test_a_wiped_key_is_zero_in_place() -> None:
    key = keys.subkey(b"m" * 32, "db")
    alias = key
    keys.wipe(key)
    assert alias == bytes(32)


def test_signatures_are_those_of_the_standard() -> None:
    # RFC 8032, section 7.1, test 2.
    key = keys.SigningKey(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert key.public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = key.sign(b"\x72")
    assert signature.hex().startswith("92a009a9f0d4cab8720e820b5f642540")
    assert keys.verify(key.public, signature, b"\x72")
    assert not keys.verify(key.public, signature, b"\x73")
    assert not keys.verify(keys.SigningKey.generate().public, signature, b"\x72")


def test_malformed_keys_and_signatures_are_just_wrong() -> None:
    key = keys.SigningKey.generate()
    assert not keys.verify(b"short", key.sign(b"x"), b"x")
    assert not keys.verify(key.public, b"short", b"x")
    with pytest.raises(Broken):
        keys.SigningKey(b"short")


def test_a_signing_key_shows_nothing_of_itself() -> None:
    key = keys.SigningKey.generate()
    assert key.raw.hex() not in repr(key)
    assert repr(key.raw)[2:-1] not in repr(key)
    assert len(keys.key_id(key.public)) == 16
