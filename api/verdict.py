"""What a document is worth: the seal's evidence and the register's word, put together. Pure: the door and `bizportal
verify` both ask here, online with the register, offline with its signed snapshot.

The answer keeps three things apart (signing notes 5.3): is the file intact and ours, which file of the register is it,
and what does the register say of the licence now. A revoked licence with an intact seal is genuine and not in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from licences.errors import Sentence
from licences.register import EntryKind, Standing
from licences.thai import long_date

if TYPE_CHECKING:  # what reads PDF is loaded only where a PDF is read
    from signing.verify import Findings

PASSED, FAILED = "TOTAL-PASSED", "TOTAL-FAILED"


class Worth(StrEnum):
    """The answer in one word."""

    IN_FORCE = "in-force"
    NOT_IN_FORCE = "not-in-force"
    ALTERED = "altered"
    NOT_OURS = "not-ours"
    NOT_IN_REGISTER = "not-in-register"
    CANNOT_TELL = "cannot-tell"


EXIT_CODES = {
    Worth.IN_FORCE: 0,
    Worth.ALTERED: 1,
    Worth.NOT_OURS: 1,
    Worth.NOT_IN_REGISTER: 1,
    Worth.CANNOT_TELL: 2,
    Worth.NOT_IN_FORCE: 3,
}
"""What `bizportal verify` ends with."""


@dataclass(frozen=True)
class Known:
    """What the register says of one licence number, as of a moment. `documents`: SHA-256 (hex) of every sealed PDF
    that was ever issued under the number, the current one last; "" as `current`: the present entry has none."""

    licence_number: str
    agency: str
    standing: Standing
    valid_from: date
    valid_until: date | None
    documents: tuple[str, ...]
    current: str
    as_of: datetime
    stayed: tuple[EntryKind, ...] = ()  # orders that would bind, were they not stayed while they are appealed against


@dataclass(frozen=True)
class Verdict:
    """The worth of a document, and why, one sentence after the other."""

    worth: Worth
    sentences: tuple[Sentence, ...]

    @property
    def exit_code(self) -> int:
        """0 genuine and in force, 1 altered or not ours, 2 cannot tell, 3 genuine but not in force."""
        return EXIT_CODES[self.worth]


def verdict(findings: "Findings", known: Known | None, *, register_asked: bool) -> Verdict:
    """Put evidence and register together. `known` None: the register (or snapshot) has no such number, or, when
    `register_asked` is false, nobody could be asked."""
    return _of_seal(findings) or _of_register(findings, known, register_asked)


def _of_seal(findings: "Findings") -> Verdict | None:
    """The verdict when the seal alone decides; None when it is good."""
    if findings.indication == PASSED:
        return None
    if findings.indication == FAILED:
        altered = findings.intact is False or findings.sub_indication == "HASH_FAILURE"
        return Verdict(Worth.ALTERED if altered else Worth.NOT_OURS, findings.sentences)
    return Verdict(Worth.CANNOT_TELL, (*findings.sentences, LOOK_UP))


def _of_register(findings: "Findings", known: Known | None, register_asked: bool) -> Verdict:
    """A good seal: is it a file of the register, and what is the licence worth today."""
    if known is None:
        return Verdict(*(NOT_THERE if register_asked else _NOBODY_ASKED))
    if findings.sealed_by is None or findings.sealed_by.agency != known.agency or not _is_known(findings, known):
        return Verdict(*NOT_THERE)
    # An entry without a document of ours (its paper is the agency's own) takes an older document's place too.
    if _digest(findings, known) != known.current:
        return Verdict(Worth.NOT_IN_FORCE, (GENUINE, SUPERSEDED, standing_sentence(known)))
    worth = Worth.IN_FORCE if known.standing is Standing.IN_FORCE else Worth.NOT_IN_FORCE
    return Verdict(worth, (GENUINE, standing_sentence(known)))


def _is_known(findings: "Findings", known: Known) -> bool:
    return bool(_digest(findings, known)) and record_number(findings) == known.licence_number


def _digest(findings: "Findings", known: Known) -> str:
    """The digest under which the register knows the file: as it is, or as it was issued before a stamp was renewed."""
    return next((one for one in (findings.sha256, findings.issued_sha256) if one in known.documents), "")


def record_number(findings: "Findings") -> str:
    """The licence number in the record that the sealed file carries; "" when it carries none."""
    return str(findings.record.get("licence_number", ""))


def standing_sentence(known: Known) -> Sentence:
    """What the licence is worth as of the register's moment."""
    said = STANDINGS[known.standing]
    if known.standing is Standing.IN_FORCE and known.stayed:
        said = Sentence(f"{said.th} ({STAYED.th})", f"{said.en} ({STAYED.en})")
    if known.valid_until is None or known.standing not in (Standing.IN_FORCE, Standing.EXPIRED):
        return said
    until_th, until_en = long_date(known.valid_until), known.valid_until.isoformat()
    word = ("ถึงวันที่", "until") if known.standing is Standing.IN_FORCE else ("เมื่อวันที่", "on")
    return Sentence(f"{said.th} {word[0]} {until_th}", f"{said.en} {word[1]} {until_en}")


