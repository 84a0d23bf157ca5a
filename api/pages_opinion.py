"""One question and a comment when a case is over: how was it? It changes nothing in the case."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api import access, frame, showing, wording
from api import applications as door
from api.people import Applicant, Person
from api.showing import Says
from api.tools import Now
from licences.applications import Status, is_over
from licences.errors import Conflict
from licences.procedure import Operation, Text
from records import applications, opinions
from records.tables import Application, Opinion

router = APIRouter(include_in_schema=False)

LONGEST = 1_000
SCORES: Mapping[int, Text] = {
    5: Text(th="พอใจมาก", en="Very good"),
    4: Text(th="พอใจ", en="Good"),
    3: Text(th="ปานกลาง", en="Fair"),
    2: Text(th="ไม่พอใจ", en="Bad"),
    1: Text(th="ไม่พอใจมาก", en="Very bad"),
}
CHOOSE = Text(th="เลือกระดับความพึงพอใจหนึ่งข้อ", en="Choose one answer")
TOO_LONG = Text(
    th=f"ความคิดเห็นยาวเกิน {LONGEST:,} ตัวอักษร โปรดย่อให้สั้นลง",
    en=f"The comment is longer than {LONGEST:,} letters: please shorten it",
)


class NotOver(Conflict):
    """Nobody is asked before the end."""

    def __init__(self) -> None:
        super().__init__("คำขอนี้ยังไม่สิ้นสุด ให้ความเห็นได้เมื่อสิ้นสุดแล้ว", "this case is not over yet: say so at its end")


@router.get("/applications/{number}/opinion")
async def ask(request: Request, who: Applicant, now: Now, number: str) -> HTMLResponse:
    """The question, with what was said before."""
    kept = await _over(request, who, now, number)
    async with door.desk_of(request).database.reading() as session:
        said = await opinions.of(session, number)
    return await _show(request, kept, said.score if said else 0, said.comment if said else "")


@router.post("/applications/{number}/opinion")
async def say(
    request: Request,
    who: Applicant,
    now: Now,
    number: str,
    score: Annotated[str, Form(max_length=1)] = "",
    comment: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Keep it, and go back to the case."""
    kept, comment = await _over(request, who, now, number), comment.strip()
    wrong = {"score": CHOOSE} if score not in {str(one) for one in SCORES} else {}
    wrong |= {"comment": TOO_LONG} if len(comment) > LONGEST else {}
    if wrong:
        says = tuple(Says(at, showing.in_words(words, showing.language(request))) for at, words in wrong.items())
        return await _show(request, kept, int(score) if score.isdecimal() else 0, comment, says)
    opinion = Opinion(
        application=number, licence=kept.licence, agency=kept.agency, score=int(score), comment=comment, said_at=now
    )
    async with door.desk_of(request).database.transaction() as session:
        await opinions.say(session, opinion)
    return frame.see_other(f"/applications/{number}?thanks=yes")


async def _over(request: Request, who: Person, now: Now, number: str) -> Application:
    kept = await access.own(door.desk_of(request), who, number, now)
    if not is_over(Status(kept.status)):
        raise NotOver
    return kept


async def _show(
    request: Request, kept: Application, score: int, comment: str, problems: tuple[Says, ...] = ()
) -> HTMLResponse:
    async with door.desk_of(request).database.reading() as session:
        procedure = await applications.procedure(session, kept)
    return await frame.show(
        request,
        "opinion.html",
        422 if problems else 200,
        number=kept.number,
        operation=wording.OPERATIONS[Operation(kept.operation)],
        title=procedure.title,
        scores=SCORES,
        score=score,
        comment=comment,
        wrong={one.at: one.says for one in problems},
        problems=problems,
    )
