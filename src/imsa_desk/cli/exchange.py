"""`imsa-desk join|export|import DIR`: belong to an organisation, send sealed cases, take receipts in."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from imsa_desk.cli.opened import opened
from imsa_desk.console import Result, Subparsers, add_passphrase, read_passphrase
from imsa_desk.domain.exchange import Leaving
from imsa_desk.domain.ids import CaseId, is_case_code
from imsa_desk.errors import Problem, Refused
from imsa_desk.services import exchange
from imsa_desk.services.caseload import caseload
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import ShareBasis

_MAX_FILE = 1024 * 1024


def add_parser(sub: Subparsers) -> None:
    """Add the options of `join`, `export` and `import`."""
    join = sub.add_parser("join", help="join an organisation by its enrolment file")
    join.add_argument("folder", type=Path, metavar="DIR", help="the vault")
    join.add_argument("file", type=Path, metavar="FILE", help="the organisation's enrolment file")
    join.add_argument(
        "--fingerprint",
        default="",
        metavar="WORDS",
        help="the words the organisation reads out; without them they are only shown",
    )
    join.add_argument("--request", type=Path, metavar="OUT", help="where to write the joining file")
    join.set_defaults(run=_join)
    export = sub.add_parser("export", help="seal chosen cases for the organisation")
    export.add_argument("folder", type=Path, metavar="DIR", help="the vault")
    export.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="the exchange folder")
    export.add_argument("--case", action="append", default=[], metavar="CODE", help="a case; may be repeated")
    export.add_argument("--all", action="store_true", help="every case that is not closed")
    export.add_argument(
        "--include", action="append", default=[], metavar="ID", help="a restricted entry that may leave too"
    )
    bases = [basis.value for basis in ShareBasis if basis is not ShareBasis.CONSENT]
    export.add_argument("--basis", default="", choices=["", *bases], help="needed where a consent is missing")
    export.add_argument("--reason", default="", metavar="TEXT", help="why, where a consent is missing")
    export.add_argument("--preview", action="store_true", help="only say what would leave")
    export.set_defaults(run=_export)
    take_in = sub.add_parser("import", help="take in a receipt")
    take_in.add_argument("folder", type=Path, metavar="DIR", help="the vault")
    take_in.add_argument("file", type=Path, metavar="FILE", help="the receipt")
    take_in.set_defaults(run=_import)
    for parser in (join, export, take_in):
        add_passphrase(parser)


def _join(args: argparse.Namespace) -> Result:
    with args.file.open("rb") as stream:
        content = stream.read(_MAX_FILE)
    with opened(args.folder, read_passphrase(args.passphrase_file)) as desk:
        offer = exchange.read_offer(desk, content)
        if not args.fingerprint:
            words = " ".join(offer.words)
            text = (
                f"{offer.name}: compare these words with the organisation in person, then give them:\n{words}"
            )
            return Result.done(
                text, "COMPARE", organisation=offer.organisation_id, name=offer.name, words=words
            )
        joined = exchange.join(desk, content, args.fingerprint)
        if args.request is not None:
            args.request.write_bytes(exchange.request_file(desk))
    own = " ".join(joined.own_words)
    return Result.done(
        f"Joined {joined.name}. Words to read out for your joining file: {own}",
        organisation=joined.organisation_id,
        name=joined.name,
        words=own,
        request="" if args.request is None else str(args.request),
    )


def _export(args: argparse.Namespace) -> Result:
    with opened(args.folder, read_passphrase(args.passphrase_file)) as desk:
        cases = _chosen(desk, args.case, every=args.all)
        plan = exchange.will_leave(desk, cases, args.include)
        if args.preview:
            return _preview(plan)
        sent = exchange.export(desk, cases, args.out, args.include, basis=args.basis, reason=args.reason)
    file = args.out / sent.file_name
    return Result.done(
        f"Sealed for {plan.organisation}: {file}\n"
        f"{sent.changes} changes of {len(cases)} cases; {sent.withheld} stay here. Sent, not confirmed.",
        file=str(file),
        number=sent.number,
        cases=list(cases),
        changes=sent.changes,
        withheld=sent.withheld,
        documents=plan.documents,
    )


def _chosen(desk: Desk, codes: Sequence[str], *, every: bool) -> list[CaseId]:
    rows = caseload(desk, include_closed=not every)
    if every:
        return [row.id for row in rows]
    known = {_bare(row.code): row.id for row in rows}
    wrong = [code for code in codes if _bare(code) not in known]
    if wrong:
        texts = (
            f"There is no case {code} in this vault." if is_case_code(code) else f"{code} is not a case code."
            for code in wrong
        )
        raise Refused([Problem("case", text) for text in texts], code="E_NO_CASE")
    return list(dict.fromkeys(known[_bare(code)] for code in codes))


def _bare(code: str) -> str:
    return "".join(c for c in code.upper() if c.isalnum())


def _preview(plan: Leaving) -> Result:
    lines = [f"To {plan.organisation}: {plan.changes} changes, {plan.documents} documents."]
    lines += [
        f"{case.code}: {case.changes} changes, {case.documents} documents, {case.stays} entries stay. "
        f"{case.consent.line}"
        for case in plan.cases
    ]
    cases = [
        {
            "code": case.code,
            "changes": case.changes,
            "documents": case.documents,
            "stays": case.stays,
            "restricted": [{"kind": r.kind.value, "id": r.id} for r in case.restricted],
            "consent": case.consent.all_allowed,
        }
        for case in plan.cases
    ]
    return Result.done("\n".join(lines), "PREVIEW", cases=cases, changes=plan.changes, withheld=plan.withheld)


def _import(args: argparse.Namespace) -> Result:
    with opened(args.folder, read_passphrase(args.passphrase_file)) as desk:
        confirmed = exchange.take_in(desk, args.file)
        state = exchange.held(desk)
    text = f"The organisation holds {confirmed.held} changes; {state.not_held} are not held yet."
    if not confirmed.news:
        text = f"Already imported, nothing changed. {text}"
    return Result.done(
        text,
        "DONE" if confirmed.news else "ALREADY",
        number=confirmed.number,
        held=confirmed.held,
        withheld=confirmed.withheld,
        not_held=state.not_held,
    )
