"""Says in plain words what a salvage could not save; numbers and kinds only, never what a record said."""

from __future__ import annotations

from collections.abc import Iterator

from imsa_desk.store.salvage import Salvaged
from imsa_desk.vocab import Kind

_PLURALS = {
    Kind.PERSON: "people",
    Kind.PERSON_NATIONALITY: "nationalities of a person",
    Kind.PERSON_NAME: "other names of a person",
    Kind.PERSON_LANGUAGE: "languages of a person",
    Kind.CASE_ROLE: "roles in a case",
    Kind.CASE_EXPLOITATION: "kinds of exploitation",
    Kind.SAFE_CONTACT: "safe ways of contact",
    Kind.MEETING_THEME: "themes of meetings",
    Kind.MEETING_ATTENDEE: "people at meetings",
    Kind.THEME_ENTRY: "theme notes",
    Kind.ASSESSMENT: "reviews",
    Kind.ASSESSMENT_SECTION: "sections of reviews",
    Kind.ANSWER: "answers in reviews",
    Kind.INVOLVEMENT: "professionals' parts in a case",
    Kind.INVOLVEMENT_THEME: "themes of professionals",
    Kind.CONTACT_PARTICIPANT: "people at contacts",
    Kind.CONTACT_THEME: "themes of contacts",
    Kind.SHARING: "notes of what was shared",
    Kind.CONSENT_CATEGORY: "kinds of information in consents",
    Kind.SAFETY_RESPONSE: "notes of what was done at once",
    Kind.ADDENDUM: "additions to signed reviews",
    Kind.FORM: "forms of the organisation's own",
    Kind.REVIEW_TRIGGER: "reasons for a review",
    Kind.ACCESS: "notes of who looked at what",
}


def many(count: int, one: str, more: str = "") -> str:
    """Say how many of a thing: "1 meeting", "2 meetings"."""
    return f"{count} {one if count == 1 else more or one + 's'}"


def losses(salvaged: Salvaged, anchor: str) -> Iterator[str]:
    """Give one sentence or two for each thing that is lost or cannot be told any more."""
    yield from _damage(salvaged, anchor)
    yield from _history(salvaged)
    for kind, count in salvaged.lost_rows.items():
        name = kind.replace("_", " ")
        words = many(count, name, _PLURALS.get(Kind(kind), name + "s"))
        yield f"{words} once stood in the vault and cannot be read."
    if salvaged.lost_documents:
        yield (
            f"The content of {many(salvaged.lost_documents, 'document')} is lost. Their titles stand among "
            "what was removed from the case."
        )


def _damage(salvaged: Salvaged, anchor: str) -> Iterator[str]:
    if not salvaged.proven:
        yield (
            "The beginning of the database is damaged, so its pages cannot prove themselves. Only what is "
            "proven by the record's own chain was taken over."
        )
    if salvaged.damaged_pages:
        yield f"Of {many(salvaged.pages, 'page')} of the database {salvaged.damaged_pages} cannot be read."
    if salvaged.damaged_frames:
        yield (
            f"{many(salvaged.damaged_frames, 'piece')} of the log of the last changes cannot be read. An "
            "older state stands in their place."
        )
    if anchor:
        yield (
            f"The vault's anchor is {anchor}, so it cannot be told whether the very last changes are here. "
            "Compare the newest entries with what you remember."
        )


def _history(salvaged: Salvaged) -> Iterator[str]:
    gone = salvaged.known_lines - salvaged.lines
    if gone and gone == salvaged.behind and not salvaged.damaged_pages:
        yield f"The last {many(gone, 'change')} that the vault knew of cannot be found any more."
    elif gone:
        yield (
            f"Of {many(salvaged.known_lines, 'line')} of history {gone} could not be taken over, because "
            "they or some before them are lost. What the records said at the end was taken from the records "
            "themselves where they can be read."
        )
    if salvaged.lost_bodies:
        yield f"What {many(salvaged.lost_bodies, 'line')} of history said is lost."
    if salvaged.rows_without_history:
        yield (
            f"{many(salvaged.rows_without_history, 'record')} could be saved without the history of the "
            "latest changes."
        )
