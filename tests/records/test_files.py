import asyncio
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import minio
import pytest
from minio.commonconfig import COMPLIANCE
from minio.error import S3Error
from minio.retention import Retention

from licences.errors import NotAllowed
from local import System
from records.files import Altered, Files, Lost, StoreDown

PDF = "application/pdf"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A real object store with the three buckets, on loopback."""
    with System(tmp_path_factory.mktemp("store"), parts=("store",)) as running:
        yield running


@pytest.fixture
def files(store: System) -> Iterator[Files]:
    env = store.env
    files = Files.connect(env["BIZ_S3_ENDPOINT"], env["BIZ_S3_ACCESS_KEY"], env["BIZ_S3_SECRET_KEY"])
    yield files
    files.close()


@pytest.fixture
def client(store: System) -> minio.Minio:
    """The same store by its plain client, with our own rights."""
    env = store.env
    return minio.Minio(
        env["BIZ_S3_ENDPOINT"], env["BIZ_S3_ACCESS_KEY"], env["BIZ_S3_SECRET_KEY"], secure=False, region="us-east-1"
    )


def versions(client: minio.Minio, bucket: str, name: str) -> list[Any]:
    return list(client.list_objects(bucket_name=bucket, prefix=name, include_version=True))


async def test_a_file_is_kept_under_its_own_digest(files: Files) -> None:
    stored = await files.put_once("attachments/p-1", b"a map", PDF)

    assert stored.sha256 == hashlib.sha256(b"a map").hexdigest()
    assert stored.key == f"attachments/p-1/{stored.sha256}.pdf"
    assert stored.size == 5
    assert await files.get(stored.key, stored.sha256, stored.version_id) == b"a map"


async def test_the_same_content_again_is_the_same_file_without_a_second_version(
    files: Files, client: minio.Minio
) -> None:
    first = await files.put_once("licences/bma", b"sealed once", PDF)
    again = await files.put_once("licences/bma", b"sealed once", PDF)

    assert again == first
    assert first.version_id
    assert len(versions(client, "licences", first.key.removeprefix("licences/"))) == 1


async def test_the_same_content_elsewhere_is_another_file(files: Files) -> None:
    first, second = await files.put_once("papers/a", b"x", PDF), await files.put_once("papers/b", b"x", PDF)

    assert first.sha256 == second.sha256
    assert first.key != second.key


async def test_an_empty_file_and_an_unknown_type_are_kept_too(files: Files) -> None:
    stored = await files.put_once("attachments/p-1", b"", "application/x-unknown")

    assert stored.key.endswith(".bin")
    assert await files.get(stored.key, stored.sha256, stored.version_id) == b""


async def test_other_bytes_than_were_put_in_are_not_given_out(files: Files, client: minio.Minio) -> None:
    stored = await files.put_once("papers/bma", b"drawn", PDF)
    name = stored.key.removeprefix("papers/")
    client.put_object(bucket_name="papers", object_name=name, data=BytesIO(b"DRAWN"), length=5)

    with pytest.raises(Altered):
        await files.get(stored.key, stored.sha256)
    with pytest.raises(Altered):
        await files.put_once("papers/bma", b"drawn", PDF)


async def test_a_version_stays_what_it_was(files: Files, client: minio.Minio) -> None:
    stored = await files.put_once("licences/bma", b"genuine", PDF)
    name = stored.key.removeprefix("licences/")
    client.put_object(bucket_name="licences", object_name=name, data=BytesIO(b"FORGERY"), length=7)

    assert await files.get(stored.key, stored.sha256, stored.version_id) == b"genuine"


async def test_nobody_lets_go_of_a_licence_before_its_day(files: Files, client: minio.Minio) -> None:
    until = datetime.now(UTC) + timedelta(days=3650)
    stored = await files.put_once("licences/bma", b"for ten years", PDF, retain_until=until)
    where = {"bucket_name": "licences", "object_name": stored.key.removeprefix("licences/")}
    where["version_id"] = stored.version_id

    held = client.get_object_retention(**where)

    assert held is not None
    assert held.mode == COMPLIANCE
    assert abs(held.retain_until_date - until) < timedelta(seconds=1)
    with pytest.raises(S3Error):
        client.remove_object(**where)
    with pytest.raises(S3Error):
        client.set_object_retention(config=Retention(COMPLIANCE, datetime.now(UTC) + timedelta(days=1)), **where)


async def test_a_lock_grows_and_never_shrinks(files: Files, client: minio.Minio) -> None:
    soon, late = (datetime.now(UTC) + timedelta(days=days) for days in (10, 100))
    for until in (soon, late, soon):
        stored = await files.put_once("licences/bma", b"renewed", PDF, retain_until=until)

    where = {"bucket_name": "licences", "object_name": stored.key.removeprefix("licences/")}
    held = client.get_object_retention(**where, version_id=stored.version_id)
    assert held is not None
    assert abs(held.retain_until_date - late) < timedelta(seconds=1)
    assert len(versions(client, "licences", where["object_name"])) == 1


async def test_what_is_not_there_is_lost(files: Files) -> None:
    with pytest.raises(Lost):
        await files.get("papers/bma/nothing.pdf", "0" * 64)


async def test_a_store_that_is_away_is_worth_trying_again(unused_tcp_port: int) -> None:
    away = Files.connect(f"127.0.0.1:{unused_tcp_port}", "k", "s")

    put = away.put_once("papers/x", b"x", PDF)
    for call in (away.get("papers/x", "0" * 64), put, away.kept_in("papers/x"), away.ready()):
        with pytest.raises(StoreDown) as trouble:
            await call
        assert not isinstance(trouble.value, NotAllowed)

    away.close()


async def test_who_may_not_enter_is_not_an_answer_of_the_law(store: System) -> None:
    stranger = Files.connect(store.env["BIZ_S3_ENDPOINT"], "nobody", "nothing-at-all")

    with pytest.raises(StoreDown):
        await stranger.put_once("papers/x", b"x", PDF)

    stranger.close()


async def test_a_store_is_ready_when_every_shelf_is_there(files: Files, store: System) -> None:
    await files.ready()

    env = store.env
    no_such = Files.connect(
        env["BIZ_S3_ENDPOINT"], env["BIZ_S3_ACCESS_KEY"], env["BIZ_S3_SECRET_KEY"], buckets={"papers": "no-such-bucket"}
    )
    with pytest.raises((Lost, StoreDown)):
        await no_such.ready()
    no_such.close()


async def test_many_at_once_are_all_kept(files: Files, tmp_path: Path) -> None:
    contents = [f"file {n}".encode() for n in range(20)]

    stored = await asyncio.gather(*(files.put_once("attachments/many", one, PDF) for one in contents))
    read = await asyncio.gather(*(files.get(one.key, one.sha256, one.version_id) for one in stored))

    assert read == contents


async def test_a_folder_tells_what_lies_in_it_and_in_no_other(files: Files) -> None:
    one = await files.put_once("licences/licence/APP-1", b"sealed", PDF)
    other = await files.put_once("licences/licence/APP-1", b"sealed again", PDF)
    await files.put_once("licences/licence/APP-10", b"somebody else's", PDF)
    await files.put_once("licences/licence/APP-1/below", b"deeper", PDF)

    assert set(await files.kept_in("licences/licence/APP-1")) == {one, other}
    assert await files.kept_in("licences/licence/APP-2") == ()
