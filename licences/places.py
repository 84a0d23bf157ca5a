"""Places: which office receives an application, and whose ordinance applies there.

Local authorities do not coincide with subdistricts (rules reference 9.2), so their reach is a table of its own:
`local-authorities.csv` says which authority has charge of a subdistrict. Where the table is silent, the authority is
taken to be that of the subdistrict itself, and marked provisional. In Bangkok it is always the BMA.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import geothai

from licences.errors import NotAllowed
from licences.procedure import Licence, Routing, Shape, Text

BANGKOK = "10"
BMA = "bma"
LOCAL = "lao"  # the agency that stands for every municipality, subdistrict administration and Pattaya


class Authority(Shape):
    """A local authority. `code` names it in fee rules and in its office's code."""

    code: str
    title: Text
    provisional: bool


class NotServed(NotAllowed):
    """The service is not given in that province; the sentence says where to go instead."""


class PlaceUnknown(NotAllowed):
    """The address names no subdistrict of Thailand."""


def route(licence: Licence, address: Mapping[str, object] | None) -> str:
    """The code of the office that receives it: `<agency>`, `<agency>@<province>`, `lao@<authority>` or `bma`.

    `address` is an answer with `subdistrict_code` (DOPA, six digits); a national service needs none.
    Raises NotServed or PlaceUnknown.
    """
    if licence.routing is Routing.NATIONAL and not licence.provinces:
        return licence.agency
    subdistrict = _subdistrict_code(address)
    province = subdistrict[:2]
    check_served(licence, province)
    if licence.routing is Routing.NATIONAL:
        return licence.agency
    if licence.routing is Routing.PROVINCE:
        return licence.agency if province == BANGKOK else f"{licence.agency}@{province}"
    return BMA if province == BANGKOK else f"{LOCAL}@{authority_of(subdistrict).code}"


def agency_of(office: str) -> str:
    """The agency whose office that is."""
    return office.partition("@")[0]


def authority_code(office: str) -> str | None:
    """The local authority that an office is, as fee rules name it; None for an agency's own or provincial office."""
    if office == BMA:
        return BMA
    place = office.partition("@")[2]
    return place if len(place) > len(BANGKOK) else None


def province_of(office: str) -> str:
    """The province (DOPA code) that an office is in, as far as its code says; "" for an agency's own."""
    place = office.partition("@")[2]
    named = {known.code: at[: len(BANGKOK)] for at, known in known_authorities().items()}
    return named.get(place, place[: len(BANGKOK)])


def office_title(office: str) -> Text | None:
    """The name of a provincial office or a local authority; None when the agency itself receives it."""
    place = office.partition("@")[2]
    if office == BMA or not place:
        return None
    if len(place) > len(BANGKOK):
        return authority(place).title
    province = geothai.province(place)
    return Text(th=f"จังหวัด{province.name_th}", en=f"{province.name_en} Province") if province else None


def authority_of(subdistrict_code: str) -> Authority:
    """The local authority that has charge of a subdistrict. Raises PlaceUnknown."""
    if subdistrict_code[:2] == BANGKOK:
        return Authority(
            code=BMA, title=Text(th="กรุงเทพมหานคร", en="Bangkok Metropolitan Administration"), provisional=False
        )
    return known_authorities().get(subdistrict_code) or _authority_of_the_subdistrict(subdistrict_code)


def authority(code: str) -> Authority:
    """The local authority of that code: one of the table's, or the subdistrict's own. Raises PlaceUnknown."""
    named = {known.code: known for known in known_authorities().values()}
    return named.get(code) or authority_of(code)


@cache
def known_authorities() -> dict[str, Authority]:
    """The rows of local-authorities.csv: subdistrict code to authority."""
    with (Path(__file__).parent / "local-authorities.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["subdistrict_code"]: Authority(
                code=row["authority"],
                title=Text(th=row["name_th"], en=row["name_en"]),
                provisional=row["provisional"] == "yes",
            )
            for row in csv.DictReader(file)
        }


def in_english(code: str) -> list[str]:
    """The English names of a subdistrict, its district and its province by DOPA code, or of a province alone."""
    subdistrict, district = geothai.subdistrict(code) if len(code) == 6 else None, geothai.district(code[:4])
    province = geothai.province(code[:2])
    return [one.name_en for one in (subdistrict, district, province) if one]


def served(licence: Licence, province: str) -> bool:
    """Whether a licence is to be had in a province (DOPA code)."""
    if licence.provinces:
        return province in licence.provinces
    return licence.coverage == "nationwide" or licence.routing is Routing.NATIONAL or province == BANGKOK


def elsewhere(licence: Licence) -> Text:
    """Where to go in a province in which the licence is not to be had."""
    return licence.elsewhere or Text(th="หน่วยงานในพื้นที่", en="the agency of the place")


def limited(licence: Licence) -> bool:
    """Whether there are provinces in which a licence is not to be had (a head office may be asked from anywhere)."""
    return bool(licence.provinces) or (licence.coverage != "nationwide" and licence.routing is not Routing.NATIONAL)


def check_served(licence: Licence, province: str) -> None:
    """Refuse a province (DOPA code) in which the licence is not to be had. Raises NotServed."""
    if served(licence, province):
        return
    name = geothai.province(province)
    instead = elsewhere(licence)
    raise NotServed(
        f"บริการนี้ไม่เปิดในจังหวัด{name.name_th if name else province} โปรดติดต่อ{instead.th}",
        f"this service is not given in {name.name_en if name else province}: please ask {instead.en}",
        field="subdistrict_code",
    )


def _subdistrict_code(address: Mapping[str, object] | None) -> str:
    code = str((address or {}).get("subdistrict_code", ""))
    if not geothai.subdistrict(code):
        raise PlaceUnknown(
            "โปรดเลือกตำบลหรือแขวงของสถานที่ประกอบการ",
            "please choose the subdistrict of the premises",
            field="subdistrict_code",
        )
    return code


def _authority_of_the_subdistrict(code: str) -> Authority:
    found = geothai.address(code)
    if not found:
        raise PlaceUnknown(f"ไม่มีตำบลรหัส {code}", f"there is no subdistrict {code}", field="subdistrict_code")
    subdistrict, district, province = found.subdistrict, found.district, found.province
    th = f"องค์กรปกครองส่วนท้องถิ่น ต.{subdistrict.name_th} อ.{district.name_th} จ.{province.name_th}"
    en = f"Local authority of {subdistrict.name_en}, {district.name_en}, {province.name_en}"
    return Authority(code=code, title=Text(th=th, en=en), provisional=True)
