"""What was said before and need not be said again: answers carried over from earlier applications of the same holder.

A renewal takes over everything that its form asks again and is confirmed on one page. A first application takes over
how its writer may be reached, and what was said of the place or of the same licence in the application that he chooses
to start from. Each such answer shows where it comes from and when it was said, and stays open (WCAG 3.3.7).
Declarations and files are never carried: they are said and shown anew each time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from forms.conditions import Combination
from forms.definition import Page
from forms.errors import Problems
from forms.form import Form
from forms.question import Context, Question
from forms.words import Words

SHORT = "short"
CONTACT, PREMISES = "contact.", "premises."
NEVER = ("declaration", "fact", "file")
TITLE = Words(th="ยืนยันข้อมูลเพื่อต่ออายุ", en="Confirm, and renew")
HINT = Words(
    th="ข้อมูลอื่นใช้ตามใบอนุญาตและคำขอเดิมของท่าน หากมีอะไรเปลี่ยน แก้ได้ในหน้าตรวจสอบก่อนส่ง",
    en="The rest stands as on your licence and in your last application. What has changed, put right before sending.",
)


@dataclass(frozen=True)
class Earlier:
    """An application that was sent before for the same holder. `own`: by the very person who now asks."""

    number: str
    sent_at: datetime
    licence: str
    form: Form
    answers: Mapping[str, Any]
    own: bool = True
    stands: bool = True  # it may still become a licence, or has
    about_it: bool = False  # about the very licence that is acted on now

    def said(self, question: Question, form: Form) -> Any:
        """What it says to a question of another form (the same by its once-only key, or the same of the same form);
        None: nothing. What is personal or about reaching somebody is told to its writer only."""
        if not self.own and (question.sensitive or question.kind.personal or question.reuse.startswith(CONTACT)):
            return None
        by_id = self.about_it or _base(self.form) == _base(form)
        mine = next((one for one in _questions(self.form.pages) if _same(one, question, by_id)), None)
        return self.answers.get(mine.id) if mine else None

    def place(self) -> tuple[str, Mapping[str, Any]] | None:
        """The address of the premises that it names, and what the place is called; None: it names none."""
        by_key = {one.reuse: self.answers.get(one.id) for one in _questions(self.form.pages) if one.reuse}
        address = by_key.get(f"{PREMISES}address") or by_key.get(f"{PREMISES}place")
        return (str(by_key.get(f"{PREMISES}name") or ""), address) if isinstance(address, Mapping) else None


Said = dict[str, tuple[Any, Earlier]]
"""Question id → what was said, and in which application."""


def _same(one: Question, other: Question, by_id: bool) -> bool:
    """Whether two questions ask the same, so that one answer is enough for both."""
    if one.kind.name != other.kind.name:
        return False
    return (bool(one.reuse) and one.reuse == other.reuse) or (by_id and one.id == other.id)


def _base(form: Form) -> str:
    """The first form: its renewal and its amendment ask some of the same."""
    return form.id.rpartition(":")[2]


def taken(form: Form, of: Sequence[Earlier], facts: Mapping[str, Any], *, only: str = "", but: str = "") -> Said:
    """What earlier applications, the first that has it, say to the form's questions and its rules still accept.

    `only` and `but` are beginnings of once-only keys: these alone, or all but these.
    """
    found: dict[str, tuple[Any, Earlier]] = {}
    for question in _questions(form.pages):
        if not question.reuse.startswith(only) or (but and question.reuse.startswith(but)):
            continue
        said = ((each.said(question, form), each) for each in of)
        fits = ((value, each) for value, each in said if value is not None and accepts(question, value, facts))
        if first := next(fits, None):
            found[question.id] = first
    return found


def _questions(pages: tuple[Page, ...]) -> Iterator[Question]:
    for page in pages:
        if not page.each:
            yield from (one for one in page.questions if one.kind.answered and one.kind.name not in NEVER)


def accepts(question: Question, value: Any, facts: Mapping[str, Any]) -> bool:
    """Whether today's rules take the value."""
    try:
        question.kind.check(question, value, question.id, Context(None, facts))
    except Problems:
        return False
    return True


def known_and_asked(form: Form, answers: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[int, int]:
    """How many answers were there before anything was asked, and how many there are to be.

    Counted are the questions that apply by the answers so far. Declarations and files are left out: nobody may give
    them for somebody else (they are never known before); and so is a fact that no register has of this holder.
    """
    asked = [
        one
        for page in form.pages
        if not page.each and page.applies(answers)
        for one in page.questions
        if one.kind.answered and one.applies(answers) and (one.id in known or one.kind.name not in NEVER)
    ]
    return sum(one.id in known for one in asked), len(asked)


def short_page(pages: tuple[Page, ...], answers: Mapping[str, Any]) -> Page:
    """Everything that is still to be said or confirmed, on one page; what is known by prefill or reuse is left out."""
    found = []
    for page in pages:
        for one in () if page.each else page.questions:
            known = one.id in answers and bool(one.prefill or one.reuse)
            if one.kind.answered and one.kind.name != "fact" and not known:
                found.append(_under(page, one))
    return Page(SHORT, TITLE, tuple(found), HINT)


def _under(page: Page, one: Question) -> Question:
    """The question with its page's condition on top of its own."""
    conditions = tuple(each for each in (page.when, one.when) if each)
    return replace(one, when=Combination("all", conditions) if len(conditions) > 1 else next(iter(conditions), None))
