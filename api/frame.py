"""The frame around every page: who is signed in, for whom, in which language; and how a refusal looks to a person."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api import representing, tools
from api.people import IDLE_APPLICANT, IDLE_OFFICER, OPERATORS, WATCHERS, Person
from api.problems import REQUEST_WRONG, ProblemDocument
from api.showing import Visit, id_number, page, switched
from licences.procedure import Text

GET = "GET"
HEADINGS = {
    403: Text(th="ท่านไม่มีสิทธิเข้าส่วนนี้", en="You may not enter here"),
    404: Text(th="ไม่พบหน้านี้", en="Page not found"),
    409: Text(th="ทำรายการนี้ไม่ได้แล้ว", en="This can no longer be done"),
    413: Text(th="ไฟล์ใหญ่เกินไป", en="The file is too large"),
    422: Text(th="มีข้อที่ต้องแก้ไข", en="Something needs to be put right"),
    429: Text(th="เรียกใช้ถี่เกินไป", en="Too many requests"),
    503: Text(th="ระบบบางส่วนขัดข้องชั่วคราว", en="A part of the system does not answer"),
}
SORRY = Text(th="ขออภัย ระบบขัดข้อง", en="Sorry, something went wrong")
GO_BACK = Text(th="กดปุ่มย้อนกลับเพื่อแก้ไข สิ่งที่บันทึกไว้แล้วไม่หาย", en="Go back to put it right. What you saved is not lost.")
TRY_AGAIN = Text(
    th="รอสักครู่แล้วลองอีกครั้ง สิ่งที่บันทึกไว้แล้วไม่หาย", en="Wait a moment and try again. What you saved is not lost."
)
NOT_YOURS = Text(
    th="หากท่านมีสิทธิเข้าส่วนนี้ ให้ออกจากระบบแล้วเข้าใหม่ด้วยบัญชีที่มีสิทธิ",
    en="If you may, sign out and sign in again with the account that has the right.",
)
CHECK_ADDRESS = Text(th="ตรวจที่อยู่เว็บ หรือเริ่มจากหน้าแรก", en="Check the address, or start from the first page.")
WAYS_OUT = {403: NOT_YOURS, 404: CHECK_ADDRESS}
OF_A_LICENCE = "/v/"
NO_SUCH_LICENCE = Text(th="ไม่พบใบอนุญาตเลขที่นี้", en="No licence of this number")
CHECK_NUMBER = Text(
    th="เทียบเลขที่กับใบอนุญาตทีละตัวแล้วตรวจใหม่ หรือตรวจจากไฟล์หรือภาพ QR",
    en="Compare the number with the licence, one character at a time, and check again; or check its file or QR.",
)


def visit(request: Request, acting: str = "") -> Visit:
    """What the frame shows of this visit. `acting` is the company's name, when it is known."""
    person: Person | None = getattr(request.state, "person", None)
    settings = tools.settings(request)
    nobody = Visit(request.url.path, switched(request), local=settings.profile == "local")
    if person is None:
        return nobody
    idle = IDLE_OFFICER if person.roles else IDLE_APPLICANT
    return replace(
        nobody,
        person=full_name(person),
        acting=acting or id_number(person.acting_for),
        officer=bool(person.desks),
        operator=bool(person.seats(*OPERATORS)),
        auditor=bool(person.seats(*WATCHERS)),
        csrf=person.csrf,
        idle_seconds=int(idle.total_seconds()) if person.browser else 0,
    )


def full_name(person: Person) -> str:
    """Title, first and last name as Thais write them: นายสมชาย ใจดี."""
    return person.full_name


async def show(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """One page, in its frame."""
    person: Person | None = getattr(request.state, "person", None)
    acting = await company_name(request, person.acting_for) if person and person.acting_for else ""
    return page(request, visit(request, acting), template, status, **values)


async def company_name(request: Request, juristic_id: str) -> str:
    """A company's name as the register last gave it to us, or its number in groups."""
    return await representing.last_name(tools.database(request), juristic_id) or id_number(juristic_id)


def see_other(path: str) -> RedirectResponse:
    """After a POST, go and look (so that pressing reload sends nothing twice)."""
    return RedirectResponse(path, 303)


def sign_in_first(request: Request) -> RedirectResponse:
    """To the sign-in, and from there back to this page."""
    query = f"?{request.url.query}" if request.url.query else ""
    back = f"{request.url.path}{query}" if request.method == GET else "/"
    return RedirectResponse(f"/sign-in?next={quote(back)}", 303)


def problem_page(request: Request, problem: ProblemDocument) -> Response:
    """A refusal, or an apology, as a page. Who is not signed in is sent to the sign-in instead."""
    if problem.status == 401:
        return sign_in_first(request)
    values = {"problem": problem, **_ways_out(request, problem)}
    answer = page(request, visit(request), "problem.html", problem.status, **values)
    answer.headers.update(problem.headers)
    return answer


def _ways_out(request: Request, problem: ProblemDocument) -> dict[str, Any]:
    """What the page is headed, and what one can do next: who mistyped a licence's number types it again."""
    status, by_its_address = problem.status, problem.code == REQUEST_WRONG and request.method == GET
    if status == 404 and request.url.path.startswith(OF_A_LICENCE):
        return {"heading": NO_SUCH_LICENCE, "way_out": CHECK_NUMBER, "check_again": True}
    way_out = TRY_AGAIN if status >= 429 else CHECK_ADDRESS if by_its_address else WAYS_OUT.get(status, GO_BACK)
    return {"heading": HEADINGS.get(status, SORRY), "way_out": way_out, "check_again": False}
