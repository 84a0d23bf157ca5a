import asyncio
from typing import Any

import pytest
from records_examples import NOON, Act, later

from records import attachments, drafts, papers
from records.drafts import DraftGone
from records.tables import Draft


async def test_a_paper_is_intended_drawn_and_sealed_once(write: Act, ask: Act) -> None:
    await write(papers.intend_once, "A-1:licence", "A-1", "licence", "bma")
    await write(papers.drawn, "A-1:licence", "papers/1", "1" * 64, NOON)
    await write(papers.drawn, "A-1:licence", "papers/2", "2" * 64, later(hours=1))
    await write(papers.sealed, "A-1:licence", "licences/1", "3" * 64, "v1", NOON)
    again = await write(papers.sealed, "A-1:licence", "licences/2", "4" * 64, "v2", later(hours=1))

    kept = await ask(papers.get, "A-1:licence")
    assert (kept.drawn_key, kept.drawn_sha256, kept.drawn_at) == ("papers/1", "1" * 64, NOON)
    assert (kept.sealed_key, kept.sealed_version, kept.sealed_at) == ("licences/1", "v1", NOON)
    assert again.model_dump() == kept.model_dump()
    assert (await write(papers.intend_once, "A-1:licence", "A-1", "licence", "bma")).model_dump() == kept.model_dump()
    assert (await ask(papers.by_sha256, "3" * 64)).id == "A-1:licence"
    assert await ask(papers.by_sha256, "") is None
    assert [one.id for one in await ask(papers.of, "A-1")] == ["A-1:licence"]


async def test_of_many_seals_at_once_one_stays(write: Act) -> None:
    await write(papers.intend_once, "A-1:licence", "A-1", "licence", "bma")

    kept = await asyncio.gather(
        *(write(papers.sealed, "A-1:licence", f"licences/{n}", f"{n:064d}", f"v{n}", NOON) for n in range(5))
    )

    assert len({one.sealed_key for one in kept}) == 1


async def test_the_paper_of_a_decision_is_wanted_once_and_the_next_one_is_counted_on(write: Act, ask: Act) -> None:
    first = await write(papers.want_once, "A-1", "defects", "A-1:check:1", NOON)
    again = await write(papers.want_once, "A-1", "defects", "A-1:check:1", later(hours=1))
    second = await write(papers.want_once, "A-1", "defects", "A-1:check:2", later(hours=2))

    assert (first, again, second) == ("A-1:defects", "A-1:defects", "A-1:defects-2")
    assert next((one.paper, one.wanted_at) for one in await ask(papers.not_begun, 9)) == ("A-1:defects", NOON)
    await write(papers.begun, first, NOON)
    assert [one.paper for one in await ask(papers.not_begun, 9)] == ["A-1:defects-2"]
    assert await ask(papers.wanted_of, "A-1") == {}
    await write(papers.intend_once, first, "A-1", "defects", "bma")
    await write(papers.sealed, first, "licences/1", "3" * 64, "v1", NOON)
    assert [*(await ask(papers.wanted_of, "A-1"))] == [("A-1:check:1", "defects")]


async def test_nothing_is_sealed_that_was_not_first_written_down(write: Act) -> None:
    with pytest.raises(RuntimeError, match="never intended"):
        await write(papers.sealed, "A-1:licence", "licences/1", "3" * 64, "v1", NOON)


@pytest.fixture
def a_draft(somebody: Act) -> Act:
    async def make(subject: str = "somchai", **said: Any) -> Draft:
        person = await somebody(subject)
        plain: dict[str, Any] = {
            "id": "d-1",
            "person": person.id,
            "licence": "food",
            "operation": "new",
            "version": "f" * 64,
            "answers": {},
            "attachments": {},
            "opened_at": NOON,
            "saved_at": NOON,
        }
        return Draft(**plain | said)

    return make


async def test_a_draft_is_kept_as_it_last_was(a_draft: Act, write: Act, ask: Act) -> None:
    await write(drafts.save, await a_draft())
    await write(
        drafts.save, await a_draft(answers={"a": 1}, digest="d", saved_at=later(hours=1), opened_at=later(days=1))
    )

    kept = await ask(drafts.get, "d-1")

    assert (kept.answers, kept.digest, kept.saved_at, kept.opened_at) == ({"a": 1}, "d", later(hours=1), NOON)
    assert [one.id for one in await ask(drafts.of, kept.person)] == ["d-1"]


async def test_a_draft_of_somebody_else_is_not_there(a_draft: Act, write: Act, ask: Act) -> None:
    await write(drafts.save, await a_draft())

    with pytest.raises(DraftGone):
        await write(drafts.save, await a_draft("other", answers={"stolen": True}))

    assert (await ask(drafts.get, "d-1")).answers == {}


async def test_a_draft_is_thrown_away_once_and_for_all(a_draft: Act, write: Act, ask: Act) -> None:
    await write(drafts.save, await a_draft())
    await write(drafts.discard, "d-1")
    await write(drafts.discard, "d-1")

    with pytest.raises(DraftGone):
        await ask(drafts.get, "d-1")


async def test_an_attachment_is_kept_once(an_attachment: Act, somebody: Act, write: Act, ask: Act) -> None:
    person = await somebody()
    await an_attachment("f-1", person.id)
    await write(attachments.bind, ["f-1"], person.id, "A-1")

    again = await an_attachment("f-1", person.id)

    assert again.application == "A-1"
    assert (await ask(attachments.get, "f-1")).application == "A-1"
    assert await ask(attachments.get, "f-2") is None
    assert [one.id for one in await ask(attachments.several, ["f-1", "f-2"])] == ["f-1"]
    assert [one.id for one in await ask(attachments.of, "A-1")] == ["f-1"]


async def test_of_two_applications_at_once_one_has_the_file(an_attachment: Act, somebody: Act, write: Act) -> None:
    person = await somebody()
    await an_attachment("f-1", person.id)

    answers = await asyncio.gather(
        *(write(attachments.bind, ["f-1"], person.id, f"A-{n}") for n in range(5)), return_exceptions=True
    )

    assert answers.count(None) == 1