STAYED = Sentence("ทุเลาการบังคับตามคำสั่งไว้ระหว่างอุทธรณ์", "the order is stayed while it is appealed against")
QUESTIONS = {
    "unchanged": Sentence("การแก้ไข", "Changes"),
    "sealed-by": Sentence("ผู้ประทับตรา", "Sealed by"),
    "key-then": Sentence("กุญแจในเวลานั้น", "The key then"),
    "register-now": Sentence("ทะเบียนในขณะนี้", "The register now"),
    "which-file": Sentence("ฉบับของเอกสาร", "Which document"),
}
_UNTOLD = Sentence("ยังบอกไม่ได้", "cannot be told now")
UNCHANGED = {
    True: Sentence("ไม่ถูกแก้ไขหลังประทับตรา", "none since it was sealed"),
    False: Sentence("ถูกแก้ไขหลังประทับตรา", "changed after it was sealed"),
    None: _UNTOLD,
}
KEY_THEN = {
    True: Sentence("ใช้ได้ขณะประทับตรา", "good when it sealed"),
    False: Sentence("ถูกเพิกถอนแล้ว", "revoked"),
    None: _UNTOLD,
}
NOBODY = Sentence("ไม่ใช่หน่วยงานที่ระบบนี้รู้จัก", "no agency that we know")
NOT_ASKED = Sentence("ไม่มีคำตอบจากทะเบียน", "no answer from the register")
WHICH = {
    "current": Sentence("ฉบับปัจจุบัน", "the present one"),
    "older-copy": Sentence("ฉบับเดิม มีฉบับใหม่แทนแล้ว", "an older one; a newer one has taken its place"),
    "unknown": Sentence("ไม่ใช่ไฟล์ในทะเบียน", "no file of the register"),
    "statement": _UNTOLD,
}
GENUINE = Sentence(
    "เอกสารนี้ออกโดยหน่วยงานจริงและไม่ถูกแก้ไขหลังประทับตรา",
    "this document is genuine: sealed by its agency, and not changed since",
)
SUPERSEDED = Sentence(
    "แต่เป็นฉบับเดิม มีฉบับใหม่แทนแล้ว โปรดใช้ฉบับปัจจุบันจากทะเบียน",
    "but it is an older copy; a newer one has taken its place: use the present one from the register",
)
LOOK_UP = Sentence(
    "ยังตรวจสอบไม่ได้ไม่ได้แปลว่าเป็นของปลอม โปรดค้นเลขที่ใบอนุญาตในทะเบียน",
    "that it cannot be told does not mean that it is false: please look the number up in the register",
)
NOT_THERE = (
    Worth.NOT_IN_REGISTER,
    (
        Sentence(
            "ตราประทับถูกต้อง แต่ไฟล์นี้ไม่ใช่เอกสารที่ทะเบียนออกให้ ห้ามเชื่อถือ",
            "the seal is good, but this file is not one that the register issued: do not rely on it",
        ),
    ),
)
_NOBODY_ASKED = (
    Worth.CANNOT_TELL,
    (
        GENUINE,
        Sentence(
            "แต่ไม่ได้ถามทะเบียน จึงบอกไม่ได้ว่ายังใช้ได้อยู่หรือไม่",
            "but the register was not asked, so nobody can say whether it is still in force",
        ),
    ),
)
STANDINGS: Mapping[Standing, Sentence] = {
    Standing.NOT_YET: Sentence("ใบอนุญาตยังไม่เริ่มมีผล", "the licence is not in force yet"),
    Standing.IN_FORCE: Sentence("ใบอนุญาตมีผลใช้บังคับ", "the licence is in force"),
    Standing.EXPIRED: Sentence("ใบอนุญาตหมดอายุ", "the licence ran out"),
    Standing.SUSPENDED: Sentence("ใบอนุญาตถูกพักใช้", "the licence is suspended"),
    Standing.REVOKED: Sentence("ใบอนุญาตถูกเพิกถอน", "the licence was revoked"),
    Standing.ENDED: Sentence("ใบอนุญาตถูกยกเลิกตามคำขอ", "the licence was cancelled at its holder's request"),
    Standing.SUPERSEDED: Sentence("ใบอนุญาตมีฉบับใหม่แทนแล้ว", "the licence was replaced by a newer one"),
}


