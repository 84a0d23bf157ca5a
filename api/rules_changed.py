"""What a later version of the rules means for an application that waits for its decision: shown, and asked first."""

from collections.abc import Collection
from datetime import datetime

from activities import asked_anew
from activities.asked_anew import Anew
from api import following
from api.showing import Lang
from forms import form as forms
from licences.applications import Item, Status, Verdict
from licences.calendar import BANGKOK
from licences.catalogue import Catalogue
from licences.errors import Conflict, NotFound
from licences.procedure import Procedure
from records.tables import Application, Task

UNDECIDED = frozenset({Status.CHECKING.value, Status.IN_REVIEW.value})


class AskFirst(Conflict):
    """The rules have changed and declare to ask again: that is asked before anything is granted."""

    def __init__(self) -> None:
        super().__init__(
            "หลักเกณฑ์เปลี่ยนแปลงหลังยื่นคำขอ และกำหนดให้สอบถามใหม่ โปรดเลือกขอข้อมูลเพิ่มเติมก่อนอนุญาต ระบบจะแนบข้อที่ต้องตอบใหม่ให้",
            "the rules have changed since this was filed and ask again: please ask the applicant before granting; "
            "what has to be answered anew is added for you",
            field="verdict",
        )


def pending(catalogue: Catalogue, kept: Application, began: Procedure, asked: Collection[Task], now: datetime) -> Anew:
    """What is still to be asked again before the decision. After one request nothing more may be asked (LFA s.8)."""
    if kept.status not in UNDECIDED or any(one.verdict == Verdict.ASK for one in asked):
        return Anew(began)
    try:
        today = catalogue.procedure(kept.licence, kept.operation, now.astimezone(BANGKOK).date())
    except NotFound:
        return Anew(began)
    return asked_anew.anew(began, today, kept.answers, kept.attachments)


def items(verdict: Verdict, again: Anew, listed: tuple[Item, ...]) -> tuple[Item, ...]:
    """What the officer asks; a request has what the rules ask anew besides."""
    return asked_anew.items(again.fields, listed) if verdict is Verdict.ASK else listed


def titles(again: Anew, lang: Lang) -> list[str]:
    """What is asked anew, in the words of the new form."""
    form = forms.load(again.goes_on.form, again.goes_on.version)
    return [following.title_of(name, form, again.goes_on, lang) for name in sorted(again.fields)]


def check(verdict: Verdict, again: Anew, task: Task) -> None:
    """Raise AskFirst for a grant while something is still to be asked again; a refusal needs no more questions."""
    if verdict is Verdict.APPROVE and again.fields and task.kind not in ("record-payment", "record-number"):
        raise AskFirst
