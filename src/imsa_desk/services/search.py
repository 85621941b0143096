"""Finding anything: names, codes, numbers and notes, however they are spaced or accented."""

from __future__ import annotations

import re

from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.orm import Session

from imsa_desk.domain.finding import apart, fold, has_spaceless
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.timeline import Found
from imsa_desk.services.desk import Desk
from imsa_desk.store.records import CaseRoleRow, CaseRow, PersonRow
from imsa_desk.vocab import CaseRoleKind, Kind

_MATCH = text(
    "SELECT r.record, r.kind, r.case_id, r.covered, snippet(search, 0, '', '', '…', 14) AS excerpt "
    "FROM search JOIN search_row r ON r.n = search.rowid WHERE search MATCH :wanted "
    "ORDER BY r.kind = 'person' DESC, r.kind = 'case' DESC, rank LIMIT :most"
).bindparams(bindparam("wanted"), bindparam("most"))
_NUMBER = re.compile(r"[\d\s().+\-/]{5,}")
_UNFIT = re.compile('["\0\ud800-\udfff]')
_NEVER_QUOTED = frozenset({Kind.SAFE_CONTACT.value})
"""Numbers and addresses are hidden until asked for, also where they were found."""


def query_of(typed: str) -> str:
    """Turn what was typed into a quoted FTS5 query; "" when there is nothing to look for.

    Every word is a quoted prefix, so no character of the typed text is taken as query language.
    """
    typed = _UNFIT.sub(" ", typed)
    words = [w for w in typed.split() if any(c.isalnum() for c in w)]
    quoted = " AND ".join(_any_of(w) for w in words)
    digits = re.sub(r"\D", "", fold(typed))
    if _NUMBER.fullmatch(typed.strip()) and len(digits) >= 4:
        bare = digits.removeprefix("44").lstrip("0")
        spelt = [digits, bare, f"0{bare}"] if bare else [digits]
        quoted = " OR ".join([*(f'("{d}"*)' for d in spelt), *([f"({quoted})"] if quoted else [])])
    elif "-" in typed and quoted:
        joined = re.sub(r"[^\w]", "", typed)
        quoted = f'({quoted}) OR ("{joined}"*)'
    return quoted


def _any_of(word: str) -> str:
    """Look for one word as it was typed, in its plainest spelling, and inside words without spaces."""
    spelt = dict.fromkeys([word, fold(word), *([apart(word).strip()] if has_spaceless(word) else [])])
    return "(" + " OR ".join(f'"{s}"*' for s in spelt if s) + ")"


def find_anything(desk: Desk, typed: str, limit: int = 20) -> tuple[Found, ...]:
    """Find records by what they say; the words of restricted and sealed ones are never shown."""
    wanted = query_of(typed[:200])
    if not wanted:
        return ()
    with desk.store.read() as session:
        rows = _rows(session.connection(), wanted, limit)
        cases = _cases(session, {r[2] for r in rows if r[2]})
        found = []
        for record, kind, case_id, covered, excerpt in rows:
            code, known_as = cases.get(case_id, ("", ""))
            hidden = covered or kind in _NEVER_QUOTED
            shown = "" if hidden else " ".join(str(excerpt).split())
            title = known_as if kind in (Kind.PERSON, Kind.CASE) else desk.lists.label("kind", kind)
            found.append(
                Found(
                    Kind(kind),
                    record,
                    CaseId(case_id) if case_id else None,
                    code,
                    known_as,
                    title,
                    shown,
                    None,
                )
            )
        return tuple(found)


def _rows(connection: Connection, wanted: str, limit: int) -> list[tuple[str, str, str | None, int, str]]:
    rows = connection.execute(_MATCH, {"wanted": wanted, "most": limit})
    return [(r.record, r.kind, r.case_id, r.covered, r.excerpt) for r in rows]


def _cases(session: Session, ids: set[str]) -> dict[str | None, tuple[str, str]]:
    query = (
        select(CaseRow.id, CaseRow.code, PersonRow.known_as)
        .join(CaseRoleRow, CaseRoleRow.case_id == CaseRow.id)
        .join(PersonRow, PersonRow.id == CaseRoleRow.person_id)
        .where(CaseRow.id.in_(ids), CaseRoleRow.role == CaseRoleKind.SURVIVOR)
    )
    return {case: (code, name) for case, code, name in session.execute(query)}
