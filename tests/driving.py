"""Walk applications through the real system as doors, officers and payers do, and count what came of it.

`Workers` are our three worker processes, which may be killed and come back; `Driver` says and asks. Nothing here knows
the steps of a journey: whatever is asked is answered, until it is over.
"""

import asyncio
import contextlib
import io
import itertools
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import minio
import pypdfium2
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from temporalio.client import Client

from api import deciding, filing, payments, representing
from api.engine import Engine, EngineDown, JourneyRefused
from api.people import Person as AtDoor
from control.keys import case_keys
from control.sweeps import begin
from exchange.bank import Notification
from exchange.counterparts import people as personas
from exchange.counterparts.running import Offices
from forms import form as forms
from licences import catalogue, places
from licences.applications import Decision, Item, Verdict
from licences.calendar import BANGKOK
from licences.procedure import RECORDS, Procedure
from local import ROOT, System
from records import (
    applications,
    drafts,
    exchange_log,
    history,
    ledger,
    notices,
    papers,
    people,
    register,
    signatures,
    tasks,
)
from records.applications import Submitted
from records.database import Database
from records.files import Files
from records.rows import table_of
from records.tables import (
    Application,
    BankNotification,
    Bill,
    Draft,
    Entry,
    Holding,
    LicenceNumber,
    Notice,
    Paper,
    Person,
    Posting,
    Receipt,
    Task,
)
from settings import Role, Settings
from workflows.messages import Outcome, Resubmission, Withdrawal, connect
from workflows.sentences import NotThereYet

Answer = TypeVar("Answer")

WORKERS = (Role.GENERAL, Role.DRAWING, Role.SEALING)
KILLING_WORKER = Path(__file__).with_name("killing_worker.py")
KILLED = -9
NOTICES = table_of(Notice)
PAUSE_S, PATIENCE_S = 0.05, 240.0
POSTMAN_S = 20.0
"""After so long without a letter's being sent, its postman is taken to be dead."""
NEXT = itertools.count()
SMALL = 4_500
"""Every so many of the example companies are small in people and in income."""


def settings_of(system: System, **changed: str) -> Settings:
    """What a door of this system is given; the keys of the seal are not."""
    env = {name.removeprefix("BIZ_").lower(): value for name, value in system.env.items()}
    return Settings(**env | changed)  # type: ignore[arg-type]  # read from text, as the environment is


def some_company() -> str:
    """The number of a small company that nobody has asked about yet; the applicant may sign alone for it.

    Each journey its own: a register's answer is kept for a day, and a confirmed signing rule for ever.
    """
    nth, province = divmod(next(NEXT), 90)
    return personas.with_check_digit(f"0{10 + province}5998{SMALL * nth:05d}")


def words(pdf: bytes) -> str:
    """Everything that a document says, in one line."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return " ".join("".join(page.get_textpage().get_text_range() for page in document).split())


# --- our processes ---


class Workers:
    """The three workers. One that is killed from outside stays dead; one that fell into a trap is started again."""

    def __init__(self, system: System, folder: Path, **changed: str) -> None:
        self.traps = folder / "traps"
        self.traps.mkdir(parents=True, exist_ok=True)
        self._folder, self._system = folder, system
        self._changed = {f"BIZ_{name.upper()}": value for name, value in changed.items()}
        self._running: dict[Role, subprocess.Popen[bytes]] = {}
        self.deaths = 0

    def start(self, *roles: Role) -> None:
        """Start some workers; they end when we do, because their standard input does."""
        for role in roles or WORKERS:
            env = self._system.env_for(role) | self._changed | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
            env |= {"BIZ_METRICS_PORT": "0", "BIZ_ENGINE_METRICS_PORT": "0"}
            command = [sys.executable, str(KILLING_WORKER), role.value, str(self.traps)]
            with (self._folder / f"{role}.log").open("ab") as log:
                self._running[role] = subprocess.Popen(
                    command, env=env, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT
                )

    def kill(self, role: Role) -> None:
        """SIGKILL one worker; it stays away until it is started."""
        process = self._running.pop(role)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """Stop them all; none is left."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
            process.kill()
            process.wait()

    async def revive(self) -> None:
        """Start again whoever fell into a trap, until cancelled. One that ended otherwise is a failure."""
        while True:
            for role, process in list(self._running.items()):
                if process.poll() == KILLED:
                    self.deaths += 1
                    self.start(role)
                elif process.poll() is not None:
                    raise RuntimeError(f"worker {role} ended: {self.said(role)}")
            await asyncio.sleep(PAUSE_S)

    def said(self, role: Role) -> str:
        """The last words of one worker's log."""
        return (self._folder / f"{role}.log").read_text("utf-8", "replace")[-3000:]


