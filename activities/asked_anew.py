"""The rules changed while somebody was on the way: what a draft, or an undecided application, is asked once more.

A later version declares it part by part (`licences.versions`). What was filed keeps every rule of its day, and takes
over only what is declared to be asked again; and that once only, because after the applicant has been asked an officer
may ask nothing more (Licensing Facilitation Act s.8).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forms import form as forms
from forms.form import Form
from licences import versions
from licences.applications import Item
from licences.procedure import Policy, Procedure, Text
from licences.versions import Change

CHANGED = Text(
    th="หลักเกณฑ์เปลี่ยนแปลงหลังจากท่านยื่นคำขอ",
    en="The rules have changed since you filed",
)
ANSWER = Text(th="โปรดให้ข้อมูลหรือเอกสารข้อนี้ตามหลักเกณฑ์ใหม่", en="Please give this as the new rules ask")


@dataclass(frozen=True)
class Anew:
    """What is asked once more, the rules under which it goes on, and the changes that say so."""

    goes_on: Procedure
    fields: frozenset[str] = frozenset()
    changes: tuple[Change, ...] = ()


def anew(old: Procedure, new: Procedure, answers: Mapping[str, Any], attachments: Mapping[str, str]) -> Anew:
    """What one who began under the old rules is asked again, as the new ones declare; nothing where none does."""
    goes_on = versions.carried(old, new)
    if goes_on.version == old.version:
        return Anew(old)
    again = tuple(one for one in versions.changes(old, new) if one.policy is Policy.ASK_AGAIN)
    form = forms.load(goes_on.form, goes_on.version)
    asked = forms.difference(forms.load(old.form, old.version), form).asked
    fields = {name for name in asked if _concerns(form, name, answers, asked)}
    known = {one.id: one for one in old.documents}
    fields |= {
        one.id for one in goes_on.documents if known.get(one.id) != one and (one.required or one.id in attachments)
    }
    return Anew(goes_on, frozenset(fields), again)


def _concerns(form: Form, name: str, answers: Mapping[str, Any], asked: frozenset[str]) -> bool:
    """Whether a question is asked of one who gave these answers, or may be once the others are answered anew."""
    for page, one in form.everything():
        if name == (page.id if page.each else one.id):
            own_page = page.each is not None
            return bool(forms.looks_at(page, one) & asked) or (
                page.applies(answers) and (own_page or one.applies(answers))
            )
    return False


def items(fields: frozenset[str], listed: tuple[Item, ...]) -> tuple[Item, ...]:
    """What the officer asks, and what the rules ask besides."""
    named = {one.field for one in listed}
    wrong, wanted = (f"{said.th} / {said.en}" for said in (CHANGED, ANSWER))
    return (*listed, *(Item(field=name, wrong=wrong, wanted=wanted) for name in sorted(fields - named)))
