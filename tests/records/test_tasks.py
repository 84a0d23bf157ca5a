import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from records_examples import NOON, PROCEDURE, Act, later

from licences.applications import Decision, Item, TaskClosed, Verdict
from licences.procedure import Stage, Text
from records import applications, history, tasks
from records.tables import Application
from records.tasks import Counts, Load, TaskTaken, UnknownTask, View

TODAY = date(2026, 11, 20)
STAGE = PROCEDURE.stages[0]


@pytest.fixture
def open_task(write: Act, application: Application) -> Act:
    async def open_(
        step: str = "review:1",
        due: date = TODAY,
        stage: Stage = STAGE,
        at: datetime = NOON,
        of: Application | None = None,
    ) -> Any:
        warn = due - timedelta(days=2)
        return await write(tasks.open_once, of or application, stage, step, due_on=due, at=at, warn_on=warn)

    return open_


def a_decision(task: str, verdict: Verdict = Verdict.APPROVE, officer: str = "o-1", **said: Any) -> Decision:
    return Decision(task_id=task, verdict=verdict, officer=officer, **said)


async def test_a_step_opens_one_task(open_task: Act, application: Application) -> None:
    first = await open_task()
    again = await open_task(due=TODAY + timedelta(days=9), at=later(days=1))

    assert first.id == f"{application.number}:review:1"
    assert again.model_dump() == first.model_dump()


async def test_an_opinion_lies_on_the_other_agencys_desk(open_task: Act) -> None:
    text = Text(th="ความเห็น", en="Opinion")
    opinion = Stage(name="opinion", agency="dld", title=text, asks=text, working_days=5, law="x")

    task = await open_task("opinion:1", stage=opinion)

    assert (task.agency, task.office) == ("dld", "dld")


async def test_a_decision_is_kept_whole_and_said_again_is_the_same(open_task: Act, write: Act, ask: Act) -> None:
    task = await open_task()
    item = Item(field="map", wrong="ไม่ชัด", wanted="แผนที่ใหม่")
    asked = a_decision(task.id, Verdict.ASK, reason="แผนที่ไม่ชัด", items=(item,))

    closed = await write(tasks.close_once, asked, at=NOON)
    again = await write(tasks.close_once, asked, at=later(days=1))

    assert (closed.verdict, closed.officer, closed.closed_at) == ("ask", "o-1", NOON)
    assert closed.items == [{"field": "map", "wrong": "ไม่ชัด", "wanted": "แผนที่ใหม่"}]
    assert again.model_dump() == closed.model_dump() == (await ask(tasks.get, task.id)).model_dump()


@pytest.mark.parametrize("other", [{"officer": "o-2"}, {"verdict": Verdict.REFUSE, "reason": "x"}])
async def test_another_decision_comes_too_late(open_task: Act, write: Act, other: dict[str, Any]) -> None:
    task = await open_task()
    await write(tasks.close_once, a_decision(task.id), at=NOON)

    with pytest.raises(TaskClosed):
        await write(tasks.close_once, a_decision(task.id, **other), at=NOON)


async def test_an_unknown_task_is_not_found(write: Act) -> None:
    with pytest.raises(UnknownTask):
        await write(tasks.close_once, a_decision("nothing"), at=NOON)


async def test_when_the_application_is_over_nothing_stays_on_a_desk(
    open_task: Act, application: Application, write: Act, ask: Act
) -> None:
    task = await open_task()
    await write(tasks.close_all, application.number, NOON)

    assert (await ask(tasks.get, task.id)).closed_at == NOON
    with pytest.raises(TaskClosed):
        await write(tasks.close_once, a_decision(task.id), at=NOON)


async def test_of_two_who_claim_at_once_one_has_it(
    open_task: Act, application: Application, write: Act, ask: Act
) -> None:
    task = await open_task()

    answers = await asyncio.gather(
        *(write(tasks.claim, task.id, f"o-{n}", NOON) for n in range(5)), return_exceptions=True
    )

    holder = (await ask(tasks.get, task.id)).assignee
    taken = [one for one in answers if isinstance(one, TaskTaken)]
    assert len(taken) == 4
    assert {one.holder for one in taken} == {holder}
    assert [one.tag for one in await ask(history.of, application.number)][1:] == ["task:assignment:claimed"]


async def test_claiming_ones_own_again_changes_nothing(
    open_task: Act, application: Application, write: Act, ask: Act
) -> None:
    task = await open_task()
    first = await write(tasks.claim, task.id, "o-1", NOON)
    again = await write(tasks.claim, task.id, "o-1", later(hours=1))

    assert again.assigned_at == first.assigned_at == NOON
    assert len(await ask(history.of, application.number)) == 2


