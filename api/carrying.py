"""What somebody said before and need not say again: answers carried over from his own earlier application.

A renewal takes over everything that its form asks again, and is then confirmed on one page; a first application takes
over how he may be reached. Declarations and files are never carried: they are said and shown anew each time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from forms.conditions import Combination
from forms.definition import Page
from forms.errors import Problems
from forms.form import Form
from forms.question import Context, Question
from forms.words import Words

SHORT = "short"
CONTACT = "contact."
NEVER = ("declaration", "fact", "file")
TITLE = Words(th="ยืนยันข้อมูลเพื่อต่ออายุ", en="Confirm, and renew")
HINT = Words(
    th="ข้อมูลอื่นใช้ตามใบอนุญาตและคำขอเดิมของท่าน หากมีอะไรเปลี่ยน แก้ได้ในหน้าตรวจสอบก่อนส่ง",
    en="The rest stands as on your licence and in your last application. What has changed, put right before sending.",
)


def for_renewal(form: Form, before: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Every earlier answer that the form asks again and that its rules still accept."""
    asked = ((one, before.get(one.id)) for one in _questions(form.pages))
    return {one.id: value for one, value in asked if value is not None and _accepts(one, value, facts)}


def for_contact(form: Form, earlier: Form, before: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """How he may be reached, by the `reuse` keys of the two forms."""
    said = {one.reuse: before.get(one.id) for one in _questions(earlier.pages) if one.reuse.startswith(CONTACT)}
    asked = ((one, said.get(one.reuse)) for one in _questions(form.pages) if one.reuse)
    return {one.id: value for one, value in asked if value is not None and _accepts(one, value, facts)}


def _questions(pages: tuple[Page, ...]) -> Iterator[Question]:
    for page in pages:
        if not page.each:
            yield from (one for one in page.questions if one.kind.answered and one.kind.name not in NEVER)


def _accepts(question: Question, value: Any, facts: Mapping[str, Any]) -> bool:
    try:
        question.kind.check(question, value, question.id, Context(None, facts))
    except Problems:
        return False
    return True


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
