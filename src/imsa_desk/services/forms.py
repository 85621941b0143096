"""Verbs about forms: find the exact version that was answered, and keep the organisation's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from imsa_desk.domain.forms import Form, read_form
from imsa_desk.errors import Refused
from imsa_desk.paths import resources
from imsa_desk.services.desk import Desk
from imsa_desk.store.records import FormRow
from imsa_desk.vocab import AssessmentType

ORIGINS = ("toml", "xlsform")
"""Where the text of a form of the organisation's own may come from."""
_NO_FORM = "This form is not in this vault."
_ORDER = tuple(AssessmentType)
_HELD = 24
"""Own forms kept read at a time; a long one takes some tenths of a second to read."""
_READ: dict[str, Form] = {}


@dataclass(frozen=True, slots=True)
class FormEntry:
    """The newest version of a form, as lists show it; no `serves` means that it fits any occasion.

    `about` is what the form says of itself before its questions.
    """

    id: str
    version: int
    title: str
    serves: tuple[str, ...]
    own: bool
    questions: int
    about: str = ""


def find_form(
    desk: Desk, session: Session, form_id: str, version: int | None = None, digest: str = ""
) -> Form | None:
    """Find a version of a form, or its newest one: a shipped form, else one of the organisation's own.

    A digest must match where one is given, and then the form is found whatever became of it since. Retired
    forms are found by their version only, because reviews that answer them must open for ever.
    """
    shipped = desk.forms.find(form_id, version)
    if shipped is not None and digest in ("", shipped.digest):
        return shipped
    query = select(FormRow).where(FormRow.form_id == form_id)
    if not digest:
        query = query.where(FormRow.deleted_at.is_(None))
    if version is None:
        query = query.where(FormRow.retired_on.is_(None))
    else:
        query = query.where(FormRow.version == version)
    if digest:
        query = query.where(FormRow.digest == digest)
    query = query.options(defer(FormRow.text)).order_by(FormRow.version.desc()).limit(1)
    row = session.scalars(query).first()
    return _form(row) if row is not None else None


def forms_for(desk: Desk, assessment_type: str = "") -> tuple[FormEntry, ...]:
    """Give the newest version of every form in use that fits an occasion; "" for all of them.

    Those made for that occasion come first, the organisation's own before the shipped ones.
    """
    with desk.store.read() as session:
        own = {row.form_id: _form(row) for row in _newest(_rows(session))}
    forms = own | {form.id: form for form in desk.forms.newest()}
    found = [entry for entry in map(_entry, forms.values()) if _fits(entry, assessment_type)]
    made_for = {form.id: form.serves for form in forms.values()}
    return tuple(sorted(found, key=lambda one: _place(one, made_for[one.id], assessment_type)))


def unusable_forms(desk: Desk) -> tuple[str, ...]:
    """Say which forms that come with Desk cannot be used, and what to do: a file was damaged or changed."""
    return desk.forms.faults()


def add_form(desk: Desk, data: bytes, name: str, origin: str = "toml") -> FormEntry:
    """Keep a form of the organisation's own, checked, as the text it is.

    The same version again changes nothing, but puts a retired one back into use. Raises Refused: E_FORM with
    every fault of the file, E_FORM_TAKEN for the id of a shipped form, E_FORM_EDITED where the same version
    is kept with other words.
    """
    if origin not in ORIGINS:
        raise Refused(f"A form comes from one of: {', '.join(ORIGINS)}.")
    form = read_form(data, name, known_lists=frozenset(desk.lists.files), own=True)
    if desk.forms.find(form.id) is not None:
        raise Refused(_taken(form), code="E_FORM_TAKEN")
    with desk.store.begin("add_form") as session:
        kept = _kept(session, form.id, form.version)
        if kept is None:
            session.add(_row(desk, form, data.decode("utf-8"), origin))
        elif kept.digest != form.digest:
            raise Refused(_edited(session, form), code="E_FORM_EDITED")
        elif kept.retired_on is not None:
            kept.retired_on = None
    return _entry(form)


