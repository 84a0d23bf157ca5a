"""Who exists on loopback: personas with Thai names, and example companies. Plain data, the same on every machine.

Numbers have valid check digits but lie where none is ever issued (no province 99, no year 2998 or 2999), so that
none of them is anyone's.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

ACTIVE = "ยังดำเนินกิจการอยู่"
DISSOLVED = "เลิก(เสร็จการชำระบัญชี)"
JOINTLY = "กรรมการสองคนลงลายมือชื่อร่วมกัน"
ANY_ONE = "กรรมการคนใดคนหนึ่งลงลายมือชื่อ"
MANAGING_PARTNER = "หุ้นส่วนผู้จัดการลงลายมือชื่อและประทับตราสำคัญของห้าง"

_MANY = re.compile(r"0([1-9][0-9])5998([0-9]{5})[0-9]")
MOST_OF_MANY = 90 * 100_000

NOBODYS_PHONE = "+6620000000"

_TITLES = ("นาย", "นาง", "นางสาว")
_GIVEN = ("สมชาย", "วิชัย", "ประเสริฐ", "อนันต์", "ธนพล", "กิตติ", "ศิริพร", "มาลี", "วันเพ็ญ", "นภา", "จันทร์เพ็ญ", "กัญญา")
_FAMILY = ("ใจดี", "รักไทย", "ศรีสุข", "ทองคำ", "แสงจันทร์", "บุญมี", "วงศ์สว่าง", "พูนทรัพย์", "เจริญผล", "สุขสวัสดิ์", "น้ำใส")


@dataclass(frozen=True)
class Persona:
    """Somebody who can sign in. `sub` is the name the sign-in page asks for."""

    sub: str
    pid: str
    title: str
    given_name: str
    family_name: str
    birthdate: str
    phone: str = NOBODYS_PHONE
    address: str = "99/9 หมู่ที่ 1 ถนนตัวอย่าง ตำบลสุเทพ อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่"

    @property
    def email(self) -> str:
        """An address at the loopback mailbox; `@` of a provincial officer's name becomes a point."""
        return f"{re.sub('[^a-z0-9-]', '.', self.sub.lower())}@example.test"

    def claims(self) -> dict[str, object]:
        """What ThaID says of a person: names, number, birthdate (C.E.), the address as on the card, and how well they
        were looked at; and the telephone, which DGA Digital ID says."""
        return {
            "pid": self.pid,
            "title": self.title,
            "given_name": self.given_name,
            "family_name": self.family_name,
            "name": f"{self.title}{self.given_name} {self.family_name}",
            "birthdate": self.birthdate,
            "email": self.email,
            "email_verified": True,
            "phone_number": self.phone,
            "address": {"formatted": self.address},
            "ial": "2.3",
        }


@dataclass(frozen=True)
class Member:
    """One of a company's committee. `kind`: K director or partner, L managing partner."""

    title: str
    first: str
    last: str
    kind: str = "K"


PLACES = {"กรุงเทพมหานคร": ("คลองเตย", "คลองเตย"), "เชียงใหม่": ("สุเทพ", "เมืองเชียงใหม่")}
"""Subdistrict and district of the head offices; the house and the street do not exist."""


