"""Commands about trust: `init`, `enrol`, `words`, `revoke`, `rotate`, `policy`, `publish` and `status`."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk.console import Result, UsageError, read_passphrase
from imsa_desk.domain.trust import Enrolled
from imsa_desk.office.frame import Command, opened, password, read_small
from imsa_desk.office.todo import todo_data, todo_lines
from imsa_desk.services import office as verbs
from imsa_desk.services.fingerprints import words_as_lines, words_as_picture
from imsa_desk.services.office_overview import overview
from imsa_desk.services.office_roles import has_roles
from imsa_desk.services.office_rotation import rotate, rotate_root, set_policy
from imsa_desk.services.office_trust import (
    REVOCATION_FILE,
    advocate,
    advocates,
    enrol_vault,
    revocations,
    revoke,
    write_files,
)
from imsa_desk.services.publishing import preview, publish

_PICTURE = "enrolment-words.svg"


def add(command: Command) -> None:
    """Add this module's commands."""
    init = command("init", "make an office and its enrolment file", _init)
    init.add_argument("--name", required=True, metavar="N", help="the organisation's name")
    init.add_argument("--database", default="", metavar="URL", help="postgresql://... for the records")
    init.add_argument("--practice", action="store_true", help="for invented records only")
    enrol = command("enrol", "enrol an advocate by a joining file", _enrol)
    enrol.add_argument("file", type=Path, metavar="FILE")
    enrol.add_argument(
        "--fingerprint", required=True, metavar="WORDS", help="the words that the advocate reads out"
    )
    enrol.add_argument(
        "--role", default="", choices=["", "advocate", "supervisor"], help="what the vault may do here"
    )
    enrol.add_argument(
        "--second-of", default="", metavar="WRITER", help="the first laptop's vault, for a second laptop"
    )
    words = command("words", "show the words to compare, as words and as a QR code", _words)
    words.add_argument("--of", default="", metavar="WRITER", help="those of an enrolled vault's key")
    revoke = command("revoke", "withdraw a vault's key", _revoke)
    revoke.add_argument("writer", metavar="WRITER")
    revoke.add_argument(
        "--reason", required=True, choices=["left", "lost", "compromised"], help="why it is withdrawn"
    )
    revoke.add_argument(
        "--up-to",
        type=int,
        metavar="N",
        help="the last bundle still taken in (otherwise: the last one so far)",
    )
    rotate = command("rotate", "change the office's own keys", _rotate)
    rotate.add_argument("--root", action="store_true", help="the root key: every vault compares words again")
    rotate.add_argument(
        "--compromised", action="store_true", help="somebody else may have the key that is replaced"
    )
    policy = command("policy", "say how much of a case the organisation receives", _policy)
    policy.add_argument("--scope", default="", choices=["", "full", "coordination", "statistics"])
    policy.add_argument(
        "--level",
        action="append",
        default=[],
        metavar="L3=never",
        help="always, ask, never; may be repeated",
    )
    publish = command("publish", "bring forms, lists, rules, texts and the directory to all", _publish)
    publish.add_argument("folder", type=Path, metavar="FOLDER")
    publish.add_argument("--preview", action="store_true", help="only say what would change")
    command("status", "say who is enrolled and what is held", _status)


def _init(args: argparse.Namespace) -> Result:
    office, code = verbs.init_office(
        args.office,
        read_passphrase(args.passphrase_file),
        args.name,
        database=args.database,
        password=password(args),
        practice=args.practice,
    )
    try:
        write_files(office)
        state, roles = verbs.status(office), not args.database or has_roles(office)
    finally:
        office.close()
    file, words = args.office / verbs.ENROLMENT_FILE, " ".join(state.words)
    picture = _save_picture(args.office, state.words)
    text = (
        f"Made the office of {state.name}.\n"
        f"Enrolment file for advocates: {file}\n"
        f"Its words, to be read out to them: {words}\n"
        f"The same as a QR code: {picture}\n{words_as_lines(state.words)}\n"
        f"Recovery code, shown only now; print it and lock it away: {code}"
        + ("" if roles else "\nThe database's roles could not be made: see `imsa-office roles --print`.")
    )
    data = {
        "organisation": state.organisation_id,
        "name": state.name,
        "practice": state.practice,
        "database": state.database,
        "roles": roles and bool(args.database),
        "enrolment": str(file),
        "words": words,
        "picture": str(picture),
        "recovery_code": code,
    }
    return Result(True, "DONE", text, data)


def _save_picture(folder: Path, words: tuple[str, ...]) -> Path:
    """Put the QR code of the enrolment file's words beside it."""
    file = folder / _PICTURE
    file.write_bytes(words_as_picture(words))
    return file


def _enrol(args: argparse.Namespace) -> Result:
    content = read_small(args.file)
    with opened(args) as office:
        found = enrol_vault(office, content, args.fingerprint, role=args.role, second_of=args.second_of)
    data = {
        "writer": found.writer,
        "name": found.name,
        "words": " ".join(found.words),
        "role": found.role.value,
        "second_of": found.second_of,
    }
    return Result(True, "DONE", f"{found.name} is enrolled ({found.role.value}).", data)


