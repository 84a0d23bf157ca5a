"""Every history that was kept still replays: no change of the code strands an application that is under way."""

from datetime import date
from pathlib import Path

import pytest
from recording import HISTORIES, STORIES, messages, pairs, path_of, read
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import ActivityTaskScheduledEventAttributes
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from worker import WORKFLOWS
from workflows.case_messages import STORY
from workflows.messages import JOURNEYS, converter

ANY_KEY = "A" * 43 + "="
"""Histories are kept clear: the key opens nothing and is only asked for."""
KEPT = sorted((*HISTORIES.glob("*.json"), *HISTORIES.glob("*/*.json.gz")), key=str)


@pytest.fixture(scope="module")
def replayer() -> Replayer:
    """As our workers run stories: the same converter, and no sandbox."""
    return Replayer(
        workflows=WORKFLOWS,
        data_converter=converter(ANY_KEY),
        workflow_runner=UnsandboxedWorkflowRunner(),
    )


def test_a_history_is_kept_of_every_story_and_every_operation() -> None:
    assert {path.stem for path in KEPT} >= set(STORIES)
    starts = [read(path).events[0].workflow_execution_started_event_attributes for path in KEPT]
    assert {start.workflow_type.name for start in starts} == {*JOURNEYS.values(), STORY}


def test_a_history_is_kept_of_each_archetype_and_operation() -> None:
    missing = [pair for pair in pairs(date(2026, 11, 20)) if path_of(*pair) not in KEPT]

    assert missing == []


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
async def test_a_kept_history_replays(replayer: Replayer, path: Path) -> None:
    replayed = await replayer.replay_workflow(read(path), raise_on_replay_failure=False)

    assert replayed.replay_failure is None


@pytest.mark.parametrize("before", ["draw-up:licence", "reserve-number", "bill:before-issue"])
async def test_a_step_with_another_name_is_noticed(replayer: Replayer, before: str) -> None:
    history = read(HISTORIES / "new.json")
    assert rename(history, before, "another") > 0

    replayed = await replayer.replay_workflow(history, raise_on_replay_failure=False)

    assert isinstance(replayed.replay_failure, NondeterminismError)


def rename(history: WorkflowHistory, before: str, after: str) -> int:
    """Give a step another name, as an effect of the engine's or as one of a worker's own; how often it stood there."""
    found = 0
    for message in [one for event in history.events for one in messages(event)]:
        if isinstance(message, Payload) and b"activity_id" in message.data:
            found += f'"{before}"'.encode() in message.data
            message.data = message.data.replace(f'"{before}"'.encode(), f'"{after}"'.encode())
        if isinstance(message, ActivityTaskScheduledEventAttributes) and message.activity_id == before:
            found += 1
            message.activity_id = after
    return found


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_kept_history_names_no_person_and_no_machine(path: Path) -> None:
    payloads = [one.data for event in read(path).events for one in messages(event) if isinstance(one, Payload)]
    text = read(path).to_json() + b" ".join(payloads).decode()

    for word in ("สมชาย", "ใจดี", "1999900000013", "example.test", "identity", "/home/", "/work/", "@"):
        assert word not in text
