"""The token, for real (SoftHSM): what it says when it does not answer, and that it heals without a restart."""

import subprocess
import sys
from pathlib import Path

import pytest

from local import ROOT
from signing import token as tokens
from signing.token import Token, TokenUnavailable

LABEL, PIN, KEY = "bizportal-test", "13579", "seal-of-the-token-tests"
AT_ONCE = 4

MADE = """
import asyncio, pathlib, sys
from signing.token import TokenUnavailable, create_token

token = create_token(pathlib.Path(sys.argv[1]), sys.argv[2], "bizportal-test", "13579")
"""
ALONE = f"{MADE}asyncio.run(token.create_keys(['seal']))"
LATE = f"""{MADE}
store = pathlib.Path(sys.argv[1]) / "tokens"

async def main():
    store.rename(store.with_name("hidden"))
    store.mkdir()
    try:
        await token.sign("seal", bytes(32))
    except TokenUnavailable as missed:
        print(missed)
    store.rmdir()
    store.with_name("hidden").rename(store)
    print(len(await token.sign("seal", bytes(32))))

asyncio.run(main())
"""
TOGETHER = f"""{MADE}
print("here", flush=True)
sys.stdin.readline()
print(len(asyncio.run(token.sign("seal", bytes(32)))))
"""


def _begun(text: str, folder: Path, module: str) -> subprocess.Popen[str]:
    """A process of its own: a module keeps the tokens that it was shown first."""
    command = [sys.executable, "-c", text, str(folder), module]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _said(process: subprocess.Popen[str], told: str = "") -> list[str]:
    out, _ = process.communicate(told, timeout=60)
    assert process.returncode == 0
    return out.splitlines()


@pytest.fixture(scope="module")
def a_folder(token: Token, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A token of its own with one key."""
    folder = tmp_path_factory.mktemp("apart")
    _said(_begun(ALONE, folder, token.module_path))
    return folder


async def test_a_token_that_lost_its_session_opens_another(token: Token) -> None:
    await token.create_keys([KEY])
    next(iter(tokens._opened.values())).session.close()

    with pytest.raises(TokenUnavailable):
        await token.sign(KEY, bytes(32))

    assert len(await token.sign(KEY, bytes(32))) == 64


async def test_a_key_that_the_token_has_not_is_said(token: Token) -> None:
    with pytest.raises(TokenUnavailable, match="NoSuchKey"):
        await token.sign("seal-nobody", bytes(32))


async def test_the_pin_stands_in_no_representation(token: Token) -> None:
    assert PIN not in repr(token)


def test_a_token_that_was_not_there_at_the_start_is_found_later(a_folder: Path, token: Token) -> None:
    missed, signed = _said(_begun(LATE, a_folder, token.module_path))

    assert "NoSuchToken" in missed
    assert signed == "64"


def test_processes_that_open_the_token_at_once_all_sign(a_folder: Path, token: Token) -> None:
    processes = [_begun(TOGETHER, a_folder, token.module_path) for _ in range(AT_ONCE)]
    for process in processes:
        assert process.stdout and process.stdout.readline() == "here\n"

    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()

    assert [_said(process) for process in processes] == [["64"]] * AT_ONCE


async def test_two_holders_of_one_token_in_one_process_both_sign(token: Token) -> None:
    other = Token(token.module_path, LABEL, PIN)
    await token.create_keys([KEY])

    signed = await other.sign(KEY, bytes(32))
    await other.close()

    assert len(signed) == len(await token.sign(KEY, bytes(32))) == 64


async def test_a_pin_that_was_refused_is_not_tried_until_the_token_locks(token: Token) -> None:
    wrong = Token(token.module_path, LABEL, "24680")
    with pytest.raises(TokenUnavailable, match="PinIncorrect"):
        await wrong.sign(KEY, bytes(32))

    wrong._pin = PIN  # as if it were right after all: nobody asks the token
    with pytest.raises(TokenUnavailable, match="not tried again until this process starts anew"):
        await wrong.sign(KEY, bytes(32))

    await token.create_keys([KEY])  # whoever has the right one is not locked out