async def test_a_hand_over_says_who_and_why(open_task: Act, application: Application, write: Act, ask: Act) -> None:
    task = await open_task()
    await write(tasks.claim, task.id, "o-1", NOON)
    moved = await write(tasks.reassign, task.id, "o-1", "o-2", "boss", later(hours=1), "ลาพักร้อน")
    freed = await write(tasks.release, task.id, "o-2", later(hours=2), "ไม่ถนัด")

    said = [(one.tag, one.by, one.said["why"]) for one in (await ask(history.of, application.number))[2:]]
    assert (moved.assignee, freed.assignee, freed.assigned_at) == ("o-2", "", None)
    assert said == [
        ("task:assignment:reassigned", "boss", "ลาพักร้อน"),
        ("task:assignment:released", "o-2", "ไม่ถนัด"),
    ]


async def test_what_is_not_in_ones_hands_cannot_be_put_back_or_moved(open_task: Act, write: Act) -> None:
    task = await open_task()
    await write(tasks.claim, task.id, "o-1", NOON)

    with pytest.raises(TaskTaken):
        await write(tasks.release, task.id, "o-2", NOON, "x")
    with pytest.raises(TaskTaken):
        await write(tasks.reassign, task.id, "o-3", "o-2", "boss", NOON, "x")


async def test_a_closed_task_changes_hands_no_more(open_task: Act, write: Act) -> None:
    task = await open_task()
    await write(tasks.close_once, a_decision(task.id), at=NOON)

    with pytest.raises(TaskClosed):
        await write(tasks.claim, task.id, "o-1", NOON)


async def test_a_desk_is_read_page_by_page_what_is_due_first_at_the_top(another: Act, open_task: Act, ask: Act) -> None:
    for days in (3, 1, 2, 2, 5):
        await open_task(due=TODAY + timedelta(days=days), of=await another())

    seen, after = [], ""
    while True:
        page = await ask(tasks.inbox, "bma", [""], ["officer"], View.ALL, "o-1", TODAY, after, 2)
        seen += page.items
        if not (after := page.next):
            break

    assert [(line.due_on - TODAY).days for line in seen] == [1, 2, 2, 3, 5]
    assert len({line.id for line in seen}) == 5
    assert (seen[0].licence, seen[0].holder_name) == ("food", "บริษัท สยาม จำกัด")


async def test_each_view_shows_its_part_and_the_counts_agree(
    another: Act, open_task: Act, write: Act, ask: Act
) -> None:
    mine, late, free, asked, done = [await open_task(of=await another()) for _ in range(5)]
    overdue = await open_task(due=TODAY - timedelta(days=1), of=await another())
    await write(tasks.claim, mine.id, "o-1", NOON)
    await write(tasks.claim, late.id, "o-2", NOON)
    await write(tasks.close_once, a_decision(done.id), at=NOON)
    item = Item(field="map", wrong="x", wanted="y")
    await write(tasks.close_once, a_decision(asked.id, Verdict.ASK, reason="x", items=(item,)), at=NOON)
    await write(applications.show, asked.application, "incomplete", waiting_for="answers")
    desk = ("bma", [""], ["officer"])

    async def seen(view: View) -> set[str]:
        return {line.id for line in (await ask(tasks.inbox, *desk, view, "o-1", TODAY)).items}

    assert await seen(View.MINE) == {mine.id}
    assert await seen(View.UNASSIGNED) == {free.id, overdue.id}
    assert await seen(View.OVERDUE) == {overdue.id}
    assert await seen(View.WAITING) == {asked.id}
    assert await seen(View.ALL) == {mine.id, late.id, free.id, overdue.id}
    assert await ask(tasks.counts, *desk, "o-1", TODAY) == Counts(mine=1, unassigned=2, overdue=1, waiting=1, all=4)


