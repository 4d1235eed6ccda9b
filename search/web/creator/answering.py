"""Filled-in forms, looked through: what is missing for a yes, and the name an author wants."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from search.permissions.form_answers import STATEMENTS
from search.permissions.wording.particulars import BadParticulars, plain_name
from search.web.creator.pages import LONGEST_CREDIT, Asked, say_answer
from search.web.creator.texts import Texts
from search.web.creator.visits import Given, Said

ANSWERS: Final = frozenset(Said)
_OUTDATED: Final = frozenset({"content_changed", "terms_changed"})
_NOT_SHOWN: Final = "(The author has read another page than this one.)"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """A form as it was sent, and the page it should have stood on."""

    typed: Mapping[str, str]
    asked: Asked
    """As the page would say it now."""

    problems: tuple[str, ...]
    """Why no yes can be taken now; one that comes all the same is kept for a person."""

    @property
    def is_yes(self) -> bool:
        """Whether it says yes."""
        return self.typed.get("answer") == Said.YES

    def errors(self, t: Texts) -> Iterator[tuple[str, str]]:
        """Say each thing that is missing, with its field; a no only needs to be chosen."""
        if self.typed.get("answer") not in ANSWERS:
            yield "answer", t("error_answer")
        if not self.is_yes:
            return
        if self.is_other_page and not _OUTDATED.intersection(self.problems):
            yield "post", t("error_shown")
        for name in STATEMENTS:
            if not self.typed.get(name) and not self.problems:
                yield name, t("error_statement", statement=t(name))
        if not _is_name(self.typed.get("credit", "")):
            yield "credit", t("error_credit")

    @property
    def is_other_page(self) -> bool:
        """Whether what the author has read says something else than the page does now."""
        return self.typed.get("shown") != self.asked.sha256

    def given(self, files: Sequence[str], t: Texts) -> Given:
        """Return what it says, once it has no errors."""
        said = Said(self.typed["answer"])
        if said is not Said.YES:
            return Given(said=said, text=said.value, language=t.code)
        typed = {**self.typed, "credit": credit_of(self.typed)}
        shown = f"{_NOT_SHOWN}\n\n" if self.is_other_page else ""
        return Given(
            said=said,
            text=f"{shown}{self.asked.text}\n\n{say_answer(typed, files, t)}",
            language=t.code,
            statements=tuple(name for name in STATEMENTS if typed.get(name)),
            credit=typed["credit"] or None,
            files=tuple(files),
        )


def credit_of(typed: Mapping[str, str]) -> str:
    """Return the name an author wants; a scope is written with semicolons, so it has none."""
    text = typed.get("credit", "").replace(";", ",")
    return plain_name("credit", text) or "" if text.strip() else ""


def _is_name(text: str) -> bool:
    if not text.strip():
        return True
    try:
        return len(text) <= LONGEST_CREDIT and bool(credit_of({"credit": text}))
    except BadParticulars:
        return False
