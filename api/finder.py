"""What a business needs: its kind and a few answers in, licences in order out. Who asked is not kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request

from api import people, wording
from api.ready import Ready, files_asked
from api.tools import Now, TheCatalogue
from forms import form as forms
from licences import fees, finder
from licences.catalogue import Catalogue
from licences.procedure import Agency, AskedDocument, Operation, Text

router = APIRouter(prefix="/api/v1/finder", tags=["licences"], dependencies=[people.Public])

ANSWERS = {
    "name": "answers",
    "in": "query",
    "description": "One parameter for each question answered: its id, and the value of an option. Left out: not yet.",
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}


@dataclass(frozen=True)
class Found:
    """One licence on the list, with what to know before one starts."""

    code: str
    title: Text
    agency: Agency
    certain: bool
    why: Text
    law: str
    fee: Text
    fee_provisional: bool
    decision_days: int
    documents: tuple[AskedDocument, ...]
    files: tuple[Ready, ...]


def found(catalogue: Catalogue, kind: str, answers: Mapping[str, bool], on: date) -> list[Found]:
    """The licences that a new business of that kind needs, in the order in which they can be had.

    Raises BusinessTypeUnknown.
    """
    return [_found(catalogue, need, on) for need in finder.needed(catalogue, kind, answers)]


def _found(catalogue: Catalogue, need: finder.Need, on: date) -> Found:
    procedure = catalogue.procedure(need.licence, Operation.NEW, on)
    rules = [rule for rule in fees.in_effect(procedure.fees, on=on, authority=None) if not rule.late_only]
    return Found(
        code=need.licence,
        title=procedure.title,
        agency=catalogue.agency(procedure.agency),
        certain=need.certain,
        why=need.why,
        law=need.law,
        fee=wording.fee(procedure, on),
        fee_provisional=any(rule.provisional for rule in rules),
        decision_days=procedure.decision_days,
        documents=procedure.documents,
        files=files_asked(forms.load(procedure.form)),
    )


@router.get("")
async def kinds() -> dict[str, Any]:
    """Every kind of business, with the questions that matter to it."""
    return {"items": [_kind(one) for one in finder.business_types()]}


@router.get("/{business_type}", openapi_extra={"parameters": [ANSWERS]})
async def licences(business_type: str, request: Request, catalogue: TheCatalogue, now: Now) -> dict[str, Any]:
    """The licences that a new business of that kind needs, in order; `certain` is false while a question is open.

    Each question is a parameter by its id, answered with the value of one of its options. `answers` are the facts.
    """
    kind = finder.business_type(business_type)
    answers = finder.read_answers(business_type, request.query_params)
    listed = found(catalogue, business_type, answers, now.date())
    return _kind(kind) | {"answers": answers, "licences": [_line(nth, one) for nth, one in enumerate(listed, 1)]}


def _kind(kind: finder.BusinessType) -> dict[str, Any]:
    return {
        "business_type": kind.slug,
        "title": kind.title.model_dump(),
        "questions": [_question(question) for question in finder.asked(kind.slug)],
    }


def _question(one: finder.Question) -> dict[str, Any]:
    options = [{"value": option.value, "title": option.title.model_dump()} for option in one.answers]
    return {"id": one.id, "title": one.title.model_dump(), "options": options}


def _line(order: int, one: Found) -> dict[str, Any]:
    """`fee` is said in words here; every line of it, with its law, stands at /api/v1/licences/{code}."""
    return {
        "order": order,
        "code": one.code,
        "title": one.title.model_dump(),
        "agency": {"code": one.agency.code, **one.agency.title.model_dump()},
        "certain": one.certain,
        "why": one.why.model_dump(),
        "law": one.law,
        "fee": one.fee.model_dump(),
        "fee_provisional": one.fee_provisional,
        "decision_days": one.decision_days,
        "documents": [document.model_dump(mode="json") for document in one.documents],
        "files": [_file(ready) for ready in one.files],
    }


def _file(one: Ready) -> dict[str, Any]:
    """A file that the form asks for; `when` is null where everybody is asked."""
    return {"th": one.title.th, "en": one.title.en, "when": one.when.model_dump() if one.when else None}
