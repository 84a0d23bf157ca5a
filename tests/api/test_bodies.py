"""What may come in by the door."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st

from api import bodies, problems
from api.bodies import ATTACHMENT_BYTES, JSON_BYTES, Body, ControlCharacters, Limits, TooDeep


class Note(Body):
    """A body with one text and one tree."""

    reason: str
    answers: dict[str, object] = {}


def a_door() -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(Limits)

    @app.post("/api/v1/notes")
    async def keep(note: Note) -> dict[str, str]:
        return {"reason": note.reason}

    @app.post("/api/v1/attachments")
    async def read(request: Request) -> dict[str, int]:
        return {"read": sum([len(part) async for part in request.stream()])}

    return app


def at(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


async def test_a_text_with_control_characters_names_its_field_in_both_languages() -> None:
    async with at(a_door()) as http:
        answer = await http.post("/api/v1/notes", json={"reason": "ok", "answers": {"people": [{"name": "a\x00b"}]}})

    said = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert said["field"] == "answers.people[0].name"
    assert said["th"] and said["en"] and said["type"].endswith("control-characters")


async def test_half_a_surrogate_pair_is_refused() -> None:
    async with at(a_door()) as http:
        answer = await http.post(
            "/api/v1/notes", content=rb'{"reason": "\ud800"}', headers={"content-type": "application/json"}
        )

    assert (answer.status_code, answer.json()["field"]) == (422, "reason")


@pytest.mark.parametrize("text", [b"{", b"", b"\xff\xfe{}", b"[" * 50_000, b'{"reason": ' * 5_000])
async def test_a_body_that_is_not_json_is_said_so(text: bytes) -> None:
    async with at(a_door()) as http:
        answer = await http.post("/api/v1/notes", content=text, headers={"content-type": "application/json"})

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text and answer.json()["th"]


async def test_json_deeper_than_anybody_needs_is_refused() -> None:
    tree: object = "leaf"
    for _ in range(bodies.DEPTH + 1):
        tree = {"in": tree}

    async with at(a_door()) as http:
        answer = await http.post("/api/v1/notes", json={"reason": "x", "answers": tree})

    assert answer.status_code == 400
    assert answer.json()["type"].endswith("too-deep")


async def test_an_unknown_key_is_named() -> None:
    async with at(a_door()) as http:
        answer = await http.post("/api/v1/notes", json={"raeson": "x"})

    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"raeson", "reason"}


async def test_a_body_that_says_it_is_too_large_is_refused_unread() -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    async with at(a_door()) as http:
        answer = await http.post(
            "/api/v1/attachments", content=never(), headers={"content-length": str(100 * bodies.MB)}
        )

    assert answer.status_code == 413
    assert (answer.json()["field"], answer.headers["connection"]) == ("file", "close")
    assert "10 MB" in answer.json()["en"]


async def test_a_body_that_does_not_say_its_size_is_counted() -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield b"x" * bodies.MB

    async with at(a_door()) as http:
        answer = await http.post("/api/v1/attachments", content=endless())

    assert answer.status_code == 413


async def test_a_file_of_exactly_the_limit_passes() -> None:
    async with at(a_door()) as http:
        answer = await http.post("/api/v1/attachments", content=b"x" * ATTACHMENT_BYTES)

    assert answer.json() == {"read": ATTACHMENT_BYTES}


async def test_other_addresses_take_less() -> None:
    async with at(a_door()) as http:
        answer = await http.post("/api/v1/notes", content=b" " * (JSON_BYTES + 1))

    assert answer.status_code == 413


@pytest.mark.parametrize("address", ["/api/v1/notes?q=%00", "/api/v1/no%01tes", "/?a=b&c=%1b%5b31m"])
async def test_an_address_with_control_characters_is_refused(address: str) -> None:
    async with at(a_door()) as http:
        answer = await http.get(address)

    assert answer.status_code == 422
    assert answer.json()["type"].endswith("control-characters")


texts = st.text().filter(lambda text: bodies.plain(text))
trees = st.recursive(st.none() | st.booleans() | st.integers() | texts, lambda inner: st.lists(inner, max_size=3))


@given(trees)
def test_plain_values_pass_whatever_they_say(tree: object) -> None:
    try:
        bodies.check_plain(tree)
    except TooDeep:
        assert json.dumps(tree).count("[") > bodies.DEPTH


@given(st.text(), st.sampled_from("\x00\x07\x1b\x7f\x85\ud800\udfff"), st.text())
def test_a_control_character_is_found_wherever_it_stands(before: str, bad: str, after: str) -> None:
    with pytest.raises(ControlCharacters) as refusal:
        bodies.check_plain({"a": [{"b": before + bad + after}]})

    assert refusal.value.field == "a[0].b"
