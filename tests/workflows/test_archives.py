"""Archive stamps renewed by the day's round, on the real store, token and authority: what a licence is ten years on."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import minio
import pytest
from driving import Driver
from minio.error import S3Error
from sqlalchemy import update

from activities.archives import Archives, Round
from control import waits
from control.causes import Kind
from control.holds import NoPapers, hold
from licences import catalogue
from licences.registrar import REGISTRAR
from local import System
from records import archives, history, papers, register
from records.database import Database
from records.tables import Paper
from settings import Role, Settings
from signing import authority
from signing.trust import Trust
from signing.verify import Findings, verify
from worker import Tools, tools_for
from workflows.archives import RenewArchives
from workflows.messages import GENERAL

LICENCE = "lao-food-sale-large"
NOW = datetime.now(UTC)
SIX_YEARS = timedelta(days=6 * 365)
"""Longer than the first stamp's certificate has, shorter than the second's."""


@pytest.fixture(scope="module")
async def granted(driver: Driver) -> str:
    """The application of a licence that was sealed before the authority changed its certificate."""
    number = await driver.filed(LICENCE)
    await driver.walked(number)
    await driver.document(number, "acknowledgement")
    return number


@pytest.fixture(scope="module")
async def rolled_over(granted: str, infrastructure: System) -> None:
    """The authority stamps with its younger certificate."""
    authority.roll_over(infrastructure.folder / "authority")


@pytest.fixture(scope="module")
def tools(infrastructure: System) -> Tools:
    told = {name.removeprefix("BIZ_").lower(): v for name, v in infrastructure.env_for(Role.SEALING).items()}
    return tools_for(Role.SEALING, Settings.model_validate(told))


@pytest.fixture(scope="module")
def store(driver: Driver) -> minio.Minio:
    told = driver.settings
    return minio.Minio(told.s3_endpoint, told.s3_access_key, told.s3_secret_key, secure=False, region="us-east-1")


async def paper_of(database: Database, number: str, kind: str = "licence") -> Paper:
    async with database.reading() as session:
        paper = await papers.get(session, f"{number}:{kind}")
    assert paper is not None
    return paper


async def proved(driver: Driver, paper: Paper) -> tuple[bytes, Findings]:
    """The newest version of a paper, and what it proves."""
    file = archives.newest(paper)
    pdf = await driver.files.get(file.key, file.sha256, file.version_id)
    return pdf, await verify(pdf, Trust.load(Path(driver.settings.trust_dir)))


async def round_of(driver: Driver, name: str, ahead: timedelta) -> Round:
    going = Round(at=NOW, ahead=ahead)
    made: Round = await driver.client.execute_workflow(
        RenewArchives.run, going, id=f"archives:test-{name}", task_queue=GENERAL
    )
    return made


async def test_a_paper_is_kept_for_its_life_and_its_agencys_years_after(driver: Driver, granted: str) -> None:
    paper, reserved = await paper_of(driver.database, granted), await driver.reserved(granted)

    assert reserved.valid_until is not None and paper.kept_until is not None
    assert catalogue.load().agency(paper.agency).keep_years is None
    years = driver.settings.retention_years
    assert paper.kept_until.year == reserved.valid_until.year + years
    assert paper.proof_ends_at is not None and paper.proof_ends_at.year > NOW.year and paper.proof_digest == "sha256"


async def test_while_the_authority_has_no_younger_certificate_nothing_is_gained_and_nothing_is_stored(
    driver: Driver, granted: str
) -> None:
    made = await round_of(driver, "too-early", SIX_YEARS)

    assert made.renewed == 0 and made.failed >= 2, "licence and acknowledgement"
    assert (await paper_of(driver.database, granted)).renewals == 0


async def test_a_stamp_that_was_stored_and_not_written_down_is_found_again(
    driver: Driver, granted: str, rolled_over: None, tools: Tools
) -> None:
    """The worker died between the store and the records: the next round takes what lies there, and stamps nothing."""
    paper = await paper_of(driver.database, granted, "acknowledgement")
    ours = Archives(tools.database, tools.files, tools.desk, "sha256", 10)
    issued = await tools.files.get(paper.sealed_key, paper.sealed_sha256, paper.sealed_version)
    stored = await ours._stored(paper, issued, paper.kept_until or NOW.date())

    assert await ours._renewed_or_not(paper, Round(at=NOW, ahead=SIX_YEARS)) is True

    after = await paper_of(driver.database, granted, "acknowledgement")
    assert (after.renewals, after.renewed_key, after.renewed_version) == (1, stored.key, stored.version_id)
    assert len(await tools.files.kept_in(f"licences/acknowledgement/{granted}")) == 2
    await tools.desk._sealer.close()


async def test_the_round_renews_each_paper_once_as_a_new_version_that_begins_with_the_issued_file(
    driver: Driver, granted: str, rolled_over: None
) -> None:
    made = await round_of(driver, "renews", SIX_YEARS)
    again = await round_of(driver, "renews-again", SIX_YEARS)

    paper = await paper_of(driver.database, granted)
    pdf, findings = await proved(driver, paper)
    async with driver.database.reading() as session:
        issued, renewed = await archives.versions(session, paper)
    assert made.renewed >= 1 and (again.renewed, again.failed) == (0, 0)
    assert pdf.startswith(await driver.files.get(issued.key, issued.sha256, issued.version_id))
    assert hashlib.sha256(pdf).hexdigest() == renewed.sha256 == paper.renewed_sha256 != paper.sealed_sha256
    assert (findings.indication, findings.changes_after, findings.issued_sha256) == (
        "TOTAL-PASSED", "archive", paper.sealed_sha256,
    )  # fmt: skip
    assert paper.proof_ends_at is not None and paper.proof_ends_at > NOW + SIX_YEARS


async def test_no_version_can_be_deleted_before_its_day(
    driver: Driver, granted: str, rolled_over: None, store: minio.Minio
) -> None:
    paper = await paper_of(driver.database, granted)
    async with driver.database.reading() as session:
        versions = await archives.versions(session, paper)

    for file in versions:
        bucket, _, name = file.key.partition("/")
        locked = await asyncio.to_thread(
            store.get_object_retention, bucket_name=bucket, object_name=name, version_id=file.version_id
        )
        with pytest.raises(S3Error):
            await asyncio.to_thread(
                store.remove_object, bucket_name=bucket, object_name=name, version_id=file.version_id
            )
        assert locked is not None and paper.kept_until is not None
        assert locked.retain_until_date.date() >= paper.kept_until - timedelta(days=1)
    assert len(versions) == 2


async def test_a_legal_hold_is_on_every_version_until_it_is_lifted(
    driver: Driver, granted: str, rolled_over: None, store: minio.Minio
) -> None:
    number = (await driver.reserved(granted)).number
    said: dict[str, Any] = {"reason": "คดีปกครอง", "by": "operator:test", "at": NOW}

    held = await hold(driver.database, driver.files, number, held=True, **said)
    paper = await paper_of(driver.database, granted)
    file = archives.newest(paper)
    bucket, _, name = file.key.partition("/")
    where = {"bucket_name": bucket, "object_name": name, "version_id": file.version_id}
    on = await asyncio.to_thread(store.is_object_legal_hold_enabled, **where)
    await hold(driver.database, driver.files, number, held=False, **said)

    assert held == 4, "two papers, two versions each"
    assert paper.held and on
    assert not await asyncio.to_thread(store.is_object_legal_hold_enabled, **where)
    async with driver.database.reading() as session:
        told = [one.tag for one in await history.of(session, number)]
    assert told[-2:] == ["licence:hold:set", "licence:hold:lifted"]
    with pytest.raises(NoPapers):
        await hold(driver.database, driver.files, "LAO-0000-0000000-0", held=True, **said)


async def test_a_newer_digest_renews_what_was_stamped_with_an_older_one(
    driver: Driver, granted: str, rolled_over: None, tools: Tools
) -> None:
    newer = Archives(tools.database, tools.files, tools.desk, "sha512", 10)
    before = await paper_of(driver.database, granted)
    going = Round(at=NOW, after=f"{granted}:k")  # only the licence of this application, and what sorts after it

    await newer.renew_archives(going)

    paper = await paper_of(driver.database, granted)
    _, findings = await proved(driver, paper)
    assert (before.proof_digest, paper.proof_digest, paper.renewals) == ("sha256", "sha512", before.renewals + 1)
    assert (findings.indication, findings.issued_sha256) == ("TOTAL-PASSED", paper.sealed_sha256)
    await tools.desk._sealer.close()


async def test_a_stamp_that_nobody_renewed_is_named_long_before_it_ends(
    driver: Driver, granted: str, rolled_over: None
) -> None:
    kept = await paper_of(driver.database, granted)
    soon = {"proof_ends_at": NOW + timedelta(days=200)}
    async with driver.database.transaction() as session:
        await session.execute(update(papers.PAPERS).where(papers.PAPERS.c.id == kept.id).values(soon))

    found = await waits.look(driver.database, driver.client, timedelta(days=1))

    async with driver.database.transaction() as session:
        whole = {"proof_ends_at": kept.proof_ends_at}
        await session.execute(update(papers.PAPERS).where(papers.PAPERS.c.id == kept.id).values(whole))
    assert [case.number for case in found.cases if case.kind is Kind.ARCHIVE] == [granted]
    assert not [case for case in found.cases if case.kind is Kind.SEAL], "every certificate runs for years"


async def test_what_each_agency_seals_with_is_known_to_those_who_have_no_keys(
    driver: Driver, granted: str, rolled_over: None
) -> None:
    async with driver.database.reading() as session:
        ending = await archives.seals_ending(session, NOW + timedelta(days=20 * 365))
        held = await register.holding(session, (await driver.reserved(granted)).number)

    assert held is not None and held.status == "in-force"
    assert {seal.agency for seal in ending} == {*catalogue.load().agencies, REGISTRAR.code}
    assert {seal.algorithm for seal in ending} == {"ecdsa-p256-sha256"}
