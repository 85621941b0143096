"""What was settled lately, by whom, and choosing again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.conflicts import Settled, asked_of, label_of
from imsa_desk.domain.lines import REMOVED, WHOLE
from imsa_desk.services import history
from imsa_desk.services.conflict_seals import is_sealed, review_of
from imsa_desk.services.conflict_words import Names, Wording
from imsa_desk.services.desk import Desk
from imsa_desk.store.fields import class_of
from imsa_desk.store.records import CaseRow
from imsa_desk.store.removals import settled_by
from imsa_desk.store.tables import journal_body, journal_head, journal_link
from imsa_desk.store.torn import Torn, Written, written
from imsa_desk.store.writers import writers
from imsa_desk.vocab import Sensitivity

_LATELY = 1_500
"""Lines of each writer that are looked at, the newest first."""
_SEVERAL = re.compile(r'","[0-9a-f]{64}"')
_RESTRICTED = (Sensitivity.L3, Sensitivity.L4)
VERB = "settle_conflict"


def settled(desk: Desk, limit: int = 50) -> tuple[Settled, ...]:
    """Give what was settled lately and still stands so, the newest first; also by an ordinary change."""
    with desk.store.read() as session:
        names, wording = Names.of(desk, session), Wording.of(desk, session)
        acts: dict[tuple[str, str], tuple[Written, list[str]]] = {}
        for line in _settling(session):
            fields = _settled_fields(session, line)
            if fields:
                key = (line.body["act"]["id"], line.body["record"])
                acts.setdefault(key, (line, []))[1].extend(fields)
        newest = sorted(acts.values(), key=lambda one: one[0].body["at"], reverse=True)
        found = (_value(session, line, fields, names, wording) for line, fields in newest)
        return tuple(one for one in found if one is not None)[:limit]


def choose_again(desk: Desk, act_id: str) -> None:
    """Take a settlement back: the same values stand again. Raises Refused where it was changed since."""
    history.undo(desk, act_id)


def _settling(session: Session) -> Iterator[Written]:
    """Give the newest lines that replace several at once, of every writer."""
    link, body = journal_link.c, journal_body.c
    joined = (link.writer == body.writer) & (link.seq == body.seq)
    for writer in writers(session.connection()):
        query = (
            select(link.line_hash, body.seq, body.body)
            .join_from(journal_body, journal_link, joined)
            .where(body.writer == writer, body.body.is_not(None))
            .order_by(body.seq.desc())
            .limit(_LATELY)
        )
        for line, seq, text in session.execute(query):
            if _SEVERAL.search(text):
                yield Written(line, writer, seq, parse_canonical(text.encode()))


def _settled_fields(session: Session, line: Written) -> list[str]:
    """Give the fields for which a line replaced different values and is what stands now."""
    head, record = journal_head.c, line.body["record"]
    base = line.body["base"]
    several = [name for name, at in base.items() if len(at) > 1 and name != WHOLE]
    # Only these settle a removal: looking at every removal would read each of those records.
    brings_back = line.body["fields"].get(REMOVED, "") is None
    removal = REMOVED in base and (brings_back or line.body["act"]["verb"] == VERB)
    if not several and not removal:
        return []
    query = select(head.field).where(head.record == record, head.line == line.line)
    standing = set(session.execute(query).scalars())
    cls = class_of(line.body["kind"])
    lines = {one.line: one for one in written(session.connection(), [record]).get(record, [])}
    torn = Torn(record, line.body["case"], cls, {}, {}, lines)
    found = []
    against = removal and bool(settled_by([(h, one.body) for h, one in lines.items()], line.body))
    for name in asked_of(cls.kind, list(dict.fromkeys([*several, *([REMOVED] if against else [])]))):
        before = [lines[h] for h in base[name] if h in lines]
        if name in standing and name == REMOVED and against:
            found.append(name)
            continue
        if name in standing and len({canonical(torn.value(name, one)) for one in before}) > 1:
            found.append(name)
    return found


def _value(
    session: Session, line: Written, fields: list[str], names: Names, wording: Wording
) -> Settled | None:
    body = line.body
    cls = class_of(body["kind"])
    row = session.get(cls, body["record"])
    case = session.get(CaseRow, body["case"] or "")
    lines = {one.line: one for one in written(session.connection(), [body["record"]])[body["record"]]}
    torn = Torn(body["record"], body["case"], cls, {}, {}, lines)
    if row is None or body["act"]["verb"] == "undo" or is_sealed(review_of(session, torn)):
        return None
    said = "; ".join(wording.value(torn, name, body["fields"].get(name), line) for name in fields)
    return Settled(
        act_id=body["act"]["id"],
        record=body["record"],
        kind=cls.kind,
        case_id=body["case"] or "",
        case_code=case.code if case is not None else "",
        title=wording.title(cls, body["record"]),
        labels=tuple(label_of(cls.kind, name) for name in fields),
        words="" if row.sensitivity in _RESTRICTED else said,
        author=names.of_writer(line.writer),
        at=datetime.fromisoformat(body["at"]),
        on_the_way=body["act"]["verb"] != VERB,
    )
