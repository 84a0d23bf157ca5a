"""`bizportal verify FILE.pdf`, or what its QR code says: what it proves, and what the register says of it."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.asking import CannotDo, add_data, bytes_of, settings_of

if TYPE_CHECKING:
    from api.verdict import Known, Verdict
    from signing.trust import Trust
    from signing.verify import Findings

PATIENCE_S = 10


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the word on the parser."""
    word = commands.add_parser(
        "verify",
        help="what a PDF proves; exit 0 genuine and in force, 1 altered or not ours, 2 cannot tell, 3 not in force",
    )
    what = word.add_mutually_exclusive_group(required=True)
    what.add_argument("file", type=Path, nargs="?", metavar="FILE.pdf")
    what.add_argument("--statement", metavar="TEXT", help="what a licence's QR code says; nobody is asked")
    word.add_argument("--offline", action="store_true", help="ask nobody: the trust folder only")
    word.add_argument("--trust", type=Path, metavar="DIR", help="roots and published keys (default: the system's own)")
    word.add_argument("--json", action="store_true")
    add_data(word)
    word.set_defaults(command=_verify)


def _verify(options: argparse.Namespace) -> int:
    from signing.trust import Trust

    logging.getLogger("signing").addHandler(logging.NullHandler())  # what is wrong with a file is said in words
    folder = options.trust or Path(settings_of(options.data).trust_dir)
    if not (folder / "roots").is_dir():
        raise CannotDo(f"there is no trust folder at {folder}: name one with --trust DIR, or start the system")
    trust = Trust.load(folder)
    if options.statement:
        return _statement(options, folder, trust)
    return _file(options, folder, trust)


def _file(options: argparse.Namespace, folder: Path, trust: Trust) -> int:
    from api import snapshot, verdict
    from signing.verify import verify

    findings = asyncio.run(verify(bytes_of(options.file), trust))
    known, asked = _listed(folder, trust, findings) if options.offline else _known(options, findings)
    said = verdict.verdict(findings, known, register_asked=asked)
    if options.offline and known:
        said = verdict.Verdict(said.worth, (*said.sentences, snapshot.dated(known)))
    return _tell(options, said, verdict.as_json(findings, known, said))


def _statement(options: argparse.Namespace, folder: Path, trust: Trust) -> int:
    from api import snapshot, verdict
    from licences.errors import Sentence
    from signing.statement import StatementFalse, check_statement, key_of

    text = options.statement.rpartition("#")[2].strip()
    stated, known = None, None
    try:
        stated = check_statement(text, trust.published_keys())
        agency = next(code for code, its in trust.agencies.items() if key_of(text) in its.statement_keys)
        if listed := _snapshot(folder, trust):
            known = snapshot.known(snapshot.read_statement(stated, agency), listed, _today())
        said = snapshot.of_statement(known)
    except StatementFalse as false:
        said = verdict.Verdict(verdict.Worth.ALTERED, (Sentence(false.th, false.en),))
    told = {"verdict": said.worth.value, "exit": said.exit_code, "statement": stated}
    return _tell(options, said, told | {"register": verdict.known_json(known) if known else None})


def _tell(options: argparse.Namespace, said: Verdict, told: dict[str, Any]) -> int:
    if options.json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for sentence in said.sentences:
            print(f"{sentence.th}\n  {sentence.en}")
    return said.exit_code


def _listed(folder: Path, trust: Trust, findings: Findings) -> tuple[Known | None, bool]:
    """What the signed list in the trust folder tells of the record in the file, and whether there is a list."""
    from api import snapshot
    from signing.statement import record_digest

    listed = _snapshot(folder, trust)
    if listed is None or not findings.record.get("licence_number"):
        return None, False
    stated = snapshot.read_record(findings.record, record_digest(findings.record), findings.sha256)
    return snapshot.known(stated, listed, _today()), True


def _snapshot(folder: Path, trust: Trust) -> dict[str, Any] | None:
    """The signed list in the folder; None: there is none. Raises CannotDo for one that does not hold."""
    from api import snapshot
    from licences.errors import NotAllowed
    from signing.publishing import check, read
    from signing.statement import NO_LONGER

    path = folder / snapshot.FILE
    if not path.exists():
        return None
    try:
        return asyncio.run(check(read(json.loads(path.read_text("utf-8"))), trust, NO_LONGER))
    except (NotAllowed, ValueError, KeyError) as wrong:
        raise CannotDo(f"{path} does not hold: {wrong}; fetch it again with: bizportal register snapshot") from wrong


def _today() -> date:
    from licences.calendar import BANGKOK

    return datetime.now(BANGKOK).date()


def _known(options: argparse.Namespace, findings: Findings) -> tuple[Known | None, bool]:
    """What the register says of the number in the file, and whether anybody could be asked."""
    import httpx

    from api.verdict import read_known, record_number

    number = record_number(findings)
    if not number:
        return None, False
    url = settings_of(options.data).public_url
    try:
        answer = httpx.get(f"{url}/api/v1/register/{number}", timeout=PATIENCE_S)
    except httpx.HTTPError:
        return None, False
    if answer.status_code == 404:
        return None, True
    return (read_known(answer.json()), True) if answer.is_success else (None, False)
