"""Walk one application of each kind and keep its history for ever: `make histories`.

    python tests/recording.py [STORY …]          the stories below, by name, or all
    python tests/recording.py --archetypes       one procedure of each archetype and operation

What lies in `tests/workflows/histories/` is replayed by every test run after it: a change of the order of steps that
would break an application under way is noticed there. Payloads are kept clear, so that no key has to be kept with them
(a history holds references only), and nothing names the machine that recorded them.
"""

import asyncio
import gzip
import json
import sys
import tempfile
import tomllib
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import acting
from driving import Driver, some_company, workers
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.client import WorkflowHistory

from bench import matrix
from exchange.counterparts import people as personas
from licences import catalogue
from licences.applications import Item
from licences.calendar import BANGKOK
from licences.procedure import Procedure
from local import INFRASTRUCTURE, ROOT, System
from workflows.codec import Codec, CodecKeys

HISTORIES = Path(__file__).parent / "workflows" / "histories"
FOOD, ONLINE, LOUD, SMALL = "lao-food-sale-large", "lao-ecommerce-register", "lao-loudspeaker", "osmep-sme-register"
ITEM = Item(field="premises", wrong="ไม่มีเลขที่", wanted="ระบุเลขที่ให้ครบ")


async def applied(driver: Driver) -> str:
    """A licence applied for: something is asked and answered, paid, granted."""
    number = await driver.filed(FOOD)
    await driver.decide(number, "ask", reason="ที่อยู่ไม่ครบ", items=(ITEM,))
    await driver.standing(number, "incomplete", "answers")
    await driver.answer(number, trade_name="ร้านใหม่")
    await driver.walked(number)
    return number


def later(operation: str) -> Callable[[Driver], Awaitable[str]]:
    """The same for an operation on a licence that was granted."""

    async def walk(driver: Driver) -> str:
        number = await driver.filed(FOOD, operation, number=await driver.granted(FOOD))
        await driver.walked(number)
        return number

    return walk


async def company(driver: Driver) -> str:
    """A company that two directors bind together."""
    number = await driver.filed(FOOD, company=personas.JOINT_COMPANY.juristic_id)
    await driver.decide(number)
    await driver.standing(number, "waiting-signatures", "signatures")
    await driver.signed(number, "director-2")
    await driver.walked(number)
    return number


async def register_down(driver: Driver) -> str:
    """The company register is down at first."""
    driver.offices.fault("dbd", gone=True)
    number = await driver.filed(ONLINE, company=some_company())
    await driver.standing(number, "checking", "company-register")
    driver.offices.mend()
    await driver.walked(number)
    return number


async def by_rule(driver: Driver) -> str:
    """Decided by rule, for a company whose signing rule an officer confirmed before."""
    known = some_company()
    await driver.walked(await driver.filed(ONLINE, company=known))
    number = await driver.filed(SMALL, company=known)
    await driver.over(number)
    return number


async def there(driver: Driver) -> str:
    """Paid and papered at the agency: officers record it."""
    number = await driver.filed(LOUD)
    await driver.walked(number)
    return number


async def by_several(driver: Driver) -> str:
    """Two agencies are heard side by side, and a commission of three votes."""
    number = await driver.filed("erc-generation")
    await driver.walked(number)
    return number


async def refused(driver: Driver) -> str:
    """Refused, and told so by a sealed letter."""
    number = await driver.filed(ONLINE)
    await driver.decide(number, "refuse", reason="สถานที่ตั้งอยู่นอกเขต")
    await driver.over(number)
    return number


async def withdrawn(driver: Driver) -> str:
    """Withdrawn while it waits for its officer."""
    number = await driver.filed(ONLINE)
    await driver.task(number)
    await driver.withdraw(number)
    await driver.over(number)
    return number


async def corrected(driver: Driver) -> str:
    """After the grant: one officer proposes, another agrees, a new document takes the old one's place."""
    licence = await driver.granted(ONLINE)
    case = await acting.opened(driver, "correction", licence, changes={"holder_name": "ชื่อที่ถูกต้อง"})
    await acting.walked(driver, case)
    return case


async def appealed(driver: Driver) -> str:
    """A refusal is appealed against, first to who decided, then upward with more days, and granted after all."""
    number = await refused(driver)
    case = await acting.opened(driver, "appeal", about=number)
    await acting.decide(driver, case, "refuse", stage="decider")
    await driver.task(case, "authority")
    await acting.extend(driver, case)
    await acting.walked(driver, case)
    return case


