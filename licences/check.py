"""The whole catalogue checked: what is wrong, in words that name the file, and how much there is of everything.

Keys and shapes are checked when a file is read; here stands what only shows when the files are seen together.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise

from licences import finder, standing
from licences.catalogue import Catalogue
from licences.fees import ALL_OF_IT
from licences.procedure import RECORDS, Act, Effect, FeeRule, Level, Licence, Routing, Shape, Stage, StandingKind
from licences.register import APPLICATION

Questions = Mapping[str, Collection[str]]
THAI = re.compile(r"[\u0e00-\u0e7f]")
# What agencies on the exchange issue, and so nobody is asked to bring (E-Government Act ss.7, 9, 12; DGA Act s.12).
ISSUED_BY_AGENCIES = re.compile(
    "บัตรประจำตัวประชาชน|บัตรประชาชน|ทะเบียนบ้าน|หนังสือรับรองนิติบุคคล|หนังสือรับรองบริษัท|ทะเบียนพาณิชย์|ภ.พ.20|"
    "สำเนาถูกต้อง|id_card|house_registration|company_certificate|affidavit"
)
NEEDS: Mapping[str, tuple[str, ...]] = {
    "flat": ("baht",),
    "per-unit": ("baht", "per"),
    "tiers": ("per", "tiers"),
    "kinds": ("per", "kinds"),
    "percent": ("basis_points",),
}


class Report(Shape):
    """Counts by the names that `bizportal catalogue check` prints, and everything that is wrong."""

    counts: dict[str, int]
    errors: tuple[str, ...]
    missing_forms: tuple[str, ...] = ()  # named by a procedure and not among the forms given


def check(catalogue: Catalogue, questions: Questions | None = None, on: date | None = None) -> Report:
    """Check everything. `questions` maps each form to the ids of its questions; None leaves forms unchecked.

    `on`: the day on which every agency must have its standing; None leaves that unchecked.
    """
    errors = [fault for licence in catalogue.licences for fault in _of_licence(catalogue, licence)]
    errors += [fault for agency in catalogue.agencies for fault in _of_agency(catalogue, agency)]
    errors += [fault for agency in catalogue.agencies.values() if on for fault in standing.faults(agency, on)]
    errors += _cycles(catalogue)
    errors += finder.faults(catalogue)
    missing: list[str] = []
    if questions is not None:
        errors += [fault for licence in catalogue.licences for fault in _of_forms(licence, questions)]
        missing = sorted({act.form for _, _, act in _acts(catalogue)} - set(questions))
    return Report(counts=count(catalogue), errors=tuple(errors), missing_forms=tuple(missing))


# --- how much there is ---


def count(catalogue: Catalogue) -> dict[str, int]:
    """How many of everything, by the names the command line prints."""
    licences = catalogue.licences
    sealed = [one for one in licences if one.level is Level.SEAL]
    provincial = [one for one in licences if one.coverage == "nationwide"]
    acts = [act for _, _, act in _acts(catalogue)]
    return {
        "licences": len(licences),
        "agencies": len({one.agency for one in licences}),
        "fully-digital": len(sealed),
        "fully-digital agencies": len({one.agency for one in sealed}),
        "provincial": len(provincial),
        "provincial fully-digital": sum(one.level is Level.SEAL for one in provincial),
        "business types": len(finder.business_types()),
        "procedures": len(acts),
        "agencies with standing": sum(
            {one.kind for one in agency.standing} == set(StandingKind) for agency in catalogue.agencies.values()
        ),
        "provisional standing": sum(
            one.provisional for agency in catalogue.agencies.values() for one in agency.standing
        ),
        "provisional fees": sum(fee.provisional for act in acts for fee in act.fees),
        "provisional stages": sum(stage.provisional for act in acts for stage in act.stages),
        "provisional documents": sum(document.provisional for act in acts for document in act.documents),
    }


def _acts(catalogue: Catalogue) -> Iterator[tuple[Licence, str, Act]]:
    for licence in catalogue.licences:
        for operation, act in licence.operations.items():
            yield licence, operation.value, act


# --- one licence ---


def _of_licence(catalogue: Catalogue, licence: Licence) -> Iterator[str]:
    rules: tuple[Callable[[Catalogue, Licence], Iterator[str]], ...] = (_texts, _references, _periods, _reach)
    for rule in rules:
        for fault in rule(catalogue, licence):
            yield f"{licence.agency}/{licence.code}: {fault}"
    for operation, act in licence.operations.items():
        for fault in _of_act(catalogue, licence, act):
            yield f"{licence.agency}/{licence.code} {operation}: {fault}"


def _texts(catalogue: Catalogue, licence: Licence) -> Iterator[str]:
    """Both languages everywhere, each in its own letters; a law beside everything that has one."""
    yield from _untranslated(licence.model_dump(mode="json"), "")


def _untranslated(value: object, where: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        if set(value) == {"th", "en"}:
            if not THAI.search(str(value["th"])):
                yield f"{where}: the Thai text has no Thai letter"
            if THAI.search(str(value["en"])):
                yield f"{where}: the English text is in Thai"
        elif "law" in value and not str(value["law"]).strip():
            yield f"{where}: no law"
        for key, one in value.items():
            yield from _untranslated(one, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _untranslated(one, f"{where}[{place}]")


def _references(catalogue: Catalogue, licence: Licence) -> Iterator[str]:
    """Every licence, agency and business type that is named exists."""
    kinds = {kind.slug for kind in finder.business_types()}
    named = {code for needed in licence.prerequisites for code in needed.any_of}
    named |= {act.acts_on for act in licence.operations.values() if act.acts_on}
    named |= {licence.elsewhere_licence} if licence.elsewhere_licence else set()
    for code in sorted(named - set(catalogue.versions)):
        yield f"there is no licence {code}"
    for slug in sorted(set(licence.business_types) - kinds):
        yield f"there is no business type {slug}"
    if licence.agency not in catalogue.agencies:
        yield f"there is no agency {licence.agency}"


def _periods(catalogue: Catalogue, licence: Licence) -> Iterator[str]:
    """What is extended has a length and a window; a length is not nothing."""
    extends = any(act.effect is Effect.EXTEND for act in licence.operations.values())
    if extends and licence.validity is None:
        yield "it can be renewed and never runs out: say its validity"
    if extends and licence.renewal_window is None:
        yield "it can be renewed: say from when (renewal_window)"
    if not extends and licence.renewal_window is not None:
        yield "a renewal window without an operation that renews"
    validity = licence.validity
    if validity and validity.ends == "anniversary" and not (validity.years or validity.months or validity.days):
        yield "a validity of no time at all"


def _reach(catalogue: Catalogue, licence: Licence) -> Iterator[str]:
    """Where it is served, and where else to go."""
    if licence.provinces and licence.elsewhere is None:
        yield "it is served in some provinces only: say where to go elsewhere"
    if licence.coverage == "nationwide" and licence.routing is not Routing.NATIONAL and licence.provinces == ("10",):
        yield "it is counted as served in the provinces and serves Bangkok only"


# --- one operation ---


def _of_act(catalogue: Catalogue, licence: Licence, act: Act) -> Iterator[str]:
    yield from _stages(catalogue, act.stages)
    yield from _days(act, act.decision_days or licence.decision_days)
    for document in act.documents:
        if ISSUED_BY_AGENCIES.search(f"{document.id} {document.title.th}"):
            yield f"document {document.id}: an agency on the exchange issues it, so nobody is asked for it"
    for fee in act.fees:
        yield from (f"fee {fee.line}: {fault}" for fault in _fee(fee))
        if fee.owner and fee.owner not in catalogue.agencies:
            yield f"fee {fee.line}: it belongs to {fee.owner}, which is no agency"
    yield from _double_lines(act.fees)
    if act.effect is Effect.NOTE and act.acts_on is None:
        yield "a remark needs the licence it is made on (acts_on)"


def _stages(catalogue: Catalogue, stages: tuple[Stage, ...]) -> Iterator[str]:
    """Every stage can be reached and somebody else can be found for it."""
    names = [stage.name for stage in stages]
    if not stages:
        yield "nobody decides: there is no stage"
    for place, stage in enumerate(stages):
        if stage.name in names[:place]:
            yield f"stage {stage.name} is unreachable: an earlier one has its name"
        for other in set(stage.not_same_officer_as) - set(names[:place]):
            yield f"stage {stage.name} wants another officer than {other}, which does not come before it"
        if stage.agency and stage.agency not in catalogue.agencies:
            yield f"stage {stage.name} asks {stage.agency}, which is no agency"
        if (stage.kind == "committee") != (stage.votes > 1):
            yield f"stage {stage.name} has {stage.votes} votes: a committee has several, any other stage one"
        if stage.kind == "opinion" and (not stage.agency or stages[-1].kind == "opinion"):
            yield f"stage {stage.name} is an opinion: say which agency's, and who decides after it"
        if stage.kind in RECORDS or stage.name in RECORDS:
            yield f"stage {stage.name} records what the agency did: that comes from the level, not from a stage"
    yield from _together(stages)


def _together(stages: tuple[Stage, ...]) -> Iterator[str]:
    """Stages that run together stand together, or the later ones are never reached with the first."""
    runs = [stages[0].together] if stages else []
    runs += [after.together for before, after in pairwise(stages) if after.together != before.together]
    for word in {run for run in runs if run and runs.count(run) > 1}:
        yield f"the stages together as {word} do not follow one another"


def _days(act: Act, decision_days: int) -> Iterator[str]:
    """The stages take no longer than the manual promises; those that run together take as long as the longest."""
    alone = sum(stage.working_days for stage in act.stages if not stage.together)
    words = {stage.together for stage in act.stages if stage.together}
    side_by_side = sum(max(s.working_days for s in act.stages if s.together == word) for word in words)
    if alone + side_by_side > decision_days:
        yield f"the stages take {alone + side_by_side} working days, and {decision_days} are promised"


def _fee(fee: FeeRule) -> Iterator[str]:
    for key in NEEDS[fee.basis]:
        if not getattr(fee, key):
            yield f"{fee.basis} needs {key}"
    if fee.shares and sum(share.basis_points for share in fee.shares) != ALL_OF_IT:
        yield "the shares do not add up to all of it"
    if fee.until is not None and fee.until < fee.since:
        yield f"it ends on {fee.until} before it begins on {fee.since}"
    sizes = [Decimal(str(tier.up_to)) if tier.up_to is not None else Decimal("Infinity") for tier in fee.tiers]
    if any(after <= before for before, after in pairwise(sizes)):
        yield "the tiers do not grow"


def _double_lines(fees: tuple[FeeRule, ...]) -> Iterator[str]:
    """Two lines of one name on one day would be charged twice."""
    for place, fee in enumerate(fees):
        for other in fees[:place]:
            if _same_line(fee, other) and _overlap(fee, other):
                yield f"two {fee.line} lines of the same name on the same day: give each a title"


def _same_line(one: FeeRule, other: FeeRule) -> bool:
    return (one.line, one.title, one.authority) == (other.line, other.title, other.authority)


def _overlap(one: FeeRule, other: FeeRule) -> bool:
    return (one.until is None or other.since <= one.until) and (other.until is None or one.since <= other.until)


# --- forms ---


def _of_forms(licence: Licence, questions: Questions) -> Iterator[str]:
    for operation, act in licence.operations.items():
        where = f"{licence.agency}/{licence.code} {operation}"
        if act.form not in questions:
            yield f"{where}: there is no form {act.form}"
            continue
        wanted = {question for fee in act.fees for question in (fee.per, fee.times) if question}
        for question in sorted(wanted - set(questions[act.form])):
            yield f"{where}: a fee needs {question}, and the form {act.form} does not ask it"


# --- agencies, and everything together ---


def _of_agency(catalogue: Catalogue, code: str) -> Iterator[str]:
    agency = catalogue.agencies[code]
    others = [one for one in catalogue.agencies.values() if one.code != code]
    if agency.abbreviation == APPLICATION:
        yield f"{code}: {APPLICATION} marks applications"
    if any(one.abbreviation == agency.abbreviation for one in others):
        yield f"{code}: another agency has the abbreviation {agency.abbreviation}"
    if any(one.organisation_id == agency.organisation_id for one in others):
        yield f"{code}: another agency has the number {agency.organisation_id}"
    if not any(licence.agency == code for licence in catalogue.licences):
        yield f"{code}: it grants nothing"
    for fault in _untranslated(agency.model_dump(mode="json"), ""):
        yield f"{code}: {fault}"


def _cycles(catalogue: Catalogue) -> list[str]:
    """Licences that need one another: nobody could ever have the first."""
    needs = {
        licence.code: {code for needed in licence.prerequisites if len(needed.any_of) == 1 for code in needed.any_of}
        for licence in catalogue.licences
    }
    free: set[str] = set()
    while True:
        more = {code for code, needed in needs.items() if code not in free and needed & set(needs) <= free}
        if not more:
            return [f"{code}: its prerequisites lead back to itself" for code in sorted(set(needs) - free)]
        free |= more
