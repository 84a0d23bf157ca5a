"""The plain words of cases, in both languages: where one stands, whose turn it is, what happened."""

from collections.abc import Mapping

from api.wording import BAD, GOOD, HAPPENED, NOTE, QUIET, TURN, Tag
from licences import acts
from licences.acts import CaseStatus, Kind
from licences.procedure import Text

STATUSES: Mapping[CaseStatus, Tag] = {
    CaseStatus.HEARING: Tag("รอผู้รับใบอนุญาตชี้แจง", "The holder may object", TURN),
    CaseStatus.CONSENT: Tag("รอผู้รับโอนยืนยัน", "Waiting for who takes it over", TURN),
    CaseStatus.CHECKING: Tag("กำลังเริ่มเรื่อง", "Being begun", NOTE),
    CaseStatus.IN_REVIEW: Tag("เจ้าหน้าที่กำลังพิจารณา", "With an officer", NOTE),
    CaseStatus.ISSUING: Tag("กำลังออกหนังสือและลงทะเบียน", "Being issued and entered", NOTE),
    CaseStatus.DONE: Tag("มีผลแล้ว", "It has taken effect", GOOD),
    CaseStatus.REFUSED: Tag("ไม่เห็นชอบ", "Not agreed to", BAD),
    CaseStatus.WITHDRAWN: Tag("ถอนเรื่องแล้ว", "Withdrawn", QUIET),
    CaseStatus.OVERTAKEN: Tag("ดำเนินการต่อไม่ได้", "Overtaken by something else", BAD),
}
NEXT: Mapping[CaseStatus, Text] = {
    CaseStatus.HEARING: Text(
        th="ก่อนมีคำสั่ง ผู้รับใบอนุญาตมีสิทธิทราบข้อเท็จจริง โต้แย้ง และแสดงพยานหลักฐาน",
        en="Before anything is decided the holder may know the facts, object and show evidence.",
    ),
    CaseStatus.CONSENT: Text(
        th="ผู้มีอำนาจของผู้รับโอนต้องเข้าสู่ระบบและยืนยันที่หน้านี้",
        en="Somebody who may act for who takes it over must sign in and agree on this page.",
    ),
    CaseStatus.CHECKING: Text(th="ไม่มีสิ่งที่ต้องทำในขณะนี้", en="There is nothing to do now."),
    CaseStatus.IN_REVIEW: Text(th="ไม่มีสิ่งที่ต้องทำ เจ้าหน้าที่กำลังพิจารณา", en="Nothing to do. An officer is looking at it."),
    CaseStatus.ISSUING: Text(th="ระบบกำลังลงลายมือชื่ออิเล็กทรอนิกส์และลงทะเบียน", en="It is being sealed and entered."),
    CaseStatus.DONE: Text(th="ลงทะเบียนแล้ว อ่านหนังสือได้ด้านล่าง", en="It is entered. Read the letter below."),
    CaseStatus.REFUSED: Text(
        th="ใบอนุญาตยังเป็นไปตามรายการเดิมในทะเบียน เหตุผลอยู่ด้านล่าง",
        en="The licence stays as the register has it. The reasons are below.",
    ),
    CaseStatus.WITHDRAWN: Text(th="เรื่องนี้สิ้นสุดตามที่ขอถอน", en="It is over, as whoever opened it asked."),
    CaseStatus.OVERTAKEN: Text(
        th="มีรายการอื่นของใบอนุญาตมีผลก่อน โปรดดูรายการล่าสุดในทะเบียน",
        en="Something else happened to the licence first: look at its newest entry.",
    ),
}
OUTCOMES: Mapping[str, Text] = {
    "opened": Text(th="เปิดเรื่อง", en="Opened"),
    "done": Text(th="มีผลและลงทะเบียนแล้ว", en="Carried out and entered"),
    "refused": Text(th="ไม่เห็นชอบ", en="Not agreed to"),
    "withdrawn": Text(th="ถอนเรื่อง", en="Withdrawn"),
    "overtaken": Text(th="ดำเนินการต่อไม่ได้", en="Overtaken"),
    "allowed": Text(th="อุทธรณ์ฟังขึ้น ให้ดำเนินการต่อ", en="An appeal was allowed: it is carried out after all"),
}
ON_THE_WAY: Mapping[str, Text] = {
    "case:hearing:begin": Text(th="แจ้งผู้รับใบอนุญาตให้ชี้แจง", en="The holder was told and may object"),
    "case:hearing:recounted": Text(th="ขยายวันชี้แจงตามวันหยุดที่ประกาศ", en="There is more time to object"),
    "case:hearing:answered": Text(th="ผู้รับใบอนุญาตชี้แจงแล้ว", en="The holder answered"),
    "case:consent:asked": Text(th="ขอให้ผู้รับโอนยืนยัน", en="Who takes it over was asked"),
    "case:consent:given": Text(th="ผู้รับโอนยืนยันแล้ว", en="Who takes it over agreed"),
    "case:consent:declined": Text(th="ผู้รับโอนไม่รับโอน", en="Who was to take it over declined"),
    "case:register:same": Text(th="ทะเบียนนิติบุคคลตรงกับใบอนุญาต", en="The company register says the same"),
    "case:register:changed": Text(th="ชื่อในทะเบียนนิติบุคคลเปลี่ยน", en="The name in the company register has changed"),
    "case:register:dissolved": Text(th="นิติบุคคลเลิกกิจการตามทะเบียน", en="The company is dissolved in the register"),
}
FIRST_DAY = Text(th="มีผลตั้งแต่วันที่", en="From")
FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.SUSPENSION: ("since", "until"),
    Kind.LIFTING: ("since",),
    Kind.REVOCATION: ("since",),
    Kind.REINSTATEMENT: ("since",),
    Kind.TRANSFER: ("transferee",),
    Kind.CESSATION: ("since",),
    Kind.STAY: ("since",),
    Kind.STAY_END: ("since",),
    Kind.CORRECTION: ("changes",),
}
"""What the page of an act asks beside the reason."""


def happened(tag: str) -> Text | None:
    """One line of a case's history; None: it has no words of its own, and is not shown."""
    if tag in ON_THE_WAY or tag in HAPPENED:
        return ON_THE_WAY.get(tag) or HAPPENED.get(tag)
    _, act, what = (*tag.split(":"), "", "")[:3]
    title, outcome = acts.titles().get(act), OUTCOMES.get(what)
    return Text(th=f"{title.th}: {outcome.th}", en=f"{title.en}: {outcome.en}") if title and outcome else None
