"""`imsa-desk form check|import|preview FILE`: look at a form file or workbook, take it in, print it empty."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from imsa_desk.cli.opened import opened
from imsa_desk.cli.secrets import add_secret, read_secret
from imsa_desk.console import Exit, Result, Subparsers, failed
from imsa_desk.domain.forms import Form, read_form
from imsa_desk.domain.xlsform import Note
from imsa_desk.errors import Refused
from imsa_desk.services.forms import add_form
from imsa_desk.services.lists import shipped_lists
from imsa_desk.services.printing import blank_pdf
from imsa_desk.services.prints.blanks import blank_letters
from imsa_desk.services.workbooks import convert_workbook

_LARGEST = 128 * 1024 * 1024
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_ARCHIVE, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def add_parser(sub: Subparsers) -> None:
    """Add the word `form` and what it can do."""
    form = sub.add_parser("form", help="check, import or preview a form")
    verbs = form.add_subparsers(dest="verb", metavar="VERB", required=True)
    check = verbs.add_parser("check", help="say whether a form can be used, and what to put right")
    check.set_defaults(run=_check)
    take_in = verbs.add_parser(
        "import", help="turn a workbook into a form's file, or take a form into a vault"
    )
    where = take_in.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", type=Path, metavar="FILE.toml", help="where to write the form's file")
    where.add_argument("--vault", type=Path, metavar="DIR", help="the vault that is to have the form")
    add_secret(take_in)
    take_in.set_defaults(run=_import)
    preview = verbs.add_parser("preview", help="draw the form as an empty print")
    preview.add_argument(
        "--out", type=Path, required=True, metavar="FILE.pdf", help="where to write the print"
    )
    preview.add_argument("--language", default="", metavar="CODE", help="one of the form's languages")
    preview.set_defaults(run=_preview)
    for parser in (check, take_in, preview):
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="the form's TOML file, or an .xlsx workbook"
        )
        parser.add_argument("--id", default="", metavar="ID", help="of a workbook: the form's id")
        parser.add_argument(
            "--form-version", type=int, default=0, metavar="N", help="of a workbook: its version"
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """A form that can be used: its text, and what a workbook held that it does not."""

    form: Form
    data: bytes
    notes: tuple[Note, ...]
    workbook: bool

    def shown(self) -> dict[str, object]:
        """Give it as the data of a result."""
        return {
            "form": self.form.id,
            "version": self.form.version,
            "sections": len(self.form.sections),
            "questions": self.asked,
            "digest": self.form.digest,
            "notes": _notes_shown(self.notes),
        }

    @property
    def asked(self) -> int:
        """Count the questions somebody answers."""
        return sum(question.takes_answer for question in self.form.questions())


class _Stopped(Exception):
    """A file that makes no form; the result says why."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.message)
        self.result = result


def _check(args: argparse.Namespace) -> Result:
    """Check the file; raises `Refused` (E_FORM) with every fault, each with its line and cure."""
    try:
        found = _find(args)
    except _Stopped as stopped:
        return stopped.result
    form = found.form
    message = (
        f"{form.title}, version {form.version}: {_count(len(form.sections), 'section')}, "
        f"{_count(found.asked, 'question')}. "
        f"It can be used.\nDigest: {form.digest}"
    )
    return Result(True, "DONE", _with_notes(message, found.notes), found.shown())


def _import(args: argparse.Namespace) -> Result:
    try:
        found = _find(args)
    except _Stopped as stopped:
        return stopped.result
    form = found.form
    data = found.shown()
    if args.vault is not None:
        with opened(args.vault, read_secret(args), way=args.way) as desk:
            origin = "xlsform" if found.workbook else "toml"
            entry = add_form(desk, found.data, args.file.name, origin)
        message = f"{entry.title}, version {entry.version}, is in the vault."
        return Result(True, "DONE", _with_notes(message, found.notes), data | {"vault": str(args.vault)})
    _write(args.out, found.data)
    message = f"{form.title}, version {form.version}, written to {args.out}."
    return Result(True, "DONE", _with_notes(message, found.notes), data | {"file": str(args.out)})


def _preview(args: argparse.Namespace) -> Result:
    try:
        found = _find(args)
    except _Stopped as stopped:
        return stopped.result
    form, language = found.form, str(args.language)
    if language not in ("", form.language, *form.languages):
        spoken = ", ".join((form.language, *form.languages))
        raise Refused(f'The form is not in "{language}". Its languages are: {spoken}.', code="E_LANGUAGE")
    missing = blank_letters(form, language=language)
    if missing:
        text = f"No font on this computer has these characters: {' '.join(missing)}. Install one that does."
        raise Refused(text, code="E_LETTERS")
    _write(args.out, blank_pdf(form, language=language))
    message = f"{form.title}, version {form.version}, drawn as an empty form: {args.out}"
    return Result(True, "DONE", _with_notes(message, found.notes), found.shown() | {"file": str(args.out)})


def _write(file: Path, data: bytes) -> None:
    """Write a file that is not there yet."""
    try:
        with file.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise Refused(f"{file} is already there. Give another name.", code="E_EXISTS") from None


def _find(args: argparse.Namespace) -> _Found:
    """Read the form the command names, whichever kind of file it is."""
    path: Path = args.file
    data = _read(path)
    workbook = path.suffix.casefold() in _WORKBOOKS or data.startswith((_ARCHIVE, _OLD_OFFICE))
    notes: tuple[Note, ...] = ()
    if workbook:
        made = convert_workbook(data, path.name, form_id=args.id, version=max(args.form_version, 0))
        if made.toml is None:
            raise _Stopped(_stopped(path.name, made.notes))
        data, notes = made.toml.encode("utf-8"), made.notes
    lists = frozenset(shipped_lists().files)
    try:
        form = read_form(data, path.name, known_lists=lists, own=True)
    except Refused as error:  # one fault on a line, for people who put them right one after the other
        found = failed(error)
        raise _Stopped(replace(found, message="\n".join(one.text for one in error.problems))) from error
    return _Found(form, data, notes, workbook)


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except FileNotFoundError:
        raise Refused(f"There is no file {path}.", code="E_NO_FILE") from None
    except IsADirectoryError:
        raise Refused(f"{path} is a folder. Name the form's file.", code="E_NO_FILE") from None
    if len(data) > _LARGEST:
        raise Refused("The file is too large for a form. Check that it is the right one.", code="E_FORM")
    return data


def _stopped(name: str, notes: Sequence[Note]) -> Result:
    """Say what keeps a workbook from being a form, first; then what else would not be carried over."""
    stops = [note.words() for note in notes if note.stops]
    others = tuple(note for note in notes if not note.stops)
    message = _with_notes(
        "\n".join([f"{name} cannot be a form yet:", *(f"  {one}" for one in stops)]), others
    )
    data = {"problems": [{"field": "", "text": one} for one in stops], "notes": _notes_shown(notes)}
    return Result(False, "E_WORKBOOK", message, data, Exit.REFUSED)


def _with_notes(message: str, notes: Sequence[Note]) -> str:
    if not notes:
        return message
    return "\n".join(
        [message, "Not carried over, or carried over otherwise:", *(f"  {n.words()}" for n in notes)]
    )


def _notes_shown(notes: Sequence[Note]) -> list[dict[str, object]]:
    return [
        {
            "sheet": note.sheet,
            "row": note.row,
            "column": note.column,
            "text": f"{note.what} {note.cure}".strip(),
            "stops": note.stops,
        }
        for note in notes
    ]
