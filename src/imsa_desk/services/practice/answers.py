"""Answers to the needs, strengths and safety review that fit a practice case and move between two reviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from imsa_desk.domain.assessments import AnswerDraft, AnswerValue, answer_band
from imsa_desk.domain.forms import Form, Question, QuestionKind, Section
from imsa_desk.domain.forms.rules import visible
from imsa_desk.services.practice.facts import Facts
from imsa_desk.services.practice.values import SectionFilled
from imsa_desk.vocab import AnswerSource, Band, NotDiscussed

_RISKS: dict[str, tuple[tuple[str, ...], float, tuple[str, ...], str]] = {
    "S1": (("sexual", "criminal", "labour"), 0.5, ("trafficker", "associate"), "survivor"),
    "S2": (("labour", "sexual", "organ_harvesting"), 0.4, ("trafficker", "associate"), "family_overseas"),
    "S3": (("labour", "criminal", "sexual"), 0.45, ("trafficker", "associate"), "survivor"),
    "S4": (("criminal", "not_specified"), 0.3, ("community", "unknown"), "survivor"),
    "S5": (("sexual", "criminal"), 0.35, ("online", "partner"), "survivor"),
    "S6": (("sexual", "criminal"), 0.3, ("trafficker", "online"), "survivor"),
    "S7": (("domestic_servitude", "sexual"), 0.15, ("family", "partner"), "survivor"),
    "S8": (("organ_harvesting", "sexual"), 0.12, ("self",), "survivor"),
    "S9": ((), 0.03, ("unknown",), "community_member"),
    "S10": (("criminal", "labour"), 0.35, ("state_system",), "survivor"),
    "S11": (("criminal",), 0.25, ("associate", "state_system"), "survivor"),
    "S12": (("sexual",), 0.15, ("community", "family"), "survivor"),
    "S13": (("sexual", "criminal", "labour"), 0.45, ("associate", "community"), "survivor"),
    "S14": (("criminal",), 0.1, ("associate",), "imsa_or_staff"),
}
"""For each safety question: which exploitation makes it likelier, how likely, from whom, who is at risk."""
_ABOUT_CHILDREN = ("1.9", "4.7", "6.6")
_STEPS = (0.0, 0.02, 0.1, 0.35, 0.7)
"""How often an item of each need level is given a next step, which becomes an action when it is signed."""
_HUNTED = 11
"""Every eleventh person is in danger of being found: a caseload has a very high risk somewhere."""
_SCORES = ("none", "some", "strong")


@dataclass(slots=True)
class Review:
    """One assessment in the making: how needs stand, what was said before, and what came out urgent."""

    facts: Facts
    form: Form
    levels: Mapping[str, int]
    before: dict[str, AnswerValue] = field(default_factory=dict)
    given: dict[str, AnswerDraft] = field(default_factory=dict)
    danger: bool = False
    steps: list[str] = field(default_factory=list)

    def fill(self, *, safety_only: bool = False, until: int = 99) -> tuple[SectionFilled, ...]:
        """Fill the sections in order; `until` stops an unfinished draft, `safety_only` keeps it to safety."""
        rng = self.facts.rng
        found = []
        for place, section in enumerate(self.form.sections):
            if place >= until:
                break
            by_choice = section.theme in ("t4", "t5", "t6", "t7") and rng.random() < 0.14
            if (safety_only and section.id != "safety") or by_choice:
                found.append(SectionFilled(section.id, (), skipped=True))
                continue
            found.append(SectionFilled(section.id, self._section(section)))
        return tuple(found)

    def _section(self, section: Section) -> tuple[AnswerDraft, ...]:
        drafts = []
        for question in section.questions:
            if question.takes_answer and self._asked(question):
                draft = self._answer(section, question)
                self.given[question.id] = draft
                if draft.value or draft.not_discussed:
                    drafts.append(draft)
        return tuple(drafts)

    def _asked(self, question: Question) -> bool:
        return question.show_if is None or question.id in visible(self.form, self.given)

    def _answer(self, section: Section, question: Question) -> AnswerDraft:
        rng = self.facts.rng
        if question.kind in (QuestionKind.NEED_ITEM, QuestionKind.RISK_ITEM) and not question.required:
            if rng.random() < 0.09:
                return AnswerDraft(question.id, not_discussed=rng.choice(list(NotDiscussed)))
            if question.id in _ABOUT_CHILDREN and rng.random() < 0.6:
                return AnswerDraft(question.id, not_discussed=NotDiscussed.NOT_RELEVANT)
        value = self._value(section, question)
        source = rng.choices(list(AnswerSource), [12, 2, 2, 1, 0])[0] if value else ""
        return AnswerDraft(question.id, value, source=source)

    def _value(self, section: Section, question: Question) -> AnswerValue:
        match question.kind:
            case QuestionKind.NEED_ITEM:
                return self._need(section, question)
            case QuestionKind.RISK_ITEM:
                return self._risk(question)
            case QuestionKind.CHOICES:
                return {"choices": self.facts.rng.sample([o.value for o in question.options[:-1]], 4)}
            case QuestionKind.CHOICE:
                return {"choice": self.facts.rng.choice(question.options).value}
            case QuestionKind.YES_NO_UNKNOWN:
                return {"choice": "yes"}
            case QuestionKind.NUMBER:
                return {"number": self.facts.rng.randint(1, 3)}
            case QuestionKind.DATE:
                day = self.facts.day + timedelta(days=self.facts.rng.randint(14, 45))
                return {"day": day.isoformat()}
        return {"text": self._text(question.id)}

    # --- needs ---

    def _need(self, section: Section, question: Question) -> AnswerValue:
        rng, words = self.facts.rng, self.facts.content.assessment["need"][section.theme]
        level = self._level(section.theme, question.id)
        own = min(4, max(0, level + rng.choice((-1, 0, 0, 0, 1))))
        value: AnswerValue = {
            "advocate": level,
            "survivor": own,
            "confidence": rng.choice(("low", "medium", "high", "high")),
        }
        if level:
            value["importance"] = min(3, max(1, level - rng.choice((0, 0, 1))))
        if rng.random() < (0.5 if level >= 2 else 0.12):
            value["words"] = self._quote(section.theme, words["words"])
        if level >= 2:
            value["consent_to_refer"] = rng.choice(("yes", "yes", "no", "ask_again", "not_asked"))
        if rng.random() < _STEPS[level]:
            step = self.facts.draw(f"next.{section.theme}", words["next"])
            value["next_step"], value["owner"] = (
                step,
                rng.choices(("imsa", "survivor", "professional"), (12, 5, 1))[0],
            )
            self.steps.append(step)
        return value

    def _level(self, theme: str, question_id: str) -> int:
        """Scatter the items around the theme's need; a second review moves from the first."""
        rng, here = self.facts.rng, self.levels.get(theme, 1)
        earlier = self.before.get(question_id, {}).get("advocate")
        if isinstance(earlier, int):
            toward = -1 if earlier > here else rng.choice((-1, 0, 0, 1))
            return min(4, max(0, earlier + toward))
        return min(4, max(0, rng.choice((here, here, here - 1, here - 2, 0, 1))))

    def _quote(self, theme: str, lines: Sequence[str]) -> str:
        facts = self.facts
        if facts.profile.interpreter and facts.rng.random() < 0.12:
            subject = {"t1": "safe", "t2": "home", "t4": "work", "t8": "voice"}.get(theme, "family")
            words, meaning = facts.profile.origin.says[subject]
            return f"{words} ({meaning})" if meaning else words
        return facts.draw(f"quote.{theme}", lines)

    # --- risks ---

    def _risk(self, question: Question) -> AnswerValue:
        facts, rng, pool = self.facts, self.facts.rng, self.facts.content.assessment["risk"]
        likelier, chance, sources, who = _RISKS[question.id]
        mine = bool(set(likelier) & set(facts.profile.exploitation))
        earlier = self.before.get(question.id, {})
        chance = 0.6 * chance + (0.12 if mine else 0.0) + (0.25 if earlier.get("present") == "yes" else 0.0)
        value: AnswerValue = {"survivor_agrees": rng.choice(("yes", "yes", "partly", "not_asked"))}
        hunted = question.id == "S1" and facts.profile.number % _HUNTED == _HUNTED // 2
        if not hunted and rng.random() >= chance:
            return value | {"present": "no"}
        self.danger = self.danger or question.urgent_if_present
        likelihood, severity = (3, 5) if hunted and not earlier else self._rating(question.id, mine, earlier)
        value |= {"present": "yes", "likelihood": likelihood, "severity": severity}
        value["imminence"] = "now" if likelihood == 5 else rng.choice(("week", "month", "longer", "unknown"))
        value["trend"] = self._trend(likelihood, earlier)
        value["who_at_risk"] = [who] if who == "survivor" or rng.random() < 0.5 else [who, "survivor"]
        value["risk_from"] = list(sources[: rng.randint(1, len(sources))])
        value["protective_effect"] = rng.choice(_SCORES)
        value["protective_factors"] = rng.sample(
            ["trusted_person", "safe_home", "knows_rights", "legal_rep", "peer_support"], 2
        )
        value["words"] = facts.draw("risk", pool["words"])
        value["note"] = facts.draw("risknote", pool["note"])
        self._judge(value)
        return value

    def _rating(self, question_id: str, mine: bool, earlier: AnswerValue) -> tuple[int, int]:
        rng = self.facts.rng
        was, grave = earlier.get("likelihood"), earlier.get("severity")
        if isinstance(was, int) and isinstance(grave, int):
            return max(1, was + rng.choice((-2, -1, -1, 0, 1 if was < 4 else 0))), grave
        likelihood = rng.choice((2, 2, 2, 3, 3) if mine else (1, 2, 2, 2, 3))
        severity = rng.choice((1, 2, 2, 2, 3, 3, 4) if rng.random() < 0.98 else (5,))
        return likelihood, 4 if question_id == "S8" else severity

    def _trend(self, likelihood: int, earlier: AnswerValue) -> str:
        was = earlier.get("likelihood")
        if not isinstance(was, int):
            return "new" if self.before else self.facts.rng.choice(("steady", "rising", "new"))
        return "falling" if likelihood < was else "rising" if likelihood > was else "steady"

    def _judge(self, value: AnswerValue) -> None:
        """Give the band that remains after the plan, and now and then a judgement with its reason."""
        rng, bands = self.facts.rng, list(Band)
        band = answer_band(value)
        if band is None:
            return
        place = bands.index(band)
        if rng.random() < 0.03 and place < len(bands) - 1:
            place += 1
            value["judged_band"] = bands[place].value
            value["judgement_reason"] = self.facts.draw(
                "judged", self.facts.content.assessment["risk"]["reason"]
            )
        self.danger = self.danger or bands[place] is Band.VERY_HIGH
        value["residual_band"] = bands[max(0, place - rng.choice((0, 1, 1, 2)))].value

    # --- texts ---

    def _text(self, question_id: str) -> str:
        words, draw = self.facts.content.assessment, self.facts.draw
        pools = {
            "S4a": words["risk"]["tonight"],
            "S13a": words["risk"]["places"],
            "S14a": words["risk"]["alone"],
            "1.6a": words["own"]["medicine"],
            "ST1": words["strengths"]["words"],
            "OV1": self.facts.content.frame["matters"]["words"],
            "OV2": words["own"]["frightens"],
            "OV3": words["own"]["helps"],
            "OV4": words["own"]["never"],
            "OV5": words["own"]["week"],
            "OV6": words["own"]["told"],
        }
        return draw(f"text.{question_id}", pools.get(question_id, words["header"]["wants"]))
