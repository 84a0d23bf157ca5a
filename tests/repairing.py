"""`make repairs`: 1,000 applications stuck on a planted fault are repaired by one command; 10 of them fail again.

    python tests/repairing.py [CASES]

Prints what the operators' commands print, how long each took, and last `repairs: passed` (exit 0), or not.
The test run has the same with 60 cases (`tests/control/test_repairs.py`).
"""

import asyncio
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace

import planted
from driving import Driver
from operating import typing
from planted import HalfMended, Stumbling, still_falls
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig

import worker
from licences.procedure import Operation
from local import INFRASTRUCTURE, ROOT, System
from records import applications
from settings import Role
from workflows.messages import GENERAL, JOURNEYS, Submission, plan

LICENCE, AT_ONCE, FAIL = "lao-ecommerce-register", 50, 10
PATIENCE_S = 120.0


async def typed(system: System, *words: str) -> str:
    """What a command prints."""
    began = time.monotonic()
    command = [sys.executable, "-m", "cli", *words, "--data", str(system.folder)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    print(f"$ bizportal {' '.join(words)}   [{time.monotonic() - began:.1f} s, exit {process.returncode}]", flush=True)
    return out.decode()


def release(driver: Driver, story: type) -> "worker.Worker":
    """A general worker with that story in place of the first."""
    tools = worker.tools_for(Role.GENERAL, driver.settings)
    shift = worker.general(driver.settings, tools, driver.client)
    return worker.worker(driver.client, GENERAL, replace(shift, workflows=(story, *worker.WORKFLOWS[1:])))


async def stick(driver: Driver, cases: int) -> set[str]:
    """So many applications, begun on a release that falls before its first step."""
    numbers = {await driver.filed(LICENCE, started=False) for _ in range(cases)}
    room = asyncio.Semaphore(AT_ONCE)

    async def begin(number: str) -> None:
        application = await driver.application(number)
        async with driver.database.transaction() as session:
            procedure = await applications.procedure(session, application)
            await applications.begun(session, number, application.entered_at)
        submission = Submission(number=number, plan=plan(procedure), for_company=False)
        async with room:
            story = JOURNEYS[Operation(procedure.operation)]
            await driver.client.start_workflow(story, submission, id=number, task_queue=GENERAL)

    await asyncio.gather(*(begin(number) for number in numbers))
    return numbers


def quietly() -> None:
    """A thousand planted faults are not worth a thousand tracebacks: what the commands say is what is looked at."""
    logging.disable(logging.ERROR)
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter="off"))))


async def main(cases: int) -> int:
    """All of it."""
    quietly()
    planted.ONE_IN = max(1, cases // FAIL)
    with (
        tempfile.TemporaryDirectory(prefix="bizportal-repairs-") as folder,
        System(folder, parts=INFRASTRUCTURE) as system,
    ):
        async with Driver.open(system) as driver:
            async with release(driver, Stumbling):
                numbers = await stick(driver, cases)
                cause = {"numbers": []}
                while set(cause["numbers"]) != numbers:
                    found = json.loads(await typed(system, "stuck", "--json", "--after", "0"))
                    cause = next((one for one in found if one["kind"] == "code"), cause)
            words = ("retry", "--cause", cause["id"], "--reason", "mended", "--at-most", str(AT_ONCE), "--wait", "120")
            async with typing(system, *words) as done:
                assert done.stdout is not None
                print(f"$ bizportal {' '.join(words)}", (await done.stdout.readline()).decode()[:40], flush=True)
                began = time.monotonic()
                async with release(driver, HalfMended):
                    said = (await done.stdout.read()).decode()
                    await done.wait()
                    print(f"  [{time.monotonic() - began:.1f} s, exit {done.returncode}]", flush=True)
                    fall, named = {number for number in numbers if still_falls(number)}, set[str]()
                    ends = time.monotonic() + PATIENCE_S
                    while named != fall and time.monotonic() < ends:
                        left = json.loads(await typed(system, "stuck", "--json", "--after", "0"))
                        named = {number for one in left if one["kind"] == "code" for number in one["numbers"]}
    return wrong(numbers, said, named)


def wrong(numbers: set[str], said: str, named: set[str]) -> int:
    """Whether the commands said exactly what was so: 0, or 1."""
    fall = {number for number in numbers if still_falls(number)}
    print("\n".join(line for line in said.splitlines() if " / " in line and not line.startswith("APP-")))
    lines = {line.split()[0]: line.split()[1] for line in said.splitlines() if line.startswith("APP-")}
    counted = {line.split()[1]: int(line.split()[0]) for line in said.splitlines() if line[:6].strip().isdigit()}
    exactly = lines == {number: "failed-again" if number in fall else "fixed" for number in numbers}
    exactly &= counted == {"แก้แล้ว": len(numbers - fall), "ยังผิดพลาด": len(fall)}
    states = Counter(lines.values())
    print(f"{states['fixed']} fixed, {states['failed-again']} failed again")
    print(f"{len(fall)} fell again; stuck names {len(named)} of them still")
    held = exactly and named == fall
    print("repairs: passed" if held else "repairs: what was said is not what was so")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)))
