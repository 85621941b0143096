"""Files from elsewhere: judged by content, stripped of what they hide, and harmless to the program."""

from __future__ import annotations

import io
import json
import platform
import re
import resource
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pypdfium2
import pytest
from desk_kit import new_desk, open_case
from every_field import tell_everything
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo
from vault_kit import run_python

from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Refused
from imsa_desk.preview.limits import enforced
from imsa_desk.services.desk import Desk
from imsa_desk.services.documents import add_document, documents_of, media_type_of, read_document
from imsa_desk.services.pictures import without_details
from imsa_desk.services.previews import page_images
from imsa_desk.services.printing import assessment_pdf

SECRET = "Riverside 9, flat 4"
MAKER = b"Camera of Selam"
LIMIT_S = 2.0
LIMIT_KB = 300 * 1024
# Spelt backwards, so that no virus scanner takes this file for the thing itself.
EICAR = "*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X"[::-1].encode()


def gradient() -> Image.Image:
    """Draw a picture of which every corner looks different."""
    made = Image.new("RGB", (40, 24))
    made.putdata([(6 * x, 10 * y, (x * y) % 256) for y in range(24) for x in range(40)])
    return made


def taken_with_a_phone(kind: str, turned: int = 6) -> bytes:
    """Give a picture that says where it was taken, with a comment and something behind its end."""
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Orientation], exif[Base.ImageDescription] = MAKER.decode(), turned, SECRET
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (52.0, 12.0, 30.5)
    buffer = io.BytesIO()
    if kind == "JPEG":
        gradient().save(buffer, kind, exif=exif, comment=SECRET.encode(), quality=90)
    else:
        words = PngInfo()
        words.add_text("Location", SECRET)
        words.add_itxt("Author", SECRET, zip=True)
        gradient().save(buffer, kind, exif=exif, pnginfo=words)
    return buffer.getvalue() + b"behind the end: " + SECRET.encode()


def png_claiming(width: int, height: int) -> bytes:
    """Give a small PNG whose header claims a size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1 << 16))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def looping_pdf() -> bytes:
    """Give a PDF whose pages, forms and objects lead back to themselves."""
    return (
        b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n"
        b"2 0 obj << /Type /Pages /Kids [2 0 R 3 0 R 2 0 R] /Count 100000 /Parent 2 0 R >> endobj\n"
        b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R "
        b"/Resources 5 0 R >> endobj\n4 0 obj << /Length 6 0 R >> stream\n/F Do /F Do\nendstream endobj\n"
        b"5 0 obj << /XObject << /F 7 0 R >> >> endobj\n6 0 obj 6 0 R endobj\n"
        b"7 0 obj << /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources 5 0 R /Length 11 >> stream\n"
        b"/F Do /F Do\nendstream endobj\n8 0 obj [8 0 R] endobj\n"
        b"trailer << /Root 1 0 R /Size 9 /Prev 0 >>\nstartxref\n0\n%%EOF\n"
    )


def zipped(before: bytes = b"") -> bytes:
    """Give a zip archive, behind something else if wanted."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("letter.html", "<script>alert(1)</script>")
    return before + buffer.getvalue()


def jpeg() -> bytes:
    """Give a plain JPEG."""
    buffer = io.BytesIO()
    gradient().save(buffer, "JPEG")
    return buffer.getvalue()


CORPUS = {
    "pixel bomb": png_claiming(50_000, 50_000),
    "pixel bomb of one row": png_claiming(2_000_000_000, 1),
    "bomb of no height": png_claiming(50_000, 0),
    "truncated JPEG": jpeg()[:-200],
    "JPEG cut in its header": jpeg()[:20],
    "truncated PNG": taken_with_a_phone("PNG")[:300],
    "zip renamed to .png": zipped(),
    "EICAR": EICAR,
    "page of the web": b"<html><img src=file:///etc/passwd></html>",
    "GIF": b"GIF89a" + bytes(200),
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "nothing": b"",
}


@pytest.fixture
def place(tmp_path: Path) -> tuple[Desk, CaseId]:
    """A desk with a case."""
    desk = new_desk(tmp_path / "vault")
    return desk, open_case(desk)


# --- what is taken in ---


