"""The words of an order, drafted from what an officer noted: facts, law and consideration.

These three a written order states (Administrative Procedure Act s.37). It is a draft only: the officer reads
it, changes it and signs for it. Official letters are in Thai.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from licences.acts import ActProcedure, ActStage, Kind
from licences.applications import Finding, Item, Verdict

CONSIDERED = {
    Verdict.ASK: "ข้อเท็จจริงข้างต้นยังไม่พอให้พิจารณาตามบทกฎหมายที่อ้างได้ จึงขอให้แก้ไขหรือส่งเพิ่มเติมตามรายการ แล้วจะพิจารณาต่อ",
    Verdict.FIX: "รายการที่ไม่ผ่านข้างต้นแก้ไขให้เป็นไปตามบทกฎหมายที่อ้างได้ จึงให้แก้ไขให้เสร็จภายในกำหนด แล้วจะตรวจอีกครั้ง",
    Verdict.REFUSE: "ข้อเท็จจริงข้างต้นไม่เป็นไปตามบทกฎหมายที่อ้าง และไม่อาจแก้ไขด้วยการกำหนดเงื่อนไขได้ จึงไม่อนุญาต",
}
NOTHING_NOTED = "(ระบุข้อเท็จจริงที่พบ)"
"""Where an officer noted nothing: he has to say it himself."""


@dataclass(frozen=True)
class Wrong:
    """One thing that is asked for, by the words of the form."""

    title: str
    item: Item


def drafted(verdict: Verdict, laws: Sequence[str], findings: Sequence[Finding], wrong: Sequence[Wrong]) -> str:
    """The reason of an order that asks or refuses, in three parts; "" for a verdict that needs none."""
    if verdict not in CONSIDERED:
        return ""
    facts = [f"- {line}" for line in (*map(_asked, wrong), *_failed(findings))] or [NOTHING_NOTED]
    return _in_three_parts(facts, laws, CONSIDERED[verdict])


def _in_three_parts(facts: Sequence[str], laws: Sequence[str], considered: str) -> str:
    law = " และ ".join(dict.fromkeys(filter(None, laws)))
    return "\n".join(("ข้อเท็จจริง", *facts, f"ข้อกฎหมาย {law}", f"ข้อพิจารณา {considered}"))


def _failed(findings: Sequence[Finding]) -> Iterator[str]:
    for one in findings:
        if one.result == "fail":
            yield f"{one.item}: ไม่ผ่าน" + (f" ({one.note})" if one.note else "")


def _asked(wrong: Wrong) -> str:
    return f"{wrong.title}: {wrong.item.wrong}"


# --- what is decided about a licence after the grant ---


@dataclass(frozen=True)
class Told:
    """What the holder said on the way: what he asked for where the act is his, and his word before an order."""

    asked: str = ""
    objection: str = ""


def drafted_act(rules: ActProcedure, stage: ActStage, verdict: Verdict, told: Told) -> str:
    """The reason of a decision on an act, in the same three parts.

    The ground that an officer proposed stands in the letter by itself, and is agreed to; whatever else is found,
    whoever decides has to say (APA s.37).
    """
    proposed = verdict is Verdict.APPROVE and not told.asked
    facts = [f"- {line}" for line in _told(rules, told)] + ([] if proposed else [NOTHING_NOTED])
    return _in_three_parts(facts or [AS_PROPOSED], (stage.law, rules.law), _considered(rules, stage, verdict))


AS_PROPOSED = "- เป็นไปตามเหตุที่เสนอ"


def _told(rules: ActProcedure, told: Told) -> Iterator[str]:
    if told.asked:
        yield f"{'ผู้อุทธรณ์โต้แย้งว่า' if rules.act is Kind.APPEAL else 'ผู้ขออ้างว่า'} {_one_line(told.asked)}"
    if told.objection:
        yield f"ผู้รับใบอนุญาตชี้แจงว่า {_one_line(told.objection)}"
    elif rules.hearing_days:
        yield "ผู้รับใบอนุญาตได้รับแจ้งให้โต้แย้งและแสดงพยานหลักฐานแล้ว และไม่ได้ชี้แจงภายในกำหนด"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _considered(rules: ActProcedure, stage: ActStage, verdict: Verdict) -> str:
    agreed = verdict is Verdict.APPROVE
    if rules.act is not Kind.APPEAL:
        return AGREED.format(rules.title.th) if agreed else NOT_AGREED.format(rules.title.th)
    if agreed:
        return "คำอุทธรณ์ฟังขึ้นตามบทกฎหมายที่อ้าง จึงให้กลับหรือเปลี่ยนแปลงคำสั่ง"
    last = stage == rules.stages[-1]
    return "คำอุทธรณ์ฟังไม่ขึ้น จึงให้ยกอุทธรณ์" if last else "ไม่เห็นด้วยกับคำอุทธรณ์ จึงรายงานผู้มีอำนาจพิจารณาอุทธรณ์พร้อมเหตุผล"


AGREED = "ข้อเท็จจริงข้างต้นเป็นไปตามบทกฎหมายที่อ้าง จึงเห็นชอบเรื่อง{}"
NOT_AGREED = "ข้อเท็จจริงข้างต้นไม่เป็นไปตามบทกฎหมายที่อ้าง จึงไม่เห็นชอบเรื่อง{}"
