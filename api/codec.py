"""The engine's own screen shows sealed values; whoever may read them has them opened here, and that is written down.

Temporal's screen and command line ask a codec server (`--codec-endpoint …/api/v1/codec --codec-auth "Bearer …"`). It
opens for operators only, and opens only: nothing is written into a history from that screen. Of an erased case it
opens what is left: references.
"""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from google.protobuf import json_format
from temporalio.api.common.v1 import Payloads

from api import people, tools
from api.headers import origin
from licences.errors import NotAllowed
from records import access, applications
from records.applications import UnknownApplication
from records.database import Database

router = APIRouter(prefix="/api/v1/codec", include_in_schema=False)
HEADERS = "content-type, authorization, x-namespace"
MOST = 5_000


class NotPayloads(NotAllowed):
    """The body is not what a codec server is asked."""

    status = 400


@router.options("/decode", dependencies=[people.Public])
async def may_ask(request: Request) -> Response:
    """Whether a page of the engine's screen may ask: only from the address that the settings name."""
    return Response(status_code=204, headers=_allowed(request))


@router.post("/decode")
async def decode(request: Request, who: people.AnOperator) -> Response:
    """Sealed values in, clear ones out, as the engine's screen and command line send them."""
    try:
        asked = json_format.Parse(await request.body(), Payloads())
    except json_format.ParseError as wrong:
        raise NotPayloads("เนื้อความนี้ไม่ใช่ค่าของเครื่องยนต์", "this body holds no payloads of the engine") from wrong
    if len(asked.payloads) > MOST:
        raise NotPayloads(f"ส่งได้ครั้งละไม่เกิน {MOST} ค่า", f"at most {MOST} values at a time")
    codec = (await tools.engine(request).client()).data_converter.payload_codec
    assert codec is not None
    cases = {one.metadata.get("case", b"").decode() for one in asked.payloads}
    await _write_down(tools.database(request), who, cases)
    clear = Payloads(payloads=await codec.decode(list(asked.payloads)))
    said = json_format.MessageToJson(clear, indent=None)
    return Response(said, media_type="application/json", headers=_allowed(request))


async def _write_down(database: Database, who: people.Person, cases: set[str]) -> None:
    """Who read the words of which application (PDPA s.39)."""
    async with database.transaction() as session:
        for case in sorted(cases - {""}):
            try:
                kept = await applications.get(session, case)
            except UnknownApplication:
                subject = case
            else:
                subject = kept.applicant
            await access.log(session, who.id, subject, f"application:{case}", tools.now(), "history in the engine")


def _allowed(request: Request) -> dict[str, str]:
    ours = origin(tools.settings(request).engine_ui_url)
    if not ours or request.headers.get("origin") != ours:
        return {}
    return {
        "Access-Control-Allow-Origin": ours,
        "Access-Control-Allow-Headers": HEADERS,
        "Access-Control-Allow-Methods": "POST",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Origin",
    }
