"""Who may write what: every kind of record is somebody's; on what is not its own an office only proposes."""

from __future__ import annotations

from typing import Any

import pytest

from imsa_desk.errors import Refused
from imsa_desk.exchange.authority import MAY_WRITE, check_writing
from imsa_desk.exchange.bundle import MAY_SEND, Purpose
from imsa_desk.vocab import Kind, SignerRole

SIGNER, OTHER = "aa" * 16, "bb" * 16
SOME_HEAD = ["ab" * 32]


def body(kind: Kind, op: str = "create", **base: list[str]) -> dict[str, Any]:
    """Make what matters of a body."""
    return {"kind": kind.value, "op": op, "fields": dict.fromkeys(base, "x"), "base": base}


def may(role: SignerRole, what: dict[str, Any], writer: str = SIGNER) -> bool:
    """Say whether a line is taken in."""
    try:
        check_writing(role, SIGNER, writer, what)
    except Refused as error:
        assert error.code == "E_ROLE"
        return False
    return True


def test_every_kind_is_written_by_somebody_and_every_role_sends_something() -> None:
    written = frozenset().union(*MAY_WRITE.values())
    assert written == frozenset(Kind)
    assert MAY_SEND.keys() == MAY_WRITE.keys() == set(SignerRole)
    assert frozenset().union(*MAY_SEND.values()) == frozenset(Purpose)


@pytest.mark.parametrize("kind", [Kind.ASSIGNMENT, Kind.GRANT, Kind.LIST_ENTRY, Kind.RULE, Kind.TEMPLATE])
def test_what_only_an_office_writes_no_advocate_writes(kind: Kind) -> None:
    assert may(SignerRole.OFFICE, body(kind))
    assert not may(SignerRole.ADVOCATE, body(kind))
    assert not may(SignerRole.SUPERVISOR, body(kind))


def test_a_supervisor_adds_and_decides_and_changes_nothing_else() -> None:
    assert may(SignerRole.SUPERVISOR, body(Kind.ADDENDUM))
    assert may(SignerRole.SUPERVISOR, body(Kind.LATE_DECISION))
    for kind in (Kind.MEETING, Kind.CASE, Kind.CONSENT, Kind.ANSWER):
        assert not may(SignerRole.SUPERVISOR, body(kind))
        assert not may(SignerRole.SUPERVISOR, body(kind, "update", notes=[]))


def test_an_office_proposes_and_never_replaces() -> None:
    assert may(SignerRole.OFFICE, body(Kind.MEETING, "update", notes=[]))
    assert not may(SignerRole.OFFICE, body(Kind.MEETING, "update", notes=SOME_HEAD))
    assert not may(SignerRole.OFFICE, body(Kind.MEETING, "update", notes=[], on=SOME_HEAD))
    assert not may(SignerRole.OFFICE, body(Kind.MEETING))
    assert not may(SignerRole.OFFICE, body(Kind.CASE, "erase"))
    missing = body(Kind.MEETING, "update") | {"fields": {"notes": "x"}}
    assert not may(SignerRole.OFFICE, missing)


def test_an_office_sets_the_state_of_a_case_outright_and_nothing_else_of_it() -> None:
    assert may(SignerRole.OFFICE, body(Kind.CASE, "update", status=SOME_HEAD))
    assert not may(SignerRole.OFFICE, body(Kind.CASE, "update", status=SOME_HEAD, risk=SOME_HEAD))


@pytest.mark.parametrize("role", SignerRole)
def test_only_offices_pass_on_what_others_wrote(role: SignerRole) -> None:
    forwards = role in (SignerRole.OFFICE, SignerRole.ORGANISATION)
    assert may(role, body(Kind.MEETING), OTHER) is forwards
