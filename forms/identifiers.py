"""Numbers and addresses that others gave: of a person, a company, a taxpayer; telephone and e-mail."""

import re
from collections.abc import Iterator
from random import Random
from typing import Any

from stdnum.exceptions import ValidationError
from stdnum.th import moa, pin, tin

from forms import sentences
from forms.question import Context, Invalid, Kind, Question
from forms.words import Lang, arabic, digits


class Numbered(Kind):
    """What the three numbers of thirteen digits share: the same check digit, each its own first digits."""

    standard: Any
    shape = r"^[0-9]{13}$"
    wrong = ("", "")

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """Thirteen digits with a right check digit; it stops slips of the pen and proves nothing else."""
        number = digits(value) if isinstance(value, str) and len(value) < 60 else ""
        try:
            if not (number.isascii() and number.isdecimal()):
                raise ValidationError
            self.standard.validate(number)
        except ValidationError:
            raise sentences.refuse(question, at, "wrong-number", *self.wrong) from None
        return number

    def schema(self, question: Question) -> dict[str, Any]:
        """Thirteen digits."""
        return {"type": "string", "pattern": self.shape}

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """A wrong check digit, too few digits, not a text."""
        right = self.example(question, Random(0))
        wrong_digit = right[:12] + str((int(right[12]) + 1) % 10)
        for value in (wrong_digit, right[:12], right + "0", "x" * 13, 1, "²" * 13):
            yield Invalid(value, "wrong-number")

    def attributes(self, question: Question) -> dict[str, str]:
        """The number pad; dashes and spaces have room."""
        return {"inputmode": "numeric", "autocomplete": "off", "maxlength": "20"}


def _with_check_digit(twelve: str) -> str:
    """d13 = (11 - sum(d_i x (14 - i)) mod 11) mod 10 (thai-rules 4.1)."""
    total = sum(int(digit) * weight for digit, weight in zip(twelve, range(13, 1, -1), strict=True))
    return f"{twelve}{(11 - total % 11) % 10}"


class ThaiId(Numbered):
    """A person's number (เลขประจำตัวประชาชน). The number is asked, never a copy of the card (EGA-9)."""

    name = "thai-id"
    personal = True
    standard = pin
    shape = r"^[1-8][0-9]{12}$"
    wrong = (
        "{n}ต้องเป็นเลข 13 หลักตามบัตรประชาชน ตรวจตัวเลขแล้วกรอกใหม่",
        "The {n} must be the 13 digits on the ID card. Check the digits and enter it again",
    )

    def example(self, question: Question, rng: Random) -> str:
        """Of an office that does not exist, so that it is nobody's."""
        return _with_check_digit(f"19999{rng.randint(0, 9_999_999):07}")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`1-2345-67890-12-1`."""
        return f"{value[0]}-{value[1:5]}-{value[5:10]}-{value[10:12]}-{value[12]}"

    def masked(self, question: Question, value: Any, lang: Lang) -> str:
        """The last three digits only."""
        return f"x-xxxx-xxxxx-{value[10:12]}-{value[12]}"


class JuristicId(Numbered):
    """A juristic person's number (เลขทะเบียนนิติบุคคล); public."""

    name = "juristic-id"
    standard = moa
    shape = r"^0[0-9]{12}$"
    wrong = (
        "{n}ต้องเป็นเลขทะเบียนนิติบุคคล 13 หลักที่ขึ้นต้นด้วย 0 ตรวจตัวเลขแล้วกรอกใหม่",
        "The {n} must be a 13-digit juristic person number that begins with 0. Check the digits and enter it again",
    )

    def example(self, question: Question, rng: Random) -> str:
        """Of a year that is not yet: no company has it."""
        return _with_check_digit(f"0105999{rng.randint(0, 99_999):05}")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`0-1055-99123-45-6`."""
        return f"{value[0]}-{value[1:5]}-{value[5:10]}-{value[10:12]}-{value[12]}"


class TaxId(Numbered):
    """A taxpayer's number: a person's or a juristic person's."""

    name = "tax-id"
    standard = tin
    personal = True
    wrong = (
        "{n}ต้องเป็นเลขประจำตัวผู้เสียภาษี 13 หลัก ตรวจตัวเลขแล้วกรอกใหม่",
        "The {n} must be a 13-digit tax number. Check the digits and enter it again",
    )

    def example(self, question: Question, rng: Random) -> str:
        """One of either kind."""
        kind: Numbered = rng.choice((ThaiId(), JuristicId()))
        return str(kind.example(question, rng))

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """As the other thirteen-digit numbers."""
        return ThaiId().show(question, value, lang)

    def masked(self, question: Question, value: Any, lang: Lang) -> str:
        """A person's is hidden; a juristic person's is public."""
        return ThaiId().masked(question, value, lang) if value[0] != "0" else self.show(question, value, lang)


