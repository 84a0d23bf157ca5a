"""What an applicant will read of a decision, before it is made: drafted from the notes, to be changed and looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

from activities import case_sheets, sheets
from api import following, showing
from api.cases import Case
from api.tasks import WantedDecision
from licences import letters
from licences.acts import ActProcedure
from licences.applications import Finding, Verdict
from licences.letters import NOTHING_NOTED, Wrong
from licences.procedure import Text
from records import tables
from records.tables import Task

__all__ = ["NOTHING_NOTED", "Letter", "draft", "draft_act", "letter", "letter_of_act"]

HEADS = {
    Verdict.ASK: Text(th="ขอให้แก้ไขหรือส่งเพิ่มเติม", en="Please put right or send"),
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
    stage = found.procedure.stage(task.stage)
    laws = (stage.law if stage else "", found.procedure.law)
    return letters.drafted(wanted.verdict, laws, findings, _wrong(found, wanted, "th"))


def letter(found: Case, wanted: WantedDecision, lang: showing.Lang) -> Letter:
    """What the applicant is told when it is decided so."""
    said = "\n".join(wanted.conditions) if wanted.verdict is Verdict.APPROVE else wanted.reason
    appeal = sheets.appeal_of(found.procedure.appeal) if wanted.verdict is Verdict.REFUSE else None
    after = Text(th=appeal[0], en=appeal[1]) if appeal else None
    return Letter(HEADS[wanted.verdict], sheets.lines(said), _wrong(found, wanted, lang), after)


def draft_act(case: tables.Case, rules: ActProcedure, task: Task, verdict: Verdict) -> str:
    """The reason of a decision on a case after the grant, of what its holder said and what the act's law is."""
    stage = rules.stage(task.stage)
    said = case.found.get("objection") or {}
    asked = str(case.wanted.get("reason", "")) if case.opened_as == "holder" else ""
    return letters.drafted_act(rules, stage, verdict, letters.Told(asked, str(said.get("words", ""))))


def letter_of_act(case: tables.Case, rules: ActProcedure, verdict: Verdict, reason: str) -> Letter:
    """What the holder will read when that is the last word: title, reasons, and the way on (APA ss.37, 40)."""
    agreed = verdict is Verdict.APPROVE
    th, en = case_sheets.outcome(case, rules, agreed=agreed)
    after = case_sheets.way_on(case, rules, agreed=agreed)
    head = Text(th=f"เรื่อง {rules.title.th} {th}", en=f"{rules.title.en}. {en}")
    lines = sheets.lines(case_sheets.reasons(case, reason))
    return Letter(head, lines, (), Text(th=after[0], en=after[1]) if after else None)


def _wrong(found: Case, wanted: WantedDecision, lang: showing.Lang) -> list[Wrong]:
    return [Wrong(following.title_of(one.field, found.form, found.procedure, lang), one) for one in wanted.items]
