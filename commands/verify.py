"""`bizportal verify FILE.pdf`: what a PDF proves, and what the register says of it."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

from commands.asking import CannotDo, add_data, settings_of

if TYPE_CHECKING:
    from api.verdict import Known
    from signing.verify import Findings

PATIENCE_S = 10


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the word on the parser."""
    word = commands.add_parser(
        "verify",
        help="what a PDF proves; exit 0 genuine and in force, 1 altered or not ours, 2 cannot tell, 3 not in force",
    )
    word.add_argument("file", type=Path, metavar="FILE.pdf")
    word.add_argument("--offline", action="store_true", help="ask nobody: the trust folder only")
    word.add_argument("--trust", type=Path, metavar="DIR", help="roots and published keys (default: the system's own)")
    word.add_argument("--json", action="store_true")
    add_data(word)
    word.set_defaults(command=_verify)


def _verify(options: argparse.Namespace) -> int:
    from api import verdict
    from signing.trust import Trust
    from signing.verify import verify

    folder = options.trust or Path(settings_of(options.data).trust_dir)
    if not (folder / "roots").is_dir():
        raise CannotDo(f"there is no trust folder at {folder}: name one with --trust DIR, or start the system")
    try:
        pdf = options.file.read_bytes()
    except OSError as wrong:
        raise CannotDo(f"{options.file} cannot be read: {wrong.strerror}") from wrong
    findings = asyncio.run(verify(pdf, Trust.load(folder)))
    known, asked = _known(options, findings)
    said = verdict.verdict(findings, known, register_asked=asked)
    if options.json:
        print(json.dumps(verdict.as_json(findings, known, said), ensure_ascii=False, indent=1))
    else:
        for sentence in said.sentences:
            print(f"{sentence.th}\n  {sentence.en}")
    return said.exit_code


def _known(options: argparse.Namespace, findings: Findings) -> tuple[Known | None, bool]:
    """What the register says of the number in the file, and whether anybody could be asked."""
    import httpx

    from api.verdict import read_known, record_number

    number = record_number(findings)
    if options.offline or not number:
        return None, False
    url = settings_of(options.data).public_url
    try:
        answer = httpx.get(f"{url}/api/v1/register/{number}", timeout=PATIENCE_S)
    except httpx.HTTPError:
        return None, False
    if answer.status_code == 404:
        return None, True
    return (read_known(answer.json()), True) if answer.is_success else (None, False)
