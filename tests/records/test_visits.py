import asyncio

import pytest
from records_examples import NOON, Act, later

from licences import register
from licences.visits import Party, Visit, VisitOver
from records import history, visits
from records.tables import Task

TASK = Task(
    id="A-1:inspection:1", application="A-1", step="inspection:1", stage="inspection", kind="inspection",
    role="inspector", agency="lao", office="lao@110101", asks_th="ก", asks_en="a", opened_at=NOON, due_on=NOON.date(),
    conditions=[], items=[], report={},
)  # fmt: skip


async def test_a_new_time_takes_the_place_of_the_one_that_stood_and_the_history_says_why(write: Act, ask: Act) -> None:
    first = await write(visits.propose, TASK, later(hours=1), "i-1", "", NOON)
    await write(visits.ask_to_move, first, "p-1", "ไปต่างจังหวัด", NOON)
    second = await write(visits.propose, TASK, later(hours=2), "i-1", "ตามที่ขอ", later(minutes=1))
    await write(visits.confirm, second, "p-1", NOON)
    missed = await write(visits.miss, await ask(visits.get, second.id), Party.INSPECTOR, "i-1", "รถเสีย", later(hours=3))

    assert [one.standing for one in await ask(visits.of, "A-1")] == [Visit.MOVED, Visit.MISSED]
    assert (missed.missed_by, missed.said_why) == ("inspector", "รถเสีย")
    told = await ask(history.of, "A-1")
    assert [one.tag.rpartition(":")[2] for one in told] == [
        "proposed", "move-asked", "moved", "proposed", "confirmed", "missed",
    ]  # fmt: skip
    words = ["", "ไปต่างจังหวัด", "ตามที่ขอ", "ตามที่ขอ", "", "รถเสีย"]
    assert [one.said["digest"] for one in told] == [register.digest({"why": word}) for word in words]


async def test_of_two_words_at_once_one_counts(write: Act) -> None:
    visit = await write(visits.propose, TASK, later(hours=1), "i-1", "", NOON)

    answers = await asyncio.gather(
        write(visits.confirm, visit, "p-1", NOON),
        write(visits.ask_to_move, visit, "p-1", "ไม่อยู่", NOON),
        return_exceptions=True,
    )

    assert [isinstance(one, VisitOver) for one in answers].count(True) == 1


async def test_an_inspection_that_was_made_keeps_its_appointment(write: Act, ask: Act) -> None:
    await write(visits.propose, TASK, later(hours=1), "i-1", "", NOON)
    await write(visits.keep, TASK.id, "i-1", later(hours=2))
    await write(visits.keep, TASK.id, "i-1", later(hours=2))

    assert [one.standing for one in await ask(visits.of, "A-1")] == [Visit.KEPT]
    with pytest.raises(VisitOver):
        await write(
            visits.confirm, (await ask(visits.of, "A-1"))[0].model_copy(update={"standing": "proposed"}), "p-1", NOON
        )
