"""Read what was typed into the fields of a PDF form, within limits; scripts in it are never run."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Callable, Iterator
from typing import Any, Final, TypedDict

import pypdfium2
import pypdfium2.raw as pdfium

from imsa_desk.preview.raster import Unshowable, open_pdf

MAX_PAGES: Final = 1_000
MAX_WIDGETS: Final = 40_000
MAX_CHARACTERS: Final = 4_000_000
"""Of all names and values together."""
MAX_TEXT_BYTES: Final = 4 * 1024 * 1024
_KINDS: Final = {
    pdfium.FPDF_FORMFIELD_TEXTFIELD: "text",
    pdfium.FPDF_FORMFIELD_CHECKBOX: "tick",
    pdfium.FPDF_FORMFIELD_RADIOBUTTON: "one_of",
    pdfium.FPDF_FORMFIELD_COMBOBOX: "choice",
    pdfium.FPDF_FORMFIELD_LISTBOX: "choice",
}

_Getter = Callable[[Any, Any, Any, int], int]


class FilledField(TypedDict):
    """One field: its name, how it is filled in, and its value; "" where nothing was typed or ticked."""

    name: str
    kind: str
    value: str


def warm_up() -> None:
    """Open and read a form once, so that nothing is loaded later, when no file can be opened any more."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(10, 10)
    buffer = io.BytesIO()
    document.save(buffer)
    with pypdfium2.PdfDocument(buffer.getvalue()) as again:
        list(_widgets(again))
    "é".encode("utf-16-le").decode("utf-16-le", "replace")


def form_fields(data: bytes) -> list[FilledField]:
    """Give every field of a PDF form in the order of its pages; radio buttons of one name are one field.

    Raises `Unshowable`: damaged, password, empty (no fields at all) or too_large.
    """
    found: dict[str, FilledField] = {}
    taken = 0
    with open_pdf(data) as document:
        if len(document) > MAX_PAGES:
            raise Unshowable("too_large")
        for count, field in enumerate(_widgets(document), start=1):
            taken += len(field["name"]) + len(field["value"])
            if count > MAX_WIDGETS or taken > MAX_CHARACTERS:
                raise Unshowable("too_large")
            kept = found.setdefault(field["name"], field)
            if field["value"]:
                kept["value"] = field["value"]
    if not found:
        raise Unshowable("empty")
    return list(found.values())


def _widgets(document: pypdfium2.PdfDocument) -> Iterator[FilledField]:
    document.init_forms()
    if document.formenv is None:
        return
    for number in range(len(document)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError as error:
            raise Unshowable("damaged") from error
        for place in range(pdfium.FPDFPage_GetAnnotCount(page)):
            annotation = pdfium.FPDFPage_GetAnnot(page, place)
            if not annotation:
                continue
            field = _field(document.formenv, annotation)
            pdfium.FPDFPage_CloseAnnot(annotation)
            if field is not None:
                yield field
        page.close()


def _field(forms: Any, annotation: Any) -> FilledField | None:
    if pdfium.FPDFAnnot_GetSubtype(annotation) != pdfium.FPDF_ANNOT_WIDGET:
        return None
    kind = _KINDS.get(pdfium.FPDFAnnot_GetFormFieldType(forms, annotation))
    name = _text(pdfium.FPDFAnnot_GetFormFieldName, forms, annotation)
    if kind is None or not name:
        return None
    if kind in ("tick", "one_of"):
        ticked = bool(pdfium.FPDFAnnot_IsChecked(forms, annotation))
        value = _text(pdfium.FPDFAnnot_GetFormFieldExportValue, forms, annotation) if ticked else ""
    else:
        value = _text(pdfium.FPDFAnnot_GetFormFieldValue, forms, annotation)
    return FilledField(name=name, kind=kind, value=value)


def _text(getter: _Getter, forms: Any, annotation: Any) -> str:
    """Give a text of a field; pdfium counts bytes of UTF-16 with two zeros at the end."""
    length = getter(forms, annotation, None, 0)
    if length > MAX_TEXT_BYTES:
        raise Unshowable("too_large")
    if length <= 2:
        return ""
    buffer = ctypes.create_string_buffer(length)
    getter(forms, annotation, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length)
    return buffer.raw[: length - 2].decode("utf-16-le", "replace")