@dataclass(frozen=True)
class ExampleCompany:
    """A company as the register and the SME office know it. `employees` None: the SME office knows nothing."""

    juristic_id: str
    kind: str
    name_th: str
    name_en: str
    registered_be: str
    committee: tuple[Member, ...]
    signing_text: str
    province: str = "กรุงเทพมหานคร"
    status: str = ACTIVE
    capital_baht: int = 5_000_000
    tsic: str = "47111"
    objective: str = "ร้านค้าปลีกขนาดเล็กและร้านสะดวกซื้อ"
    employees: int | None = 12
    income_baht: int = 18_000_000
    sector: str = "trade"

    def information(self) -> dict[str, Any]:
        """The row that the register's v4 `information` service gives for it."""
        return {
            "JuristicID": self.juristic_id,
            "OldJuristicID": None,
            "JuristicType": self.kind,
            "JuristicName_TH": self.name_th,
            "JuristicName_EN": self.name_en,
            "RegisterDate": self.registered_be,
            "JuristicStatus": self.status,
            "RegisterCapital": f"{self.capital_baht}.00",
            "PaidRegisterCapital": f"{self.capital_baht}.00",
            "NumberOfObjective": "22",
            "NumberOfPageOfObjective": "3",
            "StandardID": self.tsic,
            "StandardObjectives": [{"ObjectiveDescription": self.objective}],
            "CommitteeInformations": [_member(n, m) for n, m in enumerate(self.committee, 1)],
            "AuthorizeDescriptions": [{"Sequence": 1, "Type": "L", "Description": self.signing_text}],
            "AddressInformations": [self._address()],
        }

    def _address(self) -> dict[str, Any]:
        subdistrict, district = PLACES[self.province]
        place = {"AddressNo": "99/9", "Moo": "1", "Soi": None, "Road": "ตัวอย่าง"}
        area = {
            "Tumbol": subdistrict,
            "Ampur": district,
            "Province": self.province,
            "Phone": "020000000",
            "Email": None,
        }
        inside = {"Building": None, "RoomNo": None, "Floor": None, "VillageName": None}
        return {"AddressName": "สำนักงานใหญ่", "FullAddress": self._in_full(), **inside, **place, **area}

    def _in_full(self) -> str:
        subdistrict, district = PLACES[self.province]
        if self.province == "กรุงเทพมหานคร":
            return f"99/9 หมู่ที่ 1 ถนนตัวอย่าง แขวง{subdistrict} เขต{district} {self.province}"
        return f"99/9 หมู่ที่ 1 ถนนตัวอย่าง ตำบล{subdistrict} อำเภอ{district} จังหวัด{self.province}"


def with_check_digit(twelve: str) -> str:
    """Twelve digits and their check digit: (11 − Σ dᵢ(14−i) mod 11) mod 10, persons and companies alike."""
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(twelve))
    return twelve + str((11 - total % 11) % 10)


APPLICANT = Persona("applicant", "1999900000013", "นาย", "สมชาย", "ใจดี", "1980-04-13")
DIRECTOR_2 = Persona("director-2", "3999900000125", "นางสาว", "มาลี", "ศรีสุข", "1984-11-02")
PRACTITIONER = Persona("practitioner", with_check_digit("199990000027"), "นาง", "ศิริพร", "วงศ์สว่าง", "1975-01-31")
ATTORNEY = Persona("attorney", with_check_digit("199990000035"), "นาย", "อนันต์", "เจริญผล", "1969-08-12")
OUTSIDER = Persona("outsider", with_check_digit("199990000043"), "นาย", "ธนพล", "น้ำใส", "1991-06-24")
CITIZENS = (APPLICANT, DIRECTOR_2, ATTORNEY, PRACTITIONER, OUTSIDER)
WATCHERS = ("operator", "operator-2", "auditor")


def personas(agencies: Sequence[str]) -> tuple[Persona, ...]:
    """Everybody who can sign in, for agency codes (`fda`) and offices of agencies (`lao@50`)."""
    names = [name for agency in agencies for name in _officers(agency)]
    return (*CITIZENS, *(somebody(name) for name in (*WATCHERS, *dict.fromkeys(names))))


def _officers(agency: str) -> tuple[str, ...]:
    if "@" in agency:
        return (f"officer-{agency}",)
    return (f"officer-{agency}", f"officer-{agency}-2", f"inspector-{agency}", f"supervisor-{agency}")


def somebody(name: str) -> Persona:
    """The person behind a name, made from the name alone: always the same, whoever else there is."""
    known = {persona.sub: persona for persona in CITIZENS}
    if name in known:
        return known[name]
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")
    seed, category = divmod(seed, 8)
    seed, serial = divmod(seed, 10**9)
    seed, given = divmod(seed, len(_GIVEN))
    seed, family = divmod(seed, len(_FAMILY))
    born = f"{1965 + seed % 30}-{1 + seed % 12:02d}-{1 + seed % 28:02d}"
    title = _TITLES[0] if given < 6 else _TITLES[1 + seed % 2]
    return Persona(
        name,
        with_check_digit(f"{category + 1}99{serial:09d}"),
        title,
        _GIVEN[given],
        _FAMILY[family],
        born,
    )


