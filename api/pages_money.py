"""The money's own pages: what goes back to payers, what is handed over, whose account it goes to, what the bank says.

Refunds are for operators and supervisors (cashiers), each for the own offices; payees, settlements and bank statements
are for operators. A payee's account is never changed by one person.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from activities.settling import statement_paper
from api import cases, frame, paying, refunds
from api.engine import Engine
from api.people import ACashier, AnOperator, Person
from api.tools import Now, TheDatabase, TheEngine, TheFiles, TheSettings
from control import reconciling
from exchange import remittance, statements
from exchange.remittance import Order
from licences import catalogue, places
from licences import settlement as rules
from licences.errors import NotAllowed, NotFound
from licences.procedure import Text
from records import bank_lines, ledger, papers, settlements
from records import refunds as owed
from records.database import Database
from records.settlements import NewAccount
from records.tables import Refund
from workflows.messages import Approval, refund_story

router = APIRouter(include_in_schema=False)

Word = Annotated[str, Form(max_length=200)]
Short = Annotated[str, Form(max_length=40)]

REASONS: dict[str, Text] = {
    "over": Text(th="ชำระเกิน", en="Paid too much"),
    "short": Text(th="ชำระไม่ครบ", en="Paid too little"),
    "second": Text(th="ชำระซ้ำ", en="Paid twice"),
    "dead-bill": Text(th="ชำระใบแจ้งที่ยกเลิกแล้ว หรือไม่ใช่ของเรา", en="Paid a cancelled bill, or none of ours"),
    "fee": Text(th="กฎหมายให้คืนค่าธรรมเนียม", en="The law returns the fee"),
    "part": Text(th="ส่วนของคำขอที่สิ้นสุดก่อนชำระรวม", en="The part of a case that ended before a joint payment"),
    "returned": Text(th="คืนค่าธรรมเนียมบางส่วนตามกฎหมายที่ระบุ", en="A part of the fee, under a law that is named"),
}


class NoStatement(NotFound):
    """The statement is being sealed, or there is none."""


class NotAnAccount(NotAllowed):
    """What was typed is no account of a payee."""


# --- what goes back ---


@router.get("/refunds")
async def going_back(request: Request, who: ACashier, database: TheDatabase) -> HTMLResponse:
    """What waits for somebody to agree, what failed and is a task again, and what was given back of late."""
    async with database.reading() as session:
        found = {status: (await owed.listed(session, status, limit=100)).items for status in paying.GOES_BACK}
    seen = {
        status: [one for one in some if await refunds.may_see(database, who, one)] for status, some in found.items()
    }
    return await frame.show(request, "refunds.html", found=seen, standing=paying.GOES_BACK, reasons=REASONS)


@router.post("/refunds/{refund_id}/approval")
async def agree(request: Request, who: ACashier, database: TheDatabase, engine: TheEngine, refund_id: str) -> Response:
    """Agree that it is given back; above the limit another person must agree as well."""
    refund = await _seen(database, who, refund_id)
    await say_yes(engine, who, refund)
    return frame.see_other("/refunds")


async def say_yes(engine: Engine, who: Person, refund: Refund) -> None:
    """One person's yes, once for each turn: after a failure it is asked for again."""
    turn = f"{refund.status}:{refund.says}:{len(refund.approved_by)}"
    key = cases.key_of(who, refund.id, turn)
    await engine.update(refund_story(refund.id), "approve", Approval(by=who.id), key=key)


async def _seen(database: Database, who: Person, refund_id: str) -> Refund:
    async with database.reading() as session:
        refund = await owed.get(session, refund_id)
    if not await refunds.may_see(database, who, refund):
        raise owed.UnknownRefund(refund_id)
    return refund


@router.post("/operations/money/returns")
async def return_part(
    request: Request,
    who: AnOperator,
    database: TheDatabase,
    now: Now,
    ref1: Short,
    satang: Annotated[int, Form()],
    law: Word,
) -> Response:
    """A part of a paid fee is to go back, under a law that is named; others agree to it."""
    async with database.transaction() as session:
        await owed.return_part(session, ref1.strip(), satang, law.strip(), now)
    return frame.see_other("/refunds")


# --- what is handed over ---


@router.get("/operations/money")
async def money(request: Request, who: AnOperator, database: TheDatabase, now: Now) -> HTMLResponse:
    """Settlements, accounts, changes that wait for a second person, and lines of the bank that nobody has explained."""
    async with database.reading() as session:
        made, accounts = await settlements.listed(session), await settlements.accounts(session)
        changes, lines = await settlements.open_changes(session), await bank_lines.still_open(session)
        payees = [account for account in await ledger.accounts(session) if rules.is_payee(account)]
    named = {*payees, *(one.payee for some in (made, accounts, changes) for one in some)}
    return await frame.show(
        request, "money.html", settlements=made, accounts=accounts, changes=changes, lines=lines, me=who.id,
        titles={payee: payee_title(payee) for payee in named},
    )  # fmt: skip