@pytest.mark.parametrize("name", CORPUS)
def test_a_file_that_does_harm_is_refused_in_words_at_once_and_changes_nothing(
    name: str, place: tuple[Desk, CaseId]
) -> None:
    desk, case_id = place
    before, peak = desk.store.heads(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    with pytest.raises(Refused) as caught:
        add_document(desk, DocumentDraft(case_id, f"{name}.png"), CORPUS[name])
    assert time.monotonic() - began < LIMIT_S
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < LIMIT_KB
    (problem,) = caught.value.problems
    assert problem.field == "file" and problem.text[0].isupper() and problem.text.endswith(".")
    assert desk.store.heads() == before and documents_of(desk, case_id) == ()


def test_the_name_of_a_file_decides_nothing(place: tuple[Desk, CaseId]) -> None:
    desk, case_id = place
    added = add_document(desk, DocumentDraft(case_id, "letter.pdf"), jpeg())
    assert read_document(desk, added)[0].media_type == "image/jpeg"
    assert media_type_of(zipped()) == media_type_of(b" %PDF-1.7") == media_type_of(EICAR) == ""


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_loses_what_it_hides_and_not_a_pixel(kind: str, place: tuple[Desk, CaseId]) -> None:
    desk, case_id = place
    given_in = taken_with_a_phone(kind)
    stored = read_document(desk, add_document(desk, DocumentDraft(case_id, "Door"), given_in))[1]
    for telling in (SECRET.encode(), MAKER, b"GPS", b"behind the end", b"Location"):
        assert telling not in stored
    with Image.open(io.BytesIO(given_in)) as before, Image.open(io.BytesIO(stored)) as after:
        assert after.tobytes() == before.tobytes()
        assert dict(after.getexif()) == {Base.Orientation: 6}
        assert ImageOps.exif_transpose(after).size == (24, 40)
        assert not set(after.info) & {"comment", "Location", "Author"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_details_stay_where_somebody_keeps_them_on_purpose(kind: str, place: tuple[Desk, CaseId]) -> None:
    desk, case_id = place
    data = taken_with_a_phone(kind)
    added = add_document(desk, DocumentDraft(case_id, "Evidence"), data, keep_details=True)
    assert read_document(desk, added)[1] == data


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_picture_stays_the_same_picture(mode: str) -> None:
    picture = Image.new(mode, (9, 7)) if mode == "I;16" else gradient().convert(mode)
    for kind, media_type in (("PNG", "image/png"), ("JPEG", "image/jpeg")):
        if (mode == "CMYK") if kind == "PNG" else mode in ("LA", "P", "RGBA", "I;16"):
            continue
        buffer = io.BytesIO()
        extra = {"progressive": True} if kind == "JPEG" else {}
        picture.save(buffer, kind, **extra)
        cleaned = without_details(buffer.getvalue(), media_type)
        assert without_details(cleaned, media_type) == cleaned
        with Image.open(buffer) as before, Image.open(io.BytesIO(cleaned)) as after:
            assert (after.mode, after.tobytes()) == (before.mode, before.tobytes())


@settings(max_examples=300)
@given(st.sampled_from(["PNG", "JPEG"]), st.data())
def test_no_damage_gets_past_as_anything_but_a_refusal(kind: str, data: st.DataObject) -> None:
    whole = bytearray(taken_with_a_phone(kind))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    try:
        cleaned = without_details(cut, f"image/{kind.lower()}")
    except Refused as error:
        assert error.code in ("E_PICTURE", "E_PICTURE_SIZE")
    else:
        assert len(cleaned) <= len(cut) + 40


# --- what is shown ---


@pytest.mark.parametrize("name", [*CORPUS, "looping PDF", "PDF with a zip behind it", "JPEG with a zip"])
def test_a_file_that_got_in_before_does_the_program_no_harm_when_it_is_shown(name: str) -> None:
    more = {
        "looping PDF": looping_pdf(),
        "PDF with a zip behind it": zipped(b"%PDF-1.7\n1 0 obj\n"),
        "JPEG with a zip": zipped(jpeg()),
    }
    data = (CORPUS | more)[name]
    for kind in ("pdf", "image"):
        code = (
            "import json, resource, sys, time; from imsa_desk.errors import Refused; "
            "from imsa_desk.services.previews import page_images\n"
            "data, began = bytes.fromhex(sys.stdin.read()), time.monotonic()\n"
            "try: came = len(page_images(data, sys.argv[1]))\n"
            "except Refused as error: came = error.code\n"
            "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
            "print(json.dumps([came, time.monotonic() - began, peak]))"
        )
        done = run_python(code, kind, text=data.hex())
        assert done.returncode == 0, done.stderr
        came, seconds, peak = json.loads(done.stdout)
        assert came in (1, "E_PREVIEW", "E_PREVIEW_DAMAGED", "E_PREVIEW_TOO_LARGE", "E_PREVIEW_EMPTY")
        assert seconds < LIMIT_S and peak < LIMIT_KB


HOSTILE = """
import ctypes, os, socket, sys
from imsa_desk.preview.limits import limit_process
from imsa_desk.preview.raster import warm_up
warm_up()
told = limit_process()
here = sys.argv[1]
attempts = {
    "read": lambda: open(__file__ if "__file__" in globals() else sys.executable),
    "write": lambda: open(here + "/new", "w"),
    "folder": lambda: os.mkdir(here + "/folder"),
    "rename": lambda: os.rename(here + "/there", here + "/gone"),
    "remove": lambda: os.remove(here + "/there"),
    "link": lambda: os.link(here + "/there", here + "/linked"),
    "symlink": lambda: os.symlink(here + "/there", here + "/linked"),
    "modes": lambda: os.chmod(here + "/there", 0o777),
    "shorten": lambda: os.truncate(here + "/there", 0),
    "list": lambda: os.listdir(here),
    "look": lambda: os.stat(here + "/there"),
    "socket": lambda: socket.socket(),
    "socket v6": lambda: socket.socket(socket.AF_INET6),
    "unix socket": lambda: socket.socket(socket.AF_UNIX),
    "pair": lambda: socket.socketpair(),
    "fork": lambda: os.fork() or os._exit(0),
    "exec": lambda: os.execv(sys.executable, [sys.executable, "-c", "print('RAN')"]),
    "kill": lambda: os.kill(os.getppid(), 0),
    "more files": lambda: __import__("resource").setrlimit(7, (99, 99)),
    "shared": lambda: __import__("mmap").mmap(-1, 2 << 30),
}
for name, attempt in attempts.items():
    try:
        attempt()
    except (OSError, MemoryError, ValueError):
        pass
    else:
        print("WORKED:", name)
print("changing" if told.changing else "only limits")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")
def test_hostile_code_in_the_child_reaches_no_file_no_socket_and_no_process(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("unharmed", encoding="utf-8")
    done = run_python(HOSTILE, tmp_path)
    assert done.stdout == "changing\n", done.stdout + done.stderr
    assert [(f.name, f.read_text()) for f in tmp_path.iterdir()] == [("there", "unharmed")]


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")
def test_a_call_of_another_processor_ends_the_child() -> None:
    script = (
        "import ctypes, mmap; from imsa_desk.preview.limits import limit_process; "
        # What asks who this is in the older way, which numbers the calls differently.
        "page = mmap.mmap(-1, 4096, prot=7); page.write(bytes.fromhex('b814000000cd80c3')); "
        "run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page))); "
        "limit_process(); run(); print('WORKED')"
    )
    if platform.machine() != "x86_64":
        pytest.skip("written for one processor")
    done = run_python(script)
    assert done.returncode < 0 and done.stdout == ""


def test_what_keeps_the_child_in_is_known_for_each_system() -> None:
    linux, other, mac = enforced("linux", "x86_64"), enforced("linux", "riscv64"), enforced("darwin", "arm64")
    assert linux.changing and not other.changing and other.opening and other.memory == linux.memory
    assert mac.opening and not mac.memory and not enforced("win32", "AMD64").opening


def test_a_picture_above_the_limit_is_refused_before_the_child_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("imsa_desk.preview.frames.MAX_INPUT", 1000)
    monkeypatch.setattr(subprocess, "Popen", None)
    with pytest.raises(Refused) as caught:
        page_images(bytes(1001), "image")
    assert caught.value.code == "E_PREVIEW_TOO_LARGE"


# --- what is printed ---


def test_markup_in_any_field_is_printed_as_it_was_typed(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "vault")
    fields: list[str] = []

    def say(field: str) -> str:
        fields.append(field)
        return f"<b>F{len(fields):03}</b>&amp;<para>=1+1</para>&"

    told = tell_everything(desk, say)
    words = ""
    for named in (False, True):
        data = assessment_pdf(desk, told.assessment_id, show_name=named)
        paper = pypdfium2.PdfDocument(data)
        words += "".join(page.get_textpage().get_text_range() for page in paper)
        assert b"/URI" not in data and b"/JavaScript" not in data and b"/EmbeddedFile" not in data
    shown = re.sub(r"[\s\ufffe\u00ad]", "", words)
    printed = set(re.findall(r"F\d{3}", shown))
    assert len(printed) > 80
    whole = "<b>{}</b>&amp;<para>=1+1</para>&"
    broken = [fields[int(one[1:]) - 1] for one in printed if whole.format(one) not in shown]
    assert broken == []
