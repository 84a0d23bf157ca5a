"""Files through the door of the real system: opened, scanned, kept; or refused with the way out."""

import asyncio
import uuid

import httpx
import pytest
from api_examples import As, Caller, a_pdf, a_picture, a_problem

from exchange.counterparts.clamd import EICAR

MB = 1024 * 1024


@pytest.fixture
async def applicant(as_: As) -> Caller:
    return await as_("applicant")


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (a_pdf(), "แผนที่ <b>.pdf", "application/pdf"),
        (a_picture("PNG"), "a.png", "image/png"),
        (a_picture("JPEG"), "IMG 1.JPG", "image/jpeg"),
    ],
)
async def test_a_good_file_gets_an_id(applicant: Caller, content: bytes, name: str, media_type: str) -> None:
    answer = await applicant.upload(content, name, document="floor_plan")

    said = answer.json()
    assert answer.status_code == 201, answer.text
    assert (said["media_type"], said["size"], said["document"]) == (media_type, len(content), "floor_plan")
    assert said["id"] and len(said["sha256"]) == 64


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (a_picture("PNG"), "a.pdf", "not-what-it-says"),
        (b"MZ\x90\x00" + b"\0" * 100, "a.pdf", "not-a-plain-file"),
        (b"<html><script>alert(1)</script>", "a.pdf", "not-a-plain-file"),
        (b"%PDF-1.7 and no more", "a.pdf", "unreadable"),
        (a_picture("JPEG")[:150], "a.jpg", "unreadable"),
        (a_pdf(EICAR.decode()), "a.pdf", "infected"),
        (b"", "a.pdf", "not-a-plain-file"),
    ],
)
async def test_a_bad_file_is_refused_and_named(applicant: Caller, content: bytes, name: str, code: str) -> None:
    answer = await applicant.upload(content, name)

    assert a_problem(answer, 422, code)["field"] == "file"


@pytest.mark.parametrize("file", ["x", str(uuid.uuid4()), "../../etc/passwd"])
async def test_an_address_of_no_file_is_not_found_in_the_readers_language(
    as_: As, applicant: Caller, file: str
) -> None:
    upload = (await applicant.upload(a_pdf(), "mine.pdf")).json()["id"]
    for who, path in ((applicant, f"/files/{file}"), (await as_("outsider"), f"/files/{upload}/pages/0.png")):
        answer = await who.get(path)
        assert answer.status_code == 404, answer.text


async def test_the_same_key_and_file_are_one_attachment(applicant: Caller) -> None:
    key, content = str(uuid.uuid4()), a_pdf()

    async def send(content: bytes) -> httpx.Response:
        files = {"file": ("a.pdf", content, "application/pdf")}
        return await applicant.http.post("/api/v1/attachments", files=files, headers=applicant.headers(key))

    first, again, other = await send(content), await send(content), await send(a_pdf("%"))
    assert first.json() == again.json()
    a_problem(other, 409, "key-reused")


async def test_a_form_without_a_file_says_what_is_missing(applicant: Caller) -> None:
    answer = await applicant.http.post("/api/v1/attachments", data={"document": "x"}, headers=applicant.headers())

    assert a_problem(answer, 422, "request-wrong")["field"] == "file"


async def test_eleven_megabytes_are_too_many(applicant: Caller) -> None:
    answer = await applicant.upload(a_pdf("x" * (11 * MB)))

    assert a_problem(answer, 413, "too-large")["field"] == "file"


async def test_a_hundred_megabytes_are_refused_before_they_are_read(applicant: Caller) -> None:
    host, port = applicant.http.base_url.host, applicant.http.base_url.port
    reader, writer = await asyncio.open_connection(host, port)
    head = [
        "POST /api/v1/attachments HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {applicant.token}",
        "Idempotency-Key: large", "Content-Type: multipart/form-data; boundary=x",
        f"Content-Length: {100 * MB}", "", "",
    ]  # fmt: skip
    writer.write("\r\n".join(head).encode())
    await writer.drain()

    answer = await reader.readuntil(b"}]}")

    writer.close()
    assert answer.startswith(b"HTTP/1.1 413") and b"10 MB" in answer and "ไฟล์".encode() in answer


async def test_a_hundred_megabytes_on_the_way_do_not_keep_us_busy(applicant: Caller) -> None:
    answer = await applicant.upload(b"x" * (100 * MB), "a.pdf")

    assert a_problem(answer, 413, "too-large")


async def test_nobody_attaches_without_signing_in(as_: As) -> None:
    a_problem(await (await as_("")).upload(a_pdf()), 401, "not-signed-in")
