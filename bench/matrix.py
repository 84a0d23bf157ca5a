"""`make matrix`: every procedure to its end on the real stack, a few at once.

Each goes in by the public door as its applicant, is decided by the officers of its agency, paid at the bank's app, and
is then looked up as a stranger would: the register's entry, the sealed document, what its seal proves. What stands
before it (the licence that is renewed, the licence needed first) is put into the register as an agency's list would be.
Nothing depends on another procedure's run, so they may be walked in any order and taken up again.

    python -m bench.matrix [--sample | --only CODE[/OPERATION] ...] [--at-once N] [--again]

What is done is kept in `out/matrix/progress.jsonl`, a line a procedure, and not walked again as long as its definition
is the same; `out/matrix/summary.json` has the counts. Last line `matrix: N of N passed` and exit 0; or exit 1.
"""

import argparse
import asyncio
import itertools
import json
import shutil
import sys
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from activities import facts
from api import filing
from bench import specimens
from demo import A_PDF, PDF, Failed, a_picture, documents, put_files
from exchange.counterparts import identity
from exchange.counterparts import people as personas
from forms import form as forms
from licences import catalogue, thai
from licences.calendar import BANGKOK
from licences.procedure import PAPERS, RECORDS, Effect, Level, Operation, Procedure
from licences.register import EntryKind, claim
from local import System
from records import applications, register, tasks
from records.database import Database
from records.people import PersonalKeys
from records.register import NewEntry, Reservation
from records.tables import Application, Task
from signing.trust import Trust
from signing.verify import verify

OUT = Path("out/matrix")
STATE = Path(".local/matrix")
AT_ONCE = 4
PAUSE_S, PATIENCE_S = 0.1, 120.0
OVER = ("issued", "refused", "returned", "withdrawn")
EXPECTED = {Effect.END: "ended"}
KINDS = {
    Effect.ISSUE: EntryKind.GRANT, Effect.EXTEND: EntryKind.RENEWAL, Effect.REPLACE: EntryKind.AMENDMENT,
    Effect.END: EntryKind.CANCELLATION, Effect.NOTE: EntryKind.REMARK,
}  # fmt: skip
COMPANIES = itertools.count(int(time.time()) % 8_000_000)
"""Each run of a procedure has its own holder, so that no two ask for the same thing."""


# --- which ---


def every(on: date) -> list[Procedure]:
    """All of them, in the catalogue's order."""
    return list(specimens.procedures(on))


def sample(all_of_them: Sequence[Procedure]) -> list[Procedure]:
    """A few in which each of their `traits` is there at least once: what covers most first."""
    wanted = {one.version: traits(one) for one in all_of_them}
    missing, chosen = frozenset[str]().union(*wanted.values()), list[Procedure]()
    while missing:
        best = max(all_of_them, key=lambda one: len(wanted[one.version] & missing))
        chosen.append(best)
        missing -= wanted[best.version]
    return chosen


def traits(one: Procedure) -> frozenset[str]:
    """What a procedure stands for in a sample: its agency, its archetype with the operation, its level with its effect,
    each kind of stage; a service that acts on another licence stands for itself."""
    licence = catalogue.load().licence(one.licence)
    companion = [one.licence] if one.acts_on else []
    whole = (licence.agency, f"{licence.archetype} {one.operation}", f"{one.level} {one.effect}", *companion)
    return frozenset(whole) | stages_of(one)


def stages_of(one: Procedure) -> frozenset[str]:
    """The kinds of its stages, whether some run side by side, whether one wants another person."""
    kinds = {f"stage {stage.kind}" for stage in one.stages}
    kinds |= {"side by side"} if any(stage.together for stage in one.stages) else set()
    return frozenset(kinds | ({"two persons"} if any(stage.not_same_officer_as for stage in one.stages) else set()))


def name_of(one: Procedure) -> str:
    """How a procedure is called: lao-market/renew."""
    return f"{one.licence}/{one.operation}"


