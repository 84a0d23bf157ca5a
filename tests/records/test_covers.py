from datetime import date, timedelta

import pytest
from records_examples import NOON, PROCEDURE, Act

from licences.applications import Decision, Verdict
from records import applications, covers, history, tasks
from records.applications import Submitted
from records.covers import Leave
from records.tables import Task

FIRST, LAST = date(2026, 11, 23), date(2026, 11, 27)
DAY = timedelta(days=1)


@pytest.fixture
async def held(write: Act, submitted: Submitted) -> Task:
    """A task in the hands of o-1."""
    kept = await write(applications.submit, submitted)
    task = await write(tasks.open_once, kept, PROCEDURE.stages[0], "review:1", due_on=NOON.date(), at=NOON)
    taken: Task = await write(tasks.claim, task.id, "o-1", NOON)
    return taken


def a_leave(task: Task, **more: str) -> Leave:
    said = {"agency": task.agency, "office": task.office, "role": task.role, "absent": "o-1", "cover": "o-2"} | more
    return Leave(since=FIRST, until=LAST, reason="ลาป่วย", **said)


async def test_cover_holds_from_its_first_day_to_its_last(held: Task, write: Act, ask: Act) -> None:
    await write(covers.begin, a_leave(held), "boss", NOON)

    stands = [await ask(covers.stands_in, "o-2", held, day) for day in (FIRST - DAY, FIRST, LAST, LAST + DAY)]

    assert stands == [False, True, True, False]
    assert not await ask(covers.stands_in, "o-3", held, FIRST)
    assert await ask(covers.desks_of, "o-2", held.agency, FIRST) == ("o-1",)


@pytest.mark.parametrize(
    "more", [{"agency": "other"}, {"office": "elsewhere"}, {"role": "inspector"}, {"absent": "o-9"}]
)
async def test_cover_of_another_desk_opens_nothing(held: Task, write: Act, ask: Act, more: dict[str, str]) -> None:
    await write(covers.begin, a_leave(held, **more), "boss", NOON)

    assert not await ask(covers.stands_in, "o-2", held, FIRST)


async def test_who_is_back_early_is_covered_no_more_and_it_is_written_down(held: Task, write: Act, ask: Act) -> None:
    cover = await write(covers.begin, a_leave(held), "boss", NOON)

    ended = [await write(covers.end, cover.id, "o-1", NOON, FIRST + DAY) for _ in range(2)]

    assert ended == [True, False]
    assert [await ask(covers.stands_in, "o-2", held, day) for day in (FIRST, FIRST + DAY)] == [True, False]
    said = [(one.tag, one.by, one.on_behalf_of, one.said.get("why")) for one in await ask(history.of, "desk:o-1")]
    assert said == [("desk:cover:begun", "boss", "o-1", "ลาป่วย"), ("desk:cover:ended", "o-1", "", None)]


async def test_a_decision_keeps_for_whom_it_was_taken(held: Task, write: Act, ask: Act) -> None:
    decision = Decision(task_id=held.id, verdict=Verdict.APPROVE, officer="o-2", on_behalf_of="o-1")

    closed = await write(tasks.close_once, decision, at=NOON)

    assert (closed.officer, closed.on_behalf_of) == ("o-2", "o-1")
    assert tasks.decision_of(closed) == decision
