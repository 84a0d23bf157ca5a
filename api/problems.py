"""A "no" and a fault, said once: RFC 9457 problem documents with a Thai and an English sentence.

The rules' own answers (`NotAllowed`, a form's `Problems`) keep their words. Anything that broke becomes an apology with
an id that the log also has; never a trace.
"""

import dataclasses
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as SQLTimeout
from starlette.exceptions import HTTPException

from api.engine import EngineDown
from exchange.errors import OfficeDown, OfficeRefused
from forms.errors import Problems
from licences.errors import NotAllowed, Sentence
from records.files import StoreDown

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:bizportal:problem:"
RETRY_AFTER_S = "5"
ANSWERS_WRONG, REQUEST_WRONG = "answers-wrong", "request-wrong"
PARTS_DOWN = (EngineDown, OfficeDown, OfficeRefused, StoreDown, DBAPIError, ConnectionError, SQLTimeout)
"""Foreseen: answered without the server's own alarm. SQLTimeout: every connection to the records is taken."""

AWAY = ("08", "53", "57P")
"""SQLSTATE of a server that cannot serve just now: no connection, no room, starting or stopping."""

log = logging.getLogger("bizportal.api")


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field."""

    field: str
    th: str
    en: str


@dataclass(frozen=True)
class ProblemDocument:
    """One problem as RFC 9457 shapes it; `th` and `en` say the same thing, `id` finds a fault in the log."""

    code: str
    status: int
    th: str
    en: str
    field: str = ""
    errors: tuple[FieldProblem, ...] = ()
    id: str = ""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """The members of the document; absent ones are left out."""
        said: dict[str, Any] = {
            "type": TYPE_PREFIX + self.code,
            "title": self.code.replace("-", " ").capitalize(),
            "status": self.status,
            "detail": self.en,
            "th": self.th,
            "en": self.en,
        }
        said |= {"field": self.field} if self.field else {}
        said |= {"errors": [vars(error) for error in self.errors]} if self.errors else {}
        return said | ({"id": self.id} if self.id else {})


ProblemPage = Callable[[Request, ProblemDocument], Response]
"""How the pages show a problem to a person; programs get the JSON."""


def response(problem: ProblemDocument) -> JSONResponse:
    """The problem as a program reads it."""
    headers = {"Cache-Control": "no-store", **problem.headers}
    return JSONResponse(problem.json(), problem.status, headers, media_type=MEDIA_TYPE)


def of_refusal(error: NotAllowed) -> ProblemDocument:
    """The rules say no, in their own words."""
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    headers |= {"Retry-After": RETRY_AFTER_S} if error.status in (429, 503) else {}
    errors = (FieldProblem(error.field, error.th, error.en),) if error.field else ()
    return ProblemDocument(error.code, error.status, error.th, error.en, error.field, errors=errors, headers=headers)


def of_answers(error: Problems) -> ProblemDocument:
    """Every field of a form that is wrong, each with its way out."""
    return _of_fields(ANSWERS_WRONG, 422, tuple(FieldProblem(p.field, p.th, p.en) for p in error.problems))


def _of_fields(code: str, status: int, errors: tuple[FieldProblem, ...]) -> ProblemDocument:
    if len(errors) == 1:
        only = errors[0]
        return ProblemDocument(code, status, only.th, only.en, only.field, errors)
    th, en = f"มี {len(errors)} ข้อที่ต้องแก้ไข", f"{len(errors)} things need to be put right"
    return ProblemDocument(code, status, th, en, errors[0].field if errors else "", errors)


MALFORMED = Sentence(
    "เนื้อความที่ส่งมาอ่านไม่ได้ โปรดส่ง JSON ที่ถูกต้องในรหัส UTF-8",
    "the body cannot be read: please send well-formed JSON in UTF-8",
)

_CHOICE = Sentence("ไม่อยู่ในค่าที่เลือกได้ คือ {expected}", "this is not one of the values to choose from: {expected}")
_WHOLE = Sentence("ต้องเป็นจำนวนเต็ม เช่น 20", "this must be a whole number, such as 20")
_DAY = Sentence("ต้องเป็นวันที่ตามปฏิทิน แบบ 2026-11-28", "this must be a day of the calendar, as 2026-11-28")
_YES_OR_NO = Sentence("ต้องเป็น true หรือ false", "this must be true or false")
_SAID: Mapping[str, Sentence] = {
    "missing": Sentence("ต้องระบุข้อนี้", "this must be given"),
    "extra_forbidden": Sentence("ไม่มีข้อนี้ให้ระบุ โปรดตรวจตัวสะกด", "there is no such field: please check its spelling"),
    "string_too_long": Sentence(
        "ข้อความยาวเกินไป ใช้ได้ไม่เกิน {max_length} ตัวอักษร", "this text is too long: it may have {max_length} characters"
    ),
    "string_too_short": Sentence(
        "ข้อความสั้นเกินไป ต้องมีอย่างน้อย {min_length} ตัวอักษร", "this text is too short: it needs {min_length} characters"
    ),
    "string_type": Sentence("ต้องเป็นข้อความ", "this must be a text"),
    "string_pattern_mismatch": Sentence(
        "รูปแบบไม่ถูกต้อง ต้องเป็นตาม {pattern}", "this does not have the right form, which is {pattern}"
    ),
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "greater_than_equal": Sentence("ต้องไม่น้อยกว่า {ge}", "this must be {ge} or more"),
    "greater_than": Sentence("ต้องมากกว่า {gt}", "this must be more than {gt}"),
    "less_than_equal": Sentence("ต้องไม่เกิน {le}", "this must be {le} or less"),
    "less_than": Sentence("ต้องน้อยกว่า {lt}", "this must be less than {lt}"),
    "bool_parsing": _YES_OR_NO,
    "bool_type": _YES_OR_NO,
    "date_parsing": _DAY,
    "date_type": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "dict_type": Sentence("ต้องเป็นวัตถุ JSON", "this must be a JSON object"),
    "model_attributes_type": Sentence("ต้องเป็นวัตถุ JSON", "this must be a JSON object"),
    "list_type": Sentence("ต้องเป็นรายการ", "this must be a list"),
    "too_long": Sentence("มีรายการมากเกินไป", "there are too many of these"),
}
_NOT_TAKEN = Sentence("ค่านี้ใช้ไม่ได้", "this value cannot be taken")


def of_validation(error: RequestValidationError) -> ProblemDocument:
    """A request that does not have the shape of `/openapi.json`. An address that nothing can stand at has nothing."""
    found = error.errors()
    if any(one["loc"][0] == "path" for one in found):
        return of_http(HTTPException(404))
    if any(one["type"] == "json_invalid" for one in found):
        return ProblemDocument("malformed-json", 400, MALFORMED.th, MALFORMED.en)
    return _of_fields(REQUEST_WRONG, 422, tuple(_of_one(one) for one in found))


def _of_one(one: Mapping[str, Any]) -> FieldProblem:
    said, told = _SAID.get(one["type"], _NOT_TAKEN), dict(one.get("ctx", {}))
    # The first part of a place says where (body, query, path, header); only programs' own field names are of use.
    place = [str(part) for part in one["loc"] if part not in ("body", "query", "path", "header", "cookie")]
    in_thai = told | {"expected": str(told.get("expected", "")).replace(" or ", " หรือ ")}
    return FieldProblem(".".join(place), said.th.format(**in_thai), said.en.format(**told))


_BY_STATUS: Mapping[int, tuple[str, Sentence]] = {
    400: ("malformed-request", MALFORMED),
    404: ("not-found", Sentence("ไม่พบสิ่งที่ขอ", "there is nothing here")),
    405: ("method-not-allowed", Sentence("ที่อยู่นี้ไม่รับคำสั่งแบบนี้", "this address does not take this method")),
    413: ("too-large", Sentence("เนื้อความใหญ่เกินไป", "the body is too large")),
}


def of_http(error: HTTPException) -> ProblemDocument:
    """What the web framework itself refuses."""
    unknown = ("refused", Sentence("ไม่สามารถรับคำขอนี้ได้", "this request cannot be taken"))
    code, said = _BY_STATUS.get(error.status_code, unknown)
    return ProblemDocument(code, error.status_code, said.th, said.en, headers=error.headers or {})


def of_part_down(part: str) -> ProblemDocument:
    """A part we need does not answer; nothing was half done."""
    return ProblemDocument(
        f"{part}-unavailable",
        503,
        "ระบบบางส่วนขัดข้องชั่วคราว รายการนี้ยังไม่ถูกบันทึก และข้อมูลเดิมไม่สูญหาย โปรดลองอีกครั้งด้วย Idempotency-Key เดิม",
        "a part of the system does not answer just now; nothing was recorded by this call and nothing is lost: "
        "please try again with the same Idempotency-Key",
        headers={"Retry-After": RETRY_AFTER_S},
    )


def of_fault(fault_id: str) -> ProblemDocument:
    """An apology, with the id under which the log has the rest."""
    return ProblemDocument(
        "fault",
        500,
        f"ขออภัย ระบบขัดข้อง ข้อมูลที่บันทึกไว้แล้วไม่สูญหาย โปรดแจ้งรหัส {fault_id} เมื่อติดต่อเจ้าหน้าที่",
        f"we are sorry, something broke on our side; what was recorded is not lost. Please quote {fault_id}",
        id=fault_id,
        headers={"Connection": "close"},  # the server closes it after a fault: the client must not reuse it
    )


def of(error: Exception) -> ProblemDocument:
    """Any exception as a problem; what nobody foresaw is logged with an id."""
    match error:
        case NotAllowed():
            return of_refusal(error)
        case Problems():
            return of_answers(error)
        case RequestValidationError():
            return of_validation(error)
        case HTTPException():
            return of_http(error)
        case _:
            return _of_broken(error)


def _of_broken(error: Exception) -> ProblemDocument:
    part = _part_down(error)
    if part:
        log.warning("the %s does not answer: %s: %s", part, type(error).__name__, error)
        return of_part_down(part)
    fault_id = secrets.token_hex(6)
    log.error("fault %s: %s", fault_id, type(error).__name__, exc_info=error)
    return of_fault(fault_id)


def _part_down(error: Exception) -> str:
    """The part that this error says is down; "" when it says something else."""
    match error:
        case EngineDown():
            return "engine"
        case OfficeDown() | OfficeRefused():
            return "office"
        case StoreDown():
            return "store"
        case DBAPIError() if error.connection_invalidated or _is_away(error):
            return "records"
        case ConnectionError() | SQLTimeout():
            return "records"
        case _:
            return ""


def _is_away(error: DBAPIError) -> bool:
    """Whether PostgreSQL itself said that it is starting, stopping, or full (SQLSTATE classes 08, 53, 57P)."""
    return str(getattr(error.orig, "sqlstate", None) or "").startswith(AWAY)


def install(app: FastAPI, page: ProblemPage | None = None) -> None:
    """Have every exception answered here; `page` shows it to people outside `/api`, `/health` and `/metrics`."""
    app.state.problem_page = page

    async def answer(request: Request, error: Exception) -> Response:
        return shown(request, of(error))

    for kind in (NotAllowed, Problems, RequestValidationError, HTTPException, *PARTS_DOWN, Exception):
        app.add_exception_handler(kind, answer)


def shown(request: Request, problem: ProblemDocument) -> Response:
    """The problem as whoever asks can read it: JSON for programs, a page for people."""
    page: ProblemPage | None = request.app.state.problem_page
    if page is None or for_programs(request.url.path):
        return response(problem)
    return page(request, problem)


def for_programs(path: str) -> bool:
    """Whether an address speaks JSON."""
    return path.startswith(("/api/", "/health/", "/metrics", "/openapi.json"))