# --- who ---


@dataclass(frozen=True)
class Holder:
    """For whom: a company of its own (filed by the applicant), or a person of its own."""

    persona: str
    kind: str
    key: str
    shown: facts.Holder

    @property
    def wanted(self) -> dict[str, Any]:
        """As the door is told."""
        return {"juristic_id": self.key} if self.kind == "juristic" else {"self": True}


class Street:
    """Everybody outside: applicants and officers with their tokens, the bank's app; and somebody who reads along."""

    def __init__(self, system: System, http: httpx.AsyncClient, database: Database) -> None:
        self.system, self.http, self.database = system, http, database
        self.env = system.env
        self.keys = PersonalKeys.parse(self.env["BIZ_PERSON_KEY"])
        self.trust = Trust.load(Path(self.env["BIZ_TRUST_DIR"]))
        self._tokens: dict[str, asyncio.Task[str]] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls, system: System) -> AsyncIterator["Street"]:
        """A street before a system that runs."""
        database = Database(system.env["BIZ_DATABASE_URL"])
        async with httpx.AsyncClient(base_url=system.addresses["web"], timeout=60, trust_env=False) as http:
            yield cls(system, http, database)
        await database.close()

    async def holder(self, procedure: Procedure) -> Holder:
        """A new one, of the kind that may ask: companies and people by turns where both may."""
        n = next(COMPANIES)
        if procedure.applicant == "juristic" or (procedure.applicant == "both" and n % 2):
            company = personas.company(personas.with_check_digit(f"0{10 + n % 90:02d}5998{n // 90:05d}"))
            assert company is not None
            shown = facts.Holder("juristic", f"บริษัท {company.name_th}", company.juristic_id)
            return Holder("applicant", "juristic", company.juristic_id, shown)
        persona = personas.somebody(f"matrix-{n}")
        claims = persona.claims()
        told = await self.http.put(f"{self.env['BIZ_OIDC_ISSUER']}/users/{persona.sub}", json=claims)
        told.raise_for_status()
        name = f"{persona.title}{persona.given_name} {persona.family_name}"
        key = self.keys.digest(persona.pid)
        return Holder(persona.sub, "natural", key, facts.Holder("natural", name, thai.mask_id(persona.pid)))

    async def token(self, persona: str) -> str:
        """Signed in once, by the real code flow."""
        if persona not in self._tokens:
            env, web = self.env, self.system.addresses["web"]
            signing_in = identity.id_token(
                env["BIZ_OIDC_ISSUER"], env["BIZ_OIDC_CLIENT_ID"], env["BIZ_OIDC_CLIENT_SECRET"], f"{web}/", persona
            )
            self._tokens[persona] = asyncio.create_task(signing_in)
        return await self._tokens[persona]

    async def post(self, persona: str, path: str, body: Any = None, **more: Any) -> Any:
        """What a POST answers; each call has its own Idempotency-Key. Raises Failed with the problem."""
        headers = {"Authorization": f"Bearer {await self.token(persona)}", "Idempotency-Key": uuid4().hex}
        try:
            return _read(await self.http.post(path, json=body, headers=headers, **more))
        except httpx.TransportError:  # a kept connection that the server had closed: the same key says the same thing
            return _read(await self.http.post(path, json=body, headers=headers, **more))

    async def get(self, path: str) -> httpx.Response:
        """What a stranger is answered."""
        return await self.http.get(path)

    async def application(self, number: str) -> Application:
        """As the records have it now."""
        async with self.database.reading() as session:
            return await applications.get(session, number)

    async def open_task(self, number: str) -> Task | None:
        """What is on a desk now."""
        async with self.database.reading() as session:
            return next((one for one in await tasks.of(session, number) if one.closed_at is None), None)


def _read(answer: httpx.Response) -> Any:
    if answer.status_code >= 400:
        where = f"{answer.request.method} {answer.request.url.path}"
        raise Failed(f"{where} → {answer.status_code}: {answer.text[:600]}")
    return answer.json()


