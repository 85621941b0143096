"""`imsa-desk request|trust|change-key|reference DIR`: keys of the exchange, and what the organisation set."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk.cli.opened import opened
from imsa_desk.console import Result, Subparsers, add_passphrase, read_passphrase
from imsa_desk.domain.trust import Standing
from imsa_desk.errors import Refused
from imsa_desk.services.desk import Desk
from imsa_desk.services.desk_trust import change_key, standing, take_trust_file, withdrawn_words
from imsa_desk.services.fingerprints import words_as_lines
from imsa_desk.services.joining import joined, request_file
from imsa_desk.services.reference import origins

_MAX_FILE = 1024 * 1024


def add_parser(sub: Subparsers) -> None:
    """Add the options of `request`, `trust`, `change-key` and `reference`."""
    request = sub.add_parser("request", help="write the joining file that the office enrols")
    request.add_argument("--out", type=Path, required=True, metavar="FILE", help="where to write it")
    request.add_argument(
        "--role", default="", choices=["", "advocate", "supervisor"], help="the role wished for"
    )
    request.add_argument("--second-of", metavar="VAULT", help="the number of the same advocate's first vault")
    request.set_defaults(run=_request)
    trust = sub.add_parser("trust", help="say how the vault's key stands, or take a signed file in")
    trust.add_argument("--take", type=Path, metavar="FILE", help="a newer enrolment file or list of keys")
    trust.set_defaults(run=_trust)
    change = sub.add_parser("change-key", help="give the vault a new key, and write its joining file")
    change.add_argument("--out", type=Path, required=True, metavar="FILE", help="where to write it")
    change.set_defaults(run=_change)
    reference = sub.add_parser("reference", help="say where forms, lists, rules and texts come from")
    reference.set_defaults(run=_reference)
    for parser in (request, trust, change, reference):
        parser.add_argument("folder", type=Path, metavar="DIR", help="the vault")
        add_passphrase(parser)


def _request(args: argparse.Namespace) -> Result:
    with opened(args.folder, read_passphrase(args.passphrase_file)) as desk:
        data = request_file(desk, role=args.role, second_of=args.second_of)
        return _written(desk, args.out, data, "Joining file")


def _change(args: argparse.Namespace) -> Result:
    if args.out.exists():
        raise Refused("This file is there already. Choose another name.", code="E_EXISTS")
    with opened(args.folder, read_passphrase(args.passphrase_file)) as desk:
        return _written(desk, args.out, change_key(desk), "The vault has a new key. Joining file")


def _written(desk: Desk, out: Path, data: bytes, said: str) -> Result:
    out.write_bytes(data)
    found = joined(desk)
    words = found.own_words if found is not None else ()
    text = f"{said}: {out}\nWords to read out to the office: {' '.join(words)}\n{words_as_lines(words)}"
    return Result.done(text, file=str(out), words=" ".join(words), vault=desk.store.writer)


def _trust(args: argparse.Namespace) -> Result:
    with opened(args.folder, read_passphrase(args.passphrase_file)) as desk:
        lines: list[str] = []
        if args.take is not None:
            with args.take.open("rb") as stream:
                news = take_trust_file(desk, stream.read(_MAX_FILE))
            lines += news.sentences or ("Nothing new in it; nothing was changed.",)
        found, office = standing(desk), joined(desk)
    if office is None:
        return Result.done("This vault has joined no organisation.", "NOT_JOINED")
    lines += _said(found, office.name)
    return Result.done(
        "\n".join(lines),
        organisation=office.name,
        words=" ".join(office.words),
        own_words=" ".join(office.own_words),
        role=found.role.value,
        vault=found.vault,
        withdrawn="" if found.withdrawn is None else found.withdrawn.reason.value,
        changing=found.changing,
        new_root="" if found.edition is None else " ".join(found.edition.words),
    )


def _said(found: Standing, name: str) -> list[str]:
    lines = [] if found.withdrawn is None else [withdrawn_words(found.withdrawn, name)]
    if found.edition is not None:
        lines.append(f"{name} has a new root key. Compare its words: {' '.join(found.edition.words)}")
    if found.changing:
        lines.append(f"{name} has not confirmed this vault’s new key yet.")
    return lines or [f"{name} knows this vault’s key, as far as this vault knows."]


def _reference(args: argparse.Namespace) -> Result:
    with opened(args.folder, read_passphrase(args.passphrase_file)) as desk:
        found = origins(desk)
    lines = [
        f"{one.kind} {one.name}{f' ({one.detail})' if one.detail else ''}: {one.source}"
        f"{f', {one.since}' if one.since else ''}"
        for one in found
    ]
    data = [
        {
            "kind": one.kind,
            "name": one.name,
            "detail": one.detail,
            "source": one.source,
            "since": one.since.isoformat() if one.since else "",
        }
        for one in found
    ]
    return Result.done("\n".join(lines), reference=data)
