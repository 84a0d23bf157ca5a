"""What is otherwise than before, with what it was: since an application was handed back, and since the licence stood.

Compared is what people read, so that a masked number that changed shows as changed and tells no more than it may.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from api import carrying, following, known
from api.cases import Case
from api.filing import Desk
from api.showing import Lang
from forms import form as forms
from forms.form import Form
from licences.applications import Status
from licences.procedure import Operation
from records import applications

ENTRY = "entry."


async def of(desk: Desk, found: Case, lang: Lang) -> dict[str, str]:
    """Field → what it said before, of those that say something else now."""
    kept, form = found.kept, found.form
    on_licence = stated(form, kept.answers, lang)
    if found.procedure.operation is Operation.RENEW:
        on_licence |= _differing(form, await _last_time(desk, found), kept.answers, lang)
    return on_licence | _differing(form, kept.answers_before, kept.answers, lang)


def _differing(form: Form, before: Mapping[str, Any], now: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    """Of what was answered both times; the very answers decide, and what is personal stays masked."""
    was = {row.field: row.text for section in _sections(form, before, lang) for row in section.rows}
    changed = {name for name, value in before.items() if name in now and now[name] != value}
    return {field: text for field, text in was.items() if carried_by(field) in changed}


def _sections(form: Form, answers: Mapping[str, Any], lang: Lang) -> list[forms.Section]:
    return following.sections(form, answers, lang, masked=True) if answers else []


def carried_by(field: str) -> str:
    """The question or list that a row belongs to: `premises`, or `food_handlers` of `food_handlers[0].person`."""
    return field.split(".")[0].split("[")[0]


def stated(form: Form, answers: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    """What the licence says of each fact that a new answer would change: the form itself shows it as a fact."""
    facts = {
        one.prefill.removeprefix(ENTRY): answers[one.id]
        for one in form.by_id.values()
        if one.kind.name == "fact" and one.prefill.startswith(ENTRY) and one.id in answers
    }
    now = {carried_by(row.field): row.text for section in _sections(form, answers, lang) for row in section.rows}
    says = {name: ", ".join(map(str, fact)) if isinstance(fact, list) else str(fact) for name, fact in facts.items()}
    return {name: fact for name, fact in says.items() if name in answers and now.get(name) != fact}


def answered(found: Case) -> bool:
    """Whether what was asked last was sent back: a stage was opened since."""
    asked_at = found.asking.closed_at if found.asking else None
    return asked_at is not None and any(task.opened_at > asked_at for task in found.tasks)


def since_asked(found: Case) -> set[str]:
    """The questions that were asked about and say something else now; sent back as they were, they do not count."""
    if not answered(found) or found.asking is None:
        return set()
    asked = [str(item["field"]) for item in found.asking.items]
    return otherwise(asked, found.kept.answers_before, found.kept.answers)


def otherwise(fields: Iterable[str], before: Mapping[str, Any], now: Mapping[str, Any]) -> set[str]:
    """The questions of these fields that say something else now."""
    return {name for name in map(carried_by, fields) if before.get(name) != now.get(name)}


async def _last_time(desk: Desk, found: Case) -> Mapping[str, Any]:
    """What was said to the same questions when the licence was last granted or renewed."""
    kept = found.kept
    async with desk.database.reading() as session:
        about = await applications.earlier_of(session, kept.holder_id, licence_number=kept.licence_number)
        last = next((one for one in about if one.number != kept.number and one.status == Status.ISSUED), None)
        if last is None:
            return {}
        then = (await applications.procedure_of(session, last.version)).form
    earlier = known.as_earlier(last, then, kept.applicant, about_it=True)
    return {name: value for name, (value, _) in carrying.taken(found.form, [earlier], {}).items()}
