"""Commands that take bundles in and check what is held: `ingest`, `check`."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk.console import Exit, Result, failed
from imsa_desk.domain.exchange import Ingested
from imsa_desk.office.frame import Command, opened
from imsa_desk.services import office as verbs


def add(command: Command) -> None:
    """Add this module's commands."""
    ingest = command("ingest", "take sealed bundles in", _ingest)
    ingest.add_argument("files", type=Path, nargs="+", metavar="FILE")
    ingest.add_argument(
        "--receipts", "--out", type=Path, metavar="FOLDER", help="where signed receipts are written"
    )
    command("check", "replay the journal and compare it with the tables", _check)


def _ingest(args: argparse.Namespace) -> Result:
    with opened(args) as office:
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


def _check(args: argparse.Namespace) -> Result:
    with opened(args) as office:
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
