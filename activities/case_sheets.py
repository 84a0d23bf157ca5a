"""What the papers of a case say: an order, a ruling, a licence that takes another's place. Plain fields (`sheets`)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from activities import sheets
from activities.sheets import Sheet
from licences import acts
from licences.acts import ActProcedure, CaseStatus, Kind
from licences.procedure import Agency
from licences.thai import long_date
from records.tables import Case

COURT = (
    "หากท่านไม่เห็นด้วยกับคำวินิจฉัยนี้ ให้ฟ้องคดีต่อศาลปกครองภายใน 90 วัน นับแต่วันที่รู้ผล (พ.ร.บ.จัดตั้งศาลปกครองฯ พ.ศ. 2542 ม.49)",
    "You may bring the case to the Administrative Court within 90 days of learning of this ruling.",
)
OUTCOMES: Mapping[tuple[bool, bool], tuple[str, str]] = {
    (True, True): ("วินิจฉัยให้อุทธรณ์ฟังขึ้น และให้กลับคำสั่ง", "The appeal is allowed and the order is reversed"),
    (True, False): ("วินิจฉัยให้ยกอุทธรณ์", "The appeal is dismissed"),
    (False, True): ("มีคำสั่งตามรายการข้างต้น ด้วยเหตุผลดังนี้", "It is ordered as set out above, for these reasons"),
    (False, False): ("พิจารณาแล้วไม่อนุญาต ด้วยเหตุผลดังนี้", "It has been considered and is refused, for these reasons"),
}
"""(is an appeal, was agreed to) → the sentence before the reasons."""
VARIED = (
    "วินิจฉัยให้อุทธรณ์ฟังขึ้นบางส่วน และให้เปลี่ยนแปลงคำสั่งพักใช้ให้สิ้นสุดเร็วขึ้น",
    "The appeal is allowed in part: the suspension ends earlier",
)


STAYS: Mapping[Kind, tuple[str, str]] = {
    Kind.STAY: (
        "ให้ทุเลาการบังคับตามคำสั่งไว้จนกว่าจะมีคำวินิจฉัยอุทธรณ์ หรือจนกว่าจะเลิกการทุเลา ระยะเวลาของคำสั่งนับต่อไปตามเดิม",
        "The order is stayed until the appeal is over or the stay is ended; the days it names run on as they were",
    ),
    Kind.STAY_END: (
        "ให้เลิกการทุเลาการบังคับ และให้คำสั่งมีผลบังคับตามเดิมในส่วนที่เหลือ",
        "The stay is ended: what is left of the order binds again",
    ),
}
"""What is said when a stay is ordered, or ended."""


def letter(
    case: Case, rules: ActProcedure, agency: Agency, *, status: CaseStatus, reason: str, signatory: tuple[str, str],
    made_at: datetime, url: str, stayed: bool = False,
) -> Sheet:  # fmt: skip
    """An order, a ruling on an appeal, or a refusal: reasons, provision, and how to appeal (APA ss.36, 37, 40)."""
    agreed = status is CaseStatus.DONE
    th, en = outcome(case, rules, agreed=agreed)
    since, until = case.found.get("since"), case.found.get("until")
    return {
        **sheets.head("letter", agency, rules.title.th, rules.title.en, case.number, rules.law, made_at),
        "rows": _rows(case, rules),
        "paragraphs": [
            (f"เรื่อง {rules.title.th} {th}", f"{rules.title.en}. {en}."),
            *_binds_again(case, agreed, stayed),
        ],
        "conditions": sheets.lines(reasons(case, reason)),
        "appeal": way_on(case, rules, agreed=agreed),
        "signatory": signatory,
        "qr": url,
        "record": {
            "number": case.number,
            "act": rules.act.value,
            "decision": status.value,
            "licence_number": case.licence_number,
            "about": case.about,
            "since": since,
            "until": until,
            "law": rules.law,
            "agency": agency.code,
        },
    }


def _binds_again(case: Case, agreed: bool, stayed: bool) -> list[tuple[str, str]]:
    """What a ruling that leaves something of a stayed order says of it."""
    return [BINDS_AGAIN] if stayed and (not agreed or case.found.get("varied")) else []


BINDS_AGAIN = (
    "การทุเลาการบังคับสิ้นสุดลงพร้อมคำวินิจฉัยนี้ และคำสั่งมีผลบังคับตามเดิมในส่วนที่เหลือ",
    "The stay ends with this ruling: what is left of the order binds again.",
)


def outcome(case: Case, rules: ActProcedure, *, agreed: bool) -> tuple[str, str]:
    """The sentence before the reasons."""
    if case.found.get("varied"):
        return VARIED
    return (STAYS.get(rules.act) if agreed else None) or OUTCOMES[rules.act is Kind.APPEAL, agreed]


def reasons(case: Case, decided: str) -> str:
    """The ground that was proposed and what whoever decided adds; of what a holder asked for, the decider's alone."""
    proposed = str(case.wanted.get("reason", "")) if case.opened_as != "holder" else ""
    return "\n".join(one for one in (proposed, decided) if one) or str(case.wanted.get("reason", ""))


def way_on(case: Case, rules: ActProcedure, *, agreed: bool) -> tuple[str, str] | None:
    """What may be done against it: an appeal; after one that was not allowed whole, the Administrative Court."""
    if rules.act is Kind.APPEAL:
        return None if agreed and not case.found.get("varied") else COURT
    status = CaseStatus.DONE if agreed else CaseStatus.REFUSED
    may = acts.may_be_appealed(rules.act, status, asked=case.opened_as == "holder")
    return sheets.appeal_of(rules.appeal) if may else None


def _rows(case: Case, rules: ActProcedure) -> list[dict[str, str]]:
    said = [("ใบอนุญาตเลขที่", "Licence number", case.licence_number), ("คำสั่งหรือคำขอที่อุทธรณ์", "About", case.about)]
    said.append(("ผู้รับใบอนุญาต", "Holder", case.holder_name))
    said += _days(case, rules)
    return [sheets.row(th, en, value) for th, en, value in said if value]


def _days(case: Case, rules: ActProcedure) -> list[tuple[str, str, str]]:
    """The days that were worked out when it was prepared; the entry says the same."""
    since, until = (_day(case.found.get(name)) for name in ("since", "until"))
    if rules.act is Kind.SUSPENSION:
        return [("พักใช้ตั้งแต่วันที่", "Suspended from", since), ("พักใช้ถึงสิ้นวันที่", "Until the end of", until)]
    if case.found.get("varied"):
        return [("พักใช้ถึงสิ้นวันที่", "Until the end of", _day(case.found["varied"]))]
    return [("มีผลตั้งแต่วันที่", "From", since)]


def _day(text: str | None) -> str:
    return long_date(date.fromisoformat(text)) if text else ""


def replaced(rules: ActProcedure, facts: Mapping[str, Any], agency: Agency, *, made_at: datetime, url: str) -> Sheet:
    """The licence that takes another's place: corrected, transferred, a replacement copy (ใบแทน)."""
    sheet = sheets.licence(facts, agency, made_at=made_at, url=url)
    said = {
        Kind.REPLACEMENT: (f"ใบแทน{facts['title']['th']}", f"Replacement: {facts['title']['en']}"),
    }.get(rules.act)
    return {**sheet, "title_th": said[0], "title_en": said[1]} if said else sheet