STORIES: dict[str, Callable[[Driver], Awaitable[str]]] = {
    "new": applied,
    "renew": later("renew"),
    "amend": later("amend"),
    "cancel": later("cancel"),
    "new-two-directors": company,
    "new-register-down": register_down,
    "new-by-rule": by_rule,
    "new-there": there,
    "new-by-several": by_several,
    "new-refused": refused,
    "new-withdrawn": withdrawn,
    "act-correction": corrected,
    "act-appeal": appealed,
}


def messages(message: Message) -> Iterator[Message]:
    """A message and everything in it, what is in maps too."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            parts = [value[key] for key in value] if field.message_type.fields_by_name["value"].message_type else []
        else:
            parts = list(value) if field.is_repeated else [value]
        for part in parts:
            yield from messages(part)


async def clear(history: WorkflowHistory, codec: Codec) -> WorkflowHistory:
    """The same history with its payloads unsealed, and without the name of the machine."""
    for event in history.events:
        for message in list(messages(event)):
            if isinstance(message, Payload):
                message.CopyFrom((await codec.decode([message]))[0])
            elif isinstance(message, Failure) and message.HasField("encoded_attributes"):
                await _without_stack(message, codec)
            elif "identity" in message.DESCRIPTOR.fields_by_name:
                message.ClearField("identity")
        if event.HasField("workflow_task_scheduled_event_attributes"):
            event.workflow_task_scheduled_event_attributes.task_queue.name = "general"
    return history


async def _without_stack(failure: Failure, codec: Codec) -> None:
    """A failure's words may stay; where in which file of which machine it was raised may not."""
    (said,) = await codec.decode([failure.encoded_attributes])
    words = json.loads(said.data) | {"stack_trace": ""}
    failure.encoded_attributes.CopyFrom(Payload(metadata=said.metadata, data=json.dumps(words).encode()))


def path_of(archetype: str, operation: str) -> Path:
    """Where the history of one kind of licence and operation is kept, for the release of this working copy."""
    release = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return HISTORIES / release / f"{archetype}-{operation}.json.gz"


def pairs(on: date) -> dict[tuple[str, str], Procedure]:
    """One procedure of each archetype and operation."""
    chosen: dict[tuple[str, str], Procedure] = {}
    for one in matrix.every(on):
        chosen.setdefault((catalogue.load().licence(one.licence).archetype, one.operation.value), one)
    return chosen


async def record_archetypes(system: System) -> list[str]:
    """Walk one procedure of each kind through the doors, and keep its history; answers what did not get through."""
    chosen = pairs(datetime.now(BANGKOK).date())
    names = {matrix.name_of(procedure): pair for pair, procedure in chosen.items()}
    results = await matrix.run(system, chosen.values())
    async with Driver.open(system) as driver:
        codec = Codec(CodecKeys.parse(driver.settings.codec_key))
        for result in results:
            path, number = path_of(*names[result.name]), result.said["application"]
            if result.passed:
                history = await clear(await driver.client.get_workflow_handle(number).fetch_history(), codec)
                packed = gzip.compress(json.dumps(json.loads(history.to_json())).encode(), 9, mtime=0)
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(packed)
    return [result.name for result in results if not result.passed]


def read(path: Path) -> WorkflowHistory:
    """A kept history, packed or not."""
    raw = path.read_bytes()
    return WorkflowHistory.from_json(
        path.name.split(".")[0], (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    )


async def record(system: System, names: list[str]) -> None:
    """Walk these stories and write their histories."""
    async with Driver.open(system) as driver:
        codec = Codec(CodecKeys.parse(driver.settings.codec_key))
        for name in names:
            number = await STORIES[name](driver)
            history = await clear(await driver.client.get_workflow_handle(number).fetch_history(), codec)
            (HISTORIES / f"{name}.json").write_text(history.to_json() + "\n", "utf-8")
            print(f"{name}: {number}, {len(history.events)} events", flush=True)


def main() -> None:
    """Record the stories that are named, or all."""
    HISTORIES.mkdir(exist_ok=True)
    if sys.argv[1:] == ["--archetypes"]:
        with tempfile.TemporaryDirectory(prefix="bizportal-histories-") as folder, System(folder) as system:
            failed = asyncio.run(record_archetypes(system))
        sys.exit(f"did not get through: {', '.join(failed)}" if failed else 0)
    with (
        tempfile.TemporaryDirectory(prefix="bizportal-histories-") as folder,
        System(folder, parts=INFRASTRUCTURE) as system,
        workers(system, Path(folder)),
    ):
        asyncio.run(record(system, sys.argv[1:] or list(STORIES)))


if __name__ == "__main__":
    main()
