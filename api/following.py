"""An application as its applicant and its officer follow it: how far it has come, what happened, what may be done.

Everything is read from the records; what may be done is what `licences.applications` allows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from activities import decision_papers
from api import pictures, showing, wording
from api.showing import Lang
from forms import form as forms
from forms.form import Form
from licences.applications import Status, Turn, Verdict, is_over, turn
from licences.calendar import BANGKOK
from licences.procedure import Due, Procedure, Text
from records.tables import Application, Attachment, Bill, Task

STOPPED = frozenset({Status.REFUSED, Status.RETURNED, Status.WITHDRAWN})
PAY = {Due.ON_SUBMISSION: "pay-on-submission", Due.BEFORE_ISSUE: "pay-before-issue"}


@dataclass(frozen=True)
class Progress:
    """Which phases are behind, and where it stands; the names are those of `pictures.phases`."""

    done: frozenset[str]
    now: str


@dataclass(frozen=True)
class Step:
    """One line of the progress list."""

    title: str
    who: str
    when: str
    look: str


@dataclass(frozen=True)
class Event:
    """One thing that happened, in plain words."""

    what: Text
    at: datetime
    by: str
    said: str = ""


def progress(kept: Application, bills: Sequence[Bill], tasks: Sequence[Task]) -> Progress:
    """How far an application has come."""
    done = {"submit"}
    done |= {PAY[Due(bill.due)] for bill in bills if bill.status == "paid"}
    heard = {task.stage for task in tasks if task.verdict and task.kind in ("opinion", "committee")}
    approved = heard | {task.stage for task in tasks if task.verdict == Verdict.APPROVE}
    open_stages = {task.stage for task in tasks if task.closed_at is None}
    done |= approved - open_stages
    status = Status(kept.status)
    if status is Status.ISSUED:
        done |= {"issue", *PAY.values()}
    return Progress(frozenset(done), _now(status, bills, tasks))


def _now(status: Status, bills: Sequence[Bill], tasks: Sequence[Task]) -> str:
    if status is Status.TO_PAY:
        return next((PAY[Due(bill.due)] for bill in bills if bill.status == "open"), "")
    if status is Status.ISSUING:
        return "issue"
    if status is Status.ISSUED or not tasks:
        return ""
    latest = max(tasks, key=lambda task: (task.closed_at is None, task.opened_at))
    return latest.stage


def steps(
    kept: Application,
    procedure: Procedure,
    standing: Progress,
    bills: Sequence[Bill],
    tasks: Sequence[Task],
    lang: Lang,
) -> Iterator[Step]:
    """The phases as a list for people: words first, and the day where there is one."""
    stopped = Status(kept.status) in STOPPED
    for phase in pictures.phases(procedure, lang):
        look = "done" if phase.name in standing.done else "now" if phase.name == standing.now else ""
        if stopped and phase.name == standing.now:
            look = "stopped"
        when = showing.day(_when(phase.name, kept, bills, tasks), lang) if look else phase.time
        yield Step(phase.title, phase.who, when, look)


def _when(phase: str, kept: Application, bills: Sequence[Bill], tasks: Sequence[Task]) -> datetime | None:
    if phase == "submit":
        return kept.entered_at
    if phase == "issue":
        return kept.ended_at
    paid = [bill.paid_at for bill in bills if PAY[Due(bill.due)] == phase and bill.paid_at]
    closed = [task.closed_at for task in tasks if task.stage == phase and task.closed_at]
    return max([*paid, *closed], default=None)


def waiting(kept: Application) -> Text | None:
    """What it waits for besides people, when another office is silent."""
    return wording.WAITS.get(kept.waiting_for)


def state(kept: Application, bills: Sequence[Bill]) -> str:
    """One word for everything that a waiting page watches; it changes when the page should be read again."""
    return "|".join((kept.status, kept.waiting_for, *(f"{bill.ref1}:{bill.status}" for bill in bills)))


def moves_by_itself(kept: Application) -> bool:
    """Whether the next change comes without the reader: it is ours, or the bank's."""
    status = Status(kept.status)
    return turn(status) is Turn.ENGINE or status is Status.TO_PAY


def over(kept: Application) -> bool:
    """Whether it has ended."""
    return is_over(Status(kept.status))


# --- what happened ---


def events(happened: Sequence[Mapping[str, Any]], procedure: Procedure, people: bool) -> list[Event]:
    """The history in plain words, the latest first; what has no words of its own is not shown. `people`: with names."""
    found = []
    for one in happened:
        what = wording.happened(one["tag"], one["said"], procedure)
        if what is not None:
            by = "" if one["by"] == "engine" or not people else str(one["by"])
            found.append(Event(what, one["at"], by, str(one["said"].get("reason") or "")))
    return found[::-1]


# --- what was asked and answered ---


def item_by(item: Mapping[str, Any], kept: Application) -> date | None:
    """By when an item is to be answered: as it was told, or later where a holiday was announced since."""
    if "by" not in item:
        return None
    told, waits = date.fromisoformat(item["by"]), kept.waiting_for == "answers" and kept.waiting_until
    return max(told, (waits - timedelta(seconds=1)).astimezone(BANGKOK).date()) if waits else told


@dataclass(frozen=True)
class Field:
    """A question or document that an officer may ask about."""

    field: str
    title: str


def fields(form: Form, procedure: Procedure, answers: Mapping[str, Any], lang: Lang) -> list[Field]:
    """Everything the manual asks for, and nothing else: what may be asked about (Licensing Facilitation Act s.8)."""
    found = []
    for page in form.pages:
        if not page.applies(answers):
            continue
        if page.each:
            found.append(Field(page.id, page.title.say(lang)))
            continue
        found += [
            Field(one.id, one.title.say(lang))
            for one in page.questions
            if one.kind.answered and one.kind.name not in ("fact", "declaration")
        ]
    return found + [Field(one.id, showing.in_words(one.title, lang)) for one in procedure.documents]


def title_of(field: str, form: Form, procedure: Procedure, lang: Lang) -> str:
    """A field by the words of the form or of the list of documents."""
    return showing.in_words(decision_papers.title_of(field, form, procedure), lang)


@dataclass(frozen=True)
class Paper:
    """One attached file as a page lists it."""

    id: str
    title: str
    size: int
    media_type: str
    pages: int
    added_at: datetime | None


def papers(
    kept: Application,
    form: Form,
    procedure: Procedure,
    files: Sequence[Attachment],
    asked_at: datetime | None,
    lang: Lang,
) -> list[Paper]:
    """The files of an application under their documents' names; those added after something was asked are marked."""
    by_id = {one.id: one for one in files}
    found = []
    for field, identifier in kept.attachments.items():
        file = by_id.get(identifier)
        if file is None:
            continue
        added = file.scanned_at if asked_at and file.scanned_at > asked_at else None
        title = title_of(field, form, procedure, lang)
        found.append(Paper(file.id, title, file.size, file.media_type, 0, added))
    return found


def sections(form: Form, answers: Mapping[str, Any], lang: Lang, *, masked: bool) -> list[forms.Section]:
    """The answers page by page."""
    return forms.sections(form, answers, lang, masked=masked)
