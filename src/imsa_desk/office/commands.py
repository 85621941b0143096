"""The commands of `imsa-office`: init, enrol, ingest, status, check."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from imsa_desk import __version__
from imsa_desk.console import (
    CommandParser,
    Exit,
    Result,
    UsageError,
    add_passphrase,
    failed,
    read_passphrase,
    show,
    usage,
)
from imsa_desk.domain.exchange import Ingested
from imsa_desk.services import office as verbs

_MAX_FILE = 1024 * 1024
Runner = Callable[[argparse.Namespace], Result]


def parser() -> CommandParser:
    """Build the parser with every command and its options."""
    top = CommandParser(
        prog="imsa-office", description="The organisation's side: takes in what advocates send."
    )
    top.add_argument("--version", action="version", version=f"imsa-office {__version__}")
    sub = top.add_subparsers(metavar="COMMAND", required=True)

    def command(word: str, summary: str, run: Runner) -> argparse.ArgumentParser:
        made = sub.add_parser(word, help=summary, description=summary)
        made.add_argument("--office", type=Path, required=True, metavar="DIR", help="the office's folder")
        add_passphrase(made)
        made.add_argument(
            "--password-file",
            type=Path,
            metavar="F",
            help="file whose first line is the database's password (otherwise: pgpass)",
        )
        made.set_defaults(run=run)
        return made

    init = command("init", "make an office and its enrolment file", _init)
    init.add_argument("--name", required=True, metavar="N", help="the organisation's name")
    init.add_argument("--database", default="", metavar="URL", help="postgresql://... for the records")
    init.add_argument("--practice", action="store_true", help="for invented records only")
    enrol = command("enrol", "enrol an advocate by a joining file", _enrol)
    enrol.add_argument("file", type=Path, metavar="FILE")
    enrol.add_argument(
        "--fingerprint", required=True, metavar="WORDS", help="the words that the advocate reads out"
    )
    ingest = command("ingest", "take sealed bundles in", _ingest)
    ingest.add_argument("files", type=Path, nargs="+", metavar="FILE")
    ingest.add_argument("--receipts", type=Path, metavar="FOLDER", help="where signed receipts are written")
    command("status", "say who is enrolled and what is held", _status)
    command("check", "replay the journal and compare it with the tables", _check)
    return top


def run(argv: Sequence[str]) -> int:
    """Run one command and return its exit status: 0 done, 2 usage, 3 refused, 4 broken."""
    as_json = "--json" in argv
    try:
        args = parser().parse_args(argv)
        return show(cast(Runner, args.run)(args), as_json=as_json)
    except UsageError as error:
        if not as_json:
            print(error.hint, file=sys.stderr, end="")
        return show(usage(str(error)), as_json=as_json)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return show(failed(error), as_json=as_json)


def _password(args: argparse.Namespace) -> str | None:
    file: Path | None = args.password_file
    return None if file is None else read_passphrase(file, "database password")


@contextmanager
def _opened(args: argparse.Namespace) -> Iterator[verbs.Office]:
    secret, password = read_passphrase(args.passphrase_file), _password(args)
    with verbs.opened_office(args.office, secret, password=password) as office:
        yield office


def _init(args: argparse.Namespace) -> Result:
    office, code = verbs.init_office(
        args.office,
        read_passphrase(args.passphrase_file),
        args.name,
        database=args.database,
        password=_password(args),
        practice=args.practice,
    )
    try:
        state = verbs.status(office)
    finally:
        office.close()
    file, words = args.office / verbs.ENROLMENT_FILE, " ".join(state.words)
    text = (
        f"Made the office of {state.name}.\n"
        f"Enrolment file for advocates: {file}\n"
        f"Its words, to be read out to them: {words}\n"
        f"Recovery code, shown only now; print it and lock it away: {code}"
    )
    data = {
        "organisation": state.organisation_id,
        "name": state.name,
        "practice": state.practice,
        "database": state.database,
        "enrolment": str(file),
        "words": words,
        "recovery_code": code,
    }
    return Result(True, "DONE", text, data)


def _enrol(args: argparse.Namespace) -> Result:
    with args.file.open("rb") as stream:
        content = stream.read(_MAX_FILE)
    with _opened(args) as office:
        advocate = verbs.enrol(office, content, args.fingerprint)
    data = {"writer": advocate.writer, "name": advocate.name, "words": " ".join(advocate.words)}
    return Result(True, "DONE", f"{advocate.name} is enrolled.", data)


def _ingest(args: argparse.Namespace) -> Result:
    with _opened(args) as office:
        outcomes = verbs.ingest(office, args.files, args.receipts)
    files = [_file_data(outcome) for outcome in outcomes]
    worst = max((failed(o.error).status for o in outcomes if o.error is not None), default=Exit.DONE)
    first = next((file for file, o in zip(files, outcomes, strict=True) if _status_of(o) is worst), files[0])
    text = "\n".join(f"{file['file']}: {file['message']}" for file in files)
    return Result(worst is Exit.DONE, str(first["code"]), text, {"files": files}, worst)


def _status_of(outcome: verbs.Outcome) -> Exit:
    return Exit.DONE if outcome.error is None else failed(outcome.error).status


def _file_data(outcome: verbs.Outcome) -> dict[str, object]:
    done, error = outcome.done, outcome.error
    if done is None:
        code = error.code if error is not None else "E_BUG"
        message = error.message if error is not None else ""
        return {"file": str(outcome.path), "ok": False, "code": code, "message": message}
    code, said = "DONE" if done.news else "ALREADY", _said(done)
    if error is not None:
        code, said = error.code, f"{said} But its receipt could not be written: {error.message}"
    return {
        "file": str(outcome.path),
        "ok": error is None,
        "code": code,
        "message": said,
        "sender": done.sender,
        "number": done.number,
        "links": done.links,
        "bodies": done.bodies,
        "documents": done.documents,
        "receipt": done.receipt,
    }


def _said(done: Ingested) -> str:
    text = "Already imported, nothing changed."
    if done.news:
        text = (
            f"Bundle {done.number} of {done.sender} taken in: {done.links} new lines, "
            f"{done.bodies} with content, {done.documents} documents."
        )
    return f"{text} Receipt: {done.receipt}" if done.receipt else text


def _status(args: argparse.Namespace) -> Result:
    with _opened(args) as office:
        state = verbs.status(office)
    kind = "practice office" if state.practice else "office"
    lines = [
        f"{state.name} ({kind}), records in {state.database}",
        f"Words of the enrolment file: {' '.join(state.words)}",
        f"{state.cases} cases, {state.documents} documents, {state.links} journal lines",
    ]
    lines += [
        f"{a.name}: {a.bundles} bundles, {a.bodies} of {a.links} lines with content"
        f"{', withdrawn' if a.revoked else ''}"
        for a in state.advocates
    ]
    advocates = [
        {
            "writer": a.writer,
            "name": a.name,
            "words": " ".join(a.words),
            "bundles": a.bundles,
            "links": a.links,
            "held": a.bodies,
            "withheld": a.links - a.bodies,
            "revoked": a.revoked,
        }
        for a in state.advocates
    ]
    data = {
        "organisation": state.organisation_id,
        "name": state.name,
        "practice": state.practice,
        "database": state.database,
        "cases": state.cases,
        "documents": state.documents,
        "links": state.links,
        "advocates": advocates,
    }
    return Result(True, "DONE", "\n".join(lines), data)


def _check(args: argparse.Namespace) -> Result:
    with _opened(args) as office:
        report = verbs.check(office)
    data = {
        "problems": list(report.problems),
        "writers": report.writers,
        "links": report.links,
        "documents": report.documents,
    }
    if report.problems:
        text = "\n".join(["The records do not agree with their journal.", *report.problems])
        return Result(False, "E_CHECK", text, data, Exit.BROKEN)
    text = f"{report.links} lines of {report.writers} writers replayed; the tables agree with the journal."
    return Result(True, "DONE", text, data)