@contextlib.contextmanager
def workers(system: System, folder: Path, **changed: str) -> Iterator[Workers]:
    """The three workers, for as long as the block lasts. `changed` are settings of theirs, by field name."""
    crew = Workers(system, folder, **changed)
    crew.start()
    try:
        yield crew
    finally:
        crew.stop()


# --- what came of it ---


@dataclass(frozen=True)
class Made:
    """Everything that one application has brought into being."""

    numbers: int
    papers: Mapping[str, int]  # kind → rows
    documents: Mapping[str, int]  # kind → sealed documents in the object store
    entries: tuple[str, ...]
    bills: int
    payments: tuple[str, ...]
    receipts: int
    postings: int
    notices: Mapping[str, int]  # what was told → how often
    mails: int  # different Message-IDs among the letters that name the application
    said: Mapping[str, int]  # history tag → how often


class Driver:
    """Everybody at a door: applicants, officers, the bank's payers; and somebody who looks."""

    def __init__(self, system: System, settings: Settings, client: Client, engine: Engine, database: Database) -> None:
        self.system, self.settings, self.client, self.engine = system, settings, client, engine
        self.database = database
        self.offices = Offices({name: system.ports[name] for name in ("dbd", "bank", "smtp", "mailbox")})
        self.files = Files.connect(settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key)
        self._store = minio.Minio(
            settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key, secure=False, region="us-east-1"
        )

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, system: System, client: Client | None = None, **changed: str) -> AsyncIterator["Driver"]:
        """A driver on a running system; `client` speaks to another engine than the system's own."""
        settings = settings_of(system, **changed)
        database = Database(settings.database_url)
        cases = case_keys(database, settings.codec_key)
        where = (settings.temporal_address, settings.temporal_namespace, settings.codec_key, cases)
        driver = cls(system, settings, client or await connect(*where), Engine(*where), database)
        yield driver
        driver.files.close()
        await database.close()

    # --- saying ---

    async def person(self, name: str = "applicant") -> Person:
        """Somebody who has signed in."""
        who = personas.somebody(name)
        claims = people.Claims(
            self.settings.oidc_issuer, who.sub, who.pid, who.given_name, who.family_name, who.title, who.email, "2.3"
        )
        keys = people.PersonalKeys.parse(self.settings.person_key)
        async with self.database.transaction() as session:
            return await people.keep_person(session, keys, claims, datetime.now(BANGKOK))

    async def filed(
        self, licence: str = "lao-food-sale-large", operation: str = "new", *, company: str = "", number: str = "",
        started: bool = True, **answers: Any,
    ) -> str:  # fmt: skip
        """A complete application, received: its number. `company` "" files for oneself; `number`: the licence acted on.

        `answers` replace those of the form's own example.
        """
        submitted = await self.submission(licence, operation, company=company, number=number, **answers)
        async with self.database.transaction() as session:
            kept = await applications.submit(session, submitted)
        if started:
            await self.begin(kept.number)
        return kept.number

    async def held_back(self, licence: str) -> str:
        """An application that was received and whose journey nobody starts, no sweep either: its number."""
        number = await self.filed(licence, started=False)
        async with self.database.transaction() as session:
            await applications.begun(session, number, datetime.now(UTC))
        return number

    async def submission(
        self, licence: str, operation: str, *, company: str = "", number: str = "", **answers: Any
    ) -> Submitted:
        """What a door would keep: the form's example, checked; each for another claim."""
        now, person = datetime.now(BANGKOK), await self.person()
        procedure = catalogue.load().procedure(licence, operation, now.date())
        answered = _answers(procedure, person.email) | answers
        office = await self._office(procedure, number, answered)
        received, due_on = filing.times(
            catalogue.load(), procedure, office, now, await filing.closed_for(self.database, office)
        )
        return Submitted(
            key=f"{person.id}:{next(NEXT)}",
            procedure=procedure,
            office=office,
            applicant=person.id,
            holder_kind="juristic" if company else "natural",
            holder_id=company or person.id,
            licence_number=number,
            claim=f"number:{number}" if number else "",
            answers=answered,
            answers_digest=filing.digest(answered),
            status="checking",
            entered_at=now,
            received_at=received,
            due_on=due_on,
            email=person.email,
        )

    async def _office(self, procedure: Procedure, number: str, answers: Mapping[str, Any]) -> str:
        """As the door finds it: the office that granted, or that of the place."""
        if number:
            async with self.database.reading() as session:
                found = await register.find(session, number)
            assert found is not None
            return str(found.entries[0].facts["authority"])
        asked = forms.load(procedure.form)
        return places.route(catalogue.load().licence(procedure.licence), filing.premises_of(asked, answers))

    async def begin(self, number: str) -> None:
        """Start its journey, as the door and the sweep do."""
        application = await self.application(number)
        async with self.database.transaction() as session:
            procedure = await applications.procedure(session, application)
        await begin(self.client, number, procedure, for_company=application.holder_kind == "juristic")
        async with self.database.transaction() as session:
            await applications.begun(session, number, datetime.now(UTC))

    async def decide(
        self, number: str, verdict: Verdict | str = Verdict.APPROVE, *, officer: str = "", reason: str = "",
        items: tuple[Item, ...] = (), conditions: tuple[str, ...] = (), stage: str = "",
        recorded: str = "12/2569",
    ) -> Task:  # fmt: skip
        """An officer decides the open task (of that stage); the task as it then is. Raises NotAllowed."""
        task = await self.task(number, stage)
        decision = Decision(
            task_id=task.id, verdict=Verdict(verdict), officer=officer or f"officer-of-{task.step.partition(':')[0]}",
            reason=reason, items=items, conditions=conditions,
            number=recorded if task.kind in RECORDS else "",
        )  # fmt: skip
        await self.say(number, "decide", decision, key=f"decide:{task.id}:{decision.officer}")
        async with self.database.reading() as session:
            return await tasks.get(session, task.id)

    async def say(self, number: str, message: str, said: Any, *, key: str) -> None:
        """Say something that may be refused; where nobody answers, press again. Raises NotAllowed."""
        await self._insist(lambda: self.engine.update(number, message, said, key=key))

    async def press(self, number: str, decision: Decision, *, key: str) -> None:
        """Decide as the door does, for somebody who presses again where nobody answers. Raises NotAllowed."""
        await self._insist(lambda: deciding.say(self.engine, self.database, number, decision, key))

    async def _insist(self, call: Callable[[], Awaitable[None]]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    return await call()
                except EngineDown:
                    await asyncio.sleep(PAUSE_S)
                except JourneyRefused as no:
                    if no.status != NotThereYet.status:
                        raise
                    await asyncio.sleep(PAUSE_S)

    async def answer(self, number: str, *, key: str = "", **answers: Any) -> None:
        """The applicant answers what was asked. Raises NotAllowed."""
        application = await self.application(number)
        now, key = datetime.now(UTC), key or f"answers-{number}-{next(NEXT)}"
        draft = Draft(
            id=key, person=application.applicant, licence=application.licence, operation=application.operation,
            version=application.version, answers=application.answers | answers, attachments={}, opened_at=now,
            saved_at=now,
        )  # fmt: skip
        async with self.database.transaction() as session:
            await drafts.save(session, draft)
        await self.say(number, "resubmit", Resubmission(draft=key, by=application.applicant), key=key)

    async def withdraw(self, number: str) -> None:
        """The applicant gives up. Raises NotAllowed."""
        application = await self.application(number)
        await self.say(number, "withdraw", Withdrawal(by=application.applicant), key=f"withdraw:{number}")

    async def pay(self, number: str, *, told: int = 1, **how: Any) -> Bill:
        """Somebody pays the open bill; the bank tells our door so many times."""
        bill = await self.bill(number)
        paid = await asyncio.to_thread(self.offices.pay, bill.qr, notify="", **how)
        for _ in range(told):
            await self.tell(bill.ref1, bill.satang, paid[0]["transactionId"])
        return bill

    async def tell(self, ref1: str, satang: int, transaction_id: str) -> None:
        """The bank's notification, as its door takes it in."""
        told = Notification(transaction_id, satang, ref1, "", datetime.now(UTC))
        await payments.hear(self.database, self.engine, told, {"transactionId": transaction_id})

    async def signed(self, number: str, name: str) -> None:
        """Another director signs, as at his door."""
        application, person = await self.application(number), await self.person(name)
        async with self.database.transaction() as session:
            kept = await exchange_log.latest_snapshot(session, application.holder_id)
            company = representing.of_facts(kept.facts) if kept else None
            assert company is not None
            director = representing.director(company, AtDoor(person))
            await signatures.sign_once(session, application, person.id, "director", director, datetime.now(UTC))
        await self.engine.signal(number, "signed")

    async def reconnected(self) -> None:
        """After the database was away: the first word to it fails on each old connection, so there are new ones."""
        await self.database.close()

    # --- looking ---

    async def until(self, question: Callable[[], Awaitable[Answer]], patience: float = PATIENCE_S) -> Answer:
        """Ask until there is something to say; a database that is away has nothing to say."""
        async with asyncio.timeout(patience):
            while True:
                with contextlib.suppress(DBAPIError, OSError):
                    if answer := await question():
                        return answer
                await asyncio.sleep(PAUSE_S)

    async def application(self, number: str) -> Application:
        """As the records have it now."""
        async with self.database.reading() as session:
            return await applications.get(session, number)

    async def standing(self, number: str, status: str, waiting_for: str = "") -> Application:
        """The application, when it stands there and waits for that."""

        async def there() -> Application | None:
            kept = await self.application(number)
            return kept if (kept.status, kept.waiting_for) == (status, waiting_for or kept.waiting_for) else None

        found = await self.until(there)
        assert found is not None
        return found

    async def task(self, number: str, stage: str = "") -> Task:
        """The open task (of that stage), when there is one."""

        async def opened() -> Task | None:
            async with self.database.reading() as session:
                every = await tasks.of(session, number)
            return next((t for t in every if t.closed_at is None and stage in ("", t.stage)), None)

        found = await self.until(opened)
        assert found is not None
        return found

    async def bill(self, number: str) -> Bill:
        """The open bill, when there is one."""
        found = await self.until(lambda: self._open_bill(number))
        assert found is not None
        return found

    async def _open_bill(self, number: str) -> Bill | None:
        async with self.database.reading() as session:
            return next((bill for bill in await ledger.bills_of(session, number) if bill.status == "open"), None)

    async def over(self, number: str) -> Outcome:
        """How the journey ended, when it has."""
        async with asyncio.timeout(PATIENCE_S):
            outcome: Outcome = await self.client.get_workflow_handle(number, result_type=Outcome).result()
        return outcome

    async def walked(self, number: str) -> Outcome:
        """Say yes to whatever is asked, pay whatever is billed, until it is over."""
        while True:
            turn = await self.until(lambda: self._turn(number))
            if turn == "over":
                return await self.over(number)
            await (self.pay(number) if turn == "pay" else self.decide(number))
            await self.until(lambda turn=turn: self._moved(number, turn))  # type: ignore[misc]

    async def _turn(self, number: str) -> str:
        """Who has to do something: `over`, `pay`, a task's id, or "": nobody of ours."""
        if (await self.application(number)).ended_at:
            return "over"
        if await self._open_bill(number):
            return "pay"
        async with self.database.reading() as session:
            return next((task.id for task in await tasks.of(session, number) if task.closed_at is None), "")

    async def _moved(self, number: str, turn: str) -> bool:
        return await self._turn(number) != turn

    async def granted(self, licence: str = "lao-food-sale-large", **how: Any) -> str:
        """A licence of its own, granted: its number."""
        return (await self.walked(await self.filed(licence, **how))).licence_number

    async def document(self, number: str, kind: str) -> bytes:
        """A sealed document of an application, when it is there."""

        async def sealed() -> Paper | None:
            async with self.database.reading() as session:
                paper = await papers.get(session, f"{number}:{kind}")
            return paper if paper and paper.sealed_key else None

        paper = await self.until(sealed)
        assert paper is not None
        return await self.files.get(paper.sealed_key, paper.sealed_sha256, paper.sealed_version)

    async def ended(self, number: str) -> Application | None:
        """The application, once the records say that it is over."""
        kept = await self.application(number)
        return kept if kept.ended_at else None

    async def reminded(self, number: str, times: int) -> Task | None:
        """The open task, once its officers were reminded so often."""
        task = await self.task(number)
        return task if task.reminded >= times else None

    async def reserved(self, number: str) -> LicenceNumber:
        """The number that it will issue, once it is written down."""

        async def kept() -> LicenceNumber | None:
            async with self.database.reading() as session:
                return await register.reserved(session, number)

        found = await self.until(kept)
        assert found is not None
        return found

    async def drawn(self, number: str) -> Paper | None:
        """The licence's paper, once it is drawn."""
        async with self.database.reading() as session:
            paper = await papers.get(session, f"{number}:licence")
        return paper if paper and paper.drawn_key else None

    async def paid(self, number: str) -> tuple[str, ...]:
        """What kinds of payments of its bills are in the books."""
        async with self.database.reading() as session:
            bills = await ledger.bills_of(session, number)
            return tuple([one.kind for bill in bills for one in await ledger.payments_of(session, bill.ref1)])

    async def finding(self, transaction_id: str) -> str:
        """What became of a notification; "": nobody has asked the bank yet."""
        told = table_of(BankNotification)
        async with self.database.reading() as session:
            asked = select(told.c.finding).where(told.c.transaction_id == transaction_id)
            return str((await session.execute(asked)).scalar_one_or_none() or "")

    async def held(self, licence_number: str) -> Holding:
        """What a licence stands for now."""
        async with self.database.reading() as session:
            found = await register.holding(session, licence_number)
        assert found is not None
        return found

    async def entries(self, licence_number: str) -> tuple[Entry, ...]:
        """What the register says of a licence."""
        async with self.database.reading() as session:
            return await register.entries_of(session, licence_number)

    async def happened(self, number: str) -> tuple[history.Happened, ...]:
        """What the history says."""
        async with self.database.reading() as session:
            return await history.of(session, number)

    async def made(self, number: str, *, mailed: bool = True) -> Made:
        """Count everything that one application has brought into being; `mailed`: when its mail is out."""
        if mailed:
            await self._mail_out(number)
        async with self.database.reading() as session:
            numbers = await _count(session, LicenceNumber, application=number)
            entries = await session.execute(select(table_of(Entry).c.kind).filter_by(application=number))
            bills = await ledger.bills_of(session, number)
            paid = [one for bill in bills for one in await ledger.payments_of(session, bill.ref1)]
            receipts = [await ledger.receipt_of(session, bill.ref1) for bill in bills]
            postings = [await _count(session, Posting, bill=bill.ref1) for bill in bills]
            told = await notices.of(session, number)
            kept = await papers.of(session, number)
            actions = await history.of(session, number)
        letters = await asyncio.to_thread(self.offices.letters)
        # Operators may be written to as well, of what stands still while it waits for a worker.
        to_others = [letter for letter in letters if letter["to"] not in self.settings.operators_mail.split(",")]
        return Made(
            numbers=numbers,
            papers=Counter(paper.kind for paper in kept),
            documents={paper.kind: self._documents(paper) for paper in kept},
            entries=tuple(entries.scalars()),
            bills=len(bills),
            payments=tuple(payment.kind for payment in paid),
            receipts=len([one for one in receipts if one]),
            postings=sum(postings),
            notices=Counter(notice.what for notice in told),
            mails=len({letter["message_id"] for letter in to_others if number in letter["subject"] + letter["text"]}),
            said=Counter(action.tag for action in actions),
        )

    async def _mail_out(self, number: str) -> None:
        """Until every letter is out; more than one postman may die with letters in his hands."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    await self.until(lambda: self._mail_is_out(number), patience=POSTMAN_S)
                except TimeoutError:
                    await self.hurry_the_mail(number)
                else:
                    return

    async def receipt(self, number: str) -> Receipt:
        """The receipt of the first bill, once its sealed paper is in the outbox."""

        async def sent() -> Receipt | None:
            async with self.database.reading() as session:
                told = {notice.what for notice in await notices.of(session, number)}
                found = [await ledger.receipt_of(session, bill.ref1) for bill in await ledger.bills_of(session, number)]
            return next((one for one in found if one), None) if "receipt" in told else None

        found = await self.until(sent)
        assert found is not None
        return found

    async def receipt_documents(self, receipt: str) -> int:
        """Sealed papers of one receipt in the store, whether or not anybody knows of them."""
        async with self.database.reading() as session:
            paper = await papers.get(session, f"receipt:{receipt}")
        assert paper is not None
        return await asyncio.to_thread(self._documents, paper)

    async def _mail_is_out(self, number: str) -> bool:
        async with self.database.reading() as session:
            return all(notice.sent_at for notice in await notices.of(session, number))

    async def hurry_the_mail(self, number: str) -> None:
        """The five minutes are over that a postman has who took letters and died: another may take them."""
        mine = (NOTICES.c.application == number, NOTICES.c.sent_at.is_(None))
        async with self.database.transaction() as session:
            await session.execute(update(NOTICES).where(*mine).values(next_try_at=datetime.now(UTC)))

    def _documents(self, paper: Paper) -> int:
        """Sealed documents of one paper in the store, whether or not anybody knows of them."""
        folder = f"{paper.kind}/{paper.application}/"
        return len(list(self._store.list_objects(bucket_name="licences", prefix=folder, include_version=True)))


def _answers(procedure: Procedure, email: str) -> dict[str, Any]:
    asked = forms.load(procedure.form)
    facts = {"account.email": email}
    files = forms.example_attachments(asked)
    return forms.check(asked, forms.example(asked), attachments=files, facts=facts).as_json()


async def _count(session: Any, table: Any, **which: str) -> int:
    asked = select(func.count()).select_from(table_of(table)).filter_by(**which)
    return int((await session.execute(asked)).scalar_one())