def _director(persona: Persona, kind: str = "K") -> Member:
    return Member(persona.title, persona.given_name, persona.family_name, kind)


def _member(sequence: int, member: Member) -> dict[str, Any]:
    return {
        "Sequence": sequence,
        "Title": member.title,
        "FirstName": member.first,
        "LastName": member.last,
        "Type": member.kind,
    }


JOINT_COMPANY = ExampleCompany(
    juristic_id="0105999000016",
    kind="5",
    name_th="ตัวอย่างค้าปลีก จำกัด",
    name_en="EXAMPLE RETAIL COMPANY LIMITED",
    registered_be="25620829",
    committee=(_director(APPLICANT), _director(DIRECTOR_2)),
    signing_text=JOINTLY,
)
SOLE_COMPANY = ExampleCompany(
    juristic_id="0107999000018",
    kind="7",
    name_th="ตัวอย่างอุตสาหกรรม จำกัด (มหาชน)",
    name_en="EXAMPLE INDUSTRY PUBLIC COMPANY LIMITED",
    registered_be="25360115",
    committee=(_director(APPLICANT),),
    signing_text=ANY_ONE,
    capital_baht=500_000_000,
    tsic="10799",
    objective="การผลิตผลิตภัณฑ์อาหารอื่นๆ ซึ่งมิได้จัดประเภทไว้ในที่อื่น",
    employees=850,
    income_baht=2_400_000_000,
    sector="manufacturing",
)
PARTNERSHIP = ExampleCompany(
    juristic_id="0503999000029",
    kind="3",
    name_th="ตัวอย่างล้านนา",
    name_en="EXAMPLE LANNA LIMITED PARTNERSHIP",
    registered_be="25550301",
    # Two different people of one name: no program can tell which of them signed in.
    committee=(_director(APPLICANT, "L"), _director(APPLICANT, "K")),
    signing_text=MANAGING_PARTNER,
    province="เชียงใหม่",
    capital_baht=1_000_000,
    tsic="56101",
    objective="การบริการด้านอาหารในภัตตาคาร/ร้านอาหาร",
    employees=None,
)
DISSOLVED_COMPANY = ExampleCompany(
    juristic_id=with_check_digit("010599900002"),
    kind="5",
    name_th="ตัวอย่างเลิกกิจการ จำกัด",
    name_en="EXAMPLE DISSOLVED COMPANY LIMITED",
    registered_be="25450607",
    committee=(_director(APPLICANT),),
    signing_text=ANY_ONE,
    status=DISSOLVED,
    employees=0,
    income_baht=0,
)
COMPANIES = (JOINT_COMPANY, SOLE_COMPANY, PARTNERSHIP, DISSOLVED_COMPANY)


def many(n: int) -> Iterator[ExampleCompany]:
    """The first n of the companies for load runs: `applicant` may sign alone for each of them. At most 9,000,000."""
    if n > MOST_OF_MANY:
        raise ValueError(f"there are {MOST_OF_MANY} of them")
    return (_one_of_many(10 + i % 90, i // 90) for i in range(n))


def company(juristic_id: str) -> ExampleCompany | None:
    """The example company with this number, one of `many` among them; None when nobody has it."""
    for example in COMPANIES:
        if example.juristic_id == juristic_id:
            return example
    match = _MANY.fullmatch(juristic_id)
    if match is None or with_check_digit(juristic_id[:12]) != juristic_id:
        return None
    return _one_of_many(int(match.group(1)), int(match.group(2)))


def _one_of_many(province: int, serial: int) -> ExampleCompany:
    return ExampleCompany(
        juristic_id=with_check_digit(f"0{province:02d}5998{serial:05d}"),
        kind="5",
        name_th=f"ตัวอย่างที่ {province}-{serial} จำกัด",
        name_en=f"EXAMPLE {province}-{serial} COMPANY LIMITED",
        registered_be=f"25{40 + serial % 28}{1 + serial % 12:02d}{1 + serial % 28:02d}",
        committee=(_director(APPLICANT),),
        signing_text=ANY_ONE,
        employees=1 + serial % 250,
        income_baht=500_000 * (1 + serial % 900),
        sector=("trade", "services", "manufacturing")[serial % 3],
    )
