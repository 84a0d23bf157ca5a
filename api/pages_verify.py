"""Checking a document: what a PDF or a photograph proves, in plain lines and one next step. Nothing is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api import frame, photographs, reports, showing, tools
from api import register as door
from api.bodies import TooLarge
from api.pages_public import Code
from api.people import Anyone
from api.showing import Says
from api.throttle import TooOften
from api.tools import Now, TheDatabase, TheFiles, TheTrust
from api.verdict import Worth
from api.verifying import Verifier
from licences.procedure import Text
from licences.register import Standing
from records.database import Database
from records.register import Found
from signing.trust import Trust

router = APIRouter(include_in_schema=False)

CANNOT_TELL = Text(th="ตรวจไม่ได้ในตอนนี้", en="cannot be told just now")
NOT_LOOKED_AT = Text(th="ไม่ได้ตรวจ เพราะไฟล์นี้เชื่อถือไม่ได้", en="was not looked at: the file cannot be relied on")
GENUINE = (
    Text(th="ลายมือชื่ออิเล็กทรอนิกส์", en="The seal"),
    Text(th="เป็นของจริง", en="is genuine"),
    Text(th="ไม่ใช่ของหน่วยงานในระบบนี้", en="is not one of ours"),
)
BROKEN = (*GENUINE[:2], Text(th="ไม่ตรงกับเนื้อหาของไฟล์นี้", en="does not fit what the file says"))
ISSUER = (
    Text(th="ผู้ออก", en="The issuer"),
    Text(th="เป็นหน่วยงานที่มีอำนาจ", en="is the agency in charge"),
    Text(th="ไม่ทราบว่าใครออก", en="is not known"),
)
UNCHANGED = (
    Text(th="การแก้ไข", en="Changes"),
    Text(th="ไม่ถูกแก้ไขหลังออก", en="none since it was issued"),
    Text(th="ถูกแก้ไขหลังออก", en="changed after it was issued"),
)
TODAY = (
    Text(th="วันนี้", en="Today"),
    Text(th="ใบอนุญาตใช้ได้", en="the licence is in force"),
    Text(th="ใบอนุญาตใช้ไม่ได้", en="the licence is not in force"),
)

# Each outcome has its own sentence, look and next step; "cannot tell" is never shown as "false".
WORTHS: Mapping[str, tuple[Text, str, Text]] = {
    Worth.IN_FORCE: (
        Text(th="ใบอนุญาตนี้เป็นของจริงและใช้ได้อยู่", en="This licence is genuine and in force"),
        "good",
        Text(th="เทียบชื่อและสถานที่กับผู้ที่แสดงใบอนุญาตนี้", en="Compare name and place with whoever shows it."),
    ),
    Worth.NOT_IN_FORCE: (
        Text(th="เป็นของจริง แต่วันนี้ใช้ไม่ได้", en="Genuine, but not in force today"),
        "wait",
        Text(th="ดูสถานะล่าสุดในทะเบียน", en="See its present standing in the register."),
    ),
    Worth.ALTERED: (
        Text(th="ไฟล์นี้ถูกแก้ไขหลังออก", en="This file was changed after it was issued"),
        "bad",
        Text(
            th="อย่าเชื่อถือไฟล์นี้ ขอไฟล์ใหม่หรือค้นเลขที่ในทะเบียน",
            en="Do not rely on it. Ask for a new file, or look the number up.",
        ),
    ),
    Worth.NOT_OURS: (
        Text(th="ไม่ใช่เอกสารที่ออกโดยระบบนี้", en="This document was not issued here"),
        "bad",
        Text(th="หากได้รับมาในชื่อใบอนุญาต ให้แจ้งหน่วยงานผู้อนุญาต", en="If it was shown to you as a licence, tell the agency."),
    ),
    Worth.NOT_IN_REGISTER: (
        Text(th="ไม่พบเอกสารนี้ในทะเบียน", en="The register has no such document"),
        "bad",
        Text(th="อย่าเชื่อถือไฟล์นี้ ให้แจ้งหน่วยงานผู้อนุญาต", en="Do not rely on it, and tell the agency."),
    ),
    Worth.CANNOT_TELL: (
        Text(th="ยังตรวจไม่ได้ในตอนนี้", en="It cannot be checked just now"),
        "wait",
        Text(
            th="ไม่ได้แปลว่าปลอม ค้นเลขที่ใบอนุญาตในทะเบียน หรือลองใหม่ภายหลัง",
            en="That does not mean it is false. Look the number up in the register, or try again later.",
        ),
    ),
}

FALSE = (Worth.ALTERED, Worth.NOT_OURS, Worth.NOT_IN_REGISTER)

PHOTOGRAPHS: Mapping[str, tuple[Text, str, Text]] = {
    "in-force": (
        Text(th="QR นี้เป็นของจริง และใบอนุญาตใช้ได้อยู่", en="This QR is genuine, and its licence is in force"),
        "good",
        Text(
            th="ภาพถ่ายยืนยันได้เพียง QR ให้เทียบเลขที่ ชื่อ และวันด้านล่างกับที่เห็นบนกระดาษ ต้องตรงกันทุกข้อ",
            en="A photograph proves the QR only. Compare number, name and dates below with the paper: all must agree.",
        ),
    ),
    "not-in-force": (
        Text(th="QR นี้เป็นของจริง แต่วันนี้ใบอนุญาตใช้ไม่ได้", en="This QR is genuine, but its licence is not in force today"),
        "wait",
        WORTHS[Worth.NOT_IN_FORCE][2],
    ),
    "not-in-register": (
        Text(th="ไม่พบใบอนุญาตของ QR นี้ในทะเบียน", en="The register has no licence for this QR"),
        "bad",
        Text(th="อย่าเชื่อถือกระดาษนี้ ให้แจ้งหน่วยงานผู้อนุญาต", en="Do not rely on the paper, and tell the agency."),
    ),
    "not-ours": (
        Text(th="QR นี้ไม่ใช่ของระบบนี้", en="This QR is not one of ours"),
        "bad",
        Text(
            th="อย่าเปิดที่อยู่ที่ QR พาไป และอย่าเชื่อถือกระดาษนี้ ให้แจ้งหน่วยงานผู้อนุญาต",
            en="Do not open the address it leads to, do not rely on the paper, and tell the agency.",
        ),
    ),
}


@dataclass(frozen=True)
class Proof:
    """One of the four answers: `answer` is yes, no or unknown."""

    what: Text
    said: Text
    answer: str
    detail: str = ""


@router.get("/verify")
async def ask_verify(request: Request, who: Anyone, number: Code = "") -> Response:
    """By a number, or by a file."""
    if number.strip():
        return frame.see_other(f"/v/{quote(number.strip(), safe='')}")
    return await frame.show(request, "verify.html", number="")


@router.post("/verify")
async def verify(request: Request, who: Anyone, database: TheDatabase, trust: TheTrust, now: Now) -> HTMLResponse:
    """What a PDF or the QR in a photograph proves, in plain lines and one next step. Nothing is kept."""
    try:
        tools.throttled(request)
        content = await door.pdf_in(request)
        if photographs.is_picture(content):
            return await _photographed(request, database, trust, now, content)
        said = await door.judged(
            cast(Verifier, request.app.state.verifier), database, content, now, tools.settings(request).public_url
        )
    except (door.NoFile, photographs.NoCode, TooLarge) as refusal:
        says = Says("file", showing.in_words(refusal, showing.language(request)))
        return await frame.show(request, "verify.html", refusal.status, number="", problems=(says,))
    return await frame.show(request, "verified.html", result=_result(said, showing.language(request)))


async def _photographed(
    request: Request, database: Database, trust: Trust, now: datetime, content: bytes
) -> HTMLResponse:
    """What the QR in a photograph leads to, and what that licence is worth. Raises NoCode."""
    code = await cast(Verifier, request.app.state.verifier).code(content, tools.settings(request).public_url)
    genuine = photographs.signed(code, trust.published_keys()) if code.number else False
    found = await _looked_up(database, code.number) if code.number and genuine is not False else None
    standing = door.standing(found, now) if found else None
    return await frame.show(request, "photographed.html", code=code, result=_photo_result(genuine, standing, found))


async def _looked_up(database: Database, number: str) -> Found | None:
    try:
        return await door.the_licence(database, number)
    except door.NotInRegister:
        return None


def _photo_result(genuine: bool | None, standing: Standing | None, found: Found | None) -> dict[str, Any]:
    """The headline, its look, the next step, and what to compare."""
    worth = "not-ours" if genuine is False else "not-in-register" if found is None else "in-force"
    if found and standing is not Standing.IN_FORCE:
        worth = "not-in-force"
    headline, look, next_step = PHOTOGRAPHS[worth]
    holding = found.holding if found else None
    return {"headline": headline, "look": look, "next_step": next_step, "holding": holding, "signed": genuine}


@router.post("/verify/report")
async def report(request: Request, who: Anyone, database: TheDatabase, files: TheFiles, now: Now) -> Response:
    """The same as a sealed PDF, to keep or to hand on."""
    try:
        reports.seldom(request)
        content = await door.pdf_in(request)
        said = await door.judged(
            cast(Verifier, request.app.state.verifier), database, content, now, tools.settings(request).public_url
        )
        pdf = await reports.made(request.app.state.engine, database, files, said, now)
    except (door.NoFile, TooLarge, photographs.NoCode, TooOften, reports.NothingToReport) as refusal:
        says = Says("file", showing.in_words(refusal, showing.language(request)))
        return await frame.show(request, "verify.html", refusal.status, number="", problems=(says,))
    return reports.as_pdf(pdf)


def _result(said: Mapping[str, Any], lang: showing.Lang) -> dict[str, Any]:
    worth = said["verdict"]
    headline, look, next_step = WORTHS[worth]
    known, seal = said["register"], said["seal"]
    sentences = [Text(th=th, en=en) for th, en in zip(said["th"], said["en"], strict=True)]
    return {
        "headline": headline,
        "look": look,
        "next_step": next_step,
        "lines": _proofs(said, lang),
        "answers": [(Text(**one["what"]), Text(**one["said"])) for one in said["lines"]],
        "entry": said["proof"],
        "number": known["licence_number"] if known else "",
        "sha256": said["file"]["sha256"],
        "indication": " ".join(filter(None, (seal["indication"], seal["sub_indication"]))),
        "sentences": sentences,
    }


def _proofs(said: Mapping[str, Any], lang: showing.Lang) -> list[Proof]:
    seal, known = said["seal"], said["register"]
    by = seal["sealed_by"] or {}
    name = str(by.get("name") or by.get("organisation") or "") if isinstance(by, Mapping) else str(by)
    at = datetime.fromisoformat(seal["sealed_at"]) if seal["sealed_at"] else None
    in_force = said["in_force"] if known else None
    altered, unknown = said["verdict"] == Worth.ALTERED, NOT_LOOKED_AT if said["verdict"] in FALSE else CANNOT_TELL
    issuer = bool(name) if said["genuine"] is not None and not altered else None
    return [
        _proof(BROKEN if altered else GENUINE, said["genuine"], unknown, detail=showing.moment(at, lang)),
        _proof(ISSUER, issuer, unknown, detail=name),
        _proof(UNCHANGED, seal["intact"], unknown),
        _proof(TODAY, in_force, unknown, detail=_until(known, lang)),
    ]


def _proof(what: tuple[Text, Text, Text], answer: bool | None, unknown: Text, detail: str = "") -> Proof:
    title, yes, no = what
    if answer is None:
        return Proof(title, unknown, "unknown")
    return Proof(title, yes if answer else no, "yes" if answer else "no", detail)


def _until(known: Mapping[str, Any] | None, lang: showing.Lang) -> str:
    if not known or not known.get("valid_until"):
        return ""
    until = showing.day(date.fromisoformat(known["valid_until"]), lang)
    return f"ใช้ได้ถึง {until}" if lang == "th" else f"valid until {until}"
