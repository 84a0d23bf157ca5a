"""The words of an order, drafted from what an officer noted: facts, law and consideration.

These three a written order states (Administrative Procedure Act s.37). It is a draft only: the officer reads
it, changes it and signs for it. Official letters are in Thai.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from licences.applications import Finding, Item, Verdict

CONSIDERED = {
    Verdict.ASK: "ข้อเท็จจริงข้างต้นยังไม่พอให้พิจารณาตามบทกฎหมายที่อ้างได้ จึงขอให้แก้ไขหรือส่งเพิ่มเติมตามรายการ แล้วจะพิจารณาต่อ",
    Verdict.FIX: "ข้อเท็จจริงข้างต้นยังไม่เป็นไปตามบทกฎหมายที่อ้าง และแก้ไขได้ จึงให้แก้ไขให้แล้วเสร็จ แล้วจะตรวจสถานที่อีกครั้ง",
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
    law = " และ ".join(dict.fromkeys(filter(None, laws)))
    return "\n".join(("ข้อเท็จจริง", *facts, f"ข้อกฎหมาย {law}", f"ข้อพิจารณา {CONSIDERED[verdict]}"))


def _failed(findings: Sequence[Finding]) -> Iterator[str]:
    for one in findings:
        if one.result == "fail":
            yield f"{one.item}: ไม่ผ่าน" + (f" ({one.note})" if one.note else "")


def _asked(wrong: Wrong) -> str:
    return f"{wrong.title}: {wrong.item.wrong}"