def payee_title(account: str) -> Text:
    """Whose money an account holds, in words."""
    _, kind, of = (*account.split(":"), "", "")[:3]
    agencies = catalogue.load().agencies
    if kind == "system":
        return Text(th="ค่าบริการระบบ", en="System fee")
    if kind == "local-authority" and of not in agencies:
        try:
            return places.authority(of).title
        except places.PlaceUnknown:
            return Text(th=account, en=account)
    title = agencies[of].title if of in agencies else Text(th=of, en=of)
    if kind == "treasury":
        return Text(th=f"รายได้แผ่นดิน ({title.th})", en=f"State revenue ({title.en})")
    return title if of in agencies else Text(th=account, en=account)


@router.get("/operations/money/settlements/{number}/statement.json")
async def sealed_statement(
    request: Request, who: AnOperator, database: TheDatabase, files: TheFiles, number: str
) -> Response:
    """The sealed statement of a settlement, as its payee is given it: it can be recomputed from its own lines."""
    async with database.reading() as session:
        paper = await papers.get(session, statement_paper(number))
    if paper is None or not paper.sealed_key:
        raise NoStatement(
            "รายการนำส่งกำลังจัดทำหรือไม่มีเลขที่นี้", "the statement is being sealed, or there is no such settlement"
        )
    content = await files.get(paper.sealed_key, paper.sealed_sha256, paper.sealed_version)
    return _download(content, "application/json", f"{number}.json")


@router.post("/operations/money/remittances")
async def remit(request: Request, who: AnOperator, database: TheDatabase, now: Now, settings: TheSettings) -> Response:
    """One file for the bank with everything that waits and has an account."""
    async with database.transaction() as session:
        name, sent = await settlements.remit(session, now)
    return frame.see_other(f"/operations/money/remittances/{name}.xml" if sent else "/operations/money")


@router.get("/operations/money/remittances/{name}.xml")
async def remittance_file(
    request: Request, who: AnOperator, database: TheDatabase, settings: TheSettings, name: str
) -> Response:
    """A remittance file again, the same bytes."""
    async with database.reading() as session:
        sent = await settlements.in_remittance(session, name)
    if not sent or sent[0].sent_at is None:
        raise NoStatement("ไม่มีไฟล์นำส่งเลขที่นี้", "there is no remittance file of this number")
    at: datetime = sent[0].sent_at
    orders = [Order(one.id, one.satang, one.bank_code, one.account, one.name) for one in sent]
    content = remittance.compose(name, orders, settings.biller_id, at.date(), at)
    return _download(content, "application/xml", f"{name}.xml")


def _download(content: bytes, media_type: str, filename: str) -> Response:
    said = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=said)


# --- whose account ---


@router.post("/operations/money/accounts")
async def propose(
    request: Request, who: AnOperator, database: TheDatabase, now: Now, payee: Word, bank_code: Short, account: Short,
    name: Word, rhythm: Short = "daily",
) -> Response:  # fmt: skip
    """Propose where a payee's money goes from now on; another person must agree."""
    new = checked(payee, bank_code, account, name, rhythm)
    async with database.transaction() as session:
        await settlements.propose(session, new, who.id, now)
    return frame.see_other("/operations/money")


def checked(payee: str, bank_code: str, account: str, name: str, rhythm: str) -> NewAccount:
    """What was typed, as an account. Raises NotAnAccount beside the field that is wrong."""
    said = account.replace("-", "").strip()
    if not rules.is_payee(payee.strip()):
        raise NotAnAccount("โปรดเลือกผู้รับเงินจากรายการ", "please choose a payee of the list", field="payee")
    if not (bank_code.isdecimal() and len(bank_code) == 3):
        raise NotAnAccount("รหัสธนาคารต้องเป็นตัวเลข 3 หลัก", "a bank's code has three digits", field="bank_code")
    if not (said.isascii() and said.isdecimal() and 10 <= len(said) <= 15):
        raise NotAnAccount("เลขที่บัญชีต้องเป็นตัวเลข 10 ถึง 15 หลัก", "an account has 10 to 15 digits", field="account")
    if not name.strip() or rhythm not in ("daily", "monthly"):
        raise NotAnAccount(
            "โปรดระบุชื่อบัญชี และรอบรายวันหรือรายเดือน", "please give the name, and daily or monthly", field="name"
        )
    return NewAccount(payee.strip(), bank_code, said, name.strip(), "daily" if rhythm == "daily" else "monthly")


@router.post("/operations/money/accounts/{change}")
async def decide(
    request: Request, who: AnOperator, database: TheDatabase, now: Now, change: str, agreed: Annotated[bool, Form()]
) -> Response:
    """Agree to another person's proposal, or turn it down."""
    async with database.transaction() as session:
        await settlements.decide(session, change, who.id, now, agreed=agreed)
    return frame.see_other("/operations/money")


# --- what the bank says ---


@router.post("/operations/money/statements")
async def bring(
    request: Request, who: AnOperator, database: TheDatabase, now: Now, file: Annotated[UploadFile, File()]
) -> Response:
    """Take in a bank statement (camt.053 or CSV). Raises UnreadableFile."""
    statement = statements.read(await file.read())
    await reconciling.bring(database, statement, who.id, now)
    return frame.see_other("/operations/money")


@router.post("/operations/money/lines/{line}")
async def close(
    request: Request, who: AnOperator, database: TheDatabase, now: Now, line: str, reason: Word
) -> Response:
    """A person has dealt with a line that matched nothing, and says how."""
    async with database.transaction() as session:
        await bank_lines.close(session, line, who.id, reason.strip(), now)
    return frame.see_other("/operations/money")
