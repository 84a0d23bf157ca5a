"""Issue: reserve a number, draw up, seal, enter in the register; and seal what a journey tells people in writing.

Irreversible steps, in this order, each written down before the next begins:

1. the number and the facts (`reserve_number`), and the statement for its QR code (`activities.stating`);
2. the paper in the store, and its digest (`draw_up`);
3. the sealed document in the store, verified by ourselves, and its digest (`seal_paper`);
4. the entry in the register, the end of the application, and the notice: one transaction (`enter_in_register`).

Each is keyed by the application and keeps its first result, so that a step asked again gives the same answer.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities import facts, second_look, sheets, wanted
from activities.keeping import keep_until, lock_until
from activities.representation import company_of
from activities.telling import happened, tell
from forms import form
from licences import catalogue, deciding, places, renewals, thai
from licences.applications import Status, Verdict
from licences.calendar import BANGKOK
from licences.procedure import Agency, Effect, Procedure
from licences.register import EntryKind
from records import applications, papers, people, register, tasks
from records.database import Database
from records.files import Files, Stored
from records.register import NewEntry, Reservation
from records.tables import Application, LicenceNumber, Paper, Task
from signing.proof import Proof

Draw = Callable[[Mapping[str, Any]], Awaitable[bytes]]
LOOK_EVERY_S = 1.0
"""How often the pen looks for its statement when no ring is heard."""
SealAndCheck = Callable[[bytes, str], Awaitable[tuple[bytes, Proof]]]
"""A drawn PDF and its agency's code → the sealed PDF, looked at by ourselves, and how long it proves itself."""
KINDS = {
    Effect.ISSUE: EntryKind.GRANT,
    Effect.EXTEND: EntryKind.RENEWAL,
    Effect.REPLACE: EntryKind.AMENDMENT,
    Effect.END: EntryKind.CANCELLATION,
    Effect.NOTE: EntryKind.REMARK,
}
"""What each effect enters; an effect of none enters nothing."""
PDF = "application/pdf"
LICENCE, ACKNOWLEDGEMENT, RECEIPT = "licence", "acknowledgement", "receipt"
BRIEFLY = (ACKNOWLEDGEMENT, RECEIPT)
"""Papers that no licence is judged by: their seal is the same, our own look at it is short (`signing.intact`)."""


class Desk(Protocol):
    """The sealing desk, as `signing.desk` has it."""

    async def seal(self, pdf: bytes, agency: str) -> tuple[bytes, Proof]:
        """A sealed PDF, verified by ourselves, and how long it proves itself."""
        ...

    async def seal_briefly(self, pdf: bytes, agency: str) -> tuple[bytes, Proof]:
        """The same seal on a paper that no licence is judged by, looked at briefly."""
        ...

    async def check(self, sealed: bytes, agency: str) -> Proof:
        """How long it proves itself, when the agency's seal stands on it, whole; raise what is wrong with it."""
        ...

    def proof(self, sealed: bytes) -> Proof:
        """How long a sealed PDF proves itself, and with which digest it was last stamped."""
        ...

    async def statement(self, agency: str, payload: Mapping[str, object], record: Mapping[str, object]) -> str:
        """What the agency states in a QR code, with the digest of the embedded record, signed."""
        ...


def paper_id(application: str, kind: str) -> str:
    """One paper of each kind for an application."""
    return f"{application}:{kind}"


def agency_of(application: Application) -> Agency:
    """Who grants and seals: a local authority's licence in Bangkok is the BMA's."""
    return catalogue.load().agency(places.agency_of(application.office))