def as_json(findings: "Findings", known: Known | None, said: Verdict) -> dict[str, Any]:
    """The same facts for programs: `bizportal verify --json` and `POST /api/v1/verify` both say exactly this."""
    file = {"sha256": findings.sha256, "is": _which_file(findings, known)}
    return shaped(said, file, _seal(findings), known, {"record": dict(findings.record) or None})


def shaped(
    said: Verdict, file: Mapping[str, Any], seal: Mapping[str, Any], known: Known | None, more: Mapping[str, Any]
) -> dict[str, Any]:
    """One shape for every answer: a word, sentences, and each question apart; never one green tick."""
    return {
        "verdict": said.worth.value,
        "exit": said.exit_code,
        "genuine": _yes_no(said.worth, (Worth.IN_FORCE, Worth.NOT_IN_FORCE)),
        "in_force": _yes_no(said.worth, (Worth.IN_FORCE,)),
        "th": [sentence.th for sentence in said.sentences],
        "en": [sentence.en for sentence in said.sentences],
        "lines": _lines(file, seal, known),
        "file": dict(file),
        "seal": dict(seal),
        "register": None if known is None else known_json(known),
        **more,
    }


def _lines(file: Mapping[str, Any], seal: Mapping[str, Any], known: Known | None) -> list[dict[str, Any]]:
    """The separate questions (signing notes 5.3), each with its own answer; "not asked" is never "no"."""
    by = seal["sealed_by"] or {}
    answers = (
        ("unchanged", UNCHANGED[seal["intact"]]),
        ("sealed-by", Sentence(by["organisation"], by["organisation"]) if by.get("agency") else NOBODY),
        ("key-then", KEY_THEN[seal["key_was_good"]]),
        ("register-now", standing_sentence(known) if known else NOT_ASKED),
        ("which-file", WHICH.get(file["is"], WHICH["unknown"])),
    )
    return [
        {"id": name, "what": {"th": QUESTIONS[name].th, "en": QUESTIONS[name].en}, "said": {"th": a.th, "en": a.en}}
        for name, a in answers
    ]


def _yes_no(worth: Worth, yes: tuple[Worth, ...]) -> bool | None:
    return None if worth is Worth.CANNOT_TELL else worth in yes


def _which_file(findings: "Findings", known: Known | None) -> str:
    if known is None or not _digest(findings, known):
        return "unknown"
    return "current" if _digest(findings, known) == known.current else "older-copy"


def _seal(findings: "Findings") -> dict[str, Any]:
    return {
        "intact": findings.intact,
        "sealed_by": vars(findings.sealed_by) if findings.sealed_by else None,
        "sealed_at": findings.sealed_at.isoformat() if findings.sealed_at else None,
        "key_was_good": findings.key_was_good,
        "changes_after": findings.changes_after,
        "indication": findings.indication,
        "sub_indication": findings.sub_indication,
    }


def known_json(known: Known) -> dict[str, Any]:
    """What the register says of a licence, as the door, the snapshot and the open data write it."""
    return {
        "licence_number": known.licence_number,
        "agency": known.agency,
        "status": known.standing.value,
        "stayed": [one.value for one in known.stayed],
        "valid_from": known.valid_from.isoformat(),
        "valid_until": known.valid_until.isoformat() if known.valid_until else None,
        "documents": list(known.documents),
        "document_sha256": known.current,
        "as_of": known.as_of.isoformat(),
    }


def read_known(said: Mapping[str, Any]) -> Known:
    """The same read back, by whoever was given it (a signed snapshot, the register's answer). KeyError or ValueError
    when it has another shape."""
    until = said["valid_until"]
    return Known(
        licence_number=str(said["licence_number"]),
        agency=str(said["agency"]),
        standing=Standing(said["status"]),
        valid_from=date.fromisoformat(said["valid_from"]),
        valid_until=date.fromisoformat(until) if until else None,
        documents=tuple(said["documents"]),
        current=str(said["document_sha256"]),
        as_of=datetime.fromisoformat(said["as_of"]),
        stayed=tuple(EntryKind(one) for one in said.get("stayed", ())),  # a list from before had no such word
    )
