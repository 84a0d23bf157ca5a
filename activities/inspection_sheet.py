"""The sealed report of an inspection: when, by whom, each line of the checklist, what came of it, which photographs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from activities.sheets import Sheet, head, lines, one_line, row
from licences.applications import Verdict
from licences.procedure import Agency, Procedure, Stage
from licences.thai import long_date

RESULTS: Mapping[str, tuple[str, str]] = {
    "pass": ("ผ่าน", "Pass"),
    "fail": ("ไม่ผ่าน", "Fail"),
    "not-applicable": ("ไม่เกี่ยวข้อง", "Not applicable"),
}
OUTCOMES: Mapping[Verdict, tuple[str, str]] = {
    Verdict.APPROVE: ("ผ่านการตรวจ", "Passed"),
    Verdict.ASK: ("ขอข้อมูลหรือเอกสารเพิ่มก่อน", "More is asked of the applicant first"),
    Verdict.REFUSE: ("ไม่ผ่านการตรวจ", "Failed"),
    Verdict.FIX: ("ให้แก้ไขแล้วตรวจอีกครั้ง", "To be put right, and looked at again"),
}


@dataclass(frozen=True)
class Inspected:
    """What a report is made from: the decision on the task, and what lies beside it."""

    number: str
    holder: str
    stage: Stage
    verdict: Verdict
    reason: str
    findings: Sequence[Mapping[str, str]]
    photographs: Sequence[str]  # SHA-256, hex
    visited_on: date
    inspector: str
    closed_at: datetime
    fix_by: date | None = None


def report(procedure: Procedure, agency: Agency, seen: Inspected, url: str) -> Sheet:
    """The sheet of one inspection."""
    th, en = OUTCOMES[seen.verdict]
    titles = ("รายงานผลการตรวจสถานที่", "Inspection report")
    return {
        **head("inspection", agency, *titles, seen.number, seen.stage.law, seen.closed_at),
        "rows": [
            row("เรื่อง", "Service", procedure.title.th),
            row("ผู้ขออนุญาต", "Applicant", seen.holder),
            row("ขั้นตอน", "Stage", seen.stage.title.th),
            row("วันที่ตรวจ", "Inspected on", long_date(seen.visited_on)),
            row("ผู้ตรวจ", "Inspector", seen.inspector),
            row("ผลการตรวจ", "Outcome", f"{th} ({en})"),
            *([row("ต้องแก้ไขให้เสร็จภายใน", "To be put right by", long_date(seen.fix_by))] if seen.fix_by else []),
        ],
        "findings": [_finding(one) for one in seen.findings],
        "conditions": lines(seen.reason),
        "paragraphs": _photographs(len(seen.photographs)),
        "signatory": (seen.inspector, "ผู้ตรวจ"),
        "qr": url,
        "record": {
            "number": seen.number,
            "decision": f"inspection-{seen.verdict}",
            "visited_on": seen.visited_on.isoformat(),
            "findings": [dict(one) for one in seen.findings],
            "photographs_sha256": list(seen.photographs),
            "agency": agency.code,
        },
    }  # fmt: skip


def _finding(one: Mapping[str, str]) -> dict[str, str]:
    th, en = RESULTS[one["result"]]
    return {"item": one_line(one["item"]), "result_th": th, "result_en": en, "note": one_line(one.get("note", ""))}


def _photographs(many: int) -> list[tuple[str, str]]:
    if not many:
        return []
    return [
        (
            f"มีภาพถ่ายประกอบ {many} ภาพ เก็บไว้ที่หน่วยงาน ลายนิ้วมือ (SHA-256) ของแต่ละภาพอยู่ในข้อมูลที่ฝังในเอกสารนี้",
            f"Photographs: {many}. The office keeps them; the digest (SHA-256) of each stands in this paper's record.",
        )
    ]
