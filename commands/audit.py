"""`bizportal register audit URL`: the monitor that anybody can run on anybody's register, and that trusts only keys.

It takes every entry, makes chain, leaves and roots again, and compares them with the signed head and with the head that
it saw last time (kept in a file). Who changes the database cannot sign; who has the key cannot date back (the time
stamps are another's); who has everything cannot change what a monitor remembers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.asking import CannotDo, add_data, settings_of

if TYPE_CHECKING:
    import httpx

    from signing.trust import Trust

LATE = timedelta(hours=1)
"""A step of the engine carries the moment when it was first tried, so entries may stand a little out of order."""
STALE = timedelta(days=2)
"""A head is signed every day, whatever happens."""
LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
STATE = "register-audit.json"


@dataclass(frozen=True)
class Head:
    """A signed head of the log, whose statement and stamp hold."""

    size: int
    root: str
    last: str
    at: str


@dataclass
class Findings:
    """What is wrong, in words; nothing when all is well."""

    wrong: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """One more thing that is wrong."""
        self.wrong.append(text)


def add(words: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the word on the parser of `register`."""
    word = words.add_parser("audit", help="was the register ever rewritten? exit 0 no, 1 yes, 2 cannot tell")
    word.add_argument("url", metavar="URL", help="of the register: https://…")
    word.add_argument("--trust", type=Path, metavar="DIR", help="roots and published keys (default: the system's own)")
    word.add_argument("--state", type=Path, default=Path(STATE), metavar="FILE", help=f"remembers (default: {STATE})")
    word.add_argument("--json", action="store_true")
    add_data(word)
    word.set_defaults(command=_audit)


def _audit(options: argparse.Namespace) -> int:
    import httpx

    from signing.trust import NoTrust, Trust

    folder = options.trust or Path(settings_of(options.data).trust_dir)
    try:
        trust = Trust.load(folder)
        before = Head(**json.loads(options.state.read_text("utf-8"))) if options.state.exists() else None
        with httpx.Client(base_url=f"{options.url.rstrip('/')}/api/v1/register/log", timeout=60) as http:
            head, findings = audit(http, trust, before, datetime.now().astimezone())
    except NoTrust as wrong:
        raise CannotDo(f"no keys to check with: {wrong}; name a trust folder with --trust DIR") from wrong
    except (ValueError, TypeError, KeyError) as wrong:
        raise CannotDo(f"an answer of {options.url}, or {options.state}, cannot be read: {wrong!r}") from wrong
    except httpx.HTTPStatusError as no:
        raise CannotDo(f"the register at {options.url} says: {words_of(no.response)}") from no
    except httpx.HTTPError as wrong:
        raise CannotDo(f"the register at {options.url} does not answer: {wrong}") from wrong
    if head and not findings.wrong:
        options.state.write_text(json.dumps(asdict(head)) + "\n", "utf-8")
    _tell(options, head, findings)
    return 1 if findings.wrong else 0


def words_of(answer: httpx.Response) -> str:
    """What a problem document (RFC 9457) says in both languages; of any other refusal its status."""
    try:
        said = answer.json()
        return f"{said['en']} / {said['th']}"
    except (ValueError, TypeError, KeyError):
        return f"HTTP {answer.status_code}"


def _tell(options: argparse.Namespace, head: Head | None, findings: Findings) -> None:
    if options.json:
        print(json.dumps({"head": asdict(head) if head else None, "wrong": findings.wrong}, ensure_ascii=False))
    elif findings.wrong:
        print("ทะเบียนนี้ถูกแก้ไขย้อนหลัง หรือพิสูจน์ไม่ได้ / this register was rewritten, or cannot prove that it was not:")
        print("\n".join(f"  {one}" for one in findings.wrong))
    elif head:
        print(f"ทะเบียนไม่เคยถูกแก้ไข: {head.size} รายการ ลงนามเมื่อ {head.at}")
        print(f"  Never rewritten: {head.size} entries, signed at {head.at}, root {head.root}")


def audit(http: httpx.Client, trust: Trust, before: Head | None, now: datetime) -> tuple[Head | None, Findings]:
    """The newest head, if it is signed, and everything that is wrong. Raises httpx.HTTPError, ValueError, KeyError."""
    findings = Findings()
    head = _signed_head(_get(http, "/head"), trust, findings)
    if head is None:
        return None, findings
    if datetime.fromisoformat(head.at) < now - STALE:
        findings.say(f"stale: the newest head was signed at {head.at}")
    leaves = _leaves(http, head, before, findings)
    _check_roots(leaves, head, before, findings)
    if before and before.size <= head.size:
        _check_consistency(http, before, head, findings)
    return head, findings


