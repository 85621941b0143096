"""Verbs that make a report for the organisation from the records of statistics alone.

On PostgreSQL they are read as the role that may only count. A report that shows small numbers needs a reason,
which the office's journal keeps before the report is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from imsa_desk.domain.report_tables import Counted, caseload_of, tables_of
from imsa_desk.domain.reports import Period, Report, Sender, Shaper, Unit, load_report_rule
from imsa_desk.domain.small_numbers import Amount
from imsa_desk.domain.statistics import read_facts
from imsa_desk.errors import Problem, Refused
from imsa_desk.paths import resources
from imsa_desk.printing.fonts import load_fonts
from imsa_desk.printing.page import Frame
from imsa_desk.printing.report import report_pdf
from imsa_desk.printing.spreadsheet import Sheet, SheetCell, csv_bytes, xlsx_bytes
from imsa_desk.services.desk import LOCAL
from imsa_desk.services.lists import shipped_lists
from imsa_desk.services.office_opening import Office, anchor
from imsa_desk.services.office_records import ABOUT, roles_of
from imsa_desk.services.office_vaults import Vaults, root_of, today_of, vaults_of
from imsa_desk.store import local
from imsa_desk.store.atomic import replace_file, write_new
from imsa_desk.store.engine import postgres_engine
from imsa_desk.store.records import AccessRow
from imsa_desk.store.roles import STATISTICS, STATISTICS_QUERY
from imsa_desk.vocab import AccessKind, Sensitivity

PROGRAM = "IMSA Office"
_BUNDLE = "bundle "
_SIZE = 1000
"""Records of statistics that are fetched at a time."""


def make_report(office: Office, period: Period, *, reason: str = "", unsuppressed: bool = False) -> Report:
    """Count all cases for a period; small numbers are hidden unless `unsuppressed`, which needs a reason.

    Raises E_REASON. The reason stands in the journal before anything is counted.
    """
    if unsuppressed:
        _note(office, period, reason.strip())
    rule = load_report_rule(resources() / "rules" / "report.toml")
    known, today = vaults_of(office), today_of(office)
    cases = caseload_of(_counted(office, known))
    shaper = Shaper(rule.small_numbers.fewer_than, hides=not unsuppressed)
    return Report(
        organisation=office.about.name,
        practice=office.about.practice,
        period=period,
        as_of=today,
        current=shaper.whole(Amount.of(len(cases.current))),
        ended=shaper.whole(Amount.of(len(cases.ended))),
        senders=_senders(office, known),
        tables=tables_of(cases, period, today, rule, shaper, shipped_lists().label),
        rule=rule,
        reason=reason.strip() if unsuppressed else "",
    )


def _note(office: Office, period: Period, reason: str) -> None:
    """Note in the journal that somebody saw small numbers, and why."""
    if not reason:
        raise Refused([Problem("reason", "Say why small numbers are to be shown.")], code="E_REASON")
    with office.records.begin("access_reveal", reason=reason) as session:
        session.add(
            AccessRow(
                sensitivity=Sensitivity.L1,
                access_kind=AccessKind.REVEAL,
                at=office.now(),
                author=office.vault.vault_id,
                detail=f"report {period.months[0]} to {period.months[-1]} with small numbers: {reason}",
            )
        )
    anchor(office)


def _counted(office: Office, known: Vaults) -> list[Counted]:
    """Give the newest facts of each case; whatever no vault could have written is passed over."""
    role = _report_role(office)
    if role is None:
        with office.records.read() as session:
            return _read(session.connection(), STATISTICS_QUERY, known)
    name, password = role
    engine = postgres_engine(office.database, password, user=name)
    try:
        with engine.connect() as connection:
            return _read(connection, f"SELECT case_id, as_of, facts, writer FROM {STATISTICS}", known)
    finally:
        engine.dispose()


def _report_role(office: Office) -> tuple[str, str] | None:
    with office.settings.read() as session:
        kept = local.get(session, ABOUT).get("roles")
    if kept is None or not office.database:
        return None
    role = roles_of(kept).report
    return role.name, role.password


def _read(connection: Connection, query: str, known: Vaults) -> list[Counted]:
    """Read the newest facts of each case; of two of one day the choice is the same every time."""
    rows = connection.execution_options(yield_per=_SIZE).execute(
        text(f"SELECT case_id, facts, writer FROM ({query}) AS s ORDER BY case_id, as_of, writer")
    )
    newest = {row.case_id: (row.facts, row.writer) for row in rows}
    names = {writer: _named(known, writer) for writer in {writer for _, writer in newest.values()}}
    found = []
    for facts, writer in newest.values():
        read = read_facts(facts)
        if read is not None:
            found.append(Counted(read, names[writer]))
    return found


def _named(known: Vaults, writer: str | None) -> str:
    root = root_of(known, writer or "")
    return known[root].name if root in known else ""


def _senders(office: Office, known: Vaults) -> tuple[Sender, ...]:
    """Give each advocate with the day on which the last bundle of any of their vaults came in."""
    last = last_taken(office)
    days: dict[str, date | None] = {}
    for writer, vault in known.items():
        if vault.withdrawn is not None and writer not in last:
            continue
        name = _named(known, writer)
        day = last[writer].astimezone(LOCAL).date() if writer in last else None
        days[name] = max(filter(None, (days.get(name), day)), default=None)
    return tuple(Sender(name, days[name]) for name in sorted(days, key=str.casefold))


def last_taken(office: Office) -> dict[str, datetime]:
    """Give when the last bundle of each vault was taken in, by its writer."""
    row = AccessRow
    query = (
        select(row.detail, func.max(row.at))
        .where(row.access_kind == AccessKind.IMPORT.value, row.detail.startswith(_BUNDLE))
        .group_by(row.detail)
    )
    last: dict[str, datetime] = {}
    with office.records.read() as session:
        for detail, at in session.execute(query):
            writer = str(detail).rpartition(" ")[2]
            last[writer] = max(last.get(writer, at), at)
    return last


def report_print(office: Office, report: Report) -> bytes:
    """Set a report as a tagged PDF."""
    frame = Frame(
        title="Caseload report",
        case_code="",
        sensitivity="",
        state="with small numbers" if report.reason else "",
        printed_by=office.about.name,
        printed_at=office.now().astimezone(LOCAL),
        form_line="",
        consent_line="Made from numbers alone: no name, no code and nobody's words were read for it.",
        practice=report.practice,
    )
    return report_pdf(report, frame, load_fonts(resources() / "fonts"))


def report_csv(report: Report) -> bytes:
    """Give a report as one list of all its numbers, safe to open in a spreadsheet program."""
    rows: list[tuple[SheetCell, ...]] = [("Table", "Line", "Column", "Number", "Not shown")]
    rows += [("About", label, "", value, "") for label, value in about(report)]
    for table in report.tables:
        for row in table.lines:
            for column, unit, cell in zip(table.columns, table.units, row.cells, strict=True):
                told = _number(cell.value, unit)
                why = "" if cell.value is not None else report.said(cell, unit)
                rows.append((table.title, row.label, column, told, why))
    return csv_bytes(rows)


def report_xlsx(office: Office, report: Report) -> bytes:
    """Give a report as a workbook without formulas or macros: one sheet for each table."""
    first = Sheet("About", ("What", "Which"), tuple(about(report)))
    sheets = [first]
    for table in report.tables:
        rows = tuple(
            (
                row.label,
                *(
                    report.said(cell, unit) if cell.value is None else _number(cell.value, unit)
                    for cell, unit in zip(row.cells, table.units, strict=True)
                ),
            )
            for row in table.lines
        )
        sheets.append(Sheet(table.title, (table.head, *table.columns), rows))
    return xlsx_bytes(sheets, title="Caseload report", program=PROGRAM, made_at=office.now())


def _number(value: int | None, unit: Unit) -> SheetCell:
    if value is None:
        return ""
    return round(value / 60, 1) if unit is Unit.HOURS else value


def about(report: Report) -> list[tuple[str, str]]:
    """Say what a report counts, how far its data go, and what is not shown."""
    lines = [
        ("Organisation", report.organisation),
        ("Practice", "Invented people, nothing here is real.") if report.practice else ("", ""),
        ("Period", report.period.words),
        ("Counted on", f"{report.as_of:%d/%m/%Y}"),
        ("Current cases", report.said(report.current)),
        ("Cases that have ended", report.said(report.ended)),
        ("Small numbers", report.hidden_words),
    ]
    lines += [(f"Data from {one.name}", _up_to(one)) for one in report.senders]
    return [line for line in lines if line[0]]


def _up_to(one: Sender) -> str:
    return f"up to {one.up_to:%d/%m/%Y}" if one.up_to else "none yet"


def keep(file: Path, data: bytes, *, force: bool = False) -> None:
    """Write a report's file, for its owner only; raises E_EXISTS where one is there, unless `force`."""
    refuse_existing(file, force=force)
    if force:
        replace_file(file, data)
        return
    try:
        write_new(file, data)
    except FileExistsError as error:
        raise _exists(file) from error


