import asyncio

from records_examples import NOON, Act, later

from records import access, exchange_log, signatures
from records.tables import Application

TEXT = "กรรมการสองคนลงลายมือชื่อร่วมกันและประทับตราสำคัญของบริษัท"
TWO = {"count": 2, "seal": True}
CALL = {
    "office": "dbd",
    "service": "juristic-v4",
    "subject_id": "0105561000004",
    "asked_by": "p-1",
    "purpose": "who may sign",
    "outcome": "answered",
    "digest": "d" * 64,
    "application": "A-1",
}


async def test_a_call_is_written_down_once(write: Act, ask: Act) -> None:
    await write(exchange_log.log_call, **CALL, at=NOON, key="A-1:look:1")
    await write(exchange_log.log_call, **CALL, at=later(minutes=1), key="A-1:look:1")
    await write(exchange_log.log_call, **CALL, at=later(minutes=2))

    calls = await ask(exchange_log.calls_for, "A-1")

    assert [one.asked_at for one in calls] == [NOON, later(minutes=2)]
    assert (calls[0].purpose, calls[0].outcome, calls[0].asked_by) == ("who may sign", "answered", "p-1")


async def test_the_last_word_of_the_register_is_found(write: Act, ask: Act) -> None:
    said = {"service": "juristic-v4", "digest": "d" * 64}
    await write(exchange_log.keep_snapshot, "J-1", {"name_th": "ก"}, at=NOON, key="s-1", **said)
    await write(exchange_log.keep_snapshot, "J-1", {"name_th": "ข"}, at=later(hours=1), key="s-2", **said)
    again = await write(exchange_log.keep_snapshot, "J-1", {"name_th": "ค"}, at=later(hours=2), key="s-2", **said)

    assert again.facts == {"name_th": "ข"}
    assert (await ask(exchange_log.latest_snapshot, "J-1")).facts == {"name_th": "ข"}
    assert (await ask(exchange_log.latest_snapshot, "J-1", later(hours=1))).facts == {"name_th": "ข"}
    assert await ask(exchange_log.latest_snapshot, "J-1", later(hours=2)) is None
    assert await ask(exchange_log.latest_snapshot, "J-2") is None


async def test_that_nothing_was_found_is_a_word_too(write: Act, ask: Act) -> None:
    await write(exchange_log.keep_snapshot, "J-1", None, at=NOON, service="s", digest="")

    assert (await ask(exchange_log.latest_snapshot, "J-1")).facts is None


async def test_a_later_reading_takes_the_place_of_a_proposal(write: Act, ask: Act) -> None:
    assert await ask(exchange_log.signing_rule, "J-1", TEXT) is None
    first = await write(exchange_log.propose_rule, "J-1", TEXT, {"count": 1})
    later_ = await write(exchange_log.propose_rule, "J-1", TEXT, TWO)

    assert later_.id == first.id
    assert (await ask(exchange_log.signing_rule, "J-1", TEXT)).rule == TWO


async def test_what_an_officer_confirmed_stays(write: Act, ask: Act) -> None:
    await write(exchange_log.confirm_rule, "J-1", TEXT, TWO, "o-1", NOON)
    proposed = await write(exchange_log.propose_rule, "J-1", TEXT, {"count": 1})
    again = await write(exchange_log.confirm_rule, "J-1", TEXT, {"count": 1}, "o-2", later(days=1))

    for rule in (proposed, again, await ask(exchange_log.signing_rule, "J-1", TEXT)):
        assert (rule.rule, rule.confirmed_by, rule.confirmed_at) == (TWO, "o-1", NOON)


async def test_another_wording_or_company_has_a_rule_of_its_own(write: Act, ask: Act) -> None:
    await write(exchange_log.confirm_rule, "J-1", TEXT, TWO, "o-1", NOON)

    assert await ask(exchange_log.signing_rule, "J-1", TEXT + " ") is None
    assert await ask(exchange_log.signing_rule, "J-2", TEXT) is None


async def test_of_two_officers_at_once_one_is_kept(write: Act, ask: Act) -> None:
    rules = await asyncio.gather(
        *(write(exchange_log.confirm_rule, "J-1", TEXT, {"count": n}, f"o-{n}", NOON) for n in range(5))
    )

    assert len({(one.confirmed_by, one.rule["count"]) for one in rules}) == 1


async def test_somebody_signs_the_same_answers_once(
    application: Application, somebody: Act, write: Act, ask: Act
) -> None:
    director = await somebody("director", "3101200345671")
    first = await write(signatures.sign_once, application, director.id, "director", "นาย ก", NOON)
    again = await write(signatures.sign_once, application, director.id, "director", "นาย ข", later(days=1))

    assert (again.id, again.director, again.signed_at) == (first.id, "นาย ก", NOON)
    assert [one.person for one in await ask(signatures.of, application.number)] == [director.id]


async def test_new_answers_ask_for_a_new_signature(
    application: Application, somebody: Act, write: Act, ask: Act
) -> None:
    director = await somebody("director", "3101200345671")
    await write(signatures.sign_once, application, director.id, "director", "", NOON)
    application.answers_digest = "b" * 64

    assert await ask(signatures.of, application.number, "b" * 64) == ()
    await write(signatures.sign_once, application, director.id, "director", "", later(hours=1))

    assert len(await ask(signatures.of, application.number)) == 2
    assert len(await ask(signatures.of, application.number, "b" * 64)) == 1


async def test_who_looked_at_whose_data_is_kept(write: Act, ask: Act) -> None:
    await write(access.log, "o-1", "p-1", "personal-number", NOON, "identity check", "look-1")
    await write(access.log, "o-1", "p-1", "personal-number", NOON, "identity check", "look-1")
    await write(access.log, "o-2", "p-1", "answers", later(hours=1))

    assert [(one.by, one.reason) for one in await ask(access.of, "p-1")] == [("o-2", ""), ("o-1", "identity check")]
