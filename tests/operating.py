"""What the tests of the operators' room share: releases with and without faults, and somebody who types commands."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from driving import Driver
from temporalio.service import RPCError

import local
import worker
from licences.procedure import Operation
from local import System
from records import applications
from settings import Role
from workflows.messages import JOURNEYS, Submission, plan

QUEUE = "operators"
Release = Callable[..., AbstractAsyncContextManager[None]]
Begin = Callable[[str], Awaitable[None]]
Command = Callable[..., "subprocess.CompletedProcess[str]"]
LICENCE = "lao-ecommerce-register"


@pytest.fixture(scope="session")
async def driver(infrastructure: System) -> AsyncIterator[Driver]:
    """Everybody who speaks to the system."""
    async with Driver.open(infrastructure) as driver:
        yield driver


@pytest.fixture(scope="session")
def release(driver: Driver) -> Release:
    """`async with release(Story):` runs the general worker with that story in place of the one of its name."""

    @asynccontextmanager
    async def running(*stories: type) -> AsyncIterator[None]:
        tools = worker.tools_for(Role.GENERAL, driver.settings)
        shift = worker.general(driver.settings, tools, driver.client)
        if stories:
            shift = replace(shift, workflows=(*stories, *worker.WORKFLOWS[len(stories) :]))
        async with worker.worker(driver.client, QUEUE, shift):
            yield
        await tools.database.close()

    return running


@pytest.fixture
async def begin(driver: Driver) -> AsyncIterator[Begin]:
    """`await begin(number)` starts its journey on that queue; what is begun is ended with the test."""
    begun: list[str] = []

    async def start(number: str) -> None:
        application = await driver.application(number)
        async with driver.database.transaction() as session:
            procedure = await applications.procedure(session, application)
            await applications.begun(session, number, application.entered_at)
        submission = Submission(number=number, plan=plan(procedure), for_company=application.holder_kind == "juristic")
        story: Any = JOURNEYS[Operation(procedure.operation)]
        await driver.client.start_workflow(story, submission, id=number, task_queue=QUEUE)
        begun.append(number)

    yield start
    for number in begun:
        with suppress(RPCError):  # over already
            await driver.client.get_workflow_handle(number).terminate("the test is over")
        async with driver.database.transaction() as session:
            await applications.end(session, number, "withdrawn", "withdrawn", datetime.now(UTC))


@pytest.fixture(scope="session")
def bizportal(infrastructure: System) -> Command:
    """Type a command; `release="forgetful"` types it on a faulty release."""

    def typed(*words: str, release: str = "") -> subprocess.CompletedProcess[str]:
        program = [str(Path(__file__).parent / "planted.py"), release] if release else ["-m", "cli"]
        env = local._surroundings() | {"PYTHONPATH": str(local.ROOT)}
        command = [sys.executable, *program, *words, "--data", str(infrastructure.folder)]
        return subprocess.run(command, cwd=local.ROOT, env=env, capture_output=True, text=True)

    return typed


@asynccontextmanager
async def typing(infrastructure: System, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A command that runs while the test goes on."""
    env = local._surroundings() | {"PYTHONPATH": str(local.ROOT)}
    command = [sys.executable, "-m", "cli", *words, "--data", str(infrastructure.folder)]
    process = await asyncio.create_subprocess_exec(*command, cwd=local.ROOT, env=env, stdout=asyncio.subprocess.PIPE)
    yield process
    await process.wait()


def causes(bizportal: Command, *words: str) -> list[dict[str, Any]]:
    """What `bizportal stuck` says now."""
    done = bizportal("stuck", "--json", "--after", "0", *words)
    assert done.stdout, done.stderr
    said: list[dict[str, Any]] = json.loads(done.stdout)
    return said


def cause_of(number: str, said: list[dict[str, Any]], kind: str) -> dict[str, Any] | None:
    """The cause of that kind that names the application."""
    return next((one for one in said if number in one["numbers"] and one["kind"] == kind), None)


async def waits(driver: Driver, number: str) -> bool:
    """Whether the company register is being asked again and again."""
    described = await driver.client.get_workflow_handle(number).describe()
    return any(one.attempt > 1 for one in described.raw_description.pending_activities)


async def failing(driver: Driver, number: str) -> bool:
    """Whether our code has failed on the run twice."""
    described = await driver.client.get_workflow_handle(number).describe()
    return described.raw_description.pending_workflow_task.attempt > 2
