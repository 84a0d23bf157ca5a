"""The `bizportal` command: thin, like every door. Each command imports only what it needs, when it is called."""

from __future__ import annotations

import argparse
import atexit
import os
import signal
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from commands import (
    calendars,
    catalogue,
    deploying,
    erasing,
    history,
    holds,
    keeping,
    looking,
    money,
    operations,
    register,
    repairs,
    replays,
    verify,
)
from commands.asking import DATA, CannotDo, settings_of
from licences.errors import NotAllowed

if TYPE_CHECKING:
    from local import System

REFUSED = 2
"""The exit code of a command that was asked for something that it may not or cannot do."""
BROKEN_OFF = 130
"""As shells say it: somebody pressed Ctrl-C, or reads no further."""

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    atexit.register(_linger)
    options = parser().parse_args(arguments)
    command: Command = options.command
    try:
        return command(options)
    except (CannotDo, NotAllowed) as reason:
        print(f"bizportal: {reason}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("bizportal: broken off", file=sys.stderr)
        return BROKEN_OFF
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to be printed has no reader
        return BROKEN_OFF


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    root = argparse.ArgumentParser(prog="bizportal", description="ระบบใบอนุญาต / the licence engine")
    commands = root.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_up(commands)
    _add_token(commands)
    _add_migrate(commands)
    operating = (operations, looking, replays, repairs, keeping, erasing, deploying)
    for word in (catalogue, calendars, verify, register, holds, money, *operating, history):
        word.add(commands)
    return root


def _add_up(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    up = commands.add_parser("up", help="run the whole system on loopback until Ctrl-C")
    up.add_argument("--data", default=DATA, metavar="DIR", help="where its state is kept (default: .local)")
    up.add_argument("--port", type=int, metavar="N", help="the web's port (default: a free one, then the same)")
    up.set_defaults(command=_up)


def _add_token(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    token = commands.add_parser("token", help="a bearer token of one persona; local profile only")
    token.add_argument("persona", metavar="PERSONA", help="applicant, officer-<agency>, operator, …")
    token.add_argument("--data", default=DATA, metavar="DIR", help="of the system that runs (default: .local)")
    token.set_defaults(command=_token)


def _add_migrate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    migrate = commands.add_parser("migrate", help="bring the tables of BIZ_DATABASE_URL up to date")
    migrate.add_argument("--data", default=DATA, metavar="DIR", help="or of the system that runs there")
    migrate.set_defaults(command=_migrate)


# The system on loopback

MOST_DEATHS = 3
"""How often one part may die before we give up and say so."""

PARTS = {
    "web": ("หน้าเว็บ", "Pages and API"),
    "sign-in": ("ระบบลงชื่อเข้าใช้", "Sign-in"),
    "mailbox": ("จดหมายที่ส่งออก", "Mail that was sent"),
    "temporal-ui": ("หน้าจอของเครื่องยนต์", "Temporal, for engineers"),
    "company-register": ("ทะเบียนนิติบุคคล", "Company register"),
    "bank": ("ธนาคาร", "Bank"),
    "authority": ("ผู้ออกใบรับรองและเวลา", "Certificates and time stamps"),
    "temporal": ("Temporal", "Temporal (gRPC)"),
    "postgres": ("ฐานข้อมูล", "PostgreSQL"),
    "store": ("คลังเอกสาร", "Object store (S3)"),
}
PEOPLE = {
    "applicant": ("กรรมการของบริษัทตัวอย่าง", "director of the example company"),
    "director-2": ("กรรมการผู้ลงลายมือชื่อร่วม", "director who must sign as well"),
    "attorney": ("ผู้รับมอบอำนาจ", "holds a power of attorney"),
    "practitioner": ("ผู้ประกอบวิชาชีพ", "a natural person with a profession"),
    "outsider": ("ประชาชนทั่วไป", "a citizen with no tie to any of them"),
    "operator": ("ผู้ดูแลระบบ", "watches the engine"),
    "operator-2": ("ผู้ดูแลระบบคนที่สอง", "second pair of eyes"),
    "auditor": ("ผู้ตรวจสอบ", "reads, changes nothing"),
}
OFFICERS = {
    "officer-<agency>": ("เจ้าหน้าที่", "officer; also officer-<agency>-2"),
    "officer-<agency>@<office>": ("เจ้าหน้าที่ประจำจังหวัดหรือท้องถิ่น", "officer of a provincial or local office"),
    "inspector-<agency>": ("ผู้ตรวจสถานที่", "inspects premises"),
    "supervisor-<agency>": ("ผู้บังคับบัญชา", "supervisor"),
}


def _up(options: argparse.Namespace) -> int:
    import local

    began = time.monotonic()
    try:
        system = local.System(options.data, options.port)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: system.ask_to_stop())
        print("กำลังเริ่มระบบ / starting …", flush=True)
        with system:
            print(_welcome(system, time.monotonic() - began), flush=True)
            _watch(system)
            print("กำลังหยุดระบบ / stopping …", flush=True)
    except local.Stopped:
        print("หยุดก่อนเริ่มเสร็จ / stopped while starting")
    except (local.PartFailed, local.AlreadyRunning) as reason:
        raise CannotDo(str(reason)) from reason
    return 0


def _watch(system: System) -> None:
    """Until somebody asks to stop: start again what dies, and say so; give up on what keeps dying."""
    import local

    deaths: dict[str, int] = {}
    while not system.wait(0.5):
        for name in system.ended():
            deaths[name] = deaths.get(name, 0) + 1
            if deaths[name] > MOST_DEATHS:
                raise local.PartFailed(f"{name} keeps ending. It said last:\n{system.last_lines(name)}")
            print(f"{name} ended; starting it again. It said last:\n{system.last_lines(name)}", flush=True)
            system.restart(name)
            print(f"{name} is back", flush=True)


def _welcome(system: System, seconds: float) -> str:
    from exchange.counterparts import people
    from licences import catalogue, thai

    at = system.addresses
    places = [(*PARTS[name], at[name]) for name in PARTS if name in at]
    names = {
        persona.sub: thai.full_name(persona.title, persona.given_name, persona.family_name)
        for persona in people.personas([])
    }
    persons = [(sub, names[sub], *says) for sub, says in PEOPLE.items()]
    officers = [(sub, "", *says) for sub, says in OFFICERS.items()]
    return "\n".join([
        f"\nระบบพร้อมแล้ว / ready in {seconds:.1f} s. หยุดด้วย / stop with Ctrl-C.\n",
        *_table(places),
        "\nผู้ที่ลงชื่อเข้าใช้ได้ / who can sign in (รหัสผ่านคือชื่อ / the name is the password):\n",
        *_table([*persons, *officers]),
        f"\n  <agency>: {', '.join(sorted(catalogue.load().agencies))}",
        "  <office>: รหัสจังหวัด / a province's code (diw@50), หรือท้องถิ่น / or a local authority (lao@pattaya)",
        f"\nข้อมูลและบันทึก / state and logs: {system.folder}",
        "โทเคน / a bearer token: bizportal token PERSONA\n",
    ])  # fmt: skip


def _table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Columns that stand under one another, Thai marks counted as the eye does."""
    rows = list(rows)
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "   ".join(cell + " " * (wide - _width(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    """Columns a text takes: marks above and below a Thai letter take none."""
    return sum(unicodedata.category(letter) not in ("Mn", "Me") for letter in text)


def _token(options: argparse.Namespace) -> int:
    import asyncio

    from exchange.counterparts import identity

    settings = settings_of(options.data)
    if settings.profile != "local":
        raise CannotDo(f"token is for the local profile only, and no system runs in {options.data}; type: make up")
    signed_in = identity.id_token(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
        f"{settings.public_url}/",
        options.persona,
    )
    try:
        print(asyncio.run(signed_in))
    except identity.NoToken as reason:
        raise CannotDo(str(reason)) from reason
    return 0


def _migrate(options: argparse.Namespace) -> int:
    from records import database
    from settings import DefaultsRefused, Role

    settings = settings_of(options.data)
    try:
        settings.refuse_defaults(Role.MIGRATE)
    except DefaultsRefused as reason:
        raise CannotDo(str(reason)) from reason
    database.migrate(settings.database_url)
    return 0


def _linger() -> None:
    """A short-lived client of Temporal aborts when a thread of its core returns into an interpreter that is going
    away; a moment between its last call and the end is enough."""
    if "temporalio" in sys.modules:
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