def telephone(value: Any) -> str:
    """A Thai number as it is kept (RFC 3966), out of however it is written; "" when it is none."""
    typed = arabic(value) if isinstance(value, str) and len(value) < 60 else ""
    number, _, extension = re.sub(r"\s*(?:ต่อ|;?ext\.?=?|#)\s*", ";", typed, count=1).partition(";")
    national = digits(re.sub(r"^(?:\+|00)66(?:\(0\)|0)?", "0", re.sub(r"[\s\-‐-―.]", "", number)))
    right = re.fullmatch(r"0[689]\d{8}|0[2-57]\d{7}", national, re.ASCII)
    if not right or (extension and not re.fullmatch(r"\d{1,6}", extension.strip(), re.ASCII)):
        return ""
    return f"+66{national[1:]}" + (f";ext={extension.strip()}" if extension else "")


def show_telephone(kept: str, lang: Lang) -> str:
    """A kept number as Thais write it."""
    number, _, extension = kept.partition(";ext=")
    local = "0" + number[3:]
    area = 2 if local.startswith("02") else 3
    written = f"{local[:area]}-{local[area : area + 3]}-{local[area + 3 :]}"
    return f"{written} {'ต่อ' if lang == 'th' else 'ext.'} {extension}" if extension else written


class Phone(Kind):
    """A Thai telephone number, mobile or fixed, with an extension (thai-rules 9.5)."""

    name = "phone"
    personal = True

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """`+66812345678`, `+6621234567;ext=12` (RFC 3966); four-digit hotlines are no contact numbers."""
        number = telephone(value)
        if not number:
            raise sentences.refuse(
                question,
                at,
                "wrong-number",
                "กรอก{n}ที่ใช้ในประเทศไทยให้ถูกต้อง เช่น 081-234-5678 หรือ 02-123-4567 ต่อ 12",
                "Enter the {n} as a Thai number, such as 081-234-5678 or 02-123-4567 ext. 12",
            )
        return number

    def schema(self, question: Question) -> dict[str, Any]:
        """E.164, with an extension as in RFC 3966."""
        return {"type": "string", "pattern": r"^\+66([689][0-9]{8}|[2-57][0-9]{7})(;ext=[0-9]{1,6})?$"}

    def example(self, question: Question, rng: Random) -> str:
        """A mobile number."""
        return f"+668{rng.choice('0123456789')}{rng.randint(0, 9_999_999):07}"

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Hotlines, other countries, too short, letters."""
        for value in ("1111", "+15551234567", "08123456", "ไม่มี", 812345678, "02-123-4567 ต่อ ก", "081-234-56789"):
            yield Invalid(value, "wrong-number")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`081-234-5678`, `02-123-4567 ต่อ 12`."""
        return show_telephone(value, lang)

    def masked(self, question: Question, value: Any, lang: Lang) -> str:
        """The last four digits only."""
        return f"xxx-xxx-{value.partition(';')[0][-4:]}"

    def attributes(self, question: Question) -> dict[str, str]:
        """The telephone pad, and the browser's own memory."""
        return {"inputmode": "tel", "autocomplete": "tel", "maxlength": "40"}


class Email(Kind):
    """An e-mail address."""

    name = "email"
    personal = True
    _shape = re.compile(
        r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
        r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
    )
    longest = 254
    longest_before_at = 64

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """`name@example.co.th`, the domain in small letters (RFC 5321 lengths)."""
        text = value.strip() if isinstance(value, str) and len(value) <= 2 * self.longest else ""
        before, _, domain = text.rpartition("@")
        fits = len(text) <= self.longest and len(before) <= self.longest_before_at
        if not fits or not self._shape.fullmatch(text):
            raise sentences.refuse(
                question,
                at,
                "wrong-address",
                "กรอก{n}ให้ถูกต้อง เช่น somchai@example.com",
                "Enter the {n} as an address, such as somchai@example.com",
            )
        return f"{before}@{domain.lower()}"

    def schema(self, question: Question) -> dict[str, Any]:
        """An e-mail address."""
        return {"type": "string", "format": "email", "maxLength": self.longest}

    def example(self, question: Question, rng: Random) -> str:
        """In a domain kept for examples (RFC 2606)."""
        return str(question.example or f"applicant{rng.randint(1, 999)}@example.com")

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """No domain, two signs, spaces, a header in disguise."""
        for value in ("somchai", "a@b", "a@@example.com", "a b@example.com", "a@example.com\nBcc: b@example.com", 5):
            yield Invalid(value, "wrong-address")
        yield Invalid("a" * 65 + "@example.com", "wrong-address")

    def masked(self, question: Question, value: Any, lang: Lang) -> str:
        """The first letter and the domain."""
        before, _, domain = value.rpartition("@")
        return f"{before[0]}•••@{domain}"

    def attributes(self, question: Question) -> dict[str, str]:
        """The e-mail keyboard, and the browser's own memory."""
        return {"inputmode": "email", "autocomplete": "email", "maxlength": str(self.longest), "spellcheck": "false"}
