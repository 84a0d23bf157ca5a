"""`bizportal catalogue …` and `bizportal example …`: the law as data, for people to read and programs to use."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from commands import agreement, versions
from commands.asking import CannotDo

if TYPE_CHECKING:
    from licences.catalogue import Catalogue


OPERATIONS = ("new", "renew", "amend", "cancel")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    words = commands.add_parser("catalogue", help="the licences as data").add_subparsers(required=True)
    words.add_parser("check", help="load and check everything; print the counts").set_defaults(command=_check)
    listing = words.add_parser("list", help="what is there")
    listing.add_argument("--agency", default="", metavar="A")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(command=_list)
    show = words.add_parser("show", help="one licence as people read it")
    show.add_argument("code", metavar="CODE")
    show.set_defaults(command=_show)
    versions.add(words)
    picture = words.add_parser("picture", help="the steps of one procedure as SVG, on standard output")
    picture.add_argument("code", metavar="CODE")
    picture.add_argument("operation", metavar="OPERATION", choices=OPERATIONS)
    picture.add_argument("--lang", choices=("th", "en"), default="th")
    picture.set_defaults(command=_picture)
    example = commands.add_parser("example", help="valid example answers as JSON")
    example.add_argument("code", metavar="CODE")
    example.add_argument("operation", metavar="OPERATION", choices=OPERATIONS)
    example.add_argument("--seed", type=int, default=0)
    example.set_defaults(command=_example)


def _loaded() -> Catalogue:
    from licences import catalogue

    return catalogue.load()


def questions() -> dict[str, frozenset[str]]:
    """Every form and the questions it asks, so that the law can be checked against what is asked."""
    return agreement.questions(_loaded())


def _check(options: argparse.Namespace) -> int:
    from licences.calendar import BANGKOK
    from licences.check import check

    report = check(_loaded(), questions(), datetime.now(BANGKOK).date())
    for name, number in (report.counts | agreement.written(_loaded())).items():
        print(f"{name}: {number}")
    wrong = [*report.errors, *(f"no form {name}" for name in report.missing_forms), *agreement.faults(_loaded())]
    for fault in wrong:
        print(f"error: {fault}")
    return 1 if wrong else 0


def _list(options: argparse.Namespace) -> int:
    law = _loaded()
    if options.agency and options.agency not in law.agencies:
        raise CannotDo(f"there is no agency {options.agency}; there are {', '.join(sorted(law.agencies))}")
    found = [one for one in law.licences if options.agency in ("", one.agency)]
    if options.json:
        print(json.dumps([_line(one) for one in found], ensure_ascii=False, indent=1))
    for one in () if options.json else found:
        print(f"{one.code:34} {one.level}  {'/'.join(one.operations)}  {one.title.th}")
    return 0


def _line(one: Any) -> dict[str, Any]:
    return {
        "code": one.code,
        "agency": one.agency,
        "title": one.title.model_dump(),
        "level": one.level.value,
        "operations": [operation.value for operation in one.operations],
    }


def _show(options: argparse.Namespace) -> int:
    """The licence whole, each value with the file that it comes from."""
    from licences.errors import NotFound

    try:
        licence, sources = _loaded().licence(options.code), _loaded().sources(options.code)
    except NotFound as no:
        raise CannotDo(str(no)) from no
    print(f"{licence.title.th}\n{licence.title.en}\n")
    for path, value in leaves(licence.model_dump(mode="json", exclude_defaults=True)):
        print(f"{path} = {value}   ({origin(path, sources, licence.code)})")
    return 0


def origin(path: str, sources: Mapping[str, str], code: str) -> str:
    """Where a value comes from: the file that states it, or how it follows from what one states."""
    dotted = path.replace("[", ".").replace("]", "")
    stated = next((sources[known] for known in parents(dotted) if known in sources), "")
    if stated:
        return stated
    last = dotted.rpartition(".")[2]
    return {"law": f"{code}.toml, law", "since": f"{code}.toml, effective_from"}.get(last, f"the place of {code}.toml")


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value of a tree with its dotted path; rows are told apart by their name where they have one."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(row, dict) for row in value):
        for nth, row in enumerate(value):
            yield from leaves(row, f"{path}[{row.get('name') or row.get('id') or nth}]")
    else:
        yield path, value


def parents(path: str) -> Iterator[str]:
    """A path and everything above it, the nearest first."""
    while path:
        yield path
        path = path.rpartition(".")[0] if "." in path else ""


def _picture(options: argparse.Namespace) -> int:
    from datetime import date

    from api import pictures

    procedure = _loaded().procedure(options.code, options.operation, date.today())
    print(pictures.lanes(procedure, options.lang, standing_alone=True))
    return 0


def _example(options: argparse.Namespace) -> int:
    from licences.procedure import Operation

    print(json.dumps(example(options.code, Operation(options.operation), options.seed), ensure_ascii=False, indent=1))
    return 0


def example(code: str, operation: Any, seed: int = 0) -> dict[str, Any]:
    """Valid example answers, made from the definition: the same that the sandbox and the tests use."""
    from forms import form

    act = _loaded().licence(code).operations[operation]
    return form.example(form.load(act.form), seed)
