"""Finding out what a business needs, page by page. The answers stand in the address: to be shared, and changed."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api import frame
from api.finder import found
from api.pages_public import address
from api.people import Anyone
from api.tools import Now, TheCatalogue
from licences import finder
from licences.procedure import Text

router = APIRouter(include_in_schema=False, prefix="/find")


@router.get("")
async def kinds(request: Request, who: Anyone) -> HTMLResponse:
    """Which kind of business it is."""
    return await frame.show(request, "find.html", kinds=finder.business_types())


@router.get("/{kind}")
async def questions(request: Request, who: Anyone, kind: str) -> HTMLResponse:
    """The questions that matter to that kind of business; what was answered before is filled in."""
    said = _said(request, kind)
    finder.read_answers(kind, said)
    return await frame.show(
        request, "find-questions.html", kind=finder.business_type(kind), questions=finder.asked(kind), said=said
    )


@router.get("/{kind}/licences")
async def licences(request: Request, who: Anyone, catalogue: TheCatalogue, now: Now, kind: str) -> HTMLResponse:
    """The licences that it needs, in the order in which they can be had."""
    said = _said(request, kind)
    answers = finder.read_answers(kind, said)
    return await frame.show(
        request,
        "found.html",
        kind=finder.business_type(kind),
        found=found(catalogue, kind, answers, now.date()),
        answered=[(question.title, _answer(question, said[question.id])) for question in finder.asked(kind)],
        change=address(f"/find/{kind}", said),
    )


def _answer(question: finder.Question, value: str) -> Text | None:
    """The words of what was answered; None: nothing yet."""
    return next((option.title for option in question.answers if option.value == value), None)


def _said(request: Request, kind: str) -> dict[str, str]:
    """What the address answers; whatever else it carries (a language, a newsletter's mark) is not ours to refuse."""
    return {question.id: request.query_params.get(question.id, "") for question in finder.asked(kind)}
