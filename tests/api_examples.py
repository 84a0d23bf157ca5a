"""What tests of the doors share: somebody who calls, files to attach, an application as an applicant would send it."""

import asyncio
import io
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import pypdfium2
from PIL import Image

from exchange.counterparts import people
from forms import form as forms
from licences import catalogue

FOOD = "lao-food-sale-large"
PATIENCE_S = 60.0

Json = dict[str, Any]


@dataclass(frozen=True)
class Caller:
    """Somebody with a token (or nobody) who calls by HTTP; every POST has an Idempotency-Key of its own."""

    http: httpx.AsyncClient
    token: str = ""

    def headers(self, key: str | None = None) -> dict[str, str]:
        """Who calls, and under which key."""
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return bearer | {"Idempotency-Key": key or str(uuid.uuid4())}

    async def get(self, path: str, **query: Any) -> httpx.Response:
        """Look."""
        return await self.http.get(path, params=query, headers=self.headers())

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        """Say something."""
        return await self.http.post(path, json=body, headers=self.headers(key))

    async def upload(
        self, content: bytes, name: str = "แผนที่.pdf", stated: str = "application/octet-stream", *, document: str = ""
    ) -> httpx.Response:
        """Bring a file."""
        return await self.http.post(
            "/api/v1/attachments",
            files={"file": (name, content, stated)},
            data={"document": document},
            headers=self.headers(),
        )


As = Callable[[str], Awaitable[Caller]]
"""Signs a persona in: `await as_("applicant")`."""


def a_pdf(text: str = "") -> bytes:
    """One empty page; `text` stands behind its end."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 200)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue() + text.encode()


def a_picture(kind: str = "PNG") -> bytes:
    """A small white picture."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(file, kind)
    return file.getvalue()


def a_company() -> str:
    """The number of a company that `applicant` may bind alone, another one each time."""
    nth = uuid.uuid4().int % 9_000_000
    return people.with_check_digit(f"0{10 + nth % 90:02d}5998{nth // 90:05d}")


FILES = {
    "application/pdf": ("a.pdf", a_pdf),
    "image/png": ("a.png", a_picture),
    "image/jpeg": ("a.jpg", lambda: a_picture("JPEG")),
}


async def an_application(
    caller: Caller, code: str = FOOD, operation: str = "new", *, holder: Json | None = None, **more: Any
) -> Json:
    """The example of a form as a body to send, with its files uploaded by the caller."""
    procedure = catalogue.load().procedure(code, operation, date.today())
    form = forms.load(procedure.form)
    text = json.dumps(forms.example(form))
    for named, media_type in forms.example_attachments(form).items():
        if json.dumps(named) in text:
            name, make = FILES[media_type]
            brought = await caller.upload(make(), name)
            text = text.replace(json.dumps(named), json.dumps(brought.json()["id"]))
    documents = {one.id: (await caller.upload(a_pdf())).json()["id"] for one in procedure.documents if one.required}
    body = {"licence": code, "operation": operation, "holder": holder or {"juristic_id": a_company()}}
    return body | {"answers": json.loads(text), "attachments": documents} | more


async def filed(caller: Caller, **what: Any) -> Json:
    """An application that was received, as the door answered."""
    answer = await caller.post("/api/v1/applications", await an_application(caller, **what))
    assert answer.status_code == 201, answer.text
    said: Json = answer.json()
    return said


async def until(look: Callable[[], Awaitable[Json]], true: Callable[[Json], bool]) -> Json:
    """Look again and again until it is so."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        seen = await look()
        if true(seen):
            return seen
        assert time.monotonic() < deadline, seen
        await asyncio.sleep(0.2)


def a_problem(answer: httpx.Response, status: int, code: str) -> Json:
    """The problem document of an answer, once it is shown to be one in both languages and without a trace."""
    said: Json = answer.json()
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert (answer.status_code, said["status"], said["type"]) == (status, status, f"urn:bizportal:problem:{code}"), said
    assert said["th"] and said["en"] and said["title"] and said["detail"]
    assert any("ก" <= letter <= "๛" for letter in said["th"]) and "Traceback" not in answer.text
    return said


async def tasks_of(officer: Caller, number: str) -> list[Json]:
    """What of an application lies on an officer's desk, however full the desk is."""
    found, after = list[Json](), ""
    while True:
        page = (await officer.get("/api/v1/tasks", limit=100, after=after)).json()
        found += [task for task in page["items"] if task["application"] == number]
        if not (after := page["next"]):
            return found


async def approve(as_: As, seen: Json, **decision: Any) -> None:
    """One officer decides one task of an application, whoever's desk it lies on; approves unless told otherwise."""
    agency = seen["agency"]
    for persona in (f"officer-{seen['office']}", f"officer-{agency}-2", f"inspector-{agency}", f"supervisor-{agency}"):
        officer = await as_(persona)
        for task in await tasks_of(officer, seen["number"]):
            body = {"verdict": "approve", "reason": "ครบถ้วน", **decision}
            answer = await officer.post(f"/api/v1/tasks/{task['id']}/decision", body)
            assert answer.status_code == 200, answer.text
            return


async def pay(bank_address: str, qr: str) -> None:
    """Pay a bill at the bank, as a person with a telephone does."""
    async with httpx.AsyncClient(base_url=bank_address) as bank:
        answer = await bank.post("/pay", json={"qr": qr})
        assert answer.status_code == 201, answer.text