async def test_a_view_is_counted_no_further_than_a_person_wants_to_know(
    another: Act, open_task: Act, ask: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    for office in ("bma@10", "bma@10", "bma@50"):
        await open_task(of=await another(office=office), due=TODAY - timedelta(days=1))

    async def counted(to: int, *offices: str) -> Counts:
        monkeypatch.setattr(tasks, "COUNTED_TO", to)
        counts: Counts = await ask(tasks.counts, "bma", list(offices), ["inspector", "officer"], "o-1", TODAY)
        return counts

    assert await counted(9, "bma@10", "bma@50") == await counted(3, "") == Counts(0, 3, 3, 0, 3)
    assert await counted(2, "bma@10", "bma@50") == await counted(2, "") == Counts(0, 2, 2, 0, 2)
    assert await counted(2) == Counts(0, 0, 0, 0, 0)


async def test_what_was_answered_waits_no_more(open_task: Act, application: Application, write: Act, ask: Act) -> None:
    first = await open_task()
    item = Item(field="map", wrong="x", wanted="y")
    await write(tasks.close_once, a_decision(first.id, Verdict.ASK, reason="x", items=(item,)), at=NOON)
    await write(applications.show, application.number, "incomplete")
    await open_task("review:2", at=later(hours=1))

    waiting = await ask(tasks.inbox, "bma", [""], ["officer"], "waiting", "o-1", TODAY)

    assert waiting.items == ()


async def test_an_officer_sees_only_his_agencys_offices_and_roles(another: Act, open_task: Act, ask: Act) -> None:
    await open_task(of=await another(office="bma@10"))
    await open_task(of=await another(office="bma@50"))

    async def seen(agency: str, offices: list[str], role: str = "officer") -> int:
        return len((await ask(tasks.inbox, agency, offices, [role], View.ALL, "o-1", TODAY)).items)

    assert await seen("bma", ["bma@10"]) == 1
    assert await seen("bma", [""]) == 2
    assert await seen("bma", []) == 0
    assert await seen("other", [""]) == 0
    assert await seen("bma", [""], "inspector") == 0


async def test_reminders_only_count_up(open_task: Act, write: Act, ask: Act) -> None:
    task = await open_task()
    for times in (1, 2, 1):
        await write(tasks.reminded, task.id, times)

    assert (await ask(tasks.get, task.id)).reminded == 2
    assert [one.id for one in await ask(tasks.of, task.application)] == [task.id]


async def test_why_a_stage_is_late_is_kept_with_who_said_it_and_the_newest_word_of_its_seats_counts(
    open_task: Act, write: Act, ask: Act
) -> None:
    first, second = await open_task("review/1:1"), await open_task("review/2:1")
    before = await ask(tasks.why_late, second)

    await write(tasks.explain, first.id, "รอผลตรวจน้ำ", "o-1", NOON)
    kept = await write(tasks.explain, second.id, "รอผลตรวจน้ำรอบสอง", "o-2", later(hours=1))

    assert (before, await ask(tasks.why_late, first)) == ("", "รอผลตรวจน้ำรอบสอง")
    assert (kept.why_late, kept.why_late_by, kept.why_late_at) == ("รอผลตรวจน้ำรอบสอง", "o-2", later(hours=1))
    said = [one for one in await ask(history.of, first.application) if one.tag == "task:delay:explained"]
    assert [(one.by, one.said["reason"]) for one in said] == [("o-1", "รอผลตรวจน้ำ"), ("o-2", "รอผลตรวจน้ำรอบสอง")]


async def test_what_is_decided_is_not_explained_any_more(open_task: Act, write: Act) -> None:
    task = await open_task()
    await write(tasks.close_once, a_decision(task.id), at=NOON)

    with pytest.raises(TaskClosed):
        await write(tasks.explain, task.id, "x", "o-1", NOON)


async def test_a_supervisors_board_holds_what_runs_out_or_has_run_out_in_whosever_hands(
    open_task: Act, write: Act, ask: Act
) -> None:
    late = await open_task("review:1", TODAY - timedelta(days=3))
    soon = await open_task("review:2", TODAY + timedelta(days=2))
    await open_task("review:3", TODAY + timedelta(days=9))
    done = await open_task("review:4", TODAY - timedelta(days=3))
    await write(tasks.close_once, a_decision(done.id), at=NOON)
    await write(tasks.claim, soon.id, "o-1", NOON)

    async def board(agency: str, offices: list[str], **which: Any) -> list[str]:
        page = await ask(tasks.running_out, agency, offices, TODAY, **which)
        return [one.id for one in page.items]

    assert await board("bma", [""]) == await board("bma", ["bma"]) == [late.id, soon.id]
    first = await ask(tasks.running_out, "bma", [""], TODAY, limit=1)
    assert await board("bma", [""], after=first.next) == [soon.id]
    assert await board("bma", ["bma@10"]) == await board("fda", [""]) == []
    assert await ask(tasks.loads, "bma", [""], TODAY) == [Load("", 2, 1, 0), Load("o-1", 1, 0, 1)]
    assert await ask(tasks.loads, "fda", [""], TODAY) == []
