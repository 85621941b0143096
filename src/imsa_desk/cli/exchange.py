"""`imsa-desk exchange export|preview|take-in|state|scope|again DIR`, and `join`, `export`, `import`.

Belong to an organisation, send sealed cases, take in what it sends, say what it holds.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from imsa_desk.cli.exchange_words import preview_of, sent_of, state_of, taken_of
from imsa_desk.cli.opened import opened
from imsa_desk.console import Result, Subparsers, add_passphrase, read_passphrase
from imsa_desk.domain.ids import CaseId, is_case_code
from imsa_desk.errors import Problem, Refused
from imsa_desk.services import exchange
from imsa_desk.services.caseload import caseload
from imsa_desk.services.desk import Desk
from imsa_desk.services.share_choice import choose_scope
from imsa_desk.services.taking_in import take_in, take_in_folder
from imsa_desk.vocab import ShareBasis, ShareScope

_MAX_FILE = 1024 * 1024


def add_parser(sub: Subparsers) -> None:
    """Add the options of `exchange`, `join`, `export` and `import`."""
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
    add_passphrase(join)
    _add_export(sub.add_parser("export", help="seal chosen cases for the organisation"))
    _add_take_in(sub.add_parser("import", help="take in a receipt or a bundle"))
    words = sub.add_parser("exchange", help="send cases, take in what comes, say what the organisation holds")
    verbs = words.add_subparsers(dest="verb", metavar="VERB", required=True)
    _add_export(verbs.add_parser("export", help="seal chosen cases for the organisation"))
    _add_preview(verbs.add_parser("preview", help="say exactly what an export would hold"))
    _add_take_in(verbs.add_parser("take-in", help="take in files, or all files of a folder"))
    says = "say what the organisation holds of each case, and since when"
    state = verbs.add_parser("state", aliases=["status"], help=says)
    state.add_argument("folder", type=Path, metavar="DIR", help="the vault")
    state.set_defaults(run=_state)
    add_passphrase(state)
    _add_scope(verbs.add_parser("scope", help="choose how much of a case the organisation receives"))
    _add_again(verbs.add_parser("again", help="send again: a case from its beginning, or what was lost"))


def _add_again(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="the vault")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--case", default="", metavar="CODE", help="leaves whole with the next export of it")
    what.add_argument("--all", action="store_true", help="a file was lost: seal all that is not confirmed")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="the exchange folder, for --all")
    _add_basis(parser)
    parser.set_defaults(run=_again)
    add_passphrase(parser)


def _add_basis(parser: argparse.ArgumentParser) -> None:
    bases = [basis.value for basis in ShareBasis if basis is not ShareBasis.CONSENT]
    parser.add_argument("--basis", default="", choices=["", *bases], help="needed where a consent is missing")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, where a consent is missing")


def _add_cases(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="the vault")
    parser.add_argument("--case", action="append", default=[], metavar="CODE", help="a case; may be repeated")
    parser.add_argument("--all", action="store_true", help="every case that is not closed")
    parser.add_argument(
        "--include", action="append", default=[], metavar="ID", help="a restricted entry that may leave too"
    )
    add_passphrase(parser)


def _add_export(parser: argparse.ArgumentParser) -> None:
    _add_cases(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="the exchange folder")
    _add_basis(parser)
    parser.add_argument("--deposit", action="store_true", help="also deposit the newest sealed backup")
    parser.add_argument("--preview", action="store_true", help="only say what would leave")
    parser.set_defaults(run=_export)


def _add_preview(parser: argparse.ArgumentParser) -> None:
    _add_cases(parser)
    parser.set_defaults(run=_preview)


def _add_take_in(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="the vault")
    parser.add_argument("file", type=Path, metavar="FILE", help="a file, or a folder of files")
    parser.set_defaults(run=_take_in)
    add_passphrase(parser)


def _add_scope(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="the vault")
    parser.add_argument("--case", required=True, metavar="CODE", help="the case")
    parser.add_argument("--to", required=True, choices=[scope.value for scope in ShareScope], help="how much")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why")
    parser.set_defaults(run=_scope)
    add_passphrase(parser)


@contextmanager
def _vault(args: argparse.Namespace) -> Iterator[Desk]:
    with opened(args.folder, read_passphrase(args.passphrase_file)) as desk:
        yield desk


def _join(args: argparse.Namespace) -> Result:
    with args.file.open("rb") as stream:
        content = stream.read(_MAX_FILE)
    with _vault(args) as desk:
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
    with _vault(args) as desk:
        cases = _chosen(desk, args.case, every=args.all)
        plan = exchange.will_leave(desk, cases, args.include)
        if args.preview:
            return preview_of(plan)
        sent = exchange.export(
            desk,
            cases,
            args.out,
            args.include,
            basis=args.basis,
            reason=args.reason,
            deposit=args.deposit,
        )
    return sent_of(plan.organisation, sent, args.out)


def _preview(args: argparse.Namespace) -> Result:
    with _vault(args) as desk:
        return preview_of(exchange.will_leave(desk, _chosen(desk, args.case, every=args.all), args.include))


def _take_in(args: argparse.Namespace) -> Result:
    with _vault(args) as desk:
        if args.file.is_dir():
            outcomes = take_in_folder(desk, args.file)
            return taken_of(outcomes, exchange.held(desk))
        return _receipt_or_bundle(desk, args.file)


def _receipt_or_bundle(desk: Desk, file: Path) -> Result:
    taken = take_in(desk, file)
    state = exchange.held(desk)
    text = " ".join(taken.words) or "Taken in."
    differs = [case for case, one in state.cases.items() if one.state == "differs"]
    if differs:
        text += f" {len(differs)} cases differ from what the organisation holds: send them again."
    if not taken.news:
        text = "Already imported, nothing changed."
    return Result.done(
        f"{text} {state.not_held} changes are not held yet.",
        "DONE" if taken.news else "ALREADY",
        purpose=taken.purpose,
        number=taken.number,
        lines=taken.lines,
        documents=taken.documents,
        held=state.changes_held,
        not_held=state.not_held,
        differs=differs,
        part=taken.part,
    )


def _state(args: argparse.Namespace) -> Result:
    with _vault(args) as desk:
        codes = {row.id: row.code for row in caseload(desk, include_closed=True)}
        return state_of(exchange.held(desk), codes)


def _scope(args: argparse.Namespace) -> Result:
    with _vault(args) as desk:
        (case,) = _chosen(desk, [args.case], every=False)
        choose_scope(desk, case, args.to, args.reason)
    return Result.done(f"{args.case}: {args.to} from now on.", case=case, scope=args.to)


def _again(args: argparse.Namespace) -> Result:
    with _vault(args) as desk:
        if args.all:
            return _all_again(desk, args)
        (case,) = _chosen(desk, [args.case], every=False)
        exchange.resend_case(desk, case)
    return Result.done(f"{args.case} leaves whole with the next export of it.", case=case)


def _all_again(desk: Desk, args: argparse.Namespace) -> Result:
    if args.out is None:
        raise Refused([Problem("out", "Name the exchange folder with --out.")])
    joined = exchange.joined(desk)
    sent = exchange.send_again(desk, args.out, basis=args.basis, reason=args.reason)
    return sent_of(joined.name if joined is not None else "", sent, args.out)


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
