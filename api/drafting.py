"""An application being written: its pages and documents in order, what is done, what registers say, saving one page.

The same work serves a first application and the answer to what an officer asked (then only what was asked is open).
Rules are asked of `filing`, `forms` and `licences`; nothing is decided here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from activities import asked_anew
from api import carrying, filing, known, representing, resubmitting, views
from api.documents import Found, check_answers
from api.eligibility import JURISTIC, NATURAL, Holder
from api.filing import Desk
from api.people import Person
from forms import form as forms
from forms.asking import empty
from forms.definition import Page
from forms.errors import Problem, Problems
from forms.form import Answers, Form
from forms.question import Context, Question
from licences.procedure import AskedDocument, Operation, Procedure, Text
from records import applications, attachments, drafts, exchange_log, tasks
from records.drafts import DraftGone
from records.rows import new_id
from records.tables import Application, Attachment, Draft

ANSWERING = "answer:"
"""How the id of a draft begins that answers what was asked: `answer:<application>:<person>`."""
CHECK, TASKS, ANSWER = "check", "tasks", "answer"


@dataclass(frozen=True)
class Work:
    """A draft with everything its pages need. `only`: the questions and documents that are open (None: all)."""

    draft: Draft
    procedure: Procedure
    form: Form
    facts: Mapping[str, Any]
    files: Mapping[str, Attachment]
    only: frozenset[str] | None = None
    known: Mapping[str, Text] = field(default_factory=dict)  # question id → where its answer is from

    @property
    def kind(self) -> str:
        """For a company or for a person."""
        return JURISTIC if self.draft.juristic_id else NATURAL

    @property
    def application(self) -> str:
        """The application whose asked items are being answered; "" for a first application."""
        return application_of(self.draft.id)

    @property
    def renews(self) -> bool:
        """Whether a licence is renewed, so that one page is enough when nothing has changed."""
        return self.procedure.operation is Operation.RENEW and not self.application

    @property
    def home(self) -> str:
        """Where the parts of this work are listed."""
        return f"/applications/{self.application}/answer" if self.application else f"/drafts/{self.draft.id}"

    @property
    def media_types(self) -> dict[str, str]:
        """Attachment id → media type, of the person's files that the draft names."""
        return {identifier: kept.media_type for identifier, kept in self.files.items()}

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages that are asked, given the answers so far; of an answer, only what was asked."""
        asked = (page for page in self.form.pages if page.applies(self.draft.answers))
        return tuple(page for page in map(self._open_part, asked) if self._says_something(page))

    def _says_something(self, page: Page) -> bool:
        """Facts that no register has of this holder make no page."""
        return any(one.kind.name != "fact" or one.prefill in self.facts for one in page.questions)

    def _open_part(self, page: Page) -> Page:
        if self.only is None or page.id in self.only:
            return page
        questions = () if page.each else tuple(one for one in page.questions if one.id in self.only)
        return replace(page, questions=questions)

    @property
    def documents(self) -> tuple[AskedDocument, ...]:
        """The documents that this kind of holder may attach."""
        company = self.kind == JURISTIC
        asked = (one for one in self.procedure.documents if one.when_juristic in (None, company))
        return tuple(one for one in asked if self.only is None or one.id in self.only)

    def page(self, page_id: str) -> Page:
        """One page of this work. Raises DraftGone when it is not asked (any more)."""
        if page_id == carrying.SHORT and self.renews:
            return carrying.short_page(self.form.pages, self.draft.answers)
        for page in self.pages:
            if page.id == page_id:
                return page
        raise DraftGone

    def document(self, document_id: str) -> AskedDocument:
        """One document of this work. Raises DraftGone."""
        for one in self.documents:
            if one.id == document_id:
                return one
        raise DraftGone

    def items(self, page: Page) -> list[dict[str, Any]]:
        """What was added on a repeating page."""
        return list(self.draft.answers.get(page.id, ()))

    def problems(self) -> tuple[Problem, ...]:
        """What still keeps it from being sent."""
        try:
            check_answers(self.form, self.draft.answers, self.found(), self.facts, self.procedure, self.kind)
        except Problems as problems:
            return problems.problems
        return ()

    def checked(self) -> Answers:
        """The answers as they would be sent. Raises Problems."""
        return check_answers(self.form, self.draft.answers, self.found(), self.facts, self.procedure, self.kind)

    def found(self) -> Found:
        """The attached files, by document and by id."""
        by_document = {doc: self.files[one] for doc, one in self.draft.attachments.items() if one in self.files}
        return Found(by_document, self.files)

    def steps(self) -> list[str]:
        """Where one goes, one after the other."""
        pages = [f"{self.base}/questions/{page.id}" for page in self.pages]
        return pages + [f"{self.base}/documents/{one.id}" for one in self.documents]

    @property
    def base(self) -> str:
        """The address of this draft."""
        return f"/drafts/{self.draft.id}"

    def after(self, step: str, return_to: str) -> str:
        """Where saving leads: back to where one came from, or on to the next part, and at last to the check."""
        if self.application:
            return self.home
        if return_to == CHECK:
            return f"{self.base}/check"
        if step.endswith(f"/{carrying.SHORT}"):
            return self.unfinished() or f"{self.base}/check"
        steps = self.steps()
        later = steps[steps.index(step) + 1 :] if step in steps else steps
        return later[0] if later else f"{self.base}/check"

    def unfinished(self) -> str:
        """The first part that keeps it from being sent; "" when nothing does."""
        wrong = {problem.field.split(".")[0].split("[")[0] for problem in self.problems()}
        for page in self.pages:
            if wrong & ({page.id} if page.each else {one.id for one in page.questions}):
                return f"{self.base}/questions/{page.id}"
        missing = (one.id for one in self.documents if one.required and one.id not in self.draft.attachments)
        return next((f"{self.base}/documents/{one}" for one in missing), "")

    def filled(self) -> tuple[int, int]:
        """How many answers registers or earlier applications gave, and how many there are to be."""
        return carrying.known_and_asked(self.form, self.draft.answers, self.known)

    def before(self, step: str, return_to: str) -> str:
        """Where "back" leads."""
        if self.application or return_to == TASKS:
            return self.home
        if return_to == CHECK:
            return f"{self.base}/check"
        steps = self.steps()
        place = steps.index(step) if step in steps else 0
        return steps[place - 1] if place else self.home


def application_of(draft_id: str) -> str:
    """The application that an answering draft belongs to; "" for any other draft."""
    return draft_id.split(":")[1] if draft_id.startswith(ANSWERING) else ""


def is_first(draft: Draft) -> bool:
    """Whether it is an application not sent yet (and not an answer under way, or one on its way to a journey)."""
    return draft.id.startswith("w-")


# --- begin and open ---


async def begin(
    desk: Desk, person: Person, procedure: Procedure, holder: Holder, licence_number: str, at: datetime,
    together: str = "", start: str = "",
) -> Draft:  # fmt: skip
    """A new draft, with what registers know filled in. Raises NotAllowed when this person could never send it.

    `together` names the set of drafts that it is filled in with, `start` the earlier application that it starts from.
    """
    ground = await filing.ground(desk, person, procedure, holder, licence_number, at)
    form = forms.load(procedure.form)
    earlier = await known.earlier_of(desk, person, ground, licence_number)
    said = known.said(ground, form, earlier, start, known.starts(desk.catalogue, ground, form, earlier))
    answers = forms.prefilled(form, ground.facts) | said
    draft = Draft(
        id=new_id("w"),
        person=person.id,
        licence=procedure.licence,
        operation=procedure.operation.value,
        version=procedure.version,
        juristic_id=holder.juristic_id or "",
        licence_number=licence_number,
        together=together,
        answers=answers,
        attachments={},
        opened_at=at,
        saved_at=at,
    )
    async with desk.database.transaction() as session:
        await applications.keep_definition(session, procedure, at)
        await drafts.save(session, draft)
    return draft


async def begin_answer(desk: Desk, person: Person, kept: Application, at: datetime) -> Draft:
    """The draft in which what was asked is answered; the one begun before, when there is one."""
    draft_id = f"{ANSWERING}{kept.number}:{person.id}"
    async with desk.database.transaction() as session:
        try:
            return await drafts.get(session, draft_id)
        except DraftGone:
            draft = Draft(
                id=draft_id,
                person=person.id,
                licence=kept.licence,
                operation=kept.operation,
                version=kept.version,
                juristic_id=kept.holder_id if kept.holder_kind == JURISTIC else "",
                licence_number=kept.licence_number,
                answers=dict(kept.answers),
                attachments=dict(kept.attachments),
                opened_at=at,
                saved_at=at,
            )
            await drafts.save(session, draft)
            return draft


async def opened(desk: Desk, person: Person, draft_id: str, at: datetime) -> Work:
    """One's own draft, ready to work on. Raises DraftGone for anybody else's."""
    async with desk.database.reading() as session:
        draft = await drafts.get(session, draft_id)
    if draft.person != person.id:
        raise DraftGone
    if application_of(draft.id):
        return await _answering(desk, person, draft)
    procedure = desk.catalogue.procedure(draft.licence, draft.operation, at.date())
    if draft.version != procedure.version:
        draft = await _brought_up_to_date(desk, draft, procedure, at)
    holder = Holder(juristic_id=draft.juristic_id) if draft.juristic_id else Holder.model_validate({"self": True})
    ground = await filing.ground(desk, person, procedure, holder, draft.licence_number, at)
    files = await files_of(desk, person, draft, ())
    form, earlier = forms.load(procedure.form), await known.earlier_of(desk, person, ground, draft.licence_number)
    asked_at = await company_asked_at(desk, draft.juristic_id, at) if draft.juristic_id else None
    sources = known.sources(form, draft.answers, ground.facts, earlier, asked_at)
    return Work(draft, procedure, form, ground.facts, files, known=sources)


async def _brought_up_to_date(desk: Desk, draft: Draft, procedure: Procedure, at: datetime) -> Draft:
    """The draft under today's rules: answers to what these ask again are taken out, and it knows which.

    Nothing has been filed, so all the rules are those of the day on which it will be; twice changes nothing more.
    """
    async with desk.database.transaction() as session:
        await applications.keep_definition(session, procedure, at)
        try:
            began = await applications.procedure_of(session, draft.version)
        except KeyError:  # begun before drafts kept their rules: the form itself asks what is missing
            again = frozenset[str]()
        else:
            again = asked_anew.anew(began, procedure, draft.answers, draft.attachments).fields
        draft.version, draft.asked_anew = procedure.version, sorted({*draft.asked_anew, *again})
        draft.answers = {name: value for name, value in draft.answers.items() if name not in again}
        draft.attachments = {name: one for name, one in draft.attachments.items() if name not in again}
        await drafts.save(session, draft)
    return draft


async def _answering(desk: Desk, person: Person, draft: Draft) -> Work:
    number = application_of(draft.id)
    async with desk.database.reading() as session:
        kept = await applications.get(session, number)
        procedure = await applications.procedure_of(session, kept.version)
        asked = views.asked_of(kept, await tasks.of(session, number))
        already = await attachments.of(session, number)
    form = forms.load(procedure.form, procedure.version)
    only = frozenset(resubmitting.top(item["field"]) for item in asked)
    files = await files_of(desk, person, draft, already)
    return Work(draft, procedure, form, resubmitting.fact_answers(form, kept.answers), files, only)


async def files_of(desk: Desk, person: Person, draft: Draft, already: Sequence[Attachment]) -> dict[str, Attachment]:
    """The files that a draft names and that are the person's own, or the application's already."""
    named_now = desk.catalogue.procedure(draft.licence, draft.operation, draft.saved_at.date())
    form = forms.load(named_now.form, draft.version)
    named = set(draft.attachments.values()) | {identifier for _, identifier in forms.files(form, draft.answers)}
    async with desk.database.reading() as session:
        rows = await attachments.several(session, named)
    own = [row for row in rows if row.person == person.id] + list(already)
    return {row.id: row for row in own}


# --- one page ---


def check_page(work: Work, page: Page, fields: Mapping[str, Any]) -> Answers:
    """One page as a browser sent it. Raises Problems."""
    alone = replace(work.form, pages=(replace(page, when=None),))
    return forms.check_page(
        alone, page.id, fields, answers=work.draft.answers, attachments=work.media_types, facts=work.facts
    )


def loosely(work: Work, questions: Sequence[Question], fields: Mapping[str, Any]) -> dict[str, Any]:
    """What of a page can be understood already, for conditions to look at while it is still being filled in."""
    context, found = Context(None, work.facts), dict[str, Any]()
    for one in questions:
        if not one.kind.answered or one.kind.name == "fact":
            continue
        value = one.kind.from_fields(one, fields, one.id)
        if empty(value):
            continue
        try:
            found[one.id] = one.kind.check(one, value, one.id, context)
        except Problems:
            found[one.id] = value
    return found


def with_page(work: Work, page: Page, answers: Mapping[str, Any]) -> Draft:
    """The draft with one page's answers in place of those it had."""
    asked = {one.id for one in page.questions}
    kept = {key: value for key, value in work.draft.answers.items() if key not in asked}
    return _changed(work.draft, {**kept, **answers})