# --- what stands before ---


async def put_in_register(
    street: Street, base: str, holder: Holder, place: Mapping[str, Any] | None, granted_on: date
) -> str:
    """A licence that was granted before, on paper, as an agency's list takes it in; its number here."""
    new = catalogue.load().procedure(base, Operation.NEW, date.today())
    one = specimens.specimen(new, granted_on)
    made = replace(specimens.grant(one, granted_on), holder=holder.shown, paper_number=f"{uuid4().hex[:8]}/2568")
    made = replace(made, premises=place or made.premises)
    first, last = facts.validity(made)
    key, agency = f"matrix:{uuid4().hex}", made.agency
    wanted = Reservation(
        application=key, licence=base, agency=agency.code, effect=Effect.ISSUE.value, abbreviation=agency.abbreviation,
        granted_on=granted_on, valid_from=first, valid_until=last,
    )  # fmt: skip
    now, year = datetime.now(UTC), thai.buddhist_year(granted_on)
    async with street.database.transaction() as session:
        kept = await register.reserve_once(session, wanted, lambda number: facts.granted(made, number), year, now)
        entry = NewEntry(
            licence_number=kept.number, kind=EntryKind.GRANT.value, application=key, licence=base, agency=agency.code,
            facts=kept.facts, holder_kind=holder.kind, holder_key=holder.key, valid_from=first, valid_until=last,
            claim=claim(base, new.one_per, holder.key, made.premises), next_action_on=last,
        )  # fmt: skip
        await register.append_once(session, entry, now)
    return kept.number


async def needed_first(street: Street, one: specimens.Specimen, holder: Holder, on: date) -> None:
    """Every licence that must be in force first: the holder's own, at the same place."""
    place = filing.premises_of(one.form, one.answers)
    for needed in one.procedure.prerequisites:
        where = place if needed.binds == "premises" else None
        await put_in_register(street, needed.any_of[0], holder, where, specimens.granted_on(needed.any_of[0], on))


# --- one procedure, from the form to the register ---


