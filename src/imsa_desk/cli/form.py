"""`imsa-desk form check FILE`: say whether a form file can be used, and what to put right."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk.console import Result, Subparsers
from imsa_desk.domain.forms import read_form
from imsa_desk.errors import Refused


def add_parser(sub: Subparsers) -> None:
    """Add the word `form` and what it can do."""
    form = sub.add_parser("form", help="check a form file")
    verbs = form.add_subparsers(dest="verb", metavar="VERB", required=True)
    check = verbs.add_parser("check", help="say whether a form file can be used, and what to put right")
    check.add_argument("file", type=Path, metavar="FILE", help="the form's TOML file")
    check.set_defaults(run=run)


def run(args: argparse.Namespace) -> Result:
    """Check the file; raises `Refused` (E_FORM) with every fault, each with its line and cure."""
    path: Path = args.file
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Refused(f"There is no file {path}.", code="E_NO_FILE") from None
    except IsADirectoryError:
        raise Refused(f"{path} is a folder. Name the form's TOML file.", code="E_NO_FILE") from None
    form = read_form(data, path.name)
    asked = sum(question.takes_answer for question in form.questions())
    message = (
        f"{form.title}, version {form.version}: {len(form.sections)} sections, {asked} questions. "
        f"It can be used.\nDigest: {form.digest}"
    )
    return Result.done(
        message,
        form=form.id,
        version=form.version,
        sections=len(form.sections),
        questions=asked,
        digest=form.digest,
    )
