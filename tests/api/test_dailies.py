"""The register's daily files: everything since the day before, in three forms, signed, stamped, and never changed."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from api_examples import Caller, Json, a_problem
from driving import Driver
from temporalio.client import Client, Interceptor, OutboundInterceptor, StartWorkflowInput, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from activities.dailies import Day
from control.sweeps import Sweeps
from exchange.bank import Bank
from licences.calendar import BANGKOK
from local import System
from settings import Role, Settings
from signing.publishing import check, read
from signing.statement import DAILY_FILES
from signing.trust import Trust
from workflows.messages import GENERAL, connect
from workflows.publishing import PublishDay

NOW = datetime.now(UTC)
A_DAY_TO_COME = NOW.date() + timedelta(days=2)


async def published(system: System, name: str) -> int:
    """Publish as the round of the night does; how many entries the files hold."""
    told = Settings.model_validate({k.removeprefix("BIZ_").lower(): v for k, v in system.env_for(Role.WEB).items()})
    client = await connect(told.temporal_address, told.temporal_namespace, told.codec_key)
    made: int = await client.execute_workflow(
        PublishDay.run, Day(day=A_DAY_TO_COME, at=NOW), id=f"open-data:{name}", task_queue=GENERAL
    )
    return made


async def test_a_days_files_hold_what_was_entered_and_the_register_signs_for_them(
    granted: Json, stranger: Caller, system: System
) -> None:
    entries = await published(system, "first")
    again = await published(system, "again")

    said = (await stranger.get(f"/api/v1/register/days/{A_DAY_TO_COME}")).json()
    signed = await check(read(said), Trust.load(Path(system.env["BIZ_TRUST_DIR"])), DAILY_FILES)
    bodies = {form: await stranger.http.get(said["files"][form]["url"]) for form in ("csv", "jsonl", "xml")}
    assert entries == again >= 1
    assert (signed["day"], signed["first"], signed["last"]) == (str(A_DAY_TO_COME), said["first"], said["last"])
    for form, body in bodies.items():
        digest = hashlib.sha256(body.content).hexdigest()
        assert digest == signed["files"][form] == said["files"][form]["sha256"], form
        assert body.headers["Repr-Digest"].startswith("sha-256=:")
    lines = [json.loads(one)["body"] for one in bodies["jsonl"].text.splitlines()]
    assert granted["licence_number"] in {one["licence_number"] for one in lines}
    assert [one["seq"] for one in lines] == list(range(said["first"], said["last"] + 1))
    assert len(list(csv.reader(io.StringIO(bodies["csv"].text.removeprefix("\ufeff"))))) == entries + 1
    assert len(ElementTree.fromstring(bodies["xml"].text)) == entries


class AwayOnce(Interceptor):
    """The engine, and the way to it: the first time that a day's files are asked for, it does not answer."""

    def __init__(self) -> None:
        self.asked = list[str]()

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """On the way to the engine."""
        return _OnTheWay(next, self.asked)


class _OnTheWay(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, asked: list[str]) -> None:
        super().__init__(next)
        self.asked = asked

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        self.asked.append(input.id.partition(":")[0])
        if self.asked == ["open-data"]:
            raise RPCError("not just now", RPCStatusCode.UNAVAILABLE, b"")
        return await super().start_workflow(input)


async def test_a_day_that_could_not_be_asked_for_is_asked_for_again(system: System) -> None:
    today, way = datetime.now(BANGKOK).date(), AwayOnce()
    async with Driver.open(system) as driver:
        known, client = driver.settings, Client(**{**driver.client.config(), "interceptors": [way]})
        bank = Bank(known.bank_url, known.bank_key, known.bank_secret, known.biller_id)
        sweeps = Sweeps(driver.database, client, bank)
        for _ in range(3):
            await sweeps.of_the_day(today)
        await bank.close()

    assert way.asked == ["open-data", "archives", "open-data"]
    assert sweeps.published_on == sweeps.archives_on == sweeps.tidied_on == today


async def test_the_days_are_listed_and_a_day_without_files_is_said_so(stranger: Caller, system: System) -> None:
    await published(system, "listed")

    listed = (await stranger.get("/api/v1/register/days")).json()

    assert str(A_DAY_TO_COME) in [one["day"] for one in listed["items"]]
    a_problem(await stranger.get("/api/v1/register/days/1999-01-01"), 404, "no-files")