def retire_form(desk: Desk, form_id: str, version: int) -> None:
    """Take a form of the organisation's own out of use, with the versions before it.

    Nothing is erased: reviews that answer it open, compare and print as before.
    """
    with desk.store.begin("retire_form") as session:
        if _kept(session, form_id, version) is None:
            raise Refused(_NO_FORM)
        for row in _rows(session):
            if row.form_id == form_id and row.version <= version:
                row.retired_on = desk.today()


def own_form_text(desk: Desk, form_id: str, version: int) -> str:
    """Give the text of a form of the organisation's own, as it was taken in."""
    with desk.store.read() as session:
        row = _kept(session, form_id, version)
        if row is None:
            raise Refused(_NO_FORM)
        return row.text


def form_text(desk: Desk, form_id: str, version: int) -> str:
    """Give the text of any form, a shipped one too: a form of one's own may begin from it.

    Raises Refused where there is none.
    """
    if desk.forms.find(form_id, version) is None:
        return own_form_text(desk, form_id, version)
    return (resources() / "forms" / form_id / f"{version}.toml").read_text("utf-8")


def form_named(desk: Desk, form_id: str, version: int | None = None) -> Form:
    """Give a form to look at or print. Raises Refused where there is none."""
    with desk.store.read() as session:
        form = find_form(desk, session, form_id, version)
    if form is None:
        raise Refused(_NO_FORM)
    return form


def _rows(session: Session) -> Sequence[FormRow]:
    query = select(FormRow).where(FormRow.retired_on.is_(None), FormRow.deleted_at.is_(None))
    query = query.options(defer(FormRow.text)).order_by(FormRow.form_id, FormRow.version)
    return session.scalars(query).all()


def _newest(rows: Sequence[FormRow]) -> list[FormRow]:
    return list({row.form_id: row for row in rows}.values())


def _kept(session: Session, form_id: str, version: int) -> FormRow | None:
    query = select(FormRow).where(
        FormRow.form_id == form_id, FormRow.version == version, FormRow.deleted_at.is_(None)
    )
    return session.scalars(query.limit(1)).first()


def _row(desk: Desk, form: Form, text: str, origin: str) -> FormRow:
    return FormRow(
        form_id=form.id,
        version=form.version,
        digest=form.digest,
        title=form.title,
        text=text,
        origin=origin,
        added_at=desk.now(),
        author=desk.actor.id,
    )


def _form(row: FormRow) -> Form:
    """Give an own form, read once for each digest; the text is only fetched where it must be read."""
    form = _READ.get(row.digest)
    if form is None:
        form = read_form(row.text.encode("utf-8"), f"{row.form_id} version {row.version}", own=True)
        _READ[row.digest] = form
        while len(_READ) > _HELD:
            _READ.pop(next(iter(_READ)), None)
    return form


def _entry(form: Form) -> FormEntry:
    asked = sum(question.takes_answer for question in form.questions())
    return FormEntry(form.id, form.version, form.title, _serves(form), form.own, asked, form.intro.strip())


def _serves(form: Form) -> tuple[str, ...]:
    """Give the occasions a form is for; one that says none offers those its first field offers."""
    kinds = next((one for one in form.header if one.id == "assessment_type"), None)
    return form.serves or (tuple(option.value for option in kinds.options) if kinds is not None else ())


def _place(entry: FormEntry, made_for: tuple[str, ...], assessment_type: str) -> tuple[bool, bool, int, str]:
    """Sort what was made for the occasion first, then own forms, then in the order of a piece of work."""
    first = made_for[0] if made_for else AssessmentType.INITIAL
    return assessment_type not in made_for, not entry.own, _ORDER.index(first), entry.title.casefold()


def _fits(entry: FormEntry, assessment_type: str) -> bool:
    return not assessment_type or not entry.serves or assessment_type in entry.serves


def _taken(form: Form) -> str:
    return f"“{form.id}” is the id of a form that comes with Desk. Give yours another id."


def _edited(session: Session, form: Form) -> str:
    query = select(FormRow.version).where(FormRow.form_id == form.id, FormRow.deleted_at.is_(None))
    following = max(session.scalars(query)) + 1
    return (
        f"Version {form.version} of “{form.id}” is kept with other words, and a version is never edited. "
        f"Give the changed form version {following}, and take it in again."
    )
