"""What an amendment makes of the facts of a licence: changed, kept, restated as a whole, ruled out."""

from dataclasses import replace
from datetime import date
from typing import Any

from activities import facts
from bench import specimens
from licences import catalogue

TODAY = date(2026, 11, 20)
AMENDMENT = catalogue.load().procedure("oap-radioactive-possess", "amend", TODAY)
GRANT = specimens.grant(specimens.specimen(AMENDMENT, TODAY), TODAY)


def amended(*printed: tuple[str, str], ruled_out: tuple[str, ...] = ()) -> dict[str, str]:
    """The particulars after an amendment that states these, of a licence that said the following."""
    said = {
        "trade_name": "ศูนย์เดิม",
        "material[0].nuclide": "Cs-137",
        "material[1].nuclide": "Co-60",
        "use_kind": "วัดระดับ",
    }
    before: dict[str, Any] = {
        **(GRANT.before or {}),
        "particulars": [{"id": id_, "label": {"th": "ก", "en": "a"}, "value": value} for id_, value in said.items()],
    }
    stated = tuple((id_, "ก", "a", value) for id_, value in printed)
    grant = replace(GRANT, before=before, printed=stated, ruled_out=ruled_out)
    return {item["id"]: item["value"] for item in facts.granted(grant, "OAP-2569-0000001-X")["particulars"]}


def test_what_is_not_stated_stays_as_it_was() -> None:
    found = amended(("trade_name", "ศูนย์ใหม่"))

    assert found["trade_name"] == "ศูนย์ใหม่"
    assert (found["material[0].nuclide"], found["material[1].nuclide"]) == ("Cs-137", "Co-60")


def test_a_list_that_is_stated_anew_takes_the_place_of_the_old_one() -> None:
    found = amended(("material[0].nuclide", "Ir-192"))

    assert {id_: value for id_, value in found.items() if id_.startswith("material")} == {
        "material[0].nuclide": "Ir-192"
    }


def test_what_a_new_answer_rules_out_is_said_no_longer() -> None:
    assert "use_kind" not in amended(("trade_name", "ศูนย์ใหม่"), ruled_out=("use_kind",))
