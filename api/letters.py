"""What an applicant will read of a decision, before it is made: drafted from the notes, to be changed and looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

from activities import sheets
from api import following, showing
from api.cases import Case
from api.tasks import WantedDecision
from licences import letters
from licences.applications import Finding, Verdict
from licences.letters import NOTHING_NOTED, Wrong
from licences.procedure import Text
from records.tables import Task

__all__ = ["NOTHING_NOTED", "Letter", "draft", "letter"]

HEADS = {
    Verdict.ASK: Text(th="ขอให้แก้ไขหรือส่งเพิ่มเติม", en="Please put right or send"),
    Verdict.FIX: Text(th="ให้แก้ไขสถานที่แล้วตรวจอีกครั้ง", en="Put the place right, to be seen again"),
    Verdict.REFUSE: Text(th="แจ้งผลการพิจารณา: ไม่อนุญาต", en="Decision: refused"),
    Verdict.FIX: Text(th="ต้องแก้ไขสถานที่", en="To be put right at your premises"),
    Verdict.APPROVE: Text(th="เงื่อนไขที่จะพิมพ์บนใบอนุญาต", en="Conditions that the licence will carry"),
}


@dataclass(frozen=True)
class Letter:
    """A letter as it will be read."""

    head: Text
    lines: Sequence[str]
    items: Sequence[Wrong]
    after: Text | None  # the way to appeal


def draft(found: Case, task: Task, wanted: WantedDecision, findings: Sequence[Finding]) -> str:
    """The reason as the notes give it, in Thai as official letters are; "" when the verdict needs none."""
    stage = next((one for one in found.procedure.stages if one.name == task.stage), None)
    laws = (stage.law if stage else "", found.procedure.law)
    return letters.drafted(wanted.verdict, laws, findings, _wrong(found, wanted, "th"))


def letter(found: Case, wanted: WantedDecision, lang: showing.Lang) -> Letter:
    """What the applicant is told when it is decided so."""
    said = "\n".join(wanted.conditions) if wanted.verdict is Verdict.APPROVE else wanted.reason
    appeal = sheets.appeal_of(found.procedure.appeal) if wanted.verdict is Verdict.REFUSE else None
    after = Text(th=appeal[0], en=appeal[1]) if appeal else None
    return Letter(HEADS[wanted.verdict], sheets.lines(said), _wrong(found, wanted, lang), after)


def _wrong(found: Case, wanted: WantedDecision, lang: showing.Lang) -> list[Wrong]:
    return [Wrong(following.title_of(one.field, found.form, found.procedure, lang), one) for one in wanted.items]
