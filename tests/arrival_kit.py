"""Two versions of an invented form of an organisation's own, with the kinds of question that need care."""

from __future__ import annotations

from imsa_desk.services.desk import Desk
from imsa_desk.services.forms import add_form

FORM_ID = "arrival-talk"

_SCALES = """
[scales.need]
title = "Need"
point = [
  { value = 0, label = "No need", meaning = "Nothing wanted" },
  { value = 1, label = "Holding", meaning = "Met now" },
  { value = 2, label = "Want help", meaning = "Wants help" },
  { value = 3, label = "Pressing", meaning = "Unmet" },
  { value = 4, label = "Urgent", meaning = "Within days" },
]
[scales.importance]
title = "Matters"
point = [
  { value = 1, label = "A little", meaning = "Waits" },
  { value = 2, label = "Much", meaning = "Soon" },
  { value = 3, label = "Most", meaning = "First" },
]
[scales.confidence]
title = "Sure"
point = [
  { value = "low", label = "Not sure", meaning = "Heard" },
  { value = "high", label = "Sure", meaning = "Seen" },
]
[scales.owner]
title = "Who"
point = [
  { value = "imsa", label = "You" },
  { value = "survivor", label = "The person" },
  { value = "professional", label = "A professional" },
]
[scales.consent_to_refer]
title = "May refer"
point = [{ value = "yes", label = "Yes" }, { value = "no", label = "No" }]
[scales.not_discussed]
title = "Not discussed"
point = [
  { value = "not_now", label = "Not now" },
  { value = "declined", label = "Declined" },
  { value = "not_relevant", label = "Not relevant" },
  { value = "no_time", label = "No time" },
  { value = "unsafe_place", label = "Not safe here" },
]
[scales.source]
title = "Source"
point = [
  { value = "told_by_survivor", label = "The person told me" },
  { value = "observed", label = "I saw it" },
  { value = "document", label = "From a paper" },
  { value = "other_professional", label = "From another professional" },
  { value = "assumed", label = "Assumed" },
]
[scales.sleep]
title = "Sleep"
point = [
  { value = 1, label = "Well", meaning = "Most nights", colour = "good" },
  { value = 2, label = "So so", meaning = "Half the nights", colour = "caution" },
  { value = 3, label = "Badly", meaning = "Hardly ever", colour = "alert" },
]
"""
_OLD_ONLY = """
[[section.question]]
id = "old_only"
kind = "short_text"
number = "7"
text = "Asked in the first version only"
"""
_NEW_ONLY = """
[[section.question]]
id = "new_only"
kind = "short_text"
number = "7"
text = "Asked since the second version"
"""

VERSION_1 = f"""
id = "{FORM_ID}"
version = 1
title = "Arrival talk"
language = "en-GB"
serves = ["initial", "review"]
{_SCALES}
[[section]]
id = "living"
title = "Living"
theme = "t2"

[[section.question]]
id = "room"
kind = "need_item"
number = "1"
text = "The room"

[[section.question]]
id = "sleep"
kind = "scale"
scale = "sleep"
number = "2"
text = "How the nights are"

[[section.question]]
id = "rent"
kind = "money"
number = "3"
text = "Rent"

[[section.question]]
id = "helps"
kind = "choices"
number = "4"
text = "What helps"
option = [
  {{ value = "walk", label = "Walking" }},
  {{ value = "tea", label = "Tea" }},
  {{ value = "music", label = "Music" }},
]

[[section.question]]
id = "words"
kind = "long_text"
number = "5"
text = "In own words"
required = true

[[section]]
id = "family"
title = "Family"

[[section.question]]
id = "children"
kind = "group"
number = "6"
text = "Children"
item_title = "Child"

[[section.question.question]]
id = "child_name"
kind = "short_text"
text = "Called"

[[section.question.question]]
id = "child_age"
kind = "number"
text = "Age"
minimum = 0
maximum = 25

[[section.question]]
id = "how_many"
kind = "calculated"
text = "Children in all"
calculation = "count-selected(${{children}})"
{_OLD_ONLY}
[[section.question]]
id = "agreed"
kind = "agreement"
number = "8"
text = "Read back and agreed"
"""

VERSION_2 = (
    VERSION_1.replace("version = 1", "version = 2", 1)
    .replace('id = "room"', 'id = "home"')
    .replace('text = "The room"', 'text = "Where I live"')
    .replace('text = "Rent"', 'text = "Rent a month"')
    .replace(_OLD_ONLY, _NEW_ONLY)
    + """
[[carry]]
from_version = 1
old = "room"
new = "home"
"""
)


def add_first(desk: Desk) -> None:
    """Take in the first version."""
    add_form(desk, VERSION_1.encode(), "arrival-talk-1.toml")


def add_second(desk: Desk) -> None:
    """Take in the second version, which renames one question, drops one and adds one."""
    add_form(desk, VERSION_2.encode(), "arrival-talk-2.toml")
