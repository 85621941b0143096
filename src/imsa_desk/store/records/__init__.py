"""The record tables; importing this package knows them all."""

from __future__ import annotations

from imsa_desk.store.records.assessments import (
    AddendumRow,
    AnswerRow,
    AssessmentRow,
    AssessmentSectionRow,
    ReviewTriggerRow,
    SafetyPlanRow,
    SafetyResponseRow,
)
from imsa_desk.store.records.base import Base, Record, record_classes
from imsa_desk.store.records.cases import CaseExploitationRow, CaseRoleRow, CaseRow
from imsa_desk.store.records.consents import ConsentCategoryRow, ConsentRow
from imsa_desk.store.records.coordination import (
    ContactParticipantRow,
    ContactRow,
    ContactThemeRow,
    InvolvementRow,
    InvolvementThemeRow,
    OrganisationRow,
    ProfessionalRow,
    SharingRow,
)
from imsa_desk.store.records.documents import AccessRow, DocumentRow, ReflectionRow
from imsa_desk.store.records.exchange import (
    AssignmentRow,
    GrantRow,
    HandoverRow,
    LateDecisionRow,
    ShareChoiceRow,
    StatisticRow,
)
from imsa_desk.store.records.forms import FormRow
from imsa_desk.store.records.meetings import ActionRow, MeetingAttendeeRow, MeetingRow, MeetingThemeRow
from imsa_desk.store.records.people import (
    AdvocateRow,
    PersonLanguageRow,
    PersonNameRow,
    PersonNationalityRow,
    PersonRow,
    SafeContactRow,
)
from imsa_desk.store.records.reference import ListEntryRow, RuleRow, TemplateRow
from imsa_desk.store.records.retention import ErasureRow, RetentionRow
from imsa_desk.store.records.themes import ThemeEntryRow

__all__ = [
    "AccessRow",
    "ActionRow",
    "AddendumRow",
    "AdvocateRow",
    "AnswerRow",
    "AssessmentRow",
    "AssessmentSectionRow",
    "AssignmentRow",
    "Base",
    "CaseExploitationRow",
    "CaseRoleRow",
    "CaseRow",
    "ConsentCategoryRow",
    "ConsentRow",
    "ContactParticipantRow",
    "ContactRow",
    "ContactThemeRow",
    "DocumentRow",
    "ErasureRow",
    "FormRow",
    "GrantRow",
    "HandoverRow",
    "InvolvementRow",
    "InvolvementThemeRow",
    "LateDecisionRow",
    "ListEntryRow",
    "MeetingAttendeeRow",
    "MeetingRow",
    "MeetingThemeRow",
    "OrganisationRow",
    "PersonLanguageRow",
    "PersonNameRow",
    "PersonNationalityRow",
    "PersonRow",
    "ProfessionalRow",
    "Record",
    "ReflectionRow",
    "RetentionRow",
    "ReviewTriggerRow",
    "RuleRow",
    "SafeContactRow",
    "SafetyPlanRow",
    "SafetyResponseRow",
    "ShareChoiceRow",
    "SharingRow",
    "StatisticRow",
    "TemplateRow",
    "ThemeEntryRow",
    "record_classes",
]
