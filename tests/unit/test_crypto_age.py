"""Sealed files open for their recipients only, and never by halves without a complaint."""

from __future__ import annotations

import io
import secrets
import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest

from imsa_desk.crypto.age import Identity, check_recipient, open_sealed, open_stream, seal, seal_stream
from imsa_desk.errors import Broken, Refused

TEXT = b"a sealed record\n" * 5000


def _refusal(sealed: bytes, identity: Identity) -> str:
    with pytest.raises(Broken) as broken:
        open_sealed(sealed, [identity])
    return broken.value.code


def test_each_recipient_can_open_and_nobody_else() -> None:
    office, own, stranger = (Identity.generate() for _ in range(3))
    sealed = seal(TEXT, [office.recipient, own.recipient])
    assert open_sealed(sealed, [office]) == TEXT
    assert open_sealed(sealed, [stranger, own]) == TEXT
    assert _refusal(sealed, stranger) == "E_DECRYPT"


def test_an_identity_survives_being_written_down() -> None:
    identity = Identity.generate()
    again = Identity.from_string(identity.secret)
    assert again == identity
    assert identity.secret not in repr(identity)


def test_a_damaged_identity_is_not_repeated_in_the_message() -> None:
    identity = Identity.generate()
    with pytest.raises(Broken) as broken:
        Identity.from_string(identity.secret[:-1] + "!")
    assert broken.value.code == "E_KEY"
    assert broken.value.__cause__ is None
    assert identity.secret[16:30] not in str(broken.value)


@pytest.mark.parametrize("keep", [0, 1, 10, 21, 22, 60, 150, 200, 66_000, -1])
def test_a_truncated_file_is_refused(keep: int) -> None:
    identity = Identity.generate()
    assert _refusal(seal(TEXT, [identity.recipient])[:keep], identity) == "E_DECRYPT"


def test_a_truncated_long_file_is_refused_though_its_beginning_was_given() -> None:
    identity = Identity.generate()
    text = secrets.token_bytes(2_000_000)
    out = io.BytesIO()
    with pytest.raises(Broken) as broken:
        open_stream(io.BytesIO(seal(text, [identity.recipient])[:-40_000]), out, [identity])
    assert broken.value.code == "E_DECRYPT"
    assert 0 < len(out.getvalue()) < len(text)


def test_every_changed_byte_is_noticed() -> None:
    identity = Identity.generate()
    sealed = seal(b"short", [identity.recipient])
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        assert _refusal(bytes(changed), identity) == "E_DECRYPT"


def test_text_armour_and_passphrases_are_refused() -> None:
    identity = Identity.generate()
    key = pyrage.x25519.Recipient.from_str(identity.recipient)
    assert _refusal(pyrage.encrypt(TEXT, [key], armored=True), identity) == "E_DECRYPT"
    assert _refusal(pyrage.passphrase.encrypt(b"x", "secret"), identity) == "E_DECRYPT"


def test_sealing_wants_a_real_recipient() -> None:
    for recipients in ([], ["age1nonsense"], [Identity.generate().secret]):
        with pytest.raises(Refused) as refused:
            seal(TEXT, recipients)
        assert refused.value.code == "E_RECIPIENT"
    check_recipient(Identity.generate().recipient)


def test_an_error_of_the_source_is_passed_on_when_sealing() -> None:
    class Failing:
        def read(self, size: int, /) -> bytes:
            raise OSError("the stick was pulled")

    with pytest.raises(OSError, match="stick"):
        seal_stream(Failing(), io.BytesIO(), [Identity.generate().recipient])


@pytest.mark.skipif(shutil.which("age") is None, reason="the age program is not installed")
def test_the_stock_program_opens_our_files(tmp_path: Path) -> None:
    identity = Identity.generate()
    (tmp_path / "key").write_text(identity.secret + "\n")
    (tmp_path / "sealed").write_bytes(seal(TEXT, [identity.recipient]))
    command = ["age", "-d", "-i", str(tmp_path / "key"), str(tmp_path / "sealed")]
    assert subprocess.run(command, capture_output=True, check=True).stdout == TEXT
