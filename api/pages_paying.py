"""Paying: a bill and what came for it, one that is written anew, and several bills with one QR."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api import applications as door
from api import cases, following, frame, paying, pictures, showing
from api.cases import Case
from api.people import Applicant, Person
from api.tools import Now, TheCatalogue, TheEngine, TheFiles, TheSettings
from licences import thai
from licences.procedure import Text
from records import baskets, ledger
from records.ledger import UnknownBill
from records.tables import Bill

router = APIRouter(include_in_schema=False)


# --- one bill ---


@router.get("/applications/{number}/bills/{ref1}")
async def bill(request: Request, who: Applicant, now: Now, number: str, ref1: str) -> HTMLResponse:
    """What is owed and under which law, the QR, what came for it, and the same as text for those who pay on a phone."""
    case, found = await _bill(request, who, number, ref1, now)
    database = door.desk_of(request).database
    async with database.reading() as session:
        receipt = await ledger.receipt_of(session, ref1)
        newer = await ledger.standing_bill(session, ref1)
    return await frame.show(
        request,
        "bill.html",
        number=number,
        bill=found,
        words=thai.baht_words(found.satang),
        lines=[{**one, "title": Text(**one["title"])} for one in found.lines],
        provisional=found.provisional,
        receipt=receipt,
        newer=newer.ref1 if newer and newer.ref1 != ref1 else "",
        came=await paying.came_for(database, found),
        outcomes=paying.PAYMENTS,
        goes_back=paying.GOES_BACK,
        processing=bool(await paying.being_processed(database, [found], now)),
        being_processed=paying.BEING_PROCESSED,
        late=paying.last_day_passed(found, now),
        qr=pictures.qr_svg(found.qr, _alt(request)),
        state=following.state(case.kept, case.bills),
    )


def _alt(request: Request) -> str:
    return "PromptPay QR" if showing.language(request) == "en" else "QR พร้อมเพย์"


@router.get("/applications/{number}/bills/{ref1}/qr.png")
async def qr_picture(request: Request, who: Applicant, now: Now, number: str, ref1: str) -> Response:
    """The QR as a picture to save."""
    _, found = await _bill(request, who, number, ref1, now)
    return Response(pictures.qr_png(found.qr), media_type="image/png")


@router.post("/applications/{number}/bills/{ref1}/paid")
async def paid(request: Request, who: Applicant, now: Now, engine: TheEngine, number: str, ref1: str) -> Response:
    """The payer says that it is paid: the bank is asked at once."""
    desk = door.desk_of(request)
    found = await paying.own_bill(desk, who, ref1, now)
    await paying.say_paid(desk, engine, found, now)
    return frame.see_other(f"/applications/{number}/bills/{ref1}")


@router.post("/applications/{number}/bills/{ref1}/anew")
async def anew(request: Request, who: Applicant, now: Now, engine: TheEngine, number: str, ref1: str) -> Response:
    """A new bill for one whose last day has passed."""
    desk = door.desk_of(request)
    await paying.anew(engine, await paying.own_bill(desk, who, ref1, now), now.date())
    async with desk.database.reading() as session:
        newer = await ledger.standing_bill(session, ref1)
    return frame.see_other(f"/applications/{number}/bills/{newer.ref1 if newer else ref1}")


async def _bill(request: Request, who: Person, number: str, ref1: str, now: Now) -> tuple[Case, Bill]:
    case = await cases.visible(request, who, number, now)
    for found in case.bills:
        if found.ref1 == ref1:
            return case, found
    raise UnknownBill(ref1)


# --- several at once ---


@dataclass(frozen=True)
class Owed:
    """One line of what may be paid together."""

    ref1: str
    number: str
    title: Text
    agency: Text
    satang: int
    pay_by: date
    status: str


@router.get("/pay")
async def choose(request: Request, who: Applicant, now: Now, catalogue: TheCatalogue) -> HTMLResponse:
    """Everything of mine (or of the company I act for) that waits for payment, to be paid with one QR."""
    return await _choose(request, who, catalogue)


async def _choose(
    request: Request, who: Person, catalogue: TheCatalogue, problem: str = "", status: int = 200
) -> HTMLResponse:
    desk = door.desk_of(request)
    async with desk.database.reading() as session:
        found = await baskets.payable_by(session, who.id, who.acting_for)
    problems = [showing.Says("bills", problem)] if problem else []
    return await frame.show(
        request, "pay.html", status, owed=[_owed(catalogue, *one) for one in found], problems=problems
    )


def _owed(catalogue: TheCatalogue, found: Bill, licence: str, agency: str) -> Owed:
    title = catalogue.versions[licence][-1].title
    return Owed(
        found.ref1, found.application, title, catalogue.agency(agency).title, found.satang, found.pay_by, found.status
    )


@router.post("/pay")
async def pay(request: Request, who: Applicant, now: Now, catalogue: TheCatalogue, settings: TheSettings) -> Response:
    """One QR for the chosen bills."""
    chosen = [str(one) for one in (await request.form()).getlist("bills")]
    try:
        basket = await paying.together(door.desk_of(request), who, settings.biller_id, chosen, now)
    except paying.NothingToPay as no:
        return await _choose(request, who, catalogue, showing.in_words(no, showing.language(request)), no.status)
    return frame.see_other(f"/pay/{basket.ref1}")


@router.get("/pay/{ref1}")
async def basket(request: Request, who: Applicant, catalogue: TheCatalogue, ref1: str) -> HTMLResponse:
    """The one QR, and what it pays."""
    desk = door.desk_of(request)
    found = await paying.basket_of(desk.database, who, ref1)
    async with desk.database.reading() as session:
        parts = await baskets.parts_with_licence(session, ref1)
    return await frame.show(
        request,
        "basket.html",
        basket=found,
        words=thai.baht_words(found.satang),
        parts=[_owed(catalogue, *one) for one in parts],
        qr=pictures.qr_svg(found.qr, _alt(request)),
    )


@router.get("/pay/{ref1}/qr.png")
async def basket_picture(request: Request, who: Applicant, ref1: str) -> Response:
    """The basket's QR as a picture to save."""
    found = await paying.basket_of(door.desk_of(request).database, who, ref1)
    return Response(pictures.qr_png(found.qr), media_type="image/png")


# --- papers ---


@router.get("/applications/{number}/bills/{ref1}/bill.pdf")
async def bill_to_print(
    request: Request, who: Applicant, now: Now, engine: TheEngine, files: TheFiles, number: str, ref1: str
) -> Response:
    """The bill as a paper: in Thai, with the amount in words, the QR and the bar code."""
    desk = door.desk_of(request)
    found = await paying.bill_of(desk, who, ref1, now)
    paper = await paying.bill_paper(desk.database, engine, found, now)
    content = await files.get(paper.drawn_key, paper.drawn_sha256)
    return pdf(content, f"bill-{ref1}.pdf")


@router.get("/applications/{number}/bills/{ref1}/receipt.pdf")
async def receipt(request: Request, who: Applicant, now: Now, files: TheFiles, number: str, ref1: str) -> Response:
    """The sealed receipt of a paid bill."""
    desk = door.desk_of(request)
    paper, kept = await paying.receipt_paper(desk.database, await paying.bill_of(desk, who, ref1, now))
    content = await files.get(paper.sealed_key, paper.sealed_sha256, paper.sealed_version)
    return pdf(content, f"{kept.number}.pdf")


def pdf(content: bytes, filename: str) -> Response:
    """A paper as a download that no cache keeps."""
    said = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=said)
