"""XLSForm workbooks turned into forms of our own language, with everything that is not carried named."""

from __future__ import annotations

from imsa_desk.domain.xlsform.convert import convert
from imsa_desk.domain.xlsform.model import Conversion, Note, Sheet, Workbook, workbook_of

__all__ = ["Conversion", "Note", "Sheet", "Workbook", "convert", "workbook_of"]
