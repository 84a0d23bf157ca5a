"""What decides whether a business is an SME: employees and yearly income, by way of the exchange.

The service path and its shape are ours: OSMEP publishes none. It follows the manner of the DBD services on the same
exchange. The bounds themselves (ministerial regulation B.E. 2562 on SMEs) are rules and live in `licences`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange import money
from exchange.errors import OfficeDown
from exchange.gdx import Gdx

OFFICE = "OSMEP"
PATH = "/ws/osmep/v1/facts"
SECTORS = ("manufacturing", "services", "trade")


@dataclass(frozen=True)
class SmeFacts:
    """Employees and yearly income of one juristic person, of the fiscal year (C.E.) they were counted in."""

    juristic_id: str
    fiscal_year: int
    employees: int
    income_satang: int
    sector: str


async def sme_facts(gdx: Gdx, juristic_id: str, agent: str | None = None) -> SmeFacts | None:
    """What the office knows; None when it knows nothing: the applicant then states it and an officer looks."""
    return read_facts(await gdx.get(PATH, {"JuristicID": juristic_id}, agent), juristic_id)


def read_facts(data: Mapping[str, Any], juristic_id: str) -> SmeFacts | None:
    """The facts in an answer; None for an empty list. OfficeDown when it cannot be read."""
    try:
        found = data["ResultList"]
        return _facts(found[0], juristic_id) if found else None
    except (KeyError, TypeError, ValueError) as error:
        raise OfficeDown(OFFICE, f"unreadable answer ({type(error).__name__})") from error


def _facts(row: Mapping[str, Any], juristic_id: str) -> SmeFacts:
    if row["JuristicID"] != juristic_id or row["Sector"] not in SECTORS:
        raise ValueError("another juristic person, or a sector we do not know")
    return SmeFacts(
        juristic_id=juristic_id,
        fiscal_year=int(row["FiscalYear"]) - 543,
        employees=int(row["Employees"]),
        income_satang=money.satang(row["YearlyIncome"]),
        sector=row["Sector"],
    )
