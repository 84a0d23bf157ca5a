"""The object store: put once, get and check the digest. A key holds its content's SHA-256, so it never means another.

A key begins with its shelf: `attachments/…`, `papers/…`, `licences/…`; each shelf is a bucket. What lies on the
licences' shelf may be locked until a day (S3 Object Lock, COMPLIANCE: nobody lets go of it before, we included).
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, TypeVar

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.error import MinioException, S3Error
from minio.retention import Retention

Answer = TypeVar("Answer")

SHELVES = {"attachments": "attachments", "papers": "papers", "licences": "licences"}
"""Shelf → bucket, where nobody says otherwise."""
EXTENSIONS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "application/json": "json",
    "text/plain": "txt",
}
REGION = "us-east-1"  # named, so that the client does not ask for it
CONNECT_S, READ_S = 3.0, 20.0
AT_ONCE = 8
ABSENT = ("NoSuchKey", "NoSuchVersion", "NotFound")


class StoreDown(Exception):
    """The store did not answer, or answered that it cannot: worth trying again."""


class Lost(Exception):
    """The store has no such file, and once had it."""


class Altered(Exception):
    """The store gave other bytes than were put in."""


@dataclass(frozen=True)
class Stored:
    """A file as it lies in the store. `sha256` is hex, `size` in bytes."""

    key: str
    sha256: str
    version_id: str
    size: int


class Files:
    """The way to the store. The client blocks, so it works in a few threads of its own."""

    def __init__(self, client: Minio, buckets: Mapping[str, str] = SHELVES) -> None:
        self._client, self._buckets = client, dict(buckets)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="store")

    @classmethod
    def connect(
        cls,
        endpoint: str,
        access_key: str,
        secret_key: str,
        *,
        secure: bool = False,
        buckets: Mapping[str, str] = SHELVES,
    ) -> "Files":
        """`endpoint` is host:port; nothing is asked of it yet."""
        http = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S),
            maxsize=AT_ONCE,
            # One more try for a connection that the store had closed; longer trouble is the caller's to try again.
            retries=urllib3.Retry(total=1, backoff_factor=0.1, status_forcelist=()),
        )
        client = Minio(endpoint, access_key, secret_key, secure=secure, region=REGION, http_client=http)
        return cls(client, buckets)

    async def put_once(
        self, folder: str, content: bytes, media_type: str, retain_until: datetime | None = None
    ) -> Stored:
        """Keep a file in a folder of a shelf; the same content again is the same file, without a second version.

        Raises StoreDown; Altered when other bytes lie under the content's own digest.
        """
        return await self._run(lambda: self._put(folder, content, media_type, retain_until))

    async def get(self, key: str, sha256: str, version_id: str = "") -> bytes:
        """The file, checked against the digest that we kept ourselves. Raises Altered, Lost, StoreDown."""
        content = await self._run(lambda: self._get(key, version_id))
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Altered(f"{key} is not what was kept under it")
        return content

    async def kept_in(self, folder: str) -> tuple[Stored, ...]:
        """What lies directly in a folder, the first put first; a folder that is not there holds nothing.

        Raises StoreDown.
        """
        return await self._run(lambda: self._list(folder))

    async def hold(self, key: str, version_id: str, *, held: bool) -> None:
        """Put one version under legal hold, or let go of it: while held, nobody deletes it, whatever its lock says.

        Raises Lost, StoreDown.
        """
        bucket, name = self._place(key)
        change = self._client.enable_object_legal_hold if held else self._client.disable_object_legal_hold
        await self._run(lambda: change(bucket_name=bucket, object_name=name, version_id=version_id or None))

    async def let_go(self, key: str) -> None:
        """Remove what may be removed: never from the shelf whose documents are locked. Not there: nothing to do.

        Raises StoreDown.
        """
        if key.startswith("licences/"):
            raise ValueError(f"{key} is sealed: the store keeps it until its lock ends")
        bucket, name = self._place(key)
        await self._run(lambda: self._client.remove_object(bucket_name=bucket, object_name=name))

    async def ready(self) -> None:
        """Raises StoreDown or Lost when a shelf cannot be reached."""
        for bucket in self._buckets.values():
            if not await self._run(lambda bucket=bucket: self._client.bucket_exists(bucket_name=bucket)):  # type: ignore[misc]
                raise Lost(f"there is no bucket {bucket}")

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, call: Callable[[], Answer]) -> Answer:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except S3Error as refused:
            if refused.code in ABSENT:
                raise Lost(str(refused)) from refused
            raise StoreDown(str(refused)) from refused
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as silent:
            raise StoreDown(str(silent)) from silent

    def _place(self, key: str) -> tuple[str, str]:
        shelf, _, name = key.partition("/")
        return self._buckets[shelf], name

    def _put(self, folder: str, content: bytes, media_type: str, retain_until: datetime | None) -> Stored:
        sha256 = hashlib.sha256(content).hexdigest()
        key = f"{folder}/{sha256}.{EXTENSIONS.get(media_type, 'bin')}"
        bucket, name = self._place(key)
        version = self._kept(bucket, name, content)
        if version is None:
            version = self._write(bucket, name, content, media_type, retain_until)
        elif retain_until is not None:
            self._lock(bucket, name, version, retain_until)
        return Stored(key, sha256, version, len(content))

    def _kept(self, bucket: str, name: str, content: bytes) -> str | None:
        """The version that lies there already, once it has been read and found the same; None: nothing lies there."""
        try:
            found = self._client.stat_object(bucket_name=bucket, object_name=name)
        except S3Error as refused:
            if refused.code in ABSENT:
                return None
            raise
        version = found.version_id or ""
        if self._read(bucket, name, version) != content:
            raise Altered(f"{bucket}/{name} holds other bytes than its name says")
        return version

    def _write(self, bucket: str, name: str, content: bytes, media_type: str, retain_until: datetime | None) -> str:
        retention = Retention(COMPLIANCE, retain_until) if retain_until else None
        written = self._client.put_object(
            bucket_name=bucket,
            object_name=name,
            data=BytesIO(content),
            length=len(content),
            content_type=media_type,
            retention=retention,
        )
        return written.version_id or ""

    def _lock(self, bucket: str, name: str, version: str, until: datetime) -> None:
        """See to it that nobody lets go of it before; a longer lock stays as it is."""
        where: dict[str, Any] = {"bucket_name": bucket, "object_name": name, "version_id": version or None}
        held = self._client.get_object_retention(**where)
        if held is None or held.retain_until_date < until.replace(microsecond=0):
            self._client.set_object_retention(config=Retention(COMPLIANCE, until), **where)

    def _list(self, folder: str) -> tuple[Stored, ...]:
        bucket, name = self._place(folder)
        found = self._client.list_objects(bucket_name=bucket, prefix=f"{name}/")
        there = sorted((one for one in found if not one.is_dir), key=lambda one: (one.last_modified, one.object_name))
        return tuple(self._found(folder, bucket, one.object_name) for one in there)

    def _found(self, folder: str, bucket: str, name: str) -> Stored:
        """One file as a listing names it; listings do not tell versions, so it is asked for."""
        there = self._client.stat_object(bucket_name=bucket, object_name=name)
        file = name.rpartition("/")[2]
        return Stored(f"{folder}/{file}", file.partition(".")[0], there.version_id or "", there.size or 0)

    def _get(self, key: str, version_id: str) -> bytes:
        bucket, name = self._place(key)
        return self._read(bucket, name, version_id)

    def _read(self, bucket: str, name: str, version_id: str) -> bytes:
        response = self._client.get_object(bucket_name=bucket, object_name=name, version_id=version_id or None)
        with closing(response):
            content: bytes = response.read()
            response.release_conn()
        return content
