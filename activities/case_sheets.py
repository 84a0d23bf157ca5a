"""What the papers of a case say: an order, a ruling, a licence that takes another's place. Plain fields (`sheets`)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from activities import sheets
from activities.sheets import Sheet
from licences.acts import ActProcedure, CaseStatus, Kind, Wanted
from licences.procedure import Agency
from licences.thai import long_date
from records.tables import Case

APPEALED = frozenset({Kind.SUSPENSION, Kind.REVOCATION})
"""Orders that carry the way to appeal when they are made; any act carries it when it is refused."""
OUTCOMES: Mapping[tuple[bool, bool], tuple[str, str]] = {
    (True, True): ("วินิจฉัยให้อุทธรณ์ฟังขึ้น และให้กลับคำสั่ง", "The appeal is allowed and the order is reversed"),
    (True, False): ("วินิจฉัยให้ยกอุทธรณ์", "The appeal is dismissed"),
    (False, True): ("มีคำสั่งดังต่อไปนี้", "It is ordered as follows"),
    (False, False): ("พิจารณาแล้วไม่อนุญาต ด้วยเหตุผลดังนี้", "It has been considered and is refused, for these reasons"),
}
"""(is an appeal, was agreed to) → the sentence before the reasons."""


def letter(
    case: Case, rules: ActProcedure, agency: Agency, *, status: CaseStatus, reason: str, signatory: tuple[str, str],
    made_at: datetime, url: str,
) -> Sheet:  # fmt: skip
    """An order, a ruling on an appeal, or a refusal: reasons, provision, and how to appeal (APA ss.36, 37, 40)."""
    agreed = status is CaseStatus.DONE
    th, en = OUTCOMES[rules.act is Kind.APPEAL, agreed]
    wanted = Wanted.model_validate(case.wanted)
    return {
        **sheets.head("letter", agency, rules.title.th, rules.title.en, case.number, rules.law, made_at),
        "rows": _rows(case, rules, wanted),
        "paragraphs": [(f"เรื่อง {rules.title.th} {th}", f"{rules.title.en}. {en}.")],
        "conditions": sheets.lines(reason or wanted.reason),
        "appeal": sheets.appeal_of(rules.appeal) if rules.act in APPEALED or not agreed else None,
        "signatory": signatory,
        "qr": url,
        "record": {
            "number": case.number,
            "act": rules.act.value,
            "decision": status.value,
            "licence_number": case.licence_number,
            "about": case.about,
            "since": wanted.since.isoformat() if wanted.since else None,
            "until": wanted.until.isoformat() if wanted.until else None,
            "law": rules.law,
            "agency": agency.code,
        },
    }


def _rows(case: Case, rules: ActProcedure, wanted: Wanted) -> list[dict[str, str]]:
    said = [("ใบอนุญาตเลขที่", "Licence number", case.licence_number), ("คำสั่งหรือคำขอที่อุทธรณ์", "About", case.about)]
    said.append(("ผู้รับใบอนุญาต", "Holder", case.holder_name))
    said += [(th, en, _day(day)) for th, en, day in _days(rules, wanted)]
    return [sheets.row(th, en, value) for th, en, value in said if value]


def _days(rules: ActProcedure, wanted: Wanted) -> tuple[tuple[str, str, date | None], ...]:
    if rules.act is Kind.SUSPENSION:
        return (("พักใช้ตั้งแต่วันที่", "From", wanted.since), ("พักใช้ถึงวันที่", "Until", wanted.until))
    return (("มีผลตั้งแต่วันที่", "From", wanted.since),)


def _day(day: date | None) -> str:
    return long_date(day) if day else ""


def replaced(rules: ActProcedure, facts: Mapping[str, Any], agency: Agency, *, made_at: datetime, url: str) -> Sheet:
    """The licence that takes another's place: corrected, transferred, a replacement copy (ใบแทน)."""
    sheet = sheets.licence(facts, agency, made_at=made_at, url=url)
    said = {
        Kind.REPLACEMENT: (f"ใบแทน{facts['title']['th']}", f"Replacement: {facts['title']['en']}"),
    }.get(rules.act)
    return {**sheet, "title_th": said[0], "title_en": said[1]} if said else sheet
