"""The vaults that are enrolled with the office, as the verbs about cases need them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from imsa_desk.domain.trust import Enrolled
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.desk import LOCAL
from imsa_desk.services.office_opening import WRITERS, Office
from imsa_desk.services.office_trust import advocates
from imsa_desk.store import local

Vaults = Mapping[str, Enrolled]


def today_of(office: Office) -> date:
    """Give the day it is where the organisation works."""
    return office.now().astimezone(LOCAL).date()


def vaults_of(office: Office) -> dict[str, Enrolled]:
    """Give every enrolled vault by its writer, those whose key was withdrawn too."""
    return {vault.writer: vault for vault in advocates(office)}


def vault_named(office: Office, who: str) -> Enrolled:
    """Find one enrolled vault by its writer or its advocate's name; raises E_NO_VAULT, E_TWO_VAULTS."""
    known = vaults_of(office)
    if who in known:
        return known[who]
    named = [v for v in known.values() if _plain(v.name) == _plain(who)]
    active = [v for v in named if v.withdrawn is None] or named
    first = [v for v in active if not v.second_of] or active
    if not first:
        raise Refused([Problem("vault", f"No vault of {who} is enrolled.")], code="E_NO_VAULT")
    if len(first) > 1:
        ids = ", ".join(v.writer for v in first)
        text = f"Several vaults have the name {who}. Give one by its number: {ids}."
        raise Refused([Problem("vault", text)], code="E_TWO_VAULTS")
    return first[0]


def receiver(known: Vaults, writer: str) -> Enrolled:
    """Give a vault that may be given something; raises E_NO_VAULT and E_REVOKED."""
    vault = known.get(writer)
    if vault is None:
        raise Refused([Problem("to", "No vault of this number is enrolled.")], code="E_NO_VAULT")
    if vault.withdrawn is not None:
        raise Refused([Problem("to", "This vault's key has been withdrawn.")], code="E_REVOKED")
    return vault


def laptops_of(known: Vaults, writer: str) -> tuple[str, ...]:
    """Give every vault of the advocate whose vault `writer` is, the first laptop first."""
    first = root_of(known, writer)
    return (first, *sorted(w for w in known if w != first and root_of(known, w) == first))


def writers_of(office: Office) -> frozenset[str]:
    """Give every writer that the office's own lines carry: it changes when the office was restored."""
    with office.settings.read() as session:
        kept = local.get(session, WRITERS) or ()
    return frozenset({office.vault.vault_id, *kept})


def root_of(known: Vaults, writer: str) -> str:
    """Give the first laptop of the advocate whose vault `writer` is."""
    met = set[str]()
    while writer in known and known[writer].second_of and writer not in met:
        met.add(writer)
        writer = known[writer].second_of
    return writer


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
