"""What can be said of a document without a network, from its own dates and the signed list."""

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from api_examples import As, Json, filed, until

import cli
from api import snapshot
from api.verdict import Worth
from local import System

STATED = snapshot.Stated("LAO-2569-0000017-3", "lao", date(2026, 1, 1), date(2026, 12, 31), "digest")
LISTED: dict[str, Any] = {"at": "2026-11-20T12:00:00+07:00", "dead": {}, "replaced": {}}
NUMBER, ON = STATED.licence_number, date(2026, 11, 20)


@pytest.mark.parametrize(
    ("said", "on", "standing"),
    [
        ({}, ON, "in-force"),
        ({}, date(2027, 1, 1), "expired"),
        ({}, date(2025, 12, 31), "not-yet"),
        ({"dead": {NUMBER: "revoked"}}, ON, "revoked"),
        ({"dead": {"LAO-2569-0000018-X": "revoked"}}, ON, "in-force"),
        ({"replaced": {NUMBER: "another"}}, ON, "superseded"),
        ({"replaced": {NUMBER: "digest"}}, ON, "in-force"),
    ],
)
def test_a_document_is_worth_what_its_dates_and_the_list_say(said: dict[str, Any], on: date, standing: str) -> None:
    known = snapshot.known(STATED, LISTED | said, on)

    verdict = snapshot.of_statement(known)
    assert known.standing == standing
    assert (verdict.worth is Worth.IN_FORCE) == (standing == "in-force")
    assert verdict.sentences[-1].en == "by the list that the register signed on 2026-11-20"


def test_without_a_list_nobody_can_say_whether_it_is_in_force() -> None:
    assert snapshot.of_statement(None).exit_code == 2


async def test_the_signed_list_answers_in_the_place_of_the_register(
    as_: As, walk: Callable[[str], Awaitable[Json]], system: System, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    granted = await walk((await filed(await as_("applicant")))["number"])
    pdf = tmp_path / "licence.pdf"
    pdf.write_bytes((await (await as_("")).get(f"/api/v1/register/{granted['licence_number']}/document")).content)
    (code,) = zxingcpp.read_barcodes(pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil())
    trust = Path(shutil.copytree(system.env["BIZ_TRUST_DIR"], tmp_path / "trust"))

    async def verified(*words: str) -> int:
        return await asyncio.to_thread(cli.main, ["verify", *words, "--trust", str(trust)])

    async def fetched() -> Json:
        words = ["register", "snapshot", str(trust), "--data", str(system.folder)]
        return {"exit": await asyncio.to_thread(cli.main, words)}

    assert await verified("--offline", str(pdf)) == await verified("--statement", code.text) == 2
    await until(fetched, lambda seen: seen["exit"] == 0)
    assert await verified("--offline", str(pdf)) == await verified("--statement", code.text) == 0
    assert "by the list that the register signed on" in capsys.readouterr().out
    assert await verified("--statement", code.text[:-9] + "AAAAAAAAA") == 1

    listed = json.loads((trust / "snapshot.json").read_text())
    (trust / "snapshot.json").write_text(json.dumps(listed | {"statement": listed["statement"][:-9] + "AAAAAAAAA"}))
    assert await verified("--offline", str(pdf)) == cli.REFUSED
    assert "does not hold" in capsys.readouterr().err
