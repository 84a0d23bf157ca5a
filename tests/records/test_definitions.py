"""Under which definitions people have applied, and whom a changed one touches."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from records_examples import NOON, Act

import cli
from commands.versions import touched
from licences import catalogue
from licences.procedure import Procedure
from records import applications, definitions, drafts
from records.applications import Submitted
from records.tables import Draft

TODAY = date(2026, 11, 20)
FOOD = "lao-food-sale-large"
NOW = catalogue.load().procedure(FOOD, "new", TODAY)
BEFORE = NOW.model_copy(update={"version": "0" * 64, "form": "food-sale-old", "decision_days": 45})


@pytest.fixture
def apply(write: Act, submitted: Submitted) -> Act:
    """Submit under a version of the rules: `await apply(NOW, key="1")`."""

    async def submit(procedure: Procedure, key: str) -> str:
        filed = await write(applications.submit, replace(submitted, key=key, procedure=procedure, claim=""))
        return str(filed.number)

    return submit


@pytest.fixture
def begin(write: Act, submitted: Submitted) -> Act:
    """Begin a draft: `await begin("w-1", NOW)`."""

    async def save(draft_id: str, procedure: Procedure) -> None:
        draft = Draft(
            id=draft_id, person=submitted.applicant, licence=procedure.licence, operation=procedure.operation.value,
            version=procedure.version, answers={}, attachments={}, opened_at=NOON, saved_at=NOON,
        )  # fmt: skip
        await write(drafts.save, draft)

    return save


async def test_open_applications_and_drafts_are_counted_by_version(
    write: Act, ask: Act, apply: Act, begin: Act
) -> None:
    ended = await apply(BEFORE, "1")
    for key in ("2", "3"):
        await apply(BEFORE, key)
    await apply(NOW, "4")
    await write(applications.end, ended, "refused", "refused", NOON)
    await begin("w-1", BEFORE)
    await begin("answer:APP-1:p", BEFORE)

    found = {one.version: one for one in await ask(definitions.in_use)}

    assert (found[BEFORE.version].applications, found[BEFORE.version].drafts) == (2, 1)
    assert (found[NOW.version].applications, found[NOW.version].drafts) == (1, 0)
    assert found[BEFORE.version].procedure == BEFORE


async def test_only_older_rules_are_told_with_what_changed_and_the_policy(ask: Act, apply: Act, begin: Act) -> None:
    await apply(BEFORE, "1")
    await apply(NOW, "2")
    await begin("w-1", BEFORE)

    said = touched(catalogue.load(), await ask(definitions.in_use), TODAY)

    assert said[0] == f"{FOOD} new 000000000000: 1 open applications, 1 drafts"
    assert "[ask-again]" in said[1] and "food-sale-old" in said[1]
    assert "[grandfather]" in said[2] and "from 45 to 30" in said[2]
    assert said[3:] == ["under older rules: 1 open applications, 1 drafts"]


async def test_drafts_under_rules_that_nobody_submitted_under_are_told(ask: Act, begin: Act) -> None:
    await begin("w-1", BEFORE)

    said = touched(catalogue.load(), await ask(definitions.in_use), TODAY)

    assert "[ask-again]" in said[1] and len(said) == 3


async def test_a_licence_that_is_gone_is_told(ask: Act, apply: Act) -> None:
    await apply(BEFORE.model_copy(update={"licence": "gone"}), "1")

    said = touched(catalogue.load(), await ask(definitions.in_use), TODAY)

    assert "can no longer be applied for" in said[1]


async def test_the_command_asks_the_records(address: str, apply: Act) -> None:
    await apply(BEFORE, "1")

    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "cli", "catalogue", "touched", "--data", "/nonexistent"],
        cwd=Path(cli.__file__).parent,
        env={"BIZ_DATABASE_URL": address},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "under older rules: 1 open applications, 0 drafts"
