"""The limited child process: what it can show, what it refuses, and what it cannot reach."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from printing_samples import fonts, long_answer, sheet

from imsa_desk.errors import Cancelled, Refused
from imsa_desk.printing.assessment import assessment_pdf
from imsa_desk.printing.sheet import TextItem
from imsa_desk.services import previews
from imsa_desk.services.previews import page_images

SOURCE = Path(previews.__file__).parents[2]
AFTER_LIMITS = """
import socket
from imsa_desk.preview.raster import warm_up
from imsa_desk.preview.limits import limit_process
warm_up()
assert limit_process().opening
for name, attempt in {attempts}.items():
    try:
        eval(attempt)
    except (OSError, MemoryError) as error:
        print(name, "refused")
    else:
        print(name, "WORKED")
"""


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    """Give a small red picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(buffer, kind)
    return buffer.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """Give a tiny PNG whose header names a huge size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf_of(pages: int, size: float = 200.0) -> bytes:
    """Give a PDF with empty square pages."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(size, size)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def refusal(data: bytes, kind: str, seconds: float = 45.0) -> Refused:
    """Ask for a preview that must be refused."""
    with pytest.raises(Refused) as caught:
        page_images(data, "pdf" if kind == "pdf" else "image", seconds=seconds)
    return caught.value


def test_an_assessment_comes_back_page_by_page_as_pixels() -> None:
    pdf = assessment_pdf(sheet(TextItem("1", "Question", long_answer())), fonts())
    told: list[tuple[int, int]] = []
    pages = page_images(pdf, "pdf", 72, lambda done, total: told.append((done, total)))
    assert len(pages) >= 2
    assert {page.total for page in pages} == {len(pages)}
    assert told == [(i, len(pages)) for i in range(1, len(pages) + 1)]
    for page in pages:
        assert abs(page.width - 595) <= 1 and abs(page.height - 842) <= 1
        assert len(page.rgb) == page.width * page.height * 3
        assert len(set(page.rgb)) > 20, "a page of one colour is blank"


def test_the_practice_band_has_its_colour_so_red_and_blue_are_not_swapped() -> None:
    page = page_images(assessment_pdf(sheet(), fonts()), "pdf", 72)[0]
    assert tuple(page.rgb[:3]) == (0x47, 0x46, 0x8F)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_comes_back_as_pixels(kind: str) -> None:
    (page,) = page_images(picture(kind), "image")
    assert (page.width, page.height) == (40, 30)
    assert abs(page.rgb[0] - 200) < 8


def test_a_large_picture_is_made_smaller_for_the_screen() -> None:
    (page,) = page_images(picture("JPEG", (6_000, 3_000)), "image")
    assert max(page.width, page.height) <= 2_400


def test_only_the_pages_asked_for_are_drawn() -> None:
    pages = page_images(pdf_of(9), "pdf", 36, first=4, count=3)
    assert [page.number for page in pages] == [4, 5, 6]
    assert {page.total for page in pages} == {9}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "pdf"),
        (b"%PDF-1.7\nnothing of the kind", "pdf"),
        (pdf_of(1)[:120], "pdf"),
        (b"", "image"),
        (b"GIF89a" + bytes(100), "image"),
        (picture("PNG")[:50], "image"),
        (pdf_of(1), "image"),
    ],
)
def test_a_damaged_file_is_refused_in_plain_words(data: bytes, kind: str) -> None:
    refused = refusal(data, kind)
    assert refused.code == "E_PREVIEW_DAMAGED"
    assert "cannot be shown" in refused.message


def test_a_picture_that_would_unpack_into_gigabytes_is_refused() -> None:
    assert refusal(png_that_claims(50_000, 50_000), "image").code == "E_PREVIEW_TOO_LARGE"
    assert refusal(png_that_claims(12_000, 12_000), "image").code == "E_PREVIEW_TOO_LARGE"


def test_a_pdf_page_of_enormous_size_is_drawn_coarser() -> None:
    (page,) = page_images(pdf_of(1, 14_000.0), "pdf", 300)
    assert page.width * page.height <= 25_000_000


def test_a_child_that_takes_too_long_is_stopped() -> None:
    assert refusal(pdf_of(1), "pdf", seconds=0.001).code == "E_PREVIEW_TIME"


def test_the_person_can_stop_a_preview() -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        page_images(pdf_of(5), "pdf", 72, stop)


def test_nonsense_from_the_child_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in ("P" + "\\xff" * 8, "X" + "\\0" * 8, "R" + "\\xff" * 8, ""):
        script = f"import sys; sys.stdin.buffer.read(30); sys.stdout.buffer.write(b'{answer}')"
        monkeypatch.setattr(previews, "_command", lambda script=script: [sys.executable, "-c", script])
        assert refusal(pdf_of(1), "pdf").code == "E_PREVIEW"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_after_loading_the_child_can_open_no_file_no_socket_and_no_process(tmp_path: Path) -> None:
    attempts = {
        "read": f"open({__file__!r})",
        "write": f"open({str(tmp_path / 'leak')!r}, 'w')",
        "socket": "socket.socket()",
        "pair": "socket.socketpair()",
        "pipe": "__import__('os').pipe()",
    }
    if sys.platform == "linux":
        attempts["memory"] = "bytearray(3 << 30)"
        attempts["process"] = "__import__('subprocess').run(['/bin/true'])"
    done = subprocess.run(
        [sys.executable, "-c", AFTER_LIMITS.format(attempts=attempts)],
        capture_output=True,
        text=True,
        env={
            "PYTHONPATH": str(SOURCE),
            **{k: os.environ[k] for k in ("LD_LIBRARY_PATH",) if k in os.environ},
        },
        check=True,
    )
    assert done.stdout.split("\n")[:-1] == [f"{name} refused" for name in attempts]
    assert not (tmp_path / "leak").exists()


def test_a_preview_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMPDIR", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    page_images(pdf_of(2), "pdf")
    page_images(picture("PNG"), "image")
    assert list(tmp_path.iterdir()) == []
