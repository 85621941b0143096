"""The command `report`: counts over all cases for the organisation, with small numbers hidden."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from imsa_desk.console import Result
from imsa_desk.domain.reports import Report, Table, read_period
from imsa_desk.errors import Problem, Refused
from imsa_desk.office.frame import Command, opened
from imsa_desk.services.office_vaults import today_of
from imsa_desk.services.reports import (
    about,
    keep,
    make_report,
    refuse_existing,
    report_csv,
    report_data,
    report_print,
    report_xlsx,
)


def add(command: Command) -> None:
    """Add this module's command."""
    made = command("report", "count all cases for a period; small numbers are hidden", _report)
    made.add_argument("--from", dest="first", default="", metavar="MONTH", help="such as 2026-10")
    made.add_argument("--to", dest="last", default="", metavar="MONTH", help="otherwise the present quarter")
    made.add_argument("--csv", dest="rows", type=Path, metavar="F", help="write one list of all numbers")
    made.add_argument("--xlsx", type=Path, metavar="F", help="write a workbook without formulas or macros")
    made.add_argument("--pdf", type=Path, metavar="F", help="write pages to print")
    made.add_argument("--force", action="store_true", help="replace files of these names")
    made.add_argument("--unsuppressed", action="store_true", help="show small numbers too; needs --reason")
    made.add_argument("--reason", default="", metavar="R", help="why; the office's journal keeps it")


def _report(args: argparse.Namespace) -> Result:
    wanted = [file for file in (args.rows, args.xlsx, args.pdf) if file is not None]
    if len({file.absolute() for file in wanted}) < len(wanted):
        raise Refused([Problem("file", "Give each file a name of its own.")], code="E_EXISTS")
    for file in wanted:
        refuse_existing(file, force=args.force)
    if args.reason.strip() and not args.unsuppressed:
        text = "A reason belongs to --unsuppressed; without it small numbers stay hidden."
        raise Refused([Problem("reason", text)], code="E_REASON")
    with opened(args) as office:
        period = read_period(args.first, args.last, today_of(office))
        report = make_report(office, period, reason=args.reason, unsuppressed=args.unsuppressed)
        if args.rows is not None:
            keep(args.rows, report_csv(report), force=args.force)
        if args.xlsx is not None:
            keep(args.xlsx, report_xlsx(office, report), force=args.force)
        if args.pdf is not None:
            keep(args.pdf, report_print(office, report), force=args.force)
    lines = [f"{file} written." for file in wanted] or list(_lines(report))
    files = [str(file) for file in wanted]
    return Result(True, "DONE", "\n".join(lines), dict(report_data(report)) | {"files": files})


def _lines(report: Report) -> Iterator[str]:
    for label, value in about(report):
        yield f"{label}: {value}"
    for table in report.tables:
        yield ""
        yield table.title
        yield from _table(report, table)


def _table(report: Report, table: Table) -> Iterator[str]:
    """Give a table in columns of one width, its numbers to the right."""
    said = [[table.head, *table.columns]]
    for line in table.lines:
        told = zip(line.cells, table.units, strict=True)
        said.append([line.label, *(report.said(cell, unit) for cell, unit in told)])
    widths = [max(len(row[at]) for row in said) for at in range(len(said[0]))]
    for row in said:
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True)),
        ]
        yield f"  {'  '.join(cells)}".rstrip()
