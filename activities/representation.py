"""Who may act for the holder, and what rules may decide alone: the company register's facts, asked once and logged."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities import wanted
from activities.second_look import DECIDED
from activities.telling import tell
from activities.wanted import Standing
from exchange.errors import OfficeDown, OfficeRefused
from exchange.gdx import Gdx
from exchange.juristic import Company, company
from exchange.sme import sme_facts
from licences import automatic, register
from licences.applications import Status
from licences.calendar import BANGKOK
from licences.representation import (
    Alternative,
    Match,
    Matched,
    Name,
    SigningRule,
    names_match,
    read_signing_text,
    satisfied,
)
from records import applications, exchange_log, history, people, signatures
from records.database import Database
from records.tables import Application, Person

FRESH_FOR = timedelta(hours=24)
"""A register's answer younger than this is not asked for again (thai-rules GDX-5)."""
REGISTER, SME_OFFICE = "company-register", "osmep"
PURPOSE = "application"
COMPANY = TypeAdapter(Company)


class Representation:
    """Effects that read other offices' registers."""

    def __init__(self, database: Database, gdx: Gdx) -> None:
        self.database, self.gdx = database, gdx

    @activity.defn(name="look_at_representation")
    async def look(self, step: wanted.Step) -> Standing:
        """Whether those who signed may bind the company, as its register entry says. Raises OfficeDown."""
        async with self.database.reading() as session:
            application = await applications.get(session, step.number)
        known = await self._company(application, step.at)
        async with self.database.transaction() as session:
            standing = await _standing(session, application, known, step.at)
            await _show(session, application, standing, step.at)
        return standing

    @activity.defn(name="decide_by_rule")
    async def decide_by_rule(self, step: wanted.Step) -> bool:
        """Ask the definition's decision tables; keep inputs and rules before any effect. Unknown is never a yes."""
        async with self.database.reading() as session:
            application = await applications.get(session, step.number)
            procedure = await applications.procedure_of(session, application.version)
        assert procedure.automatic is not None
        facts = await self._facts(application, step.at)
        outcome = automatic.decide(procedure.automatic, facts)
        async with self.database.transaction() as session:
            said = {
                **outcome.model_dump(mode="json"),
                "version": application.version,
                "answers": await self._answers(session, application) if facts else {},
                "sampled": automatic.sampled(step.number, procedure.automatic.sampled_percent),
            }
            tag = f"application:rules:{outcome.verdict}"
            kept = await history.record(session, step.number, DECIDED, tag, "engine", step.at, said)
        return bool(kept.said["verdict"] == "approve")  # what was written first stands, whatever a register says later

    async def _facts(self, application: Application, at: datetime) -> Mapping[str, Any]:
        """What the registers say, as rules name it; an office that is down leaves its facts unknown."""
        facts: dict[str, Any] = {}
        if application.holder_kind == "juristic":
            if known := await self._quietly(self._company(application, at)):
                facts |= {"company.active": known.active, "company.kind": known.kind}
            if counted := await self._quietly(self._sme(application, at)):
                facts |= {
                    "sme.employees": counted.employees,
                    "sme.yearly_income_satang": counted.income_satang,
                    "sme.sector": counted.sector,
                }
        return facts

    async def _answers(self, session: AsyncSession, application: Application) -> dict[str, dict[str, str]]:
        """When each register said what it said, and the digest of that; an answer that was kept has the day it came."""
        calls = await exchange_log.calls_for(session, application.number)
        told = {one.office: {"at": one.asked_at.isoformat(), "digest": one.digest} for one in calls if one.digest}
        if snapshot := await exchange_log.latest_snapshot(session, application.holder_id):
            told[REGISTER] = {"at": snapshot.asked_at.isoformat(), "digest": snapshot.digest}
        return told

    async def _quietly(self, asking: Any) -> Any:
        try:
            return await asking
        except (OfficeDown, OfficeRefused) as silent:
            activity.logger.warning("no answer, so an officer decides: %s", silent)
            return None

    async def _company(self, application: Application, at: datetime) -> Company | None:
        """The company by a fresh snapshot, or by the register itself; None when it knows no such number."""
        async with self.database.reading() as session:
            kept = await exchange_log.latest_snapshot(session, application.holder_id, since=at - FRESH_FOR)
        if kept is not None:
            return COMPANY.validate_python(kept.facts) if kept.facts else None
        try:
            answer = await company(self.gdx, application.holder_id, at)
        except (OfficeDown, OfficeRefused) as error:
            await self._log(application, REGISTER, "information", at, outcome_of(error))
            raise
        facts = COMPANY.dump_python(answer.company, mode="json") if answer.company else None
        async with self.database.transaction() as session:
            await exchange_log.keep_snapshot(
                session, application.holder_id, facts, service=answer.service_version, digest=answer.digest, at=at
            )
        found = "answered" if answer.company else "not-found"
        await self._log(application, REGISTER, "information", at, found, answer.digest)
        return answer.company

    async def _sme(self, application: Application, at: datetime) -> Any:
        counted = None
        try:
            counted = await sme_facts(self.gdx, application.holder_id)
        except (OfficeDown, OfficeRefused) as error:
            await self._log(application, SME_OFFICE, "facts", at, outcome_of(error))
            raise
        digest = register.digest(vars(counted)) if counted else ""
        await self._log(application, SME_OFFICE, "facts", at, "answered" if counted else "not-found", digest)
        return counted

    async def _log(
        self, application: Application, office: str, service: str, at: datetime, outcome: str, digest: str = ""
    ) -> None:
        """Write down one call, whatever came of it (Digital Government Act s.15)."""
        async with self.database.transaction() as session:
            await exchange_log.log_call(
                session, office=office, service=service, subject_id=application.holder_id, asked_by="bizportal",
                purpose=PURPOSE, at=at, outcome=outcome, digest=digest, application=application.number,
            )  # fmt: skip