def _words(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        if args.of:
            found = advocate(office, args.of)
            whose, words = f"Words of {found.name}’s key", found.words
        else:
            state = verbs.status(office)
            whose, words = f"Words of {state.name}’s enrolment file", state.words
            write_files(office)
            _save_picture(args.office, words)
    text = f"{whose}: {' '.join(words)}\n{words_as_lines(words)}"
    return Result(True, "DONE", text, {"words": " ".join(words)})


def _revoke(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        gone = revoke(office, args.writer, args.reason, args.up_to)
        serial = revocations(office).serial
    file = args.office / REVOCATION_FILE
    text = (
        f"The key of {gone.name} is withdrawn: {gone.reason.words}. Bundles up to number {gone.last} are "
        f"still taken in, later ones are refused.\nSigned list of withdrawn keys, number {serial}: {file}\n"
        f"No bundle is sealed for this key any more, so {gone.name} does not hear of it by the exchange.\n"
        "Tell them in person and give them that file: it names no survivor, so it may go any way. They open "
        "it on the Exchange page with “Open a newer file from the office…”. All other vaults get it with "
        "their next bundle or receipt."
    )
    data = {
        "writer": gone.writer,
        "name": gone.name,
        "reason": gone.reason.value,
        "last": gone.last,
        "serial": serial,
        "file": str(file),
    }
    return Result(True, "DONE", text, data)


def _rotate(args: argparse.Namespace) -> Result:
    if args.root and args.compromised:
        raise UsageError("--compromised is about the office's key, not about --root", "")
    with opened(args) as office:
        renewed = rotate_root(office) if args.root else rotate(office, compromised=args.compromised)
        state = verbs.status(renewed)
        serial = renewed.about.serial
    file, words = args.office / verbs.ENROLMENT_FILE, " ".join(state.words)
    lines = [f"Enrolment file, edition {serial}: {file}"]
    if args.root:
        picture = _save_picture(args.office, state.words)
        lines += [
            "The root key is new. Every advocate is asked to compare these words with you again:",
            words,
            f"The same as a QR code: {picture}",
            words_as_lines(state.words),
        ]
    elif args.compromised:
        lines.append("Give the new file to every advocate by hand: the former key opens nothing for them.")
    else:
        lines.append("It travels with the next bundle to every vault. Nobody has to compare words again.")
    data = {"serial": serial, "enrolment": str(file), "words": words, "root": bool(args.root)}
    return Result(True, "DONE", "\n".join(lines), data)


def _policy(args: argparse.Namespace) -> Result:
    levels = dict(pair.split("=", 1) if "=" in pair else (pair, "") for pair in args.level)
    with opened(args) as office:
        renewed = set_policy(office, args.scope, levels)
        about, news = renewed.about, renewed is not office
    found = {level.value: rule.value for level, rule in about.policy.items()}
    said = ", ".join(f"{level} {word}" for level, word in found.items())
    head = f"Edition {about.serial} is in force" if news else "Nothing was changed"
    text = f"{head}: of a case the organisation receives {about.scope.value}; by level {said}."
    data = {"serial": about.serial, "scope": about.scope.value, "policy": found}
    return Result(True, "DONE" if news else "UNCHANGED", text, data)


def _publish(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        changes = preview(office, args.folder) if args.preview else publish(office, args.folder)
    found = [{"kind": c.kind, "name": c.name, "change": c.change, "file": c.file} for c in changes]
    head = "Would change" if args.preview else "Published"
    lines = [f"{head}: {c.kind} “{c.name}” {c.change} ({c.file})" for c in changes]
    text = "\n".join(lines) or "Nothing has changed since the last time; nothing was written."
    return Result(True, "DONE" if changes else "UNCHANGED", text, {"changes": found})


def _role(vault: Enrolled) -> str:
    words = [vault.role.value]
    if vault.second_of:
        words.append("second laptop")
    if vault.withdrawn is not None:
        words.append(f"key withdrawn: {vault.withdrawn.reason.words}")
    return ", ".join(words)


def _status(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        state, todo = verbs.status(office), overview(office)
        known = {each.writer: each for each in advocates(office)}
    kind = "practice office" if state.practice else "office"
    lines = [
        f"{state.name} ({kind}), records in {state.database}",
        f"Words of the enrolment file: {' '.join(state.words)}",
        f"{state.cases} cases, {state.documents} documents, {state.links} journal lines",
    ]
    lines += [
        f"{a.name} ({_role(known[a.writer])}): {a.bundles} bundles, {a.bodies} of {a.links} lines with "
        "content"
        for a in state.advocates
    ]
    listed = [
        {
            "writer": a.writer,
            "name": a.name,
            "words": " ".join(a.words),
            "bundles": a.bundles,
            "links": a.links,
            "held": a.bodies,
            "withheld": a.links - a.bodies,
            "revoked": a.revoked,
            "role": known[a.writer].role.value,
            "second_of": known[a.writer].second_of,
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
        "advocates": listed,
        "todo": todo_data(todo),
    }
    return Result(True, "DONE", "\n".join([*lines, *todo_lines(todo)]), data)
