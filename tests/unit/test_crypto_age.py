"""Sealed files open for their recipients only, and never by halves without a complaint."""

from __future__ import annotations

import io
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from imsa_desk.crypto.age import (
    Identity,
    check_recipient,
    open_sealed,
    open_stream,
    seal,
    seal_pieces,
    seal_stream,
)
from imsa_desk.crypto.age_writing import BLOCK, CHUNK, TAG
from imsa_desk.errors import Broken, Refused

TEXT = b"a sealed record\n" * 5000
NO_POINT = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z"
"""The recipient whose key is all zeros."""


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


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_a_text_of_any_length_is_sealed_whole_in_whatever_pieces_it_comes(size: int) -> None:
    identity, text, out = Identity.generate(), secrets.token_bytes(size), io.BytesIO()
    pieces = [b"", text[:700], text[700 : 700 + BLOCK], text[700 + BLOCK :], b""]
    seal_pieces(pieces, out, [identity.recipient])
    assert open_sealed(out.getvalue(), [identity]) == text
    payload = out.getvalue().partition(b"\n--- ")[2].partition(b"\n")[2]
    assert len(payload) == 16 + size + TAG * max(1, -(-size // CHUNK))


def test_the_same_text_is_never_sealed_twice_the_same_way() -> None:
    recipient = Identity.generate().recipient
    sealed = [seal(TEXT, [recipient, recipient]) for _ in range(2)]
    words = [word for one in sealed for word in one.partition(b"\n--- ")[0].split() if len(word) == 43]
    assert len(words) == len(set(words)) == 8
    assert sealed[0][-TAG:] != sealed[1][-TAG:]


def test_a_key_with_which_nothing_secret_can_be_agreed_on_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        seal(TEXT, [NO_POINT])
    assert refused.value.code == "E_RECIPIENT"


def test_other_threads_run_while_a_file_is_sealed() -> None:
    waits, ran = threading.Event(), threading.Event()

    def run() -> None:
        waits.wait()
        ran.set()

    def pieces() -> Iterator[bytes]:
        waits.set()
        yield from [bytes(BLOCK)] * 64
        assert ran.is_set()

    other = threading.Thread(target=run)
    before = sys.getswitchinterval()
    other.start()
    sys.setswitchinterval(60)
    try:
        seal_pieces(pieces(), io.BytesIO(), [Identity.generate().recipient])
    finally:
        sys.setswitchinterval(before)
        waits.set()
        other.join()


@pytest.mark.parametrize("size", [0, 1, CHUNK, 3 * BLOCK, 3 * BLOCK + 1])
@pytest.mark.skipif(shutil.which("age") is None, reason="the age program is not installed")
def test_the_stock_program_opens_our_files(tmp_path: Path, size: int) -> None:
    identity, other, text = Identity.generate(), Identity.generate(), secrets.token_bytes(size)
    (tmp_path / "key").write_text(identity.secret + "\n")
    (tmp_path / "sealed").write_bytes(seal(text, [other.recipient, identity.recipient]))
    command = ["age", "-d", "-i", str(tmp_path / "key"), str(tmp_path / "sealed")]
    assert subprocess.run(command, capture_output=True, check=True).stdout == text
