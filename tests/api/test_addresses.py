"""Addresses that somebody typed, cut short or made up: each is answered in our words, in a path as in a query."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from api_examples import As, a_problem
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api import app, pages, people
from api.problems import for_programs

NONSENSE, TOO_LONG = "no-such", "x" * 5000
NUMBERS = ("-1", "9" * 40, "9" * 5000)
PERSONAS = {
    people.operator: "operator",
    people.auditor: "auditor",
    people.cashier: "supervisor-lao",
    people.officer: "officer-lao@110101",
    people.applicant: "applicant",
}
"""Whom a guard lets in, the strictest first."""


@dataclass(frozen=True)
class Asked:
    """One address with one value that cannot be (`wrong` names it), and who asks."""

    method: str
    path: str
    wrong: str
    persona: str
    query: dict[str, str] = field(default_factory=dict)
    in_path: bool = False


def every_address() -> Iterator[Asked]:
    """Each typed parameter of each route, given what it cannot be; and each that is needed, left out."""
    for router in (*app.ROUTERS, *pages.ROUTERS):
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield from _addresses(route)


def _addresses(route: APIRoute) -> Iterator[Asked]:
    persona = next((name for guard, name in PERSONAS.items() if guard in _guards(route.dependant)), "applicant")
    method = min(route.methods)
    for one in route.dependant.path_params:
        for value in _nonsense(one.field_info):
            yield Asked(method, _filled(route, {one.alias: value}), one.alias, persona, in_path=True)
    for one in route.dependant.query_params:
        for value in _nonsense(one.field_info):
            yield Asked(method, _filled(route, {}), one.alias, persona, {one.alias: value})
        if one.field_info.is_required():
            yield Asked(method, _filled(route, {}), one.alias, persona)


def _guards(dependant: Dependant) -> set[object]:
    return {dependant.call}.union(*(_guards(one) for one in dependant.dependencies))


def _filled(route: APIRoute, given: dict[str, str]) -> str:
    """The address, with the values given and otherwise with what no typed parameter refuses."""
    known = {one.alias: "1" if "int" in str(one.field_info.annotation) else "X" for one in route.dependant.path_params}
    return route.path_format.format(**known | {"day": "2026-11-28", "form": "csv"} | given)


def _nonsense(info: Any) -> tuple[str, ...]:
    """What a parameter cannot be, by its type; nothing for a text that may be any."""
    kind = str(info.annotation)
    if "str" not in kind:
        return (NONSENSE, *NUMBERS) if "int" in kind else (NONSENSE,)
    if "Literal" in kind or "pattern" in str(info.metadata):
        return (NONSENSE,)
    return (TOO_LONG,) if "MaxLen" in str(info.metadata) and "list" not in kind else ()


async def test_an_address_that_cannot_be_is_answered_in_our_words_and_both_languages(as_: As) -> None:
    addresses = list(every_address())
    assert len(addresses) > 90 and len({one.persona for one in addresses}) == len(PERSONAS) - 1, "operators type none"

    for asked in addresses:
        caller = await as_(asked.persona)
        for lang in ("both",) if for_programs(asked.path) else ("th", "en"):
            query = asked.query | {"lang": lang}
            answer = await caller.http.request(asked.method, asked.path, params=query, headers=caller.headers())
            if answer.status_code >= 400 or asked.in_path:
                _is_ours(asked, answer, lang)


def _is_ours(asked: Asked, answer: httpx.Response, lang: str) -> None:
    if not for_programs(asked.path):
        return _is_our_page(asked, answer, lang)
    if asked.in_path:
        return a_problem(answer, 404, "not-found") and None
    said = a_problem(answer, 422, answer.json()["type"].rpartition(":")[2])
    assert asked.wrong in [one["field"] for one in said["errors"]], (asked, said)
    assert "cannot be taken" not in answer.text, (asked, said)


def _is_our_page(asked: Asked, answer: httpx.Response, lang: str) -> None:
    by_address = answer.status_code == 404 or asked.method == "GET"
    way_out = {"th": ("ย้อนกลับ", "ตรวจที่อยู่เว็บ"), "en": ("Go back", "Check the address")}[lang][by_address]
    assert answer.status_code == 404 if asked.in_path else answer.status_code in (404, 422), (asked, answer.text)
    assert answer.headers["content-type"].startswith("text/html"), (asked, answer.text)
    assert way_out in answer.text and "cannot be taken" not in answer.text, (asked, answer.text)
