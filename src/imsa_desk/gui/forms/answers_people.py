"""PersonBody: somebody of the case, or a name that is typed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from imsa_desk.gui.forms.answers_parts import AnswerBody, Asked, Captioned
from imsa_desk.gui.forms.picks import PickOne
from imsa_desk.gui.widgets.choice import Option
from imsa_desk.gui.widgets.fields import TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import row


class PersonBody(AnswerBody):
    """Typing proposes the people of the case; the name and what they are stay in the answer as they were."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._people = {known.who: known for known in asked.people}
        options = [
            Option(known.who, f"{known.name}, {known.role}" if known.role else known.name)
            for known in asked.people
        ]
        self._name = PickOne(options, name=f"{asked.question.text}: name", width=34)
        self._name.setMaxLength(500)
        self._name.textEdited.connect(lambda _: self._typed())
        proposals = self._name.completer()
        proposals.activated.connect(lambda _: self._typed())
        self._role = TextLine(name=f"{asked.question.text}: what they are to the person", width=24)
        self._role.setMaxLength(500)
        self._role.textEdited.connect(lambda words: self.put("role", words))
        self._said = label("", "meta")
        self.content.addLayout(
            row(Captioned("Name", self._name), Captioned("What they are", self._role), None, space=10)
        )
        self.content.addWidget(self._said)

    def _typed(self) -> None:
        known = self._people.get(self._name.value)
        if known is None:
            self.value.pop("who", None)
            self.put("name", self._name.text())
        else:
            self.value["who"], self.value["role"] = known.who, known.role
            if not known.role:
                self.value.pop("role")
            self.put("name", known.name)
            self._role.setText(known.role)
        self._say()

    def _say(self) -> None:
        known = self._people.get(self.words("who"))
        self._said.setText("Somebody of this case" if known is not None else "")
        self._said.setVisible(known is not None)

    def show_value(self) -> None:
        known = self._people.get(self.words("who"))
        if known is None:
            self._name.setText(self.words("name"))
        else:
            self._name.set_value(known.who)
        self._role.setText(self.words("role"))
        self._say()

    def stops(self) -> list[QWidget]:
        return [self._name, self._role]
