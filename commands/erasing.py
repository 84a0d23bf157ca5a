"""`bizportal erase`, `keys`: what a person told us goes for ever, and the keys of the histories are wrapped anew."""

from __future__ import annotations

import argparse
import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from commands.asking import CannotDo, add_by, add_data, records_of, running

if TYPE_CHECKING:
    from control.keys import Erased


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    erase = commands.add_parser("erase", help="erase what a person told us about an application; two persons type it")
    erase.add_argument("number", metavar="NUMBER")
    erase.add_argument("--reason", required=True, help="why: who asked for it, when")
    add_by(erase)
    add_data(erase)
    erase.set_defaults(command=_erase)
    keys = commands.add_parser("keys", help="wrap the keys of the histories with the ring's key in use")
    add_data(keys)
    keys.set_defaults(command=_keys)


def _erase(options: argparse.Namespace) -> int:
    from licences.errors import NotAllowed
    from records.files import StoreDown

    try:
        done = asyncio.run(_erased(options))
    except NotAllowed as no:
        raise CannotDo(str(no)) from no
    except StoreDown as away:
        raise CannotDo(f"the object store does not answer; nothing was erased from the records: {away}") from away
    print("\n".join(_lines(options.number, done)))
    return 0


def _lines(number: str, done: Erased) -> list[str]:
    if not done.done:
        return [
            f"{number}: รับเรื่องแล้ว ต้องมีอีกคนหนึ่งสั่งซ้ำด้วย --by ของตน",
            f"{number}: asked for; another person types the same with a --by of their own, then it is done",
        ]
    return [
        f"{number}: ลบแล้ว กุญแจของประวัติถูกทำลาย ไฟล์ {done.objects} ไฟล์ถูกลบ เอกสารลงตรา {done.locked} ฉบับคงอยู่ตามกำหนดล็อก",
        f"{number}: erased; the key of its history is destroyed, {done.objects} files are gone; "
        f"{done.locked} sealed documents stay until their lock ends",
    ]


async def _erased(options: argparse.Namespace) -> Erased:
    from control.keys import erase
    from records.files import Files

    settings = running(options.data)
    files = Files.connect(
        settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key, secure=settings.s3_secure,
        buckets=settings.shelves,
    )  # fmt: skip
    try:
        async with records_of(options.data) as database:
            return await erase(database, files, options.number, options.reason, options.by, datetime.now().astimezone())
    finally:
        files.close()


def _keys(options: argparse.Namespace) -> int:
    done = asyncio.run(_rewrapped(options.data))
    print(f"กุญแจ {done} ดอกถูกห่อใหม่ / {done} keys are wrapped anew with the ring's key in use")
    return 0


async def _rewrapped(data: str) -> int:
    from control.keys import case_keys

    async with records_of(data) as database:
        return await case_keys(database, running(data).codec_key).rewrap()
