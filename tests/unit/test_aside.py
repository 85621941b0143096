"""Refused files: kept, never overwritten, with a report that tells why and nothing of the content."""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imsa_desk.errors import Broken
from imsa_desk.exchange.aside import REFUSED, put_aside
from imsa_desk.exchange.refusals import refusal

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
WHY = refusal("E_SIGNATURE")


def refused_file(folder: Path, content: bytes = b"CANARY") -> Path:
    """Put a file into a folder."""
    path = folder / "0123456789abcdef.imsa"
    path.write_bytes(content)
    return path


def test_a_file_in_a_persons_folder_stays_where_it_is(tmp_path: Path) -> None:
    path = refused_file(tmp_path)
    assert put_aside(path, None, WHY, NOW) == path
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_a_watched_folder_goes_aside_with_a_report(tmp_path: Path) -> None:
    path = refused_file(tmp_path)
    target = put_aside(path, tmp_path, WHY, NOW)
    assert (target.parent, target.read_bytes()) == (tmp_path / REFUSED, b"CANARY")
    report = target.with_name(target.name + ".txt")
    text = report.read_text("utf-8")
    for said in (
        "E_SIGNATURE",
        WHY.message,
        "2026-11-22T09:30:00Z",
        "6 bytes",
        hashlib.sha256(b"CANARY").hexdigest(),
    ):
        assert said in text
    assert "CANARY" not in text
    assert not path.exists()
    if sys.platform != "win32":
        assert report.stat().st_mode & 0o777 == 0o600


def test_a_second_file_of_the_same_name_never_replaces_the_first(tmp_path: Path) -> None:
    kept = [put_aside(refused_file(tmp_path, bytes([n])), tmp_path, WHY, NOW) for n in range(3)]
    assert [path.read_bytes() for path in kept] == [b"\0", b"\1", b"\2"]
    assert len(list((tmp_path / REFUSED).iterdir())) == 6


def test_a_file_that_another_watcher_took_is_said_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(Broken) as caught:
        put_aside(tmp_path / "gone.imsa", tmp_path, WHY, NOW)
    assert caught.value.code == "E_WRITE"
    assert list((tmp_path / REFUSED).iterdir()) == []
