"""What replay says of a run: the same way, a fault of today's code, or the first event that differs, in words."""

import re
from pathlib import Path

import pytest
from planted import Forgetful, Renaming, Sleepy, Unsealed
from recording import HISTORIES
from temporalio.client import WorkflowHistory

from control.replay import Replayed, Walker
from worker import WORKFLOWS
from workflows.messages import converter

ANY_KEY = "A" * 43 + "="


def kept(name: str, *, events: int = 0) -> WorkflowHistory:
    """A kept history; `events`: only so many of them, as if the run were under way."""
    history = WorkflowHistory.from_json(name, Path(HISTORIES / f"{name}.json").read_text("utf-8"))
    return WorkflowHistory(name, list(history.events)[:events]) if events else history


async def walked(name: str, *stories: type, events: int = 0) -> Replayed:
    return await Walker(stories or WORKFLOWS, converter(ANY_KEY)).of(kept(name, events=events))


def event_of(name: str, step: str) -> int:
    """The event with which an effect was begun."""
    return next(
        event.event_id
        for event in kept(name).events
        if event.activity_task_scheduled_event_attributes.activity_id == step
    )


@pytest.mark.parametrize(
    ("story", "step", "today"),
    [
        (Unsealed, "draw-up:licence", "today's code does nothing there"),
        (Renaming, "draw-up:licence", "today's code would take step the drawing of the paper (draw-up:letter)"),
        (Sleepy, "acknowledge", "today's code sets a timer"),
    ],
)
async def test_the_first_event_that_differs_is_said_in_words(story: type, step: str, today: str) -> None:
    replayed = await walked("new", story)

    assert replayed.difference is not None
    assert replayed.difference.event == event_of("new", step)
    assert replayed.sentence.en.endswith(today), replayed.sentence.en
    assert f"({step}) at 20" in replayed.sentence.en
    assert re.search("[\u0e00-\u0e7f]", replayed.sentence.th)


async def test_a_fault_of_todays_code_is_no_difference_of_the_way() -> None:
    replayed = await walked("new", Forgetful)

    assert (replayed.error, replayed.difference) == ("KeyError", None)
    assert "today's code fails with KeyError" in replayed.sentence.en


@pytest.mark.parametrize("events", [0, 40])
async def test_our_own_code_walks_as_it_did_to_the_end_and_half_way(events: int) -> None:
    replayed = await walked("new", events=events)

    assert replayed.error == "", replayed.sentence.en
    assert "it would go on" in replayed.sentence.en
