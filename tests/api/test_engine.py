"""The door's way to the journeys, at the real engine; and the translation of what comes back."""

from datetime import date

import pytest
from api_examples import FOOD, As, filed
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from activities.refusals import final
from api import engine
from api.engine import Engine, EngineDown, JourneyOver, JourneyRefused
from licences import catalogue
from licences.errors import Conflict
from local import System
from workflows.messages import Withdrawal


class NobodysTurn(Conflict):
    """A rule that says no."""


A_NO = final(NobodysTurn("ไม่ใช่ตาของท่าน", "it is not your turn", field="turn"))


def in_an_effect(cause: ApplicationError) -> ActivityError:
    error = ActivityError(
        "failed", scheduled_event_id=1, started_event_id=2, identity="", activity_type="close", activity_id="1",
        retry_state=RetryState.NON_RETRYABLE_FAILURE,
    )  # fmt: skip
    error.__cause__ = cause
    return error


@pytest.fixture
def the_engine(system: System) -> Engine:
    told = system.env
    return Engine(told["BIZ_TEMPORAL_ADDRESS"], told["BIZ_TEMPORAL_NAMESPACE"], told["BIZ_CODEC_KEY"])


@pytest.mark.parametrize("cause", [A_NO, in_an_effect(A_NO)], ids=["from a validator", "from an effect"])
def test_a_rule_keeps_its_name_words_field_and_status_across_the_engine(cause: BaseException) -> None:
    said = engine.refusal(WorkflowUpdateFailedError(cause))

    assert isinstance(said, JourneyRefused)
    assert (said.code, said.th, said.en) == ("nobodys-turn", "ไม่ใช่ตาของท่าน", "it is not your turn")
    assert (said.field, said.status) == ("turn", 409)


def test_what_failed_for_another_reason_than_the_rules_is_no_refusal() -> None:
    assert isinstance(engine.refusal(WorkflowUpdateFailedError(ApplicationError("boom"))), EngineDown)


async def test_starting_a_journey_again_leaves_it_as_it_is(the_engine: Engine, as_: As) -> None:
    number = (await filed(await as_("applicant")))["number"]
    procedure = catalogue.load().procedure(FOOD, "new", date.today())

    await the_engine.start(number, procedure, for_company=True)


async def test_a_journey_that_is_not_there_hears_nothing(the_engine: Engine) -> None:
    await the_engine.signal("APP-2500-0000001-0", "paid", "NOBILL")

    with pytest.raises(JourneyOver):
        await the_engine.update("APP-2500-0000001-0", "withdraw", Withdrawal(by="p"), key="k")


async def test_an_engine_that_is_not_there_is_said_so(system: System) -> None:
    with pytest.raises(EngineDown):
        await Engine("127.0.0.1:1", "default", system.env["BIZ_CODEC_KEY"]).client()
