"""Commands about who has a case: `cases`, `assign`, `end`, `handover`, `send-out`; counts, never content."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from imsa_desk.console import Result
from imsa_desk.domain.dates import parse_day
from imsa_desk.domain.office_cases import CaseLine, SentOut
from imsa_desk.office.frame import Command, add_basis, opened
from imsa_desk.services.office import Office
from imsa_desk.services.office_caseload import caseload, find_cases
from imsa_desk.services.office_cases import assign, end_assignment, hand_over
from imsa_desk.services.office_vaults import today_of, vault_named
from imsa_desk.services.outgoing import send_out
from imsa_desk.vocab import AssignmentWhy, Sensitivity

_LEVELS = [level.value for level in Sensitivity]


def add(command: Command) -> None:
    """Add this module's commands."""
    cases = command("cases", "list cases with who has each; no content", _cases)
    cases.add_argument("--of", default="", metavar="NAME", help="only those of one advocate")
    given = command("assign", "give cases to a vault", _assign)
    given.add_argument("cases", nargs="+", metavar="CASE", help="a case's code or id")
    _to(given)
    given.add_argument("--why", default="own", choices=["own", "moved_in", "supervision"])
    given.add_argument("--read-only", action="store_true", help="it may only read")
    _terms(given)
    ended = command("end", "end what a vault was given of a case", _end)
    ended.add_argument("case", metavar="CASE")
    ended.add_argument("--of", required=True, metavar="NAME", help="the advocate's name or the vault's id")
    ended.add_argument("--reason", required=True, metavar="R")
    handed = command("handover", "hand cases of one advocate to another", _hand_over)
    handed.add_argument("cases", nargs="*", metavar="CASE", help="none named: all that are not closed")
    handed.add_argument("--from", dest="former", required=True, metavar="NAME")
    _to(handed)
    handed.add_argument("--why", required=True, choices=["leaving", "cover", "absence"])
    handed.add_argument("--without-them", action="store_true", help="the advocate did not ask for it")
    _terms(handed)
    sent = command("send-out", "write what there is for each vault", _send_out)
    sent.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    sent.add_argument("--vault", action="append", metavar="NAME", help="only for this one (may be repeated)")
    sent.add_argument("--again", action="store_true", help="also what was sent and not acknowledged yet")


def _to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", required=True, metavar="NAME", help="the advocate's name or the vault's id")


def _terms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--until", default="", metavar="DAY", help="the last day")
    parser.add_argument("--most", default="L2", choices=_LEVELS, help="the highest sensitivity it receives")
    parser.add_argument("--reason", default="", metavar="R")
    parser.add_argument("--by", default="", metavar="NAME", help="who decided it")
    add_basis(parser)


def _day(office: Office, text: str) -> date | None:
    return parse_day(text, today_of(office), ahead=True, field="until", what="the last day") if text else None


def _cases(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        today, lines = today_of(office), caseload(office)
        if args.of:
            writer = vault_named(office, args.of).writer
            lines = tuple(line for line in lines if writer in _has(line, today))
    text = "\n".join(_said(line, today) for line in lines) or "The office holds no cases."
    return Result.done(text, cases=[_data(line, today) for line in lines])


def _has(line: CaseLine, today: date) -> set[str]:
    return {line.holder} | {given.writer for given in line.givens if given.stands_on(today)}


def _said(line: CaseLine, today: date) -> str:
    parts = [f"{line.code} ({line.status}): {line.holder_name or 'an unknown vault'}"]
    for given in line.givens:
        if given.stands_on(today) and given.writer != line.holder:
            until = f" until {given.until:%d/%m/%Y}" if given.until else ""
            parts.append(f"{given.why.replace('_', ' ')}: {given.name}{until}")
    parts.append(f"{line.lines} lines")
    if line.waiting:
        parts.append(f"{line.waiting} late changes wait")
    if line.asked:
        parts.append(f"hand-over asked: {', '.join(line.asked)}")
    return ", ".join(parts)


def _data(line: CaseLine, today: date) -> dict[str, object]:
    return {
        "case": line.case_id,
        "code": line.code,
        "status": line.status,
        "holder": line.holder,
        "name": line.holder_name,
        "lines": line.lines,
        "waiting": line.waiting,
        "asked": list(line.asked),
        "given": [
            {
                "writer": given.writer,
                "name": given.name,
                "why": given.why.value,
                "from": given.from_on.isoformat(),
                "until": given.until.isoformat() if given.until else "",
                "most": given.most.value,
                "read_only": given.read_only,
                "stands": given.stands_on(today),
            }
            for given in line.givens
        ],
    }


def _assign(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        vault, why = vault_named(office, args.to), AssignmentWhy(args.why)
        wanted = find_cases(office, args.cases)
        cases = assign(
            office,
            wanted,
            vault.writer,
            why,
            until=_day(office, args.until),
            most=Sensitivity(args.most),
            read_only=args.read_only,
            reason=args.reason,
            by=args.by,
            basis=args.basis,
        )
    had = len(wanted) - len(cases)
    said = [f"{len(cases)} cases given to {vault.name}. They go with the next send-out."] if cases else []
    said += [f"{vault.name} has {had} of them already, so nothing was changed there."] if had else []
    text = "\n".join(said)
    return Result.done(text, cases=list(cases), writer=vault.writer, name=vault.name)


def _end(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        (case,), vault = find_cases(office, [args.case]), vault_named(office, args.of)
        end_assignment(office, case, vault.writer, args.reason)
    return Result.done(f"Ended for {vault.name}.", case=case, writer=vault.writer)


def _hand_over(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        former, vault = vault_named(office, args.former), vault_named(office, args.to)
        done = hand_over(
            office,
            find_cases(office, args.cases),
            former.writer,
            vault.writer,
            AssignmentWhy(args.why),
            until=_day(office, args.until),
            most=Sensitivity(args.most),
            reason=args.reason,
            by=args.by,
            basis=args.basis,
            without_them=args.without_them,
        )
    lines = [f"{len(done.cases)} cases handed from {former.name} to {done.to_name} ({args.why})."]
    if done.left_out:
        lines.append(f"{done.left_out} entries are above {args.most} and stay with the office.")
    if done.waits_for:
        lines.append(f"Later changes by {former.name} wait for {done.to_name} to decide.")
    lines.append("They go with the next send-out.")
    return Result.done(
        "\n".join(lines),
        cases=list(done.cases),
        to=vault.writer,
        name=done.to_name,
        left_out=done.left_out,
        waits_for=list(done.waits_for),
    )


def _send_out(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        sent = send_out(office, args.out, args.vault, again=args.again)
    text = "\n".join(_sent(one) for one in sent) or "Nothing new for anybody."
    return Result.done(text, sent=[_sent_data(one) for one in sent])


def _sent(one: SentOut) -> str:
    part = f", part {one.part[0]} of {one.part[1]}" if one.part else ""
    return (
        f"{one.file_name} for {one.name}: {one.purpose} {one.number}{part}, {one.cases} cases, "
        f"{one.bodies} of {one.links} lines with content, {one.documents} documents"
    )


def _sent_data(one: SentOut) -> dict[str, object]:
    return {
        "writer": one.writer,
        "name": one.name,
        "number": one.number,
        "purpose": one.purpose,
        "file": one.file_name,
        "cases": one.cases,
        "links": one.links,
        "bodies": one.bodies,
        "documents": one.documents,
        "part": list(one.part) if one.part else [],
    }