def with_item(work: Work, page: Page, number: int | None, item: Mapping[str, Any]) -> Draft:
    """The draft with one item added to a repeating page, or put in place of the one at `number`."""
    items = work.items(page)
    if number is None:
        items.append(dict(item))
    else:
        items[number] = dict(item)
    return _changed(work.draft, {**work.draft.answers, page.id: items})


def without_item(work: Work, page: Page, number: int) -> Draft:
    """The draft without one item of a repeating page."""
    items = work.items(page)
    del items[number]
    return _changed(work.draft, {**work.draft.answers, page.id: items})


def with_document(work: Work, document: str, attachment: str) -> Draft:
    """The draft with a file for a document; "" takes it away."""
    kept = {key: value for key, value in work.draft.attachments.items() if key != document}
    return Draft(**work.draft.model_dump() | {"attachments": kept | ({document: attachment} if attachment else {})})


def _changed(draft: Draft, answers: Mapping[str, Any]) -> Draft:
    return Draft(**draft.model_dump() | {"answers": dict(answers)})


async def save(desk: Desk, draft: Draft, at: datetime) -> None:
    """Keep a draft as it now is."""
    async with desk.database.transaction() as session:
        await drafts.save(session, Draft(**draft.model_dump() | {"saved_at": at}))


# --- whose facts ---


async def company_asked_at(desk: Desk, juristic_id: str, at: datetime) -> datetime | None:
    """When the company register answered about this company; None: it has not, lately."""
    async with desk.database.reading() as session:
        kept = await exchange_log.latest_snapshot(session, juristic_id, since=at - representing.FRESH_FOR)
    return kept.asked_at if kept else None
