"""A workbook of the XLSForm standard as a form of our own language, or the reasons why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from imsa_desk.domain.forms.read import MOST_QUESTIONS
from imsa_desk.domain.xlsform.assemble import Assembly
from imsa_desk.domain.xlsform.choices import read_lists
from imsa_desk.domain.xlsform.draft import DraftForm, Words
from imsa_desk.domain.xlsform.model import Conversion, Notes, Sheet, Workbook
from imsa_desk.domain.xlsform.names import Ids, name_all
from imsa_desk.domain.xlsform.questions import YES, Reading
from imsa_desk.domain.xlsform.rules import named_in
from imsa_desk.domain.xlsform.settle import MOST_CHOICES, settle
from imsa_desk.domain.xlsform.spoken import Speech, listen
from imsa_desk.domain.xlsform.table import CHOICES, SETTINGS, SURVEY, Row, Table, clean, read_table
from imsa_desk.domain.xlsform.tree import Node, grow

_RULED = ("relevant", "constraint", "calculation", "required")
_LARGEST_VERSION = 2_147_483_647
"""Also holds the usual year, month, day and two digits; a database keeps no larger one."""
_MOST_ROWS = {"survey": 5 * MOST_QUESTIONS, "choices": MOST_CHOICES, "settings": 100}


def convert(workbook: Workbook, *, name: str, form_id: str = "", version: int = 0) -> Conversion:
    """Turn a workbook into the text of a form; `name` is the file's name.

    Its id and version are those of the settings sheet unless they are given. What comes back is TOML that
    `read_form` takes, or none and the notes that stop it; each row that is not in the form has its note.
    """
    notes = Notes()
    sheets = _sheets(workbook, notes)
    survey_sheet = sheets.get("survey")
    if survey_sheet is None:
        cure = "Name the sheet with the questions: survey"
        notes.stop("", 0, "", "The workbook has no sheet named survey.", cure)
        return Conversion(None, notes.all())
    if _too_long(sheets, notes):
        return Conversion(None, notes.all())
    survey = read_table(survey_sheet, SURVEY, notes)
    choices = read_table(sheets.get("choices"), CHOICES, notes)
    settings = _settings(read_table(sheets.get("settings"), SETTINGS, notes), notes)
    form = _begin(settings, name, form_id, version, notes)
    if not _usable(survey_sheet, survey, notes):
        return Conversion(None, notes.all(), form.title.main)
    speech = listen(settings.get("language"), (survey, choices), (survey_sheet.name, "choices"), notes)
    assembly = _assemble(survey, choices, settings, speech, notes)
    form.sections, form.language, form.languages = assembly.sections, speech.code, tuple(speech.used)
    toml = None if notes.stopping else settle(form, survey_sheet.name, notes)
    valid = {one.id for one in form.sections} | {one.id for one in form.questions()}
    carried = {row: went for row, went in assembly.carried.items() if went in valid}
    _account_for_all(survey, carried, notes)
    asked = sum(1 for _ in form.questions())
    return Conversion(None if notes.stopping else toml, notes.all(), form.title.main, asked, carried)


def _sheets(workbook: Workbook, notes: Notes) -> dict[str, Sheet]:
    """Find the three sheets; merged cells and formulas without results stop, other sheets are named."""
    found: dict[str, Sheet] = {}
    for sheet in workbook.sheets:
        key = sheet.name.strip().casefold()
        if key not in ("survey", "choices", "settings"):
            notes.add(sheet.name, 0, "", "The sheet is not read.")
            continue
        if key in found:
            notes.stop(sheet.name, 0, "", "There are two sheets of this name.", "Delete or rename one.")
            continue
        found[key] = sheet
        for area in sheet.merged:
            cure = "Unmerge the cells, and write in each what belongs there."
            notes.stop(sheet.name, 0, area, "The cells are merged.", cure)
        for cell in sheet.unreckoned:
            cure = "Open the workbook in a spreadsheet program and save it again, or write a value."
            notes.stop(sheet.name, 0, cell, "The cell holds a formula without its result.", cure)
    return found


def _too_long(sheets: Mapping[str, Sheet], notes: Notes) -> bool:
    """Stop at sheets that are longer than any form, before anything is made of their rows."""
    for key, most in _MOST_ROWS.items():
        sheet = sheets.get(key, Sheet(key))
        filled = sum(1 for row in sheet.rows if any(row))
        if filled > most:
            what = f"The sheet has {filled:,} rows; a form may have {MOST_QUESTIONS:,} questions."
            notes.stop(sheet.name, 0, "", what, "Divide it into several forms.")
            return True
    return False


def _settings(table: Table, notes: Notes) -> Row:
    for row in table.rows[1:]:
        notes.add(row.sheet, row.number, "", "Settings stand on row 2; this row is not read.")
    return table.rows[0] if table.rows else Row("settings", 0)


def _begin(settings: Row, name: str, form_id: str, version: int, notes: Notes) -> DraftForm:
    stem = clean(PurePath(name.replace("\\", "/")).stem) or "form"
    title = settings.get("title") or stem
    if not settings.get("title"):
        notes.add("settings", settings.number, "form_title", f'There is no title; "{title}" stands instead.')
    wanted = form_id or settings.get("id") or title
    own = Ids().take(wanted, "form")
    if own != wanted and (form_id or settings.get("id")):
        notes.add("settings", settings.number, "form_id", f'The form is called "{own}", not "{wanted[:80]}".')
    return DraftForm(
        id=own,
        version=version or _version(settings, notes),
        title=Words(title),
        language="",
        source=f"Imported from the workbook {clean(PurePath(name).name)[:120]} (XLSForm)",
    )


def _version(settings: Row, notes: Notes) -> int:
    said = settings.get("version")
    if said.isascii() and said.isdigit() and 1 <= int(said[:12]) <= _LARGEST_VERSION and len(said) < 12:
        return int(said)
    if said:
        what = (
            f'The version "{said[:40]}" is no whole number up to {_LARGEST_VERSION:,}; the form is version 1.'
        )
        notes.add("settings", settings.number, "version", what)
    return 1


def _usable(sheet: Sheet, survey: Table, notes: Notes) -> bool:
    """Stop at once at a sheet without a header, without rows, or with too many."""
    if "type" not in survey.columns:
        what, cure = "Its first row names no column type.", "Write the names of the columns into row 1."
        notes.stop(sheet.name, 1, "", what, cure)
        return False
    boundaries = ("begin", "end")
    asked = sum(1 for row in survey.rows if not row.get("type").casefold().startswith(boundaries))
    if asked > MOST_QUESTIONS:
        what = f"It has {asked:,} questions; a form may have {MOST_QUESTIONS:,}."
        notes.stop(sheet.name, 0, "", what, "Divide it into several forms.")
        return False
    return True


def _assemble(survey: Table, choices: Table, settings: Row, speech: Speech, notes: Notes) -> Assembly:
    top = grow(survey, notes)
    ids = Ids()
    names = name_all(top, ids, notes)
    _learn(top, speech)
    doubles = settings.get("duplicates").casefold() in YES
    lists = read_lists(choices, speech, notes, doubles=doubles)
    wanted = frozenset(name for row in survey.rows for column in _RULED for name in named_in(row.get(column)))
    assembly = Assembly(Reading(names, lists, speech, notes, wanted), ids)
    assembly.add_all(top)
    return assembly


def _learn(top: Sequence[Node], speech: Speech) -> None:
    """Remember each question's words, for texts that would show its answer."""
    quiet = Speech(Notes(), speech.own, speech.code)
    for node in (one for root in top for one in root.all()):
        words = quiet.words(node.row, "label", plain=True).main
        if words and len(words) <= 80 and "${" not in words:
            speech.labels.setdefault(node.row.get("name"), words)


def _account_for_all(survey: Table, carried: dict[int, str], notes: Notes) -> None:
    """Make sure that every row is in the form or named in a note."""
    named = {note.row for note in notes.all() if note.sheet == (survey.rows[0].sheet if survey.rows else "")}
    for row in survey.rows:
        if row.number not in carried and row.number not in named:
            notes.add(row.sheet, row.number, row.head("type"), "The row holds nothing that a form needs.")