def outcome_of(error: OfficeDown | OfficeRefused) -> str:
    """How a call that brought nothing is logged."""
    return "down" if isinstance(error, OfficeDown) else "refused"


async def company_of(session: AsyncSession, application: Application) -> Company | None:
    """What the register said last of the company that an application is for."""
    kept = await exchange_log.latest_snapshot(session, application.holder_id)
    return COMPANY.validate_python(kept.facts) if kept and kept.facts else None


async def accept_signers(session: AsyncSession, application: Application, officer: str, at: datetime) -> None:
    """An officer confirms how the company is bound, and that the applicant is the director he says he is.

    A text that we cannot read binds by as many signatures as there are: the officer has read it himself.
    """
    known = await company_of(session, application)
    if known is None:
        return
    person = await _applicant(session, application)
    accepted = await signatures.of(session, application.number)
    if all(one.person != person.id for one in accepted):
        match = _match(person, known)
        director = str(match.directors[0]) if match.directors else people.name_of(person)
        await signatures.sign_once(session, application, person.id, "officer-accepted", director, at)
        accepted = await signatures.of(session, application.number)
    by_count = SigningRule(kind="n_of", alternatives=(Alternative(others=len(accepted)),))
    rule = read_signing_text(known.signing_text) or by_count
    stated = rule.model_dump(mode="json")
    await exchange_log.confirm_rule(session, known.juristic_id, known.signing_text, stated, officer, at)


async def _standing(session: AsyncSession, application: Application, known: Company | None, at: datetime) -> Standing:
    """Who signed, how the company is bound, and whether the one satisfies the other."""
    if known is None or not known.active:
        return Standing.NOT_FOUND
    person = await _applicant(session, application)
    on = at.astimezone(BANGKOK).date()
    if await people.mandate_for(session, known.juristic_id, person.subject, application.licence, on):
        return Standing.MET
    signed = await signatures.of(session, application.number)
    if all(one.person != person.id for one in signed):
        match = _match(person, known)
        if match.matched is not Matched.ONE:
            return Standing.OFFICER
        own = await signatures.sign_once(session, application, person.id, "director", str(match.directors[0]), at)
        signed = (*signed, own)
    return await _by_rule(session, known, [one.director for one in signed])


async def _by_rule(session: AsyncSession, known: Company, directors: list[str]) -> Standing:
    """What a confirmed reading of the register's text says; an unconfirmed one is for an officer (REP-2)."""
    kept = await exchange_log.signing_rule(session, known.juristic_id, known.signing_text)
    if kept is None or not kept.confirmed_by:
        if proposed := read_signing_text(known.signing_text):
            stated = proposed.model_dump(mode="json")
            await exchange_log.propose_rule(session, known.juristic_id, known.signing_text, stated)
        return Standing.OFFICER
    rule = SigningRule.model_validate(kept.rule)
    return Standing.MET if satisfied(rule, directors) else Standing.SIGNATURES


def _match(person: Person, known: Company) -> Match:
    who = Name(title=person.title, given=person.given_name, family=person.family_name)
    return names_match(who, [Name(title=one.title, given=one.first, family=one.last) for one in known.directors])


async def _applicant(session: AsyncSession, application: Application) -> Person:
    person = await people.person(session, application.applicant)
    assert person is not None
    return person


async def _show(session: AsyncSession, application: Application, standing: Standing, at: datetime) -> None:
    """Say in the records, and to the applicant, when other directors must sign."""
    if standing is Standing.SIGNATURES:
        status = Status.WAITING_SIGNATURES.value
        await applications.show(session, application.number, status, waiting_for="signatures", since=at)
        await tell(session, application, "signatures", "1", at, {})