class Issuing:
    """Short writes around the seal."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @activity.defn(name="reserve_number")
    async def reserve_number(self, step: wanted.Step) -> wanted.Reserved:
        """Write down the number and everything that paper and entry will say, before anything is drawn."""
        async with self.database.transaction() as session:
            application = await applications.get(session, step.number)
            procedure = await applications.procedure_of(session, application.version)
            grant = await _grant(session, application, procedure, step.at.astimezone(BANGKOK).date())
            first, last = facts.validity(grant)
            reservation = Reservation(
                application=step.number,
                licence=facts.licence_of(grant),
                agency=grant.agency.code,
                effect=procedure.effect.value,
                abbreviation=grant.agency.abbreviation,
                granted_on=grant.granted_on,
                valid_from=first,
                valid_until=last,
                number=application.licence_number,
            )
            year = thai.buddhist_year(grant.granted_on)
            kept = await register.reserve_once(
                session, reservation, lambda number: facts.granted(grant, number), year, step.at
            )
            await applications.show(session, step.number, Status.ISSUING.value, waiting_for="issue", since=step.at)
        return wanted.Reserved(licence_number=kept.number)

    @activity.defn(name="enter_in_register")
    async def enter_in_register(self, step: wanted.Step) -> None:
        """Enter what was reserved, with its sealed document if there is one; end the application; tell people."""
        async with self.database.transaction() as session:
            application = await applications.get(session, step.number)
            reserved = await register.reserved(session, step.number)
            assert reserved is not None
            paper = await papers.get(session, paper_id(step.number, LICENCE))
            if kind := KINDS.get(Effect(reserved.effect)):
                entry = await _entry(session, application, reserved, kind, paper)
                await register.append_once(session, entry, step.at)
                await second_look.open_if_sampled(session, application, entry, step.at)
            await _issued(session, application, reserved, step.at)


async def _entry(
    session: AsyncSession, application: Application, reserved: LicenceNumber, kind: EntryKind, paper: Paper | None
) -> NewEntry:
    holder_key = application.holder_id
    if application.holder_kind == "natural":
        person = await people.person(session, application.holder_id)
        assert person is not None
        holder_key = person.pid_digest
    return NewEntry(
        licence_number=reserved.number,
        kind=kind.value,
        application=application.number,
        licence=reserved.licence,
        agency=reserved.agency,
        facts=reserved.facts,
        holder_kind=application.holder_kind,
        holder_key=holder_key,
        valid_from=reserved.granted_on if kind is EntryKind.CANCELLATION else reserved.valid_from,
        valid_until=reserved.valid_until,
        claim=application.claim,
        next_action_on=renewals.next_look(reserved.valid_until, (), reserved.granted_on),
        document=paper.id if paper else "",
        document_sha256=paper.sealed_sha256 if paper else "",
    )


async def _issued(session: AsyncSession, application: Application, reserved: LicenceNumber, at: datetime) -> None:
    await applications.end(
        session, application.number, Status.ISSUED.value, Status.ISSUED.value, at, licence_number=reserved.number
    )
    said = {"licence_number": reserved.number}
    await happened(session, application.number, "issued", "application:end:issued", at, said)
    if paper_number := reserved.facts.get("paper_number"):
        await tell(session, application, "issued-there", "1", at, {**said, "paper_number": paper_number})
    else:
        await tell(session, application, "issued", "1", at, said)


async def _grant(session: AsyncSession, application: Application, procedure: Procedure, on: date) -> facts.Grant:
    """Everything that decides what is granted, read together."""
    before = await register.find(session, application.licence_number) if application.licence_number else None
    asked = form.load(procedure.form, procedure.version)
    done = await tasks.of(session, application.number)
    return facts.Grant(
        procedure=procedure,
        agency=agency_of(application),
        office=application.office,
        office_title=places.office_title(application.office),
        holder=await holder_of(session, application),
        premises=_premises(application.answers),
        printed=tuple((p[0], p[1], p[2], p[3]) for p in form.printed(asked, application.answers)),
        conditions=_conditions(done),
        granted_on=on,
        before=next((e.facts for e in reversed(before.entries) if e.seq == before.holding.entry), None)
        if before
        else None,
        ruled_out=form.ruled_out(asked, application.answers),
        paper_number=next((str(task.report["number"]) for task in done if task.kind == "record-number"), ""),
    )


async def holder_of(session: AsyncSession, application: Application) -> facts.Holder:
    if application.holder_kind == "natural":
        person = await people.person(session, application.holder_id)
        assert person is not None
        return facts.Holder("natural", people.name_of(person), person.pid_masked)
    known = await company_of(session, application)
    name = known.full_name_th if known else application.holder_name
    name_en = known.name_en if known else ""
    return facts.Holder("juristic", name or application.holder_id, application.holder_id, name_en)


def _conditions(done: Sequence[Task]) -> tuple[str, ...]:
    """What the officers attached who decided; what an opinion or an outvoted member proposed binds nobody."""
    counted = deciding.that_count(tasks.heard(done))
    return tuple(text for one in counted if one.verdict is Verdict.APPROVE for text in one.conditions)


def _premises(answers: Mapping[str, Any]) -> Mapping[str, Any] | None:
    place = answers.get("premises")
    return place if isinstance(place, Mapping) else None


class Drawing:
    """Papers out of applicants' text: no key is near."""

    def __init__(self, database: Database, files: Files, draw: Draw, public_url: str) -> None:
        self.database, self.files, self.draw, self.public_url = database, files, draw, public_url
        self.signed = database.bell(register.STATEMENT_SIGNED)

    @activity.defn(name="draw_up")
    async def draw_up(self, step: wanted.Step) -> wanted.Drawn:
        """The licence's paper out of the reserved facts: intended, drawn, stored, its digest recorded."""
        async with self.database.reading() as session:
            application = await applications.get(session, step.number)
        reserved = await self.stated(step)
        sheet = sheets.licence(
            reserved.facts,
            agency_of(application),
            made_at=reserved.reserved_at,
            url=f"{self.public_url}/v/{reserved.number}#{reserved.statement}",
        )
        return await self.make(step, LICENCE, agency_of(application).code, sheet)

    async def stated(self, step: wanted.Step) -> LicenceNumber:
        """What was reserved, with the statement that the QR code carries: signed once, and then an input like any.

        The pen is near no key: it waits until the sealing worker has signed (`activities.stating`).
        """
        async with self.database.transaction() as session:
            await register.want_statement(session, step.number)
        while True:
            rung = await self.signed.next_ring()
            reserved = await self._reserved(step.number)
            if reserved.statement:
                return reserved
            await self.signed.heard(rung, LOOK_EVERY_S)

    async def _reserved(self, number: str) -> LicenceNumber:
        async with self.database.reading() as session:
            reserved = await register.reserved(session, number)
        assert reserved is not None
        return reserved

    @activity.defn(name="draw_letter")
    async def draw_letter(self, letter: wanted.Letter) -> wanted.Drawn:
        """A refusal or a return, with its reasons and the way to appeal; or that what was asked for is done."""
        url = f"{self.public_url}/applications/{letter.number}"
        async with self.database.reading() as session:
            application = await applications.get(session, letter.number)
            procedure = await applications.procedure_of(session, application.version)
            sheet = await _letter(session, application, procedure, letter, url)
        return await self.make(letter, letter.kind, agency_of(application).code, sheet)

    async def make(self, step: wanted.Step, kind: str, agency: str, sheet: Mapping[str, Any]) -> wanted.Drawn:
        """One paper of an application or a case: intended, drawn, stored, its digest recorded."""
        return await self.make_as(paper_id(step.number, kind), step.number, step, kind, agency, sheet)

    async def make_as(
        self, identifier: str, of: str, step: wanted.Step, kind: str, agency: str, sheet: Mapping[str, Any]
    ) -> wanted.Drawn:
        """The same under a name of its own, as a paper of something else: a bill, a receipt."""
        async with self.database.transaction() as session:
            await papers.intend_once(session, identifier, of, kind, agency)
        pdf = await self.draw(sheet)
        stored = await self.files.put_once(f"papers/{kind}", pdf, PDF)
        async with self.database.transaction() as session:
            paper = await papers.drawn(session, identifier, stored.key, stored.sha256, step.at)
        return wanted.Drawn(
            number=step.number, at=step.at, paper=identifier, key=paper.drawn_key, sha256=paper.drawn_sha256
        )


