"""People: names, languages, and the safe ways to reach somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from imsa_desk.domain.ids import PersonId, RecordId
from imsa_desk.vocab import Channel, NameKind, Safe, Sensitivity

STALE_AFTER_DAYS = 30
"""Days after which a safe-contact rule is asked again (domain reference 6.5)."""


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name other than the known-as name; a legal name is restricted and shown only on asking."""

    id: RecordId
    kind: NameKind
    name: str
    note: str = ""
    used_from: str = ""
    used_to: str = ""
    sensitivity: Sensitivity = Sensitivity.L2


@dataclass(frozen=True, slots=True)
class Language:
    """A language a person speaks, as an id of the list `languages`."""

    id: RecordId
    language: str
    dialect: str = ""
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class SafeContact:
    """What is safe on one channel, in the person's own rule."""

    id: RecordId
    channel: Channel
    safe: Safe
    address: str = ""
    when: str = ""
    who_else_can_see: str = ""
    ok_voicemail: bool = False
    say_we_are: str = ""
    code_word: str = ""
    number_withheld: bool = False
    note: str = ""
    last_confirmed: date | None = None

    def days_old(self, today: date) -> int | None:
        """Count the days since the person last confirmed it; None if never."""
        return (today - self.last_confirmed).days if self.last_confirmed else None


@dataclass(frozen=True, slots=True)
class Person:
    """The person, as far as screens need to know; restricted names are asked for one by one."""

    id: PersonId
    known_as: str
    known_as_script: str = ""
    pronouns: str = ""
    born: str = ""
    born_approximate: bool = False
    age_disputed: bool = False
    gender: str = ""
    ethnicity: str = ""
    religion: str = ""
    literacy: str = ""
    adjustments: str = ""
    interpreter_needed: bool = False
    interpreter_gender: str = ""
    interpreter_note: str = ""
    languages: tuple[Language, ...] = ()
    nationalities: tuple[str, ...] = ()
    names: tuple[PersonName, ...] = ()
    safe_contacts: tuple[SafeContact, ...] = ()


@dataclass(frozen=True, slots=True)
class SafeContactDraft:
    """What was typed about one channel."""

    channel: str = ""
    safe: str = Safe.UNKNOWN
    address: str = ""
    when: str = ""
    who_else_can_see: str = ""
    ok_voicemail: bool = False
    say_we_are: str = ""
    code_word: str = ""
    number_withheld: bool = False
    note: str = ""
    confirmed_today: bool = True


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """What was typed about a person; empty texts mean not known."""

    known_as: str = ""
    known_as_script: str = ""
    legal_name: str = ""
    aliases: tuple[str, ...] = ()
    pronouns: str = ""
    born: str = ""
    gender: str = ""
    languages: tuple[str, ...] = ()
    nationalities: tuple[str, ...] = ()
    interpreter_needed: bool = False
    interpreter_gender: str = ""
    adjustments: str = ""
    safe_contacts: tuple[SafeContactDraft, ...] = ()
