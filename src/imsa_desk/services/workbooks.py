"""Read a workbook of the XLSForm standard in the limited child process, and turn it into a form's text."""

from __future__ import annotations

from imsa_desk.domain.xlsform import Conversion, convert, workbook_of
from imsa_desk.progress import Progress, quiet
from imsa_desk.services.previews import read_data


def convert_workbook(
    data: bytes, name: str, progress: Progress = quiet, *, form_id: str = "", version: int = 0
) -> Conversion:
    """Turn the bytes of a workbook into a form, or into the notes that say why not.

    Id and version come from its settings sheet unless they are given. Raises `Refused` (E_READ, E_READ_*)
    when it cannot be read at all, with the cure.
    """
    book = workbook_of(read_data(data, "workbook", progress))
    return convert(book, name=name, form_id=form_id, version=version)
