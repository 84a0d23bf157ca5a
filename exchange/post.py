"""E-mail out. Sending again with the same message id is the same letter: mail systems may drop the second."""

import hashlib
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Any

import aiosmtplib

from exchange.errors import OfficeDown, OfficeRefused

OFFICE = "post"
TIMEOUT_S = 15.0
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
# RFC 5322, 3.6.4: dot-atoms on both sides; of the atoms' characters those that no program stumbles over.
_MESSAGE_ID = re.compile(r"(?=.{3,250}$)[A-Za-z0-9_=+-]+(\.[A-Za-z0-9_=+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,80}\.pdf")
_LONGEST_KEY = 120
_QUOTED = re.compile(rb"[^A-Za-z0-9_-]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class Mail:
    """One letter. `message_id`, without angle brackets, comes of the effect's key: see `message_id()`.

    ValueError for control characters (a line break in a subject would be a new header) and malformed addresses.
    """

    to: str
    subject: str
    text: str
    message_id: str
    html: str = ""
    enclosure: bytes = b""  # a PDF that the letter brings
    enclosure_name: str = ""

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.to):
            raise ValueError("not an e-mail address")
        if not _MESSAGE_ID.fullmatch(self.message_id):
            raise ValueError("not a message id: key@domain, without angle brackets")
        if not self.subject.strip() or _has_control(self.subject, allowed=""):
            raise ValueError("a subject is one line without control characters")
        if self.enclosure and not _FILE_NAME.fullmatch(self.enclosure_name):
            raise ValueError("an enclosure has a plain name: letters, digits, dots and hyphens")
        if _has_control(self.text, allowed="\n\t") or _has_control(self.html, allowed="\n\t"):
            raise ValueError("a letter has no control characters but line breaks and tabs")


def message_id(key: str, domain: str) -> str:
    """The message id of an effect's key (`B-12:told:2`): the same for the same key, another for another."""
    quoted = _QUOTED.sub(lambda found: b"=%02X" % found.group()[0], key.encode()).decode()
    local = quoted if len(quoted) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
    return f"{local}@{domain}"


class Post:
    """A conversation with the mail server, in which several letters are handed over. Leave it (`async with`) to end it.

    `sender` is what stands in From. It is begun with the first letter, and anew after whatever went wrong.
    """

    def __init__(self, host: str, port: int, sender: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._where: dict[str, Any] = {"hostname": host, "port": port, "timeout": timeout_s}
        self._sender = sender
        self._line: aiosmtplib.SMTP | None = None

    async def __aenter__(self) -> "Post":
        return self

    async def __aexit__(self, *error: object) -> None:
        line, self._line = self._line, None
        if line is None:
            return
        try:
            await line.quit()
        except (aiosmtplib.SMTPException, OSError):
            line.close()  # what was handed over is handed over, however they part

    async def send(self, mail: Mail) -> None:
        """Hand a letter over. Raises OfficeDown (try again) or OfficeRefused (the server never will)."""
        try:
            await self._hand_over(compose(mail, self._sender))
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _trouble(max(refused.code for refused in error.recipients)) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _trouble(error.code) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise OfficeDown(OFFICE, f"no answer ({type(error).__name__})") from error

    async def _hand_over(self, letter: EmailMessage) -> None:
        before = self._line is not None
        try:
            await self._say(letter)
        except aiosmtplib.SMTPServerDisconnected:
            if not before:
                raise
            await self._say(letter)  # it ends a conversation after so many letters, and takes this one in the next

    async def _say(self, letter: EmailMessage) -> None:
        line, self._line = self._line or aiosmtplib.SMTP(**self._where), None
        try:
            if not line.is_connected:
                await line.connect()
            await line.send_message(letter)
        except (aiosmtplib.SMTPException, OSError):
            line.close()
            raise
        self._line = line


def compose(mail: Mail, sender: str) -> EmailMessage:
    """The letter as it travels: UTF-8, text first, the same with marks after it where there is any."""
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"], letter["Subject"] = sender, mail.to, mail.subject
    letter["Message-ID"] = f"<{mail.message_id}>"
    letter["Date"] = formatdate(localtime=False)
    # RFC 3834: an answering machine must not answer us.
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(mail.text, cte="base64")
    if mail.html:
        letter.add_alternative(mail.html, subtype="html", cte="base64")
    if mail.enclosure:
        letter.add_attachment(mail.enclosure, maintype="application", subtype="pdf", filename=mail.enclosure_name)
    return letter


def _trouble(code: int) -> OfficeDown | OfficeRefused:
    """RFC 5321, 4.2.1: 4yz may be tried again, 5yz may not."""
    words = f"refused (SMTP {code})"
    return OfficeRefused(OFFICE, words, str(code)) if code >= 500 else OfficeDown(OFFICE, words)


def _has_control(text: str, allowed: str) -> bool:
    """Characters that are no letter's text: C0, DEL, C1, U+2028/9 and halves of characters; some may be allowed."""
    return any(_CONTROL.match(c) for c in text if c not in allowed)
