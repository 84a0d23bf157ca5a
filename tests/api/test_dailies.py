"""The register's daily files: everything since the day before, in three forms, signed, stamped, and never changed."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

from api_examples import Caller, Json, a_problem

from activities.dailies import Day
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


async def test_the_days_are_listed_and_a_day_without_files_is_said_so(stranger: Caller, system: System) -> None:
    await published(system, "listed")

    listed = (await stranger.get("/api/v1/register/days")).json()

    assert str(A_DAY_TO_COME) in [one["day"] for one in listed["items"]]
    a_problem(await stranger.get("/api/v1/register/days/1999-01-01"), 404, "no-files")
