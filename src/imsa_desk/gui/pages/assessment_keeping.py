"""Keeping: what is typed goes to the draft within two seconds, and whole sections into the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from imsa_desk.domain.assessments import AnswerDraft, Assessment, AssessmentHeader, Urgent
from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import AssessmentId, new_id
from imsa_desk.errors import ImsaError, Problem
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.services import assessments, drafts
from imsa_desk.services.carrying import confirm_carried
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind

EDITOR = "assessment"
KEEP_AFTER_MS = 1_000


@dataclass(frozen=True, slots=True)
class Standing:
    """How an assessment stands in the vault: what it holds, what waits for words, what it lacks."""

    assessment: Assessment
    urgents: tuple[Urgent, ...]
    missing: tuple[Problem, ...]


def standing(desk: Desk, assessment_id: AssessmentId) -> Standing:
    """Ask how an assessment stands."""
    return Standing(
        assessments.assessment(desk, assessment_id),
        assessments.urgent_of(desk, assessment_id),
        assessments.missing(desk, assessment_id),
    )


@dataclass(frozen=True, slots=True)
class _Parcel:
    """What one commit stores."""

    header: AssessmentHeader | None
    sections: tuple[tuple[str, tuple[AnswerDraft, ...], bool], ...]
    skips: dict[str, bool]
    confirmed: tuple[AnswerDraft, ...] = ()

    @property
    def answers(self) -> tuple[AnswerDraft, ...]:
        return (*(draft for _, drafts_, _ in self.sections for draft in drafts_), *self.confirmed)


class Keeper(QObject):
    """Stores an assessment that is being filled in. `stood` carries a Standing after each commit."""

    stood = Signal(object)
    refused = Signal(object)
    """Carries the ImsaError of a commit; what was typed stays in the draft."""
    kept = Signal()

    def __init__(self, context: PageContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._filling: Filling | None = None
        self._draft_id = new_id()
        self._stored = ""
        self._cursor = ""
        self.announcing = False
        """While true, the change that is announced is the keeper's own."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_AFTER_MS)
        self._timer.timeout.connect(self.keep)

    def take(self, filling: Filling, kept: Draft | None) -> None:
        """Begin with an assessment, and the draft that was found of it."""
        self._timer.stop()
        self._filling = filling
        self._draft_id = kept.id if kept is not None else new_id()
        self._stored = filling.payload() if kept is not None else ""
        self._cursor = kept.cursor if kept is not None else ""

    def typed(self, cursor: str) -> None:
        """Note that something was typed at a question; the draft follows within two seconds."""
        self._cursor = cursor
        if not self._timer.isActive():
            self._timer.start()

    def keep(self) -> None:
        """Store the draft now, if anything changed since."""
        self._timer.stop()
        filling = self._filling
        if filling is None:
            return
        desk = self._context.desk
        if filling.is_clean:
            if self._stored:
                self._stored, draft_id = "", self._draft_id
                self._run(lambda _: drafts.drop_draft(desk, draft_id))
            return
        payload = filling.payload()
        if payload == self._stored:
            return
        self._stored = payload
        kept = self._draft(filling, payload)
        self._run(lambda _: drafts.save_draft(desk, kept))

    def _run(self, work: Callable[[object], None]) -> None:
        self._context.window.say_saving()
        self._context.jobs.run(
            work,
            owner=self,
            then=lambda _: self._was_kept(),
            otherwise=self._not_kept,
            urgent=True,
        )

    def _draft(self, filling: Filling, payload: str) -> Draft:
        line = filling.assessment.line
        return Draft(
            self._draft_id,
            EDITOR,
            line.case_id,
            line.id,
            line.form_title,
            payload,
            self._cursor,
            self._context.desk.now(),
        )

    def _was_kept(self) -> None:
        self._context.window.say_saved()
        self.kept.emit()

    def _not_kept(self, error: ImsaError) -> None:
        self._stored = ""
        self._context.window.say_unsaved(f"Not saved: {error.message}")

    def commit(self, *, urgent: bool = False) -> None:
        """Store everything typed that can be stored; the rest stays in the draft."""
        filling = self._filling
        if filling is None or filling.is_clean:
            return
        self._timer.stop()
        desk, line = self._context.desk, filling.assessment.line
        parcel = _parcel(filling, desk)
        if not parcel.sections and not parcel.confirmed and parcel.header is None:
            self.keep()
            return
        left = _without(filling, parcel)
        rest = None if left.is_clean else self._draft(filling, left.payload())
        draft_id = self._draft_id

        def work(_: object) -> Standing:
            for section_id, answers, skipped in parcel.sections:
                assessments.save_section(desk, line.id, section_id, answers, skipped=skipped)
            if parcel.confirmed:
                confirm_carried(desk, line.id, [draft.key for draft in parcel.confirmed])
            if parcel.header is not None:
                assessments.save_header(desk, line.id, parcel.header)
            if rest is not None:
                drafts.save_draft(desk, rest)
            else:
                drafts.drop_draft(desk, draft_id)
            return standing(desk, line.id)

        self._context.window.say_saving()
        self._context.jobs.run(
            work,
            owner=self,
            then=lambda found: self._committed(filling, parcel, found),
            otherwise=self._not_committed,
            urgent=urgent,
        )

    def _committed(self, filling: Filling, parcel: _Parcel, found: Standing) -> None:
        filling.rebase(found.assessment)
        filling.settle(parcel.answers, parcel.header, parcel.skips)
        self._context.window.say_saved()
        if filling is self._filling:
            # A draft written meanwhile was replaced by the commit, so what was typed since is written again.
            self._stored = ""
            if not filling.is_clean:
                self.keep()
            self.stood.emit(found)
        self.announcing = True
        self._context.bridge.announce_change((Kind.ASSESSMENT, Kind.ANSWER))
        self.announcing = False

    def _not_committed(self, error: ImsaError) -> None:
        self._stored = ""
        self.keep()
        self.refused.emit(error)


def _parcel(filling: Filling, desk: Desk) -> _Parcel:
    today = desk.today()
    sections = tuple(
        (section_id, answers, filling.is_skipped(section_id))
        for section_id in filling.sections_to_save()
        for answers in [filling.to_save(section_id, today)]
        if answers or section_id in filling.unsaved.skips
    )
    skips = {section_id: skipped for section_id, _, skipped in sections}
    return _Parcel(filling.unsaved.header, sections, skips, filling.to_confirm())


def _without(filling: Filling, parcel: _Parcel) -> Filling:
    """Give what is still typed once a parcel is stored."""
    copy = Filling(filling.form, filling.assessment)
    copy.unsaved.header = filling.unsaved.header
    copy.unsaved.answers = dict(filling.unsaved.answers)
    copy.unsaved.skips = dict(filling.unsaved.skips)
    copy.settle(parcel.answers, parcel.header, parcel.skips)
    return copy
