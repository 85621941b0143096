"""What every form has and a workbook does not: what stands above the questions, and why one was not asked.

The words are those of the needs, strengths and safety review.
"""

from __future__ import annotations

from typing import Final

HEADER: Final = """\
[[header]]
id = "assessment_type"
kind = "choice"
text = "Why we are doing this now"
required = true
option = [
  { value = "safety_screen", label = "First safety check" },
  { value = "initial", label = "First full review" },
  { value = "review", label = "Planned review" },
  { value = "event_triggered", label = "Something has happened" },
  { value = "pre_move_on", label = "Before moving on from support" },
  { value = "closing", label = "Ending our work together" },
]

[[header]]
id = "on"
kind = "date"
text = "Date we talked"
required = true

[[header]]
id = "place"
kind = "short_text"
text = "Where we talked"
help = "Say what kind of place it was and whether it was private. Leave out a confidential address."

[[header]]
id = "interpreter"
kind = "short_text"
text = "Interpreter"
help = "Language, and whether the person was content with the interpreter. \
Never a relative or someone from the case."

[[header]]
id = "present"
kind = "short_text"
text = "Who else was there"

[[header]]
id = "purpose_explained"
kind = "yes_no_unknown"
text = "I explained what this is for, who may see it and that it can stop at any time"

[[header]]
id = "consent_to_assess"
kind = "choice"
text = "Agreed to talk this through"
required = true
option = [
  { value = "yes", label = "Yes" },
  { value = "partial", label = "Yes, to parts of it" },
  { value = "no", label = "No" },
]

[[header]]
id = "person_paused"
kind = "yes_no_unknown"
text = "The person paused or stopped during the talk"
"""

SCALES: Final = """\
[scales.not_discussed]
title = "Not discussed"
point = [
  { value = "not_now", label = "Not now, their choice" },
  { value = "declined", label = "They would rather not say" },
  { value = "not_relevant", label = "It does not apply" },
  { value = "no_time", label = "There was no time" },
  { value = "unsafe_place", label = "The place was not safe for it" },
]

[scales.source]
title = "How we know"
point = [
  { value = "told_by_survivor", label = "The person told me" },
  { value = "observed", label = "I saw it" },
  { value = "document", label = "A document says so" },
  { value = "other_professional", label = "A professional told me" },
  { value = "assumed", label = "I assume it" },
]
"""
