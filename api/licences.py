"""The public catalogue: what may be applied for, under which law, for how much, within how many days."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api import people
from api.paging import After, Limit, a_page
from api.tools import Now, TheCatalogue
from exchange.money import satang
from forms import form as forms
from licences.catalogue import Catalogue
from licences.procedure import Act, AskedDocument, FeeRule, Licence, Stage

router = APIRouter(prefix="/api/v1/licences", tags=["licences"], dependencies=[people.Public])

Word = Annotated[str, Query(max_length=100)]


@router.get("")
async def find(
    catalogue: TheCatalogue,
    q: Word = "",
    agency: Word = "",
    business_type: Word = "",
    after: After = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """The licences in whose titles, law or agency every word of `q` occurs, the most used first."""
    found = catalogue.search(q, agency=agency, business_type=business_type)
    return a_page([_line(catalogue, licence) for licence in found], after, limit, key="code")


@router.get("/{code}")
async def show(code: str, catalogue: TheCatalogue, now: Now) -> dict[str, Any]:
    """One licence with every operation it has: steps, documents, fees, days, each with its law."""
    licence = catalogue.licence(code, now.date())
    operations = {name.value: _act(act, licence) for name, act in licence.operations.items()}
    return _line(catalogue, licence) | {
        "applicant": licence.applicant,
        "coverage": licence.coverage,
        "provinces": list(licence.provinces),
        "elsewhere": licence.elsewhere.model_dump() if licence.elsewhere else None,
        "elsewhere_licence": licence.elsewhere_licence,
        "assurance": licence.assurance,
        "one_per": licence.one_per,
        "validity": licence.validity.model_dump(mode="json") if licence.validity else None,
        "renewal_window": licence.renewal_window.model_dump(mode="json") if licence.renewal_window else None,
        "prerequisites": [one.model_dump(mode="json") for one in licence.prerequisites],
        "appeal": licence.appeal.model_dump(mode="json"),
        "decision_days": licence.decision_days,
        "provenance": licence.provenance,
        "confidence": licence.confidence,
        "effective_from": licence.effective_from,
        "operations": operations,
    }


@router.get("/{code}/{operation}/form")
async def form(code: str, operation: str, catalogue: TheCatalogue, now: Now) -> dict[str, Any]:
    """JSON Schema 2020-12 of the answers; `x-documents` names what must be attached besides."""
    procedure = catalogue.procedure(code, operation, now.date())
    schema = forms.json_schema(forms.load(procedure.form))
    return {**schema, "x-documents": [_document(one) for one in procedure.documents]}


def _line(catalogue: Catalogue, licence: Licence) -> dict[str, Any]:
    return {
        "code": licence.code,
        "title": licence.title.model_dump(),
        "agency": {"code": licence.agency, **catalogue.agency(licence.agency).title.model_dump()},
        "kind": licence.kind,
        "law": licence.law,
        "level": licence.level.value,
        "operation_names": [operation.value for operation in licence.operations],
        "business_types": list(licence.business_types),
    }


def _act(act: Act, licence: Licence) -> dict[str, Any]:
    return {
        "form": act.form,
        "effect": act.effect.value,
        "acts_on": act.acts_on,
        "law": act.law,
        "decision_days": act.decision_days or licence.decision_days,
        "documents": [_document(one) for one in act.documents],
        "stages": [_stage(one) for one in act.stages],
        "fees": [_fee(one) for one in act.fees],
        "automatic": act.automatic is not None,
    }


def _document(asked: AskedDocument) -> dict[str, Any]:
    return asked.model_dump(mode="json")


def _stage(stage: Stage) -> dict[str, Any]:
    shown = {"name", "kind", "role", "agency", "title", "asks", "working_days", "law", "provisional"}
    return stage.model_dump(mode="json", include=shown)


def _fee(rule: FeeRule) -> dict[str, Any]:
    """Amounts in whole satang, as everywhere outside the data files."""
    shown = {
        "line",
        "basis",
        "title",
        "per",
        "unit",
        "due",
        "payee",
        "late_only",
        "basis_points",
        "law",
        "since",
        "until",
    }
    return rule.model_dump(mode="json", include=shown | {"authority", "provisional", "confidence", "refundable"}) | {
        "amount_satang": satang(rule.baht) if rule.baht is not None else None,
        "tiers": [{"up_to": tier.up_to, "amount_satang": satang(tier.baht)} for tier in rule.tiers],
        "kinds_satang": {kind: satang(baht) for kind, baht in rule.kinds.items()},
    }
