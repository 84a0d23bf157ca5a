"""What the engine keeps of people: nothing but sealed words, whose key is destroyed when a case is erased."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

import pytest
from acting import case_of, decide, opened
from driving import Driver
from pydantic import BaseModel
from recording import messages
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from activities import wanted
from control.archiving import Archive
from control.keys import case_keys
from control.keys import erase as erasing
from licences.acts import Kind
from licences.applications import Item
from licences.calendar import BANGKOK
from local import CLI_ALONE, System
from records import access, erasures, tasks
from records.history_keys import HistoryKeys
from worker import WORKFLOWS
from workflows import messages as said
from workflows.codec import ERASED, FREE_TEXT, SPLIT, Codec, CodecKeys, without_words
from workflows.messages import converter

LICENCE = "lao-ecommerce-register"
REASON = "ผู้ยื่นชื่อ นางสาวทดสอบ ลับเฉพาะ แจ้งที่อยู่ไม่ครบ"
ITEM = Item(field="premises", wrong="บ้านของ นางสาวทดสอบ ลับเฉพาะ", wanted="ระบุเลขที่")
SECRET = "ลับเฉพาะ"
REFERENCES = frozenset({
    "number", "task_id", "verdict", "officer", "field", "result", "draft", "by", "version", "name", "together",
    "status", "licence_number", "ref1", "stage", "task", "id", "paper", "key", "sha256", "version_id", "kind", "told",
    "opened_by", "opened_as", "decided_by", "finding", "after", "waiting_for", "refund", "not_same_officer_as",
    "persons", "on_behalf_of", "allowed_by", "next", "receipt", "settlement", "repair", "agreed", "provision", "days",
})  # fmt: skip
"""Fields of messages whose text is a name, an id, a digest or a word of ours: nothing that a person wrote freely."""


@pytest.fixture(scope="module")
async def driver(system: System) -> AsyncIterator[Driver]:
    """Everybody who speaks to the whole system."""
    async with Driver.open(system) as driver:
        yield driver


async def history(driver: Driver, number: str) -> WorkflowHistory:
    return await driver.client.get_workflow_handle(number).fetch_history()


def payloads(of: WorkflowHistory) -> list[Payload]:
    return [one for event in of.events for one in messages(event) if isinstance(one, Payload)]


async def words(of: WorkflowHistory, codec: Codec) -> str:
    """Everything that a history says to who holds these keys."""
    return b"\n".join(one.data for one in await codec.decode(payloads(of))).decode()


async def asked_and_withdrawn(driver: Driver) -> str:
    """An application that was handed back with words about a person, and withdrawn: its number."""
    number = await driver.filed(LICENCE, trade_name=f"ร้าน {SECRET}")
    await driver.decide(number, "ask", reason=REASON, items=(ITEM,))
    await driver.withdraw(number)
    await driver.over(number)
    return number


def every_message() -> Iterator[type[BaseModel]]:
    """Every value that travels in a history, and what is in it."""
    seen, left = set[type[BaseModel]](), [wanted.Value, said.Message]
    while left:
        one = left.pop()
        if one not in seen:
            seen.add(one)
            left += one.__subclasses__()
            left += [inner for field in one.model_fields.values() for inner in models_in(field.annotation)]
            yield one


def models_in(annotation: Any) -> list[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for inner in get_args(annotation) for found in models_in(inner)]


def says_text(annotation: Any) -> bool:
    inner = get_args(annotation) if get_origin(annotation) or isinstance(annotation, UnionType) else ()
    return annotation is str or any(map(says_text, inner))


def test_every_text_that_travels_is_known_for_a_reference_or_for_free_text() -> None:
    texts = {name for one in every_message() for name, field in one.model_fields.items() if says_text(field.annotation)}

    assert texts - REFERENCES - FREE_TEXT == set()
    assert {"reason", "wrong", "conditions"} <= texts


def test_a_value_without_its_words_keeps_its_shape() -> None:
    value = {"task_id": "A:1", "reason": "ก", "items": [{"field": "f", "wrong": "ข"}], "conditions": ["ค"], "n": 1}
    whole = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(value).encode())

    bare = without_words(whole)

    assert bare is not None and json.loads(bare.data) == {
        "task_id": "A:1", "reason": ERASED, "items": [{"field": "f", "wrong": ERASED}], "conditions": [ERASED], "n": 1
    }  # fmt: skip
    assert without_words(bare) is None


async def test_histories_and_logs_hold_no_word_about_a_person(driver: Driver, system: System) -> None:
    number = await asked_and_withdrawn(driver)
    person = await driver.person()
    people = (SECRET, "ทดสอบ", person.given_name, person.family_name, person.email, person.pid_masked, "1999900000013")

    recorded = await history(driver, number)
    with_ring = await words(recorded, Codec(CodecKeys.parse(driver.settings.codec_key)))
    sealed = [one for one in payloads(recorded) if one.metadata.get("encoding") == SPLIT]
    logs = {path.name: path.read_text("utf-8", "replace") for path in (system.folder / "log").glob("*.log")}
    engine = b"".join(path.read_bytes() for path in (system.folder / "temporal").iterdir())

    assert number in with_ring and sealed
    for word in people:
        assert word not in recorded.to_json() and word not in with_ring
        assert word.encode() not in engine
        assert [name for name, text in logs.items() if word in text] == []


async def test_an_erased_case_replays_and_its_words_are_gone_everywhere(
    driver: Driver, system: System, folder: Path
) -> None:
    number = await asked_and_withdrawn(driver)
    keys = CodecKeys.parse(driver.settings.codec_key)
    before = await words(
        await history(driver, number), Codec(keys, case_keys(driver.database, driver.settings.codec_key))
    )

    first, same, second = (erase(system, number, by) for by in ("operator:somsri", "operator:somsri", "operator:malee"))

    assert SECRET in before
    assert "another person types the same" in first.stdout and first.returncode == 0
    assert "must be another person" in same.stderr and same.returncode == 2
    assert "the key of its history is destroyed" in second.stdout, second.stderr
    fresh = case_keys(driver.database, driver.settings.codec_key)
    recorded = await history(driver, number)
    assert SECRET not in await words(recorded, Codec(keys, fresh))
    assert await fresh.key(number) is None
    assert await replays(driver, recorded, fresh)
    kept = await driver.application(number)
    assert (kept.answers, kept.attachments, kept.email, kept.status) == ({}, {}, "", "withdrawn")
    assert "application:erasure:done" in [one.tag for one in await driver.happened(number)]


async def test_an_appeal_is_erased_with_what_it_is_about_and_both_replay_from_where_they_are_kept(
    driver: Driver,
) -> None:
    number = await driver.filed(LICENCE)
    await driver.decide(number, "refuse", reason=REASON)
    await driver.over(number)
    appeal = await opened(driver, Kind.APPEAL, about=number, reason=REASON)
    while not (await case_of(driver, appeal)).ended_at:
        await decide(driver, appeal, "refuse", reason=REASON)
        await driver.until(_decided(driver, appeal))
    await driver.over(appeal)
    keys, database = CodecKeys.parse(driver.settings.codec_key), driver.database
    archive, later = Archive(database, driver.files, driver.client), datetime.now(BANGKOK) + timedelta(days=400)
    await archive.round(datetime.now(BANGKOK))
    kept = [one for one in (await archive.of(number), await archive.of(appeal)) if one]
    before = [await words(one, Codec(keys, case_keys(database, driver.settings.codec_key))) for one in kept]

    for person in ("operator:somsri", "operator:malee"):
        await erasing(database, driver.files, number, "ผู้ยื่นขอให้ลบ", person, later)

    fresh = case_keys(database, driver.settings.codec_key)
    assert len(kept) == 2 and all(SECRET in one for one in before)
    for one in kept:
        assert SECRET not in await words(one, Codec(keys, fresh))
        assert await replays(driver, one, fresh)
    case = await case_of(driver, appeal)
    assert (case.wanted, case.email, case.status) == ({}, "", "refused")


def _decided(driver: Driver, number: str) -> Callable[[], Awaitable[bool]]:
    async def moved() -> bool:
        async with driver.database.reading() as session:
            every = await tasks.of(session, number)
        return bool((await case_of(driver, number)).ended_at) or any(one.closed_at is None for one in every)

    return moved


async def replays(driver: Driver, recorded: WorkflowHistory, keys: HistoryKeys) -> bool:
    """Whether today's code walks a history as it was walked, read with these keys."""
    replayer = Replayer(
        workflows=WORKFLOWS,
        data_converter=converter(driver.settings.codec_key, keys),
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    return (await replayer.replay_workflow(recorded, raise_on_replay_failure=False)).replay_failure is None


async def test_the_engines_own_screen_shows_words_to_operators_only(driver: Driver, system: System) -> None:
    number = await asked_and_withdrawn(driver)

    sealed, operator, applicant = (shown(system, number, who) for who in ("", "operator", "applicant"))

    assert number in sealed and SECRET not in sealed
    assert SECRET in operator
    assert SECRET not in applicant
    kept = await driver.application(number)
    async with driver.database.reading() as session:
        looks = await access.of(session, kept.applicant)
    assert {look.what for look in looks if look.reason == "history in the engine"} == {f"application:{number}"}


def shown(system: System, number: str, persona: str) -> str:
    """What Temporal's own command line shows of a run to somebody, its values as text."""
    command = [str(Path(sys.executable).with_name("temporal")), "workflow", "show", "--workflow-id", number, *CLI_ALONE]
    command += ["--output", "json", "--address", system.addresses["temporal"]]
    if persona:
        token = cli(system, "token", persona).stdout.strip()
        endpoint = f"{system.addresses['web']}/api/v1/codec"
        command += ["--codec-endpoint", endpoint, "--codec-auth", f"Bearer {token}"]
    told = subprocess.run(command, capture_output=True, text=True).stdout
    values = re.findall(r'"data": "([A-Za-z0-9+/=]+)"', told)
    return told + "".join(base64.b64decode(value).decode("utf-8", "replace") for value in values)


def erase(system: System, number: str, by: str) -> "subprocess.CompletedProcess[str]":
    return cli(system, "erase", number, "--reason", "ผู้ยื่นขอให้ลบ", "--by", by)


def cli(system: System, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "cli", *words, "--data", str(system.folder)]
    return subprocess.run(command, capture_output=True, text=True)


async def test_what_the_law_keeps_is_not_erased(driver: Driver, system: System) -> None:
    under_way = await driver.filed(LICENCE)
    granted = await driver.filed(LICENCE)
    await driver.walked(granted)

    assert "under way" in erase(system, under_way, "a").stderr
    assert "is in force" in erase(system, granted, "a").stderr
    async with driver.database.reading() as session:
        assert await erasures.asked(session, granted) is None


async def test_keys_are_wrapped_anew_when_the_ring_turns(driver: Driver) -> None:
    ring = CodecKeys.parse(driver.settings.codec_key).ring
    key = await HistoryKeys(driver.database, ring).key("APP-ring")
    turned = HistoryKeys(driver.database, (("new", b"n" * 32), *ring))

    done = await turned.rewrap()

    assert done >= 1 and await turned.rewrap() == 0
    assert await HistoryKeys(driver.database, (("new", b"n" * 32),)).key("APP-ring") == key
    assert await HistoryKeys(driver.database, (*ring, ("new", b"n" * 32))).rewrap() == done
