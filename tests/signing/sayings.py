"""What people are told of a file, word for word: so that a changed sentence is a changed test."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from api.verdict import Known, verdict
from licences.register import Standing
from signing.verify import Findings

SAYS = {
    "unreadable": ("อ่านไฟล์นี้ไม่ได้ หรือไม่ใช่ไฟล์ PDF ที่สมบูรณ์", "This file cannot be read, or is not a whole PDF."),
    "unsealed": ("ไฟล์นี้ไม่มีตราประทับของหน่วยงาน", "This file carries no agency's seal."),
    "altered": (
        "เอกสารถูกแก้ไขหลังประทับตรา ห้ามเชื่อถือ",
        "The document was altered after it was sealed. Do not trust it.",
    ),
    "metadata": (
        "ชื่อเรื่องหรือผู้จัดทำในไฟล์ถูกเปลี่ยนหลังประทับตรา",
        "The title or the author named in the file was changed after it was sealed.",
    ),
    "more-seals": (
        "มีลายมือชื่ออื่นเพิ่มเข้ามาในไฟล์ ซึ่งใบอนุญาตมีตราประทับได้เพียงดวงเดียว",
        "Other signatures were added to the file; a paper has one seal and no other signature.",
    ),
    "weak-seal": (
        "ตราประทับไม่ใช่แบบที่ระบบนี้ออกให้ (ไม่ได้รับรองแบบห้ามแก้ไข)",
        "The seal is not of the kind that is issued here: it does not certify the document against all changes.",
    ),
    "no-archive": (
        "ตราเวลาสำหรับเก็บระยะยาวหายไปจากไฟล์ จึงยืนยันไม่ได้ ขอให้ใช้ไฟล์ต้นฉบับ",
        "The archive time stamp is missing from the file, so it cannot be confirmed. Use the file as it was issued.",
    ),
    "not-ours": (
        "ผู้ประทับตราไม่ใช่หน่วยงานที่ระบบนี้รู้จัก ห้ามเชื่อถือ",
        "Whoever sealed this is no agency that we know. Do not trust it.",
    ),
    "other-agency": (
        "ผู้ประทับตราไม่ใช่หน่วยงานที่เอกสารอ้างว่าเป็นผู้ออก ห้ามเชื่อถือ",
        "It was not sealed by the agency that the document names as its issuer. Do not trust it.",
    ),
    "key-revoked": (
        "ใบรับรองที่ใช้ประทับตราถูกเพิกถอน และพิสูจน์ไม่ได้ว่าประทับก่อนถูกเพิกถอน",
        "The certificate behind the seal is revoked, and nothing proves that the seal was made before that.",
    ),
    "cannot-tell": (
        "ยังยืนยันไม่ได้ว่าใบรับรองใช้ได้ขณะประทับตรา ข้อมูลในไฟล์ไม่พอหรือหมดอายุ",
        "It cannot be told whether the certificate was good then: what the file holds is missing or out of date.",
    ),
    "look-up": (
        "ยังตรวจสอบไม่ได้ไม่ได้แปลว่าเป็นของปลอม โปรดค้นเลขที่ใบอนุญาตในทะเบียน",
        "that it cannot be told does not mean that it is false: please look the number up in the register",
    ),
    "genuine": (
        "เอกสารนี้ออกโดยหน่วยงานจริงและไม่ถูกแก้ไขหลังประทับตรา",
        "this document is genuine: sealed by its agency, and not changed since",
    ),
    "in-force": ("ใบอนุญาตมีผลใช้บังคับ ถึงวันที่ 19 พฤศจิกายน พ.ศ. 2574", "the licence is in force until 2031-11-19"),
    "not-that-file": (
        "ตราประทับถูกต้อง แต่ไฟล์นี้ไม่ใช่เอกสารที่ทะเบียนออกให้ ห้ามเชื่อถือ",
        "the seal is good, but this file is not one that the register issued: do not rely on it",
    ),
}


@dataclass(frozen=True)
class Told:
    """What somebody who shows us a file is told, in ETSI's words (EN 319 102-1, 5.1.3) and in ours."""

    indication: str
    sub_indication: str
    worth: str
    says: tuple[tuple[str, str], ...]


def told(indication: str, worth: str, *says: str) -> Told:
    """What is to be told; `indication` with its sub-indication after a space."""
    main, _, sub = indication.partition(" ")
    return Told(main, sub, worth, tuple(SAYS[name] for name in says))


def judged(findings: Findings, whole: Findings | None = None) -> Told:
    """What is told of these findings by a register that issued the whole file, and no other."""
    sha256 = whole.sha256 if whole else "0" * 64
    number = str(findings.record.get("licence_number", ""))
    known = Known(
        number, "dhss", Standing.IN_FORCE, date(2026, 11, 20), date(2031, 11, 19), (sha256,), sha256, datetime.now(UTC)
    )
    said = verdict(findings, known, register_asked=True)
    says = tuple((sentence.th, sentence.en) for sentence in said.sentences)
    return Told(findings.indication, findings.sub_indication, said.worth.value, says)