async def _letter(
    session: AsyncSession, application: Application, procedure: Procedure, letter: wanted.Letter, url: str
) -> sheets.Sheet:
    """The sheet of one letter: refused, returned, done."""
    agency = agency_of(application)
    if letter.kind == Status.ISSUED:
        grant = await _grant(session, application, procedure, letter.at.astimezone(BANGKOK).date())
        facts_ = facts.granted(grant, letter.number)
        return sheets.completed(procedure, agency, letter.number, facts=facts_, made_at=letter.at, url=url)
    if letter.decision is None:
        asked = [item for task in await tasks.of(session, letter.number) for item in task.items]
        items = [f"{item['field']}: {item['wanted']}" for item in asked]
        return sheets.returned(procedure, agency, letter.number, items=items, made_at=letter.at, url=url)
    who, reason = await _signatory(session, letter), letter.decision.reason
    return sheets.refusal(procedure, agency, letter.number, reason=reason, signatory=who, made_at=letter.at, url=url)


async def _signatory(session: AsyncSession, letter: wanted.Letter) -> tuple[str, str]:
    """Name and position of the officer who decided (Administrative Procedure Act s.36)."""
    if letter.decision is None:
        return ("", "")
    names = await people.names(session, [letter.decision.officer])
    return names.get(letter.decision.officer, letter.decision.officer), "เจ้าหน้าที่ผู้พิจารณา"