def _get(http: httpx.Client, path: str, **asked: int) -> dict[str, Any]:
    answer = http.get(path, params=asked)
    answer.raise_for_status()
    said: dict[str, Any] = answer.json()
    return said


def _signed_head(said: Mapping[str, Any], trust: Trust, findings: Findings) -> Head | None:
    """The head that the signed statement says; what stands beside it is not believed."""
    from licences.errors import NotAllowed
    from signing.publishing import check, read
    from signing.statement import TREE_HEAD

    try:
        signed = asyncio.run(check(read(said), trust, TREE_HEAD))
        return Head(**{name: signed[name] for name in Head.__dataclass_fields__})
    except (NotAllowed, KeyError, ValueError) as wrong:
        findings.say(f"unsigned: the newest head does not hold: {wrong}")
        return None


def _leaves(http: httpx.Client, head: Head, before: Head | None, findings: Findings) -> list[bytes]:
    """Every leaf, made again; on the way, whether each entry follows the one before."""
    from licences import log, register

    leaves, last, newest = list[bytes](), register.GENESIS, LONG_AGO
    for entry in _entries(http):
        place, body = len(leaves) + 1, json.loads(entry["body"])
        if body["seq"] != place:
            findings.say(f"removed or reordered: entry {body['seq']} stands where entry {place} should")
            break
        _check_entry(entry, last, place, findings)
        newest = _check_date(body, newest, head, before, findings)
        leaves.append(log.leaf_hash(entry["body"].encode()))
        last = entry["hash"]
        if place == head.size and last != head.last:
            findings.say(f"changed: entry {place} is not the one that the head was signed over")
    return leaves


def _check_entry(entry: Mapping[str, str], last: str, place: int, findings: Findings) -> None:
    from licences import register

    if entry["previous_hash"] != last:
        findings.say(f"changed or removed: entry {place} does not follow the one before it")
    if register.link(entry["previous_hash"], entry["body"].encode()) != entry["hash"]:
        findings.say(f"changed: what entry {place} says is not what was entered")


def _check_date(
    body: Mapping[str, Any], newest: datetime, head: Head, before: Head | None, findings: Findings
) -> datetime:
    """No entry may claim to be older than what stood in the book before it."""
    entered = datetime.fromisoformat(body["entered_at"])
    heads = [datetime.fromisoformat(one.at) for one in (head, before) if one and body["seq"] > one.size]
    earliest = max([newest, *heads])
    if entered < earliest - LATE:
        findings.say(f"back-dated: entry {body['seq']} claims {entered.isoformat()}, after {earliest.isoformat()}")
    return max(newest, entered)


def _entries(http: httpx.Client) -> Iterator[dict[str, str]]:
    """All entries in the order given; stops where the book gives no more."""
    start = 1
    while items := _get(http, "/entries", start=start)["items"]:
        yield from items
        start = json.loads(items[-1]["body"])["seq"] + 1


def _check_roots(leaves: list[bytes], head: Head, before: Head | None, findings: Findings) -> None:
    from licences import log

    if before and (head.size < before.size or head.at < before.at):
        findings.say(f"rolled back: {before.size} entries were signed at {before.at}, now {head.size} at {head.at}")
    for name, one in (("newest head", head), ("head seen before", before)):
        if one is None:
            continue
        if len(leaves) < one.size:
            findings.say(f"removed: {one.size} entries stood under the {name} of {one.at}, {len(leaves)} are left")
        elif log.root(leaves[: one.size]).hex() != one.root:
            findings.say(f"rewritten: the first {one.size} entries are not those under the {name} of {one.at}")


def _check_consistency(http: httpx.Client, before: Head, head: Head, findings: Findings) -> None:
    from licences import log

    path = [bytes.fromhex(one) for one in _get(http, "/consistency", first=before.size, second=head.size)["path"]]
    roots = bytes.fromhex(before.root), bytes.fromhex(head.root)
    if not log.is_consistent(before.size, head.size, *roots, path):
        findings.say(f"inconsistent: the log of {before.at} is not the beginning of the log of {head.at}")