def refuse_existing(file: Path, *, force: bool) -> None:
    """Raise E_EXISTS where a file of this name is there and may not be replaced."""
    if file.exists() and not force:
        raise _exists(file)


def _exists(file: Path) -> Refused:
    text = f"There is a file {file.name} already. Choose another name, or say --force."
    return Refused([Problem("file", text)], code="E_EXISTS")


def report_data(report: Report) -> Mapping[str, object]:
    """Give a report as JSON can hold it; a number that is not shown is null, with the words in its place."""
    return {
        "organisation": report.organisation,
        "from": report.period.months[0],
        "to": report.period.months[-1],
        "as_of": report.as_of.isoformat(),
        "small_numbers_shown": bool(report.reason),
        "fewer_than": report.rule.small_numbers.fewer_than,
        "current": report.current.value,
        "ended": report.ended.value,
        "senders": [
            {"name": one.name, "up_to": one.up_to.isoformat() if one.up_to else ""} for one in report.senders
        ],
        "tables": [
            {
                "id": table.id,
                "title": table.title,
                "columns": [table.head, *table.columns],
                "rows": [
                    [
                        row.label,
                        *(
                            report.said(cell, unit) if cell.value is None else _number(cell.value, unit)
                            for cell, unit in zip(row.cells, table.units, strict=True)
                        ),
                    ]
                    for row in table.lines
                ],
            }
            for table in report.tables
        ],
    }
