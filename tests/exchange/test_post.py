"""E-mail out: over a real connection to a mail server."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exchange.counterparts.running import Offices, free_ports
from exchange.errors import OfficeDown, OfficeRefused
from exchange.post import Mail, Post, compose, message_id

HOST = "127.0.0.1"
SENDER = "Biz Portal <no-reply@bizportal.example>"


def a_mail(**other: str) -> Mail:
    plain = {
        "to": "applicant@example.test",
        "subject": "ใบอนุญาตของท่านออกแล้ว · Your licence is issued",
        "text": "เรียน นายสมชาย ใจดี\nน้ำ · water\n",
        "message_id": "B-69-000001.told@bizportal.example",
    }
    return Mail(**(plain | other))


async def send(mail: Mail, host: str, port: int, sender: str, **more: float) -> None:
    async with Post(host, port, sender, **more) as post:
        await post.send(mail)


@pytest.fixture
def port(offices: Offices) -> Iterator[int]:
    yield offices.ports["smtp"]


async def test_a_letter_arrives_as_it_was_written(offices: Offices, port: int) -> None:
    mail = a_mail(html="<p>เรียน</p>")

    await send(mail, HOST, port, SENDER)
    came = offices.letters("applicant@example.test")

    assert len(came) == 1
    assert (came[0]["subject"], came[0]["from"]) == (mail.subject, "no-reply@bizportal.example")
    assert came[0]["text"].replace("\r\n", "\n") == mail.text
    assert came[0]["html"].strip() == mail.html


async def test_a_letter_is_for_its_reader_only(offices: Offices, port: int) -> None:
    await send(a_mail(), HOST, port, SENDER)

    assert offices.letters("outsider@example.test") == []


async def test_sending_again_is_the_same_letter(offices: Offices, port: int) -> None:
    await send(a_mail(), HOST, port, SENDER)
    await send(a_mail(), HOST, port, SENDER)

    assert {letter["message_id"] for letter in offices.letters()} == {"B-69-000001.told@bizportal.example"}


@given(st.text(min_size=1, max_size=200).filter(str.isprintable))
def test_the_message_id_is_made_of_the_key_alone(key: str) -> None:
    made = message_id(key, "bizportal.example")

    letter = compose(a_mail(message_id=made), SENDER)

    assert made == message_id(key, "bizportal.example")
    assert f"<{made}>".encode() in letter.as_bytes()


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
@example("B-1:told", "B-1/told")
@example("B-1.told", "B-1=2Etold")
@example("a" * 200, "a" * 201)
def test_another_key_has_another_message_id(one: str, other: str) -> None:
    assert (message_id(one, "b") == message_id(other, "b")) == (one == other)


@pytest.mark.parametrize("status", [421, 451])
async def test_a_server_that_asks_to_wait_is_down(offices: Offices, port: int, status: int) -> None:
    offices.fault("smtp", status=status)

    with pytest.raises(OfficeDown):
        await send(a_mail(), HOST, port, SENDER)


async def test_a_server_that_will_never_take_it_refuses(offices: Offices, port: int) -> None:
    offices.fault("smtp", status=554)

    with pytest.raises(OfficeRefused) as refused:
        await send(a_mail(), HOST, port, SENDER)

    assert refused.value.code == "554"


async def test_a_server_that_hangs_up_is_down(offices: Offices, port: int) -> None:
    offices.fault("smtp", gone=True)

    with pytest.raises(OfficeDown):
        await send(a_mail(), HOST, port, SENDER)

    assert offices.letters() == []


async def test_a_server_that_is_too_slow_is_down(offices: Offices, port: int) -> None:
    offices.fault("smtp", slow_s=5, times=1)

    with pytest.raises(OfficeDown):
        await send(a_mail(), HOST, port, SENDER, timeout_s=0.3)


async def test_a_server_nobody_answers_for_is_down() -> None:
    with pytest.raises(OfficeDown):
        await send(a_mail(), HOST, free_ports(1)[0], SENDER)


async def test_letters_go_one_after_the_other_in_one_conversation(offices: Offices, port: int) -> None:
    begun = []

    async with Post(HOST, port, SENDER) as post:
        for n in range(3):
            await post.send(a_mail(message_id=f"B-{n}@bizportal.example"))
            begun.append(post._line)

    assert [letter["message_id"] for letter in offices.letters()] == [f"B-{n}@bizportal.example" for n in range(3)]
    assert begun[0] is not None
    assert begun[0] is begun[1] is begun[2]


async def test_a_letter_that_is_refused_keeps_no_other_from_going(offices: Offices, port: int) -> None:
    async with Post(HOST, port, SENDER) as post:
        await post.send(a_mail(message_id="B-1@bizportal.example"))
        offices.fault("smtp", status=554, times=1)
        with pytest.raises(OfficeRefused):
            await post.send(a_mail(message_id="B-2@bizportal.example"))
        await post.send(a_mail(message_id="B-3@bizportal.example"))

    assert [letter["message_id"] for letter in offices.letters()] == ["B-1@bizportal.example", "B-3@bizportal.example"]


async def test_a_conversation_that_the_server_ended_is_begun_anew(offices: Offices, port: int) -> None:
    async with Post(HOST, port, SENDER) as post:
        await post.send(a_mail(message_id="B-1@bizportal.example"))
        offices.fault("smtp", gone=True, times=1)
        await post.send(a_mail(message_id="B-2@bizportal.example"))

    assert [letter["message_id"] for letter in offices.letters()] == ["B-1@bizportal.example", "B-2@bizportal.example"]


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "a\r\nBcc: all@example.test"},
        {"subject": "a\u2028b"},
        {"subject": " "},
        {"subject": "\ud800"},
        {"to": "a@b\r\nBcc: c@d"},
        {"to": "a@b, c@d"},
        {"to": "nobody"},
        {"text": "a\x00b"},
        {"text": "a\x1b[2Jb"},
        {"html": "a\x85b"},
        {"message_id": "a@b>\r\nX: y"},
        {"message_id": "no-domain"},
        {"message_id": "a:b@c"},
        {"message_id": "a..b@c"},
    ],
)
def test_a_letter_that_could_smuggle_is_not_written(other: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"address|message id|control"):
        a_mail(**other)


@given(st.text(min_size=1, max_size=80), st.text(max_size=200))
def test_what_is_accepted_adds_no_header(subject: str, text: str) -> None:
    try:
        mail = a_mail(subject=subject, text=text)
    except ValueError:
        return

    head = compose(mail, SENDER).as_bytes().split(b"\r\n\r\n")[0]
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]

    assert {name.lower() for name in names} == {
        *(b"from", b"to", b"subject", b"message-id", b"date", b"auto-submitted"),
        *(b"mime-version", b"content-type", b"content-transfer-encoding"),
    }
