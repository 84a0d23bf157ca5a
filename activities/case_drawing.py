"""The papers of a case: a licence that takes another's place, an order, a ruling. Beside no key, as every drawing."""

from temporalio import activity

from activities import case_sheets, wanted
from activities.acting import LICENCE, ORDER, agency_of, day_of, stayed_order
from activities.case_values import CaseLetter
from activities.issuing import Drawing
from records import cases, people


class CaseDrawing:
    """Drawn by the same pen as the papers of applications."""

    def __init__(self, pens: Drawing) -> None:
        self.pens = pens

    @activity.defn(name="draw_act_paper")
    async def draw_paper(self, step: wanted.Step) -> wanted.Drawn:
        """The licence that takes the old one's place, out of the reserved facts."""
        async with self.pens.database.reading() as session:
            case = await cases.get(session, step.number)
            rules = await cases.rules_of(session, case)
        reserved, agency = await self.pens.stated(step), agency_of(case)
        url = f"{self.pens.public_url}/v/{reserved.number}#{reserved.statement}"
        sheet = case_sheets.replaced(rules, reserved.facts, agency, made_at=reserved.reserved_at, url=url)
        return await self.pens.make(step, LICENCE, agency.code, sheet)

    @activity.defn(name="draw_case_letter")
    async def draw_letter(self, letter: CaseLetter) -> wanted.Drawn:
        """An order, a ruling on an appeal, or a refusal."""
        async with self.pens.database.reading() as session:
            case = await cases.get(session, letter.number)
            rules = await cases.rules_of(session, case)
            officer = letter.decision.officer if letter.decision else ""
            names = await people.names(session, [officer]) if officer else {}
            stayed = await stayed_order(session, case, day_of(letter.at)) is not None
        agency = agency_of(case)
        sheet = case_sheets.letter(
            case, rules, agency, status=letter.status, reason=letter.decision.reason if letter.decision else "",
            signatory=(names.get(officer, officer), "เจ้าหน้าที่ผู้มีคำสั่ง"),
            made_at=letter.at, stayed=stayed, url=f"{self.pens.public_url}/cases/{case.number}",
        )  # fmt: skip
        return await self.pens.make(letter, ORDER, agency.code, sheet)