class Walk:
    """One procedure on its way."""

    def __init__(self, street: Street, procedure: Procedure, patience_s: float = PATIENCE_S) -> None:
        self.street, self.procedure, self.patience_s = street, procedure, patience_s
        self.holder: Holder
        self.number = self.licence_number = ""
        self.before: facts.Facts | None = None  # what the register said of the licence that it acts on

    async def go(self) -> dict[str, Any]:
        """All the way; what came of it. Raises Failed."""
        await self.prepare()
        await self.file()
        await self.to_the_end()
        return await self.as_a_stranger_sees_it()

    async def prepare(self) -> None:
        """Put what must be there first into the register."""
        on = datetime.now(BANGKOK).date()
        self.holder = await self.street.holder(self.procedure)
        one = specimens.specimen(self.procedure, on)
        await needed_first(self.street, one, self.holder, on)
        if base := specimens.base_of(self.procedure):
            granted_on = date.fromisoformat(one.before["granted_on"]) if one.before else on
            self.licence_number = await put_in_register(self.street, base, self.holder, None, granted_on)
            self.before = _read(await self.street.get(f"/api/v1/register/{self.licence_number}"))

    async def file(self) -> None:
        """The form's own example, with files that are really there."""
        one = self.procedure
        asked = documents(one.licence, one.operation)
        files = {name: await self._bring(name, kind) for name, kind in asked.items()}
        answers = put_files(forms.example(forms.load(one.form)), files)
        juristic = self.holder.kind == "juristic"
        brought = {d.id: files[d.id] for d in one.documents if d.when_juristic in (None, juristic)}
        filed = await self.street.post(self.holder.persona, "/api/v1/applications", {
            "licence": one.licence, "operation": one.operation.value, "holder": self.holder.wanted,
            "licence_number": self.licence_number, "answers": answers, "attachments": brought,
        })  # fmt: skip
        self.number = filed["number"]

    async def _bring(self, name: str, kind: str) -> str:
        file = (f"{name}.pdf", A_PDF, PDF) if kind == PDF else (f"{name}.png", a_picture(), "image/png")
        headers = {
            "Authorization": f"Bearer {await self.street.token(self.holder.persona)}",
            "Idempotency-Key": uuid4().hex,
        }
        answer = await self.street.http.post(
            "/api/v1/attachments", files={"file": file}, data={"document": name}, headers=headers
        )
        return str(_read(answer)["id"])

    async def to_the_end(self) -> None:
        """Whoever's turn it is does what is asked of them, until it is over."""
        end, done = time.monotonic() + self.patience_s, set[str]()
        while (kept := await self.street.application(self.number)).status not in OVER:
            if time.monotonic() > end:
                raise Failed(f"{self.number} stands at {kept.status}, waiting for {kept.waiting_for}")
            if kept.status == "to-pay":
                await self._pay(done)
            elif (task := await self.street.open_task(self.number)) and task.id not in done:
                await self._decide(task)
                done.add(task.id)
            await asyncio.sleep(PAUSE_S)
        if kept.status != "issued":
            raise Failed(f"{self.number} ended as {kept.status}")
        self.licence_number = kept.licence_number

    async def _pay(self, done: set[str]) -> None:
        """Scan the QR once; the bank tells our door, which asks the bank."""
        headers = {"Authorization": f"Bearer {await self.street.token(self.holder.persona)}"}
        seen = _read(await self.street.http.get(f"/api/v1/applications/{self.number}", headers=headers))
        bill = next((one for one in seen["bills"] if one["status"] == "open"), None)
        if bill is None or bill["ref1"] in done:
            return
        done.add(bill["ref1"])
        bank = self.street.system.addresses["bank"]
        # The transfer has a number of its own, so that pressing twice pays once.
        paid = {"qr": bill["qr"], "transaction_id": f"T{bill['ref1']}"}
        _read(await self.street.http.post(f"{bank}/pay", json=paid))

    async def _decide(self, task: Task) -> None:
        """An officer of that desk approves; where the law wants another one, another does."""
        names = [f"{task.role}-{task.agency}"] + ([f"officer-{task.agency}-2"] if task.role == "officer" else [])
        body = {"verdict": "approve", "reason": ""} | ({"number": "ที่ 12/2569"} if task.kind in RECORDS else {})
        for nth, name in enumerate(names, start=1):
            try:
                await self.street.post(name, f"/api/v1/tasks/{task.id}/decision", body)
                return
            except Failed as no:
                if nth == len(names) or "same-officer" not in str(no):
                    raise

    async def as_a_stranger_sees_it(self) -> dict[str, Any]:
        """The entry, its standing, the document and what its seal proves."""
        effect = self.procedure.effect
        if effect is Effect.NONE:
            return {"paper": await self._letter()}
        seen = _read(await self.street.get(f"/api/v1/register/{self.licence_number}"))
        expect(seen["status"], EXPECTED.get(effect, "in-force"), "the register's standing")
        expect(seen["entries"][-1]["kind"], KINDS[effect].value, "the last entry")
        if self.before:
            self._acted(seen, self.before)
        page = await self.street.get(f"/v/{self.licence_number}")
        expect(page.status_code == 200 and self.licence_number in page.text, True, "the page that the QR opens")
        if effect not in PAPERS:
            return {}
        if self.procedure.level is Level.SEAL:
            return {"sealed_by": await self._sealed(seen)}
        expect(seen["facts"].get("paper_number"), "ที่ 12/2569", "the number of the agency's own paper")
        expect(seen["document"], None, "a document of ours")
        return {"paper_number": seen["facts"]["paper_number"]}

    def _acted(self, seen: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """The entry acted on, and no other, says what its effect is: the same number and kind of licence, later days
        where it is extended, the same where it is amended or noted, an end where it is ended."""
        procedure = self.procedure
        expect(self.licence_number, before["licence_number"], "the number acted on")
        expect(seen["licence"], procedure.acts_on or procedure.licence, "the licence acted on")
        expect(len(seen["entries"]), len(before["entries"]) + 1, "entries")
        days, old_days = (seen["valid_from"], seen["valid_until"]), (before["valid_from"], before["valid_until"])
        if procedure.effect is Effect.EXTEND:
            expect(seen["valid_until"] > before["valid_until"], True, "a later end")
        elif procedure.effect is not Effect.END:
            expect(days, old_days, "its days")
        newer = seen["facts"]["definition"] == procedure.version
        expect(newer, procedure.effect in PAPERS, "whether the present entry is the new one")

    async def _sealed(self, seen: Mapping[str, Any]) -> str:
        answer = await self.street.get(seen["document"])
        expect(answer.status_code, 200, "the document")
        found = await verify(answer.content, self.street.trust)
        expect(found.indication, "TOTAL-PASSED", "the seal")
        expect(found.sha256, seen["document_sha256"], "the digest in the register")
        expect(found.record.get("licence_number"), self.licence_number, "the number in the document")
        by = found.sealed_by
        expect(by.agency if by else "", seen["agency"], "who sealed it")
        return str(seen["agency"])

    async def _letter(self) -> str:
        """What enters nothing ends, where we seal, with a sealed letter."""
        if self.procedure.level is not Level.SEAL:
            return ""
        headers = {"Authorization": f"Bearer {await self.street.token(self.holder.persona)}"}
        answer = await self.street.http.get(f"/api/v1/applications/{self.number}/papers/issued", headers=headers)
        expect(answer.status_code, 200, "the letter")
        found = await verify(answer.content, self.street.trust)
        expect(found.indication, "TOTAL-PASSED", "the seal")
        return "issued"


def expect(found: object, wanted: object, what: str) -> None:
    """Raise Failed when it is not so."""
    if found != wanted:
        raise Failed(f"{what}: {found!r}, not {wanted!r}")


# --- many ---


@dataclass(frozen=True)
class Result:
    """What came of one procedure."""

    name: str
    version: str
    passed: bool
    seconds: float
    said: Mapping[str, Any]


async def walk(street: Street, procedure: Procedure) -> Result:
    """One procedure; a failure is a result, with its reason."""
    began, one = time.monotonic(), Walk(street, procedure)
    try:
        said, passed = await one.go(), True
    except Failed as no:
        said, passed = {"why": str(no)}, False
    except Exception as broken:
        said, passed = {"why": f"{broken!r}", "trace": traceback.format_exc()[-1500:]}, False
    said = {"application": one.number, "licence_number": one.licence_number, **said}
    return Result(name_of(procedure), procedure.version, passed, round(time.monotonic() - began, 2), said)


async def run(
    system: System, chosen: Iterable[Procedure], at_once: int = AT_ONCE, heard: Callable[[Result], None] = print
) -> list[Result]:
    """Walk them on a system that runs, so many at once; `heard` is told each result as it comes."""
    gate, results = asyncio.Semaphore(at_once), list[Result]()

    async def one(street: Street, procedure: Procedure) -> None:
        async with gate:
            results.append(await walk(street, procedure))
        heard(results[-1])

    async with Street.open(system) as street:
        await asyncio.gather(*(one(street, procedure) for procedure in chosen))
    return results


class Progress:
    """The file of what is done, and a bar for whoever watches."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path, self.began = folder / "progress.jsonl", time.monotonic()
        lines = self.path.read_text("utf-8").splitlines() if self.path.exists() else []
        self.done = {one["name"]: Result(**one) for one in map(json.loads, lines)}
        self.total, self.now = 0, 0

    def passed(self, procedure: Procedure) -> bool:
        """Whether this very definition went through before."""
        kept = self.done.get(name_of(procedure))
        return kept is not None and kept.passed and kept.version == procedure.version

    def hear(self, result: Result) -> None:
        """Keep one result, and show how far it is."""
        self.done[result.name] = result
        self.now += 1
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(vars(result), ensure_ascii=False) + "\n")
        if not result.passed:
            print(f"\r{result.name}: {result.said['why']}", flush=True)
        self.show()

    def show(self) -> None:
        """One line that is written over."""
        if not self.total:
            return
        took = time.monotonic() - self.began
        left = took / max(self.now, 1) * (self.total - self.now)
        bar = "#" * (30 * self.now // self.total)
        end = "\r" if sys.stdout.isatty() else "\n"
        if sys.stdout.isatty() or self.now == self.total or not self.now % 25:
            print(f"[{bar:30}] {self.now}/{self.total}, {left / 60:.0f} min left ", end=end, flush=True)


def summary(chosen: Sequence[Procedure], done: Mapping[str, Result]) -> dict[str, Any]:
    """The counts: by operation, effect, level and agency; what failed and why."""
    passed = [one for one in chosen if (kept := done.get(name_of(one))) and kept.passed]
    seconds = sorted(done[name_of(one)].seconds for one in passed)
    return {
        "procedures": len(chosen),
        "passed": len(passed),
        "by operation": Counter(one.operation.value for one in passed),
        "by effect": Counter(one.effect.value for one in passed),
        "by level": Counter(one.level.value for one in passed),
        "agencies": len({one.agency for one in passed}),
        "seconds, median and longest": [seconds[len(seconds) // 2], seconds[-1]] if seconds else [],
        "failed": {name_of(one): done[name_of(one)].said for one in chosen if _failed(done.get(name_of(one)))},
    }


def _failed(kept: Result | None) -> bool:
    return kept is not None and not kept.passed


def choose(options: argparse.Namespace, all_of_them: Sequence[Procedure]) -> list[Procedure]:
    """What is asked for on the command line."""
    if options.only:
        return [one for one in all_of_them if {one.licence, name_of(one)} & set(options.only)]
    return sample(all_of_them) if options.sample else list(all_of_them)


def say_cover(chosen: Sequence[Procedure]) -> str:
    """What a choice of procedures covers, in words."""
    known = catalogue.load()
    kinds = {(known.licence(one.licence).archetype, one.operation) for one in chosen}
    agencies = {one.agency for one in chosen}
    levels = {(one.level, one.effect) for one in chosen}
    companions = sum(bool(one.acts_on) for one in chosen)
    return (
        f"{len(chosen)} procedures: {len(kinds)} pairs of archetype and operation, {len(agencies)} agencies, "
        f"{len(levels)} pairs of level and effect, {companions} services that act on another licence"
    )


def main() -> int:
    """Walk what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.matrix")
    parser.add_argument(
        "--sample",
        action="store_true",
        help="every archetype with each operation, agency, level with each effect, kind of stage and companion",
    )
    parser.add_argument("--only", nargs="+", metavar="CODE", help="a licence, or one of its operations (CODE/new)")
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    parser.add_argument("--again", action="store_true", help="walk what went through before, too")
    options = parser.parse_args()
    chosen = choose(options, every(datetime.now(BANGKOK).date()))
    progress = Progress(OUT)
    left = [one for one in chosen if options.again or not progress.passed(one)]
    print(f"matrix: {say_cover(chosen)}; {len(chosen) - len(left)} went through before", flush=True)
    progress.total = len(left)
    if left:
        shutil.rmtree(STATE, ignore_errors=True)
        with System(STATE) as system:
            asyncio.run(run(system, left, options.at_once, progress.hear))
    told = summary(chosen, progress.done)
    (OUT / "summary.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"matrix: {told['passed']} of {told['procedures']} passed")
    return 0 if told["passed"] == told["procedures"] else 1


if __name__ == "__main__":
    sys.exit(main())
