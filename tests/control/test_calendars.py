"""`bizportal holidays`: what an operator types when the Cabinet announces a day, and what he reads back."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

import cli

Say = Callable[..., Awaitable[int]]
WORDS = (
    "--name-th",
    "วันหยุดพิเศษ",
    "--name-en",
    "Special",
    "--source",
    "มติ ครม. 24 พ.ย. 2569",
    "--announced-on",
    "2026-11-24",
)


@pytest.fixture
def say(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Type a command to a system with this database; its exit code."""
    monkeypatch.setenv("BIZ_DATABASE_URL", address.replace("postgresql://", "postgresql+asyncpg://"))

    async def typed(*words: str) -> int:
        return await asyncio.to_thread(cli.main, ["holidays", *words, "--data", str(tmp_path)])

    return typed


async def test_a_day_is_announced_for_two_provinces_taken_back_in_one_and_listed(
    say: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    added = await say("add", "2026-12-04", *WORDS, "--province", "50", "--province", "51")
    back = await say("take-back", "2026-12-04", *WORDS, "--province", "51")
    capsys.readouterr()
    listed, said = await say("list"), capsys.readouterr().out

    assert (added, back, listed) == (0, 0, 0)
    first, second = said.splitlines()
    assert "province:50 province:51  closed" in first and "to be counted" in first and "มติ ครม." in first
    assert second.startswith("2  2026-12-04  province:51  open")


async def test_what_cannot_be_announced_is_said_and_nothing_is_kept(
    say: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    known = await say("add", "2026-12-07", *WORDS)  # a day in lieu that stands in the list
    nowhere = await say("add", "2026-12-04", *WORDS, "--province", "five")
    nobody = await say("add", "2026-12-04", *WORDS, "--agency", "xyz")
    said = capsys.readouterr().err

    assert (known, nowhere, nobody) == (2, 2, 2)
    assert "the calendar says so already" in said and "two digits" in said and "there is no agency xyz" in said
    assert await say("list") == 0 and capsys.readouterr().out == ""


async def test_a_file_of_announcements_is_brought_in_whole_or_not_at_all(
    say: Say, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "date,scopes,state,name_th,name_en,announced_on,source\n"
    good = "2026-12-04,national,closed,ก,A,2026-11-24,x\n2026-12-08,national,closed,ก,A,2026-11-24,x\n"
    (tmp_path / "good.csv").write_text(head + good, "utf-8")
    (tmp_path / "bad.csv").write_text(head + good + "2027-01-05,national,shut,ก,A,2026-11-24,x\n", "utf-8")

    bad = await say("import", str(tmp_path / "bad.csv"))
    nothing = await say("list"), capsys.readouterr().out
    brought = await say("import", str(tmp_path / "good.csv"))
    capsys.readouterr()
    await say("list")

    assert (bad, nothing, brought) == (2, (0, ""), 0)
    assert capsys.readouterr().out.startswith("1  2026-12-04 2026-12-08  national  closed")
