"""What was said before and need not be said again: answers carried over from earlier applications of the same holder.

A renewal takes over everything that its form asks again and is confirmed on one page. A first application takes over
how its writer may be reached, and what was said of the place or of the same licence in the application that he chooses
to start from; lists of items too, where the new form asks for the very same list. Each such answer shows where it comes
from and when it was said, and stays open (WCAG 3.3.7). Declarations and files are never carried: they are said and
shown anew each time.
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
        by_id = self._asks_alike(form)
        mine = next((one for one in _questions(self.form.pages) if _same(one, question, by_id)), None)
        return self.answers.get(mine.id) if mine else None

    def listed(self, page: Page, form: Form, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The items of the same list, as far as today's rules take them; none of somebody else's that names people."""
        personal = any(one.sensitive or one.kind.personal for one in page.questions)
        alike = self._asks_alike(form)
        mine = next((one for one in self.form.groups if _same_list(one, page, alike)), None)
        if mine is None or page.each is None or (personal and not self.own):
            return []
        given = self.answers.get(mine.id)
        items = [_item(mine, page, one, facts) for one in given if isinstance(one, Mapping)] if given else []
        return items if len(items) <= page.each.max and all(items) else []

    def _asks_alike(self, form: Form) -> bool:
        """Whether one id means one question in both forms."""
        return self.about_it or _base(self.form) == _base(form)

    def place(self) -> tuple[str, Mapping[str, Any]] | None:
        """The address of the premises that it names, and what the place is called; None: it names none."""
        by_key = {one.reuse: self.answers.get(one.id) for one in _questions(self.form.pages) if one.reuse}
        address = by_key.get(f"{PREMISES}address") or by_key.get(f"{PREMISES}place")
        return (str(by_key.get(f"{PREMISES}name") or ""), address) if isinstance(address, Mapping) else None


Said = dict[str, tuple[Any, Earlier]]
"""Question id, or that of a page of items → what was said, and in which application."""


def _same(one: Question, other: Question, by_id: bool) -> bool:
    """Whether two questions ask the same, so that one answer is enough for both."""
    if one.kind.name != other.kind.name:
        return False
    return (bool(one.reuse) and one.reuse == other.reuse) or (by_id and one.id == other.id)


def _same_list(one: Page, other: Page, by_id: bool) -> bool:
    """Whether two pages ask for the same items: of one block, used alike, or of the same form."""
    return one.id == other.id and (by_id or (one.title == other.title and _asked(one) == _asked(other)))


def _asked(page: Page) -> list[tuple[str, str]]:
    return [(one.id, one.kind.name) for one in page.questions]


def _item(mine: Page, page: Page, said: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """One item, with the answers that today's rules take."""
    kinds = dict(_asked(mine))
    alike = (one for one in _answered(page) if kinds.get(one.id) == one.kind.name and said.get(one.id) is not None)
    return {one.id: said[one.id] for one in alike if accepts(one, said[one.id], facts)}


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
    return found if only else found | _lists(form, of, facts)


def _lists(form: Form, of: Sequence[Earlier], facts: Mapping[str, Any]) -> Said:
    """What earlier applications, the first that has any, say to the form's lists of items."""
    found: Said = {}
    for page in form.groups:
        said = ((items, each) for each in of if (items := each.listed(page, form, facts)))
        if first := next(said, None):
            found[page.id] = first
    return found


def _questions(pages: tuple[Page, ...]) -> Iterator[Question]:
    for page in pages:
        if not page.each:
            yield from _answered(page)


def _answered(page: Page) -> Iterator[Question]:
    """The questions of a page whose answers may be carried."""
    return (one for one in page.questions if one.kind.answered and one.kind.name not in NEVER)


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