class Sealing:
    """The keys: what comes here was written down before."""

    def __init__(
        self, database: Database, files: Files, draw: Draw, desk: Desk, public_url: str, retention_years: int
    ) -> None:
        self.database, self.files, self.draw, self.desk = database, files, draw, desk
        self.public_url, self.retention_years = public_url, retention_years

    @activity.defn(name="sign_statement")
    async def sign_statement(self, step: wanted.Step) -> None:
        """Sign what a licence's QR code will say, and write it down with the reservation. The first one stays."""
        async with self.database.reading() as session:
            reserved = await register.reserved(session, step.number)
        assert reserved is not None
        if not reserved.statement:
            statement = await self.desk.statement(reserved.agency, facts.stated(reserved.facts), reserved.facts)
            async with self.database.transaction() as session:
                await register.state_once(session, step.number, statement)

    @activity.defn(name="seal_paper")
    async def seal_paper(self, drawn: wanted.Drawn) -> wanted.Sealed:
        """Seal a drawn paper, verify our own work, store it under lock, record its digest. The first seal stays."""
        async with self.database.reading() as session:
            paper = await papers.get(session, drawn.paper)
        assert paper is not None
        if not paper.sealed_key:
            pdf = await self.files.get(drawn.key, drawn.sha256)
            seal = self.desk.seal_briefly if paper.kind in BRIEFLY else self.desk.seal
            paper = await self._seal(paper, pdf, drawn.at, seal)
        return wanted.Sealed(paper=paper.id, sha256=paper.sealed_sha256)

    @activity.defn(name="acknowledge")
    async def acknowledge(self, step: wanted.Step) -> wanted.Sealed:
        """The receipt of an application with both its times. Holds no applicant's word, so it is drawn here."""
        identifier = paper_id(step.number, ACKNOWLEDGEMENT)
        async with self.database.transaction() as session:
            application = await applications.get(session, step.number)
            procedure = await applications.procedure_of(session, application.version)
            agency = agency_of(application)
            paper = await papers.intend_once(session, identifier, step.number, ACKNOWLEDGEMENT, agency.code)
        if not paper.sealed_key:
            sheet = sheets.acknowledgement(
                procedure, agency, step.number, application.entered_at, application.received_at, application.due_on,
                application.answers_digest, f"{self.public_url}/applications/{step.number}",
            )  # fmt: skip
            pdf = await self.draw(sheet)
            paper = await self._seal(paper, pdf, step.at, self.desk.seal_briefly)
        return wanted.Sealed(paper=paper.id, sha256=paper.sealed_sha256)

    async def _seal(self, paper: Paper, pdf: bytes, at: datetime, seal: SealAndCheck) -> Paper:
        folder = f"licences/{paper.kind}/{paper.application}"
        async with self.database.reading() as session:
            until = await keep_until(session, paper, at, self.retention_years)
        before = await self._sealed_before(folder, pdf, paper.agency)
        stored, proof = before or await self._sealed_now(folder, pdf, paper.agency, seal, until)
        said = {"proof_ends_at": proof.ends_at, "proof_digest": proof.digest, "kept_until": until}
        async with self.database.transaction() as session:
            return await papers.sealed(session, paper.id, stored.key, stored.sha256, stored.version_id, at, **said)

    async def _sealed_now(
        self, folder: str, pdf: bytes, agency: str, seal: SealAndCheck, until: date
    ) -> tuple[Stored, Proof]:
        document, proof = await seal(pdf, agency)
        return await self.files.put_once(folder, document, PDF, retain_until=lock_until(until)), proof

    async def _sealed_before(self, folder: str, pdf: bytes, agency: str) -> tuple[Stored, Proof] | None:
        """The seal of this very paper that we stored and then died before we wrote it down; None: there is none.

        Two seals of one paper are never the same bytes, so a second would stay in the store beside the first. A seal
        is an increment (ISO 32000-1 7.5.6): the paper as it was drawn stands at its beginning.
        """
        for stored in await self.files.kept_in(folder):
            document = await self.files.get(stored.key, stored.sha256, stored.version_id)
            if document.startswith(pdf):
                return stored, await self.desk.check(document, agency)
        return None
