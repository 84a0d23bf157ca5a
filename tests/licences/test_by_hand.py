"""Fees and dates worked out by hand from the reference, one row a case, the law beside it. Never computed by the code.

Amounts are whole baht under the reference's own columns and texts (licences.csv, README sections 4 to 6); days follow
the rules reference, sections 3 and 9.4. A row whose amount is only a placeholder says so with PROVISIONAL.
"""

from datetime import date

import pytest

from licences import automatic, calendar, catalogue, fees, places
from licences.procedure import Due, Validity

TODAY = date(2026, 11, 20)
LOADED = catalogue.load()
HOLIDAYS = calendar.holidays()
KNOWN, PROVISIONAL = False, True
FIRST, THEN = Due.ON_SUBMISSION, Due.BEFORE_ISSUE

FEES = [
    # code, operation, answers, when, baht, provisional, law or page
    ("dhss-clinic-business", "new", {}, None, 1000, KNOWN),  # ministerial regulation 2543, Sanatorium Act
    ("dhss-clinic-business-renew", "new", {}, None, 1000, KNOWN),  # Sanatorium Act s.19
    ("dhss-clinic-operate", "new", {}, None, 250, KNOWN),  # Sanatorium Act s.24
    ("dhss-clinic-annual-fee", "new", {}, FIRST, 500, KNOWN),  # Sanatorium Act s.20
    ("dhss-clinic-close", "new", {}, None, 0, KNOWN),  # 0 = free
    ("dhss-spa", "new", {"service_area_sqm": 100}, None, 1000, KNOWN),  # ministerial regulation 2560: up to 100
    ("dhss-spa", "new", {"service_area_sqm": "100.5"}, None, 3000, KNOWN),  # to 200
    ("dhss-spa", "new", {"service_area_sqm": 400}, None, 6000, KNOWN),  # to 400
    ("dhss-spa", "renew", {"service_area_sqm": 401}, None, 10000, KNOWN),  # over 400
    ("dhss-spa", "amend", {}, None, 300, KNOWN),  # amendment fee
    ("dhss-massage-shop", "new", {"service_area_sqm": 250}, None, 3000, KNOWN),  # to 400
    ("dhss-beauty-massage", "new", {"service_area_sqm": 1000}, None, 5000, KNOWN),  # over 400
    ("dhss-health-est-operator", "amend", {}, None, 300, KNOWN),  # Health Establishments Act
    ("fda-food-factory", "new", {}, FIRST, 2000, KNOWN),  # README 5: review charge
    ("fda-food-factory", "new", {}, THEN, 5000, PROVISIONAL),  # the smallest of 5,000 to 10,000
    ("fda-food-import", "new", {}, None, 20000, KNOWN),  # 15,000 and a review charge of 5,000
    ("fda-food-non-factory", "new", {}, None, 1000, KNOWN),  # free, and a review charge of 1,000
    ("fda-food-detail", "new", {}, None, 200, KNOWN),  # free, and a review charge of 200
    ("fda-food-advert", "new", {}, None, 7000, KNOWN),  # 5,000 and a review charge of 2,000
    ("fda-drug-retail", "renew", {}, None, 2000, KNOWN),  # ministerial regulation 26 (2537), Drug Act
    ("fda-device-licence", "new", {"device_activity": "import"}, THEN, 20000, KNOWN),  # 10,000 / 20,000
    ("fda-device-advert", "new", {"advert_kind": "give-away"}, THEN, 200, KNOWN),  # 200 / 1,000
    ("lao-commercial-register", "amend", {}, None, 20, KNOWN),  # Commercial Registration Act
    ("lao-food-sale-large", "new", {"floor_area_sqm": 2000}, None, 3000, PROVISIONAL),  # the ceiling of s.63
    ("lao-signboard-tax", "new", {"lettering": "thai-only", "sign_area_sqcm": 5000}, None, 200, PROVISIONAL),  # minimum
    ("dopa-hotel", "new", {"hotel_type": "3"}, None, 30000, KNOWN),  # type 3
    ("dopa-hotel-annual-fee", "new", {"rooms": 25}, None, 1000, PROVISIONAL),  # 40 a room
    ("dopa-second-hand", "renew", {"goods_kind": "gold-gems"}, None, 10000, KNOWN),  # Second-hand Trade Act
    ("dol-land-allocation", "new", {"land_use": "general", "area_rai": "12.25"}, None, 3250, KNOWN),  # 13 rai at 250
    ("dol-land-allocation", "new", {"land_use": "farming", "area_rai": 12}, None, 1200, KNOWN),  # 12 rai at 100
    ("dbd-company-register", "new", {}, None, 5500, KNOWN),  # README 5: 500 and 5,000
    ("dbd-company-amend", "new", {"items_changed": 3}, None, 1500, KNOWN),  # 500 an item
    ("dbd-foreign-business-licence", "new", {}, FIRST, 2000, KNOWN),  # application
    ("dbd-foreign-business-licence", "new", {"registered_capital_satang": 500_000_000}, THEN, 25000, KNOWN),  # 5 M
    ("dbd-foreign-business-licence", "new", {"registered_capital_satang": 300_000_000}, THEN, 20000, KNOWN),  # least
    ("dbd-foreign-business-licence", "new", {"registered_capital_satang": 9_000_000_000}, THEN, 250000, KNOWN),  # most
    ("dbd-foreign-business-certificate", "new", {}, None, 22000, KNOWN),  # 20,000 and application 2,000
    ("dip-trademark", "new", {"items": 4}, FIRST, 4000, KNOWN),  # 1,000 an item
    ("dip-trademark", "new", {"items": 7}, FIRST, 9000, KNOWN),  # 9,000 a class over five items
    ("dip-trademark", "new", {"items": 4}, THEN, 2400, KNOWN),  # registration 600 an item
    ("rd-vat-register", "new", {}, None, 0, KNOWN),  # Revenue Code s.85: free
    ("excise-liquor-retail", "new", {"vat_registered": False}, None, 330, KNOWN),
    ("excise-liquor-retail", "renew", {"vat_registered": True}, None, 2200, KNOWN),
    ("doe-work-permit", "new", {"permit_length": "1-year"}, None, 3100, KNOWN),  # application 100 and 3,000
    ("doe-work-permit", "new", {"permit_length": "6-months"}, THEN, 1500, KNOWN),
    ("dot-tour-business", "cancel", {}, None, 0, KNOWN),
    ("dld-feed-manufacture", "new", {"tonnes_per_hour": 10}, None, 1500, KNOWN),  # up to 10 tonnes an hour
    ("dld-feed-manufacture", "new", {"tonnes_per_hour": 14}, None, 3500, KNOWN),  # 500 per extra tonne
    ("dld-animal-trade", "new", {"trade_area": "nationwide"}, None, 400, KNOWN),
    ("nbtc-radio-use", "new", {"radio_use": ["possess", "use"], "sets": 2}, None, 1400, KNOWN),  # 200 + 500 a set
    ("nbtc-radio-make", "new", {"purpose": "education"}, None, 100, KNOWN),
    ("osmep-sme-register", "new", {}, None, 0, KNOWN),
]


@pytest.mark.parametrize(("code", "operation", "answers", "due", "baht", "provisional"), FEES)
def test_a_fee_is_what_the_law_says(
    code: str, operation: str, answers: dict[str, object], due: Due | None, baht: int, provisional: bool
) -> None:
    quote = fees.owed(LOADED.procedure(code, operation, TODAY), answers, on=TODAY, due=due)

    assert (quote.satang, quote.provisional) == (baht * 100, provisional)
    assert all(line.law for line in quote.lines)


DEPOSITS = [
    ("doe-overseas-placement", 5_000_000),  # README 5
    ("doe-foreign-recruit-company", 5_000_000),  # README 5
    ("doe-domestic-placement", 100_000),  # README 5
]


@pytest.mark.parametrize(("code", "baht"), DEPOSITS)
def test_a_deposit_is_a_line_of_its_own_and_comes_back(code: str, baht: int) -> None:
    quote = fees.owed(LOADED.procedure(code, "new", TODAY), {}, on=TODAY)

    (deposit,) = [line for line in quote.lines if line.line == "deposit"]
    assert (deposit.satang, deposit.refundable, deposit.provisional) == (baht * 100, True, False)


def test_a_late_food_premises_renewal_owes_a_fifth_more() -> None:
    procedure = LOADED.procedure("lao-food-sale-large", "renew", TODAY)  # Public Health Act s.65

    late = fees.owed(procedure, {"floor_area_sqm": 450}, on=TODAY, late=True)

    assert [line.satang for line in late.lines] == [200_000, 40_000]


ENDS = [
    # code, granted, last day
    ("lao-food-sale-large", "2026-11-20", "2027-11-19"),  # P1Y, CCC s.193/5
    ("dhss-clinic-business", "2026-11-20", "2035-12-31"),  # 31 December of the tenth year
    ("dhss-clinic-operate", "2026-11-20", "2027-12-31"),  # 31 December of the second year
    ("dhss-hospital-operate", "2027-01-04", "2028-12-31"),
    ("fda-food-factory", "2026-11-20", "2028-12-31"),  # 31 December of the third year
    ("fda-food-import", "2027-06-30", "2029-12-31"),
    ("fda-drug-retail", "2026-11-20", "2026-12-31"),  # Drug Act s.17: to 31 December of the year of issue
    ("fda-herbal-sell", "2026-11-20", "2031-11-19"),  # Herbal Products Act s.22: five years from issue
    ("dhss-spa", "2028-02-29", "2033-02-28"),  # five years, no 29 February: the last day of the month
    ("dot-guide", "2026-12-01", "2031-11-30"),
    ("dopa-auction", "2026-01-05", "2026-12-31"),  # calendar year
    ("dbd-name-reserve", "2026-11-20", "2026-12-19"),  # 30 days, the day of issue the first
    ("dip-trademark", "2026-11-20", "2036-11-19"),
    ("dip-patent", "2026-11-20", "2046-11-19"),
    ("nbtc-radio-import", "2026-11-20", "2027-05-18"),  # 180 days
    ("dld-movement", "2026-11-20", "2026-11-24"),  # 5 days
]


@pytest.mark.parametrize(("code", "granted", "last"), ENDS)
def test_a_licence_ends_on_the_day_the_law_says(code: str, granted: str, last: str) -> None:
    validity = LOADED.licence(code).validity

    assert calendar.valid_until(date.fromisoformat(granted), validity) == date.fromisoformat(last)


@pytest.mark.parametrize("code", ["osmep-sme-register", "rd-vat-register", "dot-tour-business", "dbd-company-register"])
def test_a_licence_without_a_term_does_not_end(code: str) -> None:
    assert calendar.valid_until(TODAY, LOADED.licence(code).validity) is None


THIRTY_FIRST_OF_DECEMBER = {
    "dhss-clinic-business": 10,
    "dhss-clinic-business-renew": 10,
    "dhss-hospital-business": 10,
    "dhss-hospital-business-renew": 10,
    "dhss-clinic-operate": 2,
    "dhss-clinic-operate-renew": 2,
    "dhss-hospital-operate": 2,
    "dhss-hospital-operate-renew": 2,
    "fda-food-factory": 3,
    "fda-food-import": 3,
}


def test_the_ten_that_end_on_31_december_are_the_ten_of_the_reference() -> None:
    several_years = {
        one.code: one.validity.years
        for one in LOADED.licences
        if one.validity and one.validity.ends == "31-december" and one.validity.years > 1
    }

    assert several_years == THIRTY_FIRST_OF_DECEMBER  # README section 4


COMPANIONS = [
    # code, effect, acts on (README section 4)
    ("dhss-clinic-business-renew", "extend", "dhss-clinic-business"),
    ("dhss-clinic-amend", "replace", "dhss-clinic-business"),
    ("dhss-clinic-change-operator", "replace", "dhss-clinic-business"),
    ("dhss-clinic-close", "end", "dhss-clinic-business"),
    ("dhss-clinic-annual-fee", "note", "dhss-clinic-business"),
    ("dhss-clinic-operate-renew", "extend", "dhss-clinic-operate"),
    ("dhss-hospital-business-renew", "extend", "dhss-hospital-business"),
    ("dhss-hospital-amend", "replace", "dhss-hospital-business"),
    ("dhss-hospital-annual-fee", "note", "dhss-hospital-business"),
    ("dhss-hospital-operate-renew", "extend", "dhss-hospital-operate"),
    ("dhss-spa-annual-fee", "note", "dhss-spa"),
    ("dhss-massage-shop-annual-fee", "note", "dhss-massage-shop"),
    ("dhss-elderly-care-annual-fee", "note", "dhss-elderly-care"),
    ("lao-harmful-health-renew", "extend", "lao-harmful-health"),
    ("dopa-hotel-annual-fee", "note", "dopa-hotel"),
    ("dbd-company-amend", "replace", "dbd-company-register"),
    ("dbd-company-dissolve", "end", "dbd-company-register"),
    ("sso-employer-change", "replace", "sso-employer-register"),
    ("dot-tour-biennial-fee", "note", "dot-tour-business"),
    ("diw-factory-expand", "replace", "diw-factory-3"),
    ("cpd-coop-bylaw-amend", "replace", "cpd-coop-register"),
]


@pytest.mark.parametrize(("code", "effect", "acts_on"), COMPANIONS)
def test_a_companion_service_acts_on_the_licence_it_names(code: str, effect: str, acts_on: str) -> None:
    procedure = LOADED.procedure(code, "new", TODAY)

    assert (procedure.effect, procedure.acts_on) == (effect, acts_on)
    assert not [needed for needed in procedure.prerequisites if acts_on in needed.any_of]


def test_no_other_service_acts_on_another_licence() -> None:
    acting = {one.code for one in LOADED.licences if any(act.acts_on for act in one.operations.values())}

    assert acting == {code for code, _, _ in COMPANIONS}


WINDOWS = [
    # code, expires, opens, closes
    ("lao-food-sale-large", "2027-11-19", "2027-08-21", "2027-12-20"),  # 90 days before; 30 after, off a Sunday
    ("fda-drug-retail", "2026-12-31", "2026-10-02", "2027-02-01"),  # Drug Act s.17: one month after, off a Sunday
    ("fda-herbal-sell", "2027-02-10", "2026-11-12", "2027-03-10"),  # Herbal Products Act s.23: one month
    ("dhss-clinic-business-renew", "2035-12-31", "2035-10-02", "2035-12-31"),  # a Monday
]


@pytest.mark.parametrize(("code", "expires", "opens", "closes"), WINDOWS)
def test_a_renewal_may_be_filed_in_its_window(code: str, expires: str, opens: str, closes: str) -> None:
    window = LOADED.licence(code).renewal_window
    assert window is not None

    assert calendar.renewal_opens(date.fromisoformat(expires), window) == date.fromisoformat(opens)
    assert calendar.renewal_closes(date.fromisoformat(expires), window, HOLIDAYS) == date.fromisoformat(closes)


DECISIONS = [
    # code, complete on, decided by (working days of the manual, calendar of section 9.4)
    ("lao-food-sale-large", "2026-11-20", "2027-01-07"),  # 30: not 7, 10, 31 December, 1 January
    ("dhss-clinic-operate", "2026-04-01", "2026-05-21"),  # 30: not 6, 13, 14, 15 April, 4, 13 May
    ("fda-food-factory", "2026-12-04", "2026-12-16"),  # 6: not 7, 10 December
    ("osmep-sme-register", "2026-10-22", "2026-10-26"),  # 1: not Chulalongkorn Day nor the weekend
    ("rd-vat-register", "2026-11-20", "2026-11-23"),
]


@pytest.mark.parametrize(("code", "complete", "by"), DECISIONS)
def test_a_decision_is_due_within_the_manuals_days(code: str, complete: str, by: str) -> None:
    promised = LOADED.licence(code).decision_days

    assert calendar.due_on(date.fromisoformat(complete), promised, HOLIDAYS) == date.fromisoformat(by)


APPEALS = [
    ("lao-food-sale-large", "2026-03-30", 15, "2026-04-16"),  # APA s.44; 14 April is Songkran
    ("dot-tour-business", "2026-11-20", 30, "2026-12-21"),  # Tourism Act s.22; 20 December is a Sunday
    ("fda-drug-retail", "2026-11-06", 30, "2026-12-08"),  # Drug Act; 6 December is a Sunday, 7 in lieu
    ("fda-herbal-sell", "2026-11-02", 30, "2026-12-02"),  # Herbal Products Act
]


@pytest.mark.parametrize(("code", "told", "days", "last"), APPEALS)
def test_a_refusal_may_be_appealed_until_its_last_day(code: str, told: str, days: int, last: str) -> None:
    appeal = LOADED.licence(code).appeal

    assert appeal.days == days
    assert calendar.person_deadline(date.fromisoformat(told), days, HOLIDAYS) == date.fromisoformat(last)


SERVED = [
    # code, subdistrict, office (README section 4)
    ("lao-commercial-register", "100101", "bma"),
    ("lao-commercial-register", "830101", "lao@830101"),
    ("doeb-fuel-storage-2", "830101", "lao@830101"),
    ("dopa-hotel", "830101", "dopa@83"),
    ("dopa-hotel", "100101", "dopa"),
    ("mea-new-service", "110101", "mea"),
    ("pea-new-service", "830101", "pea@83"),
    ("bma-zoning-check", "100101", "bma"),
    ("dpt-zoning-check", "500101", "dpt@50"),
    ("fda-drug-wholesale", "830101", "fda"),
]


@pytest.mark.parametrize(("code", "subdistrict", "office"), SERVED)
def test_an_application_goes_to_the_office_of_the_reference(code: str, subdistrict: str, office: str) -> None:
    assert places.route(LOADED.licence(code), {"subdistrict_code": subdistrict}) == office


@pytest.mark.parametrize(
    ("code", "subdistrict"),
    [
        ("mea-new-service", "500101"),
        ("mwa-new-service", "830101"),
        ("pea-new-service", "100101"),
        ("pwa-new-service", "120101"),
        ("bma-kerb-cut", "500101"),
        ("dpt-zoning-check", "100101"),
    ],
)
def test_a_service_that_is_not_given_there_says_where_it_is(code: str, subdistrict: str) -> None:
    with pytest.raises(places.NotServed):
        places.route(LOADED.licence(code), {"subdistrict_code": subdistrict})


def test_a_hotel_in_a_converted_building_may_show_the_change_of_use_instead() -> None:
    (needed,) = LOADED.procedure("dopa-hotel", "new", TODAY).prerequisites  # README section 4

    assert needed.any_of == ("lao-building-certificate", "lao-building-change-use")
    assert needed.binds == "premises"


def test_the_ten_most_used_services_are_the_ten_of_the_presentation() -> None:
    used = {one.code: one.usage_count for one in LOADED.licences if one.usage_count}

    assert len(used) == 10
    assert sum(count or 0 for count in used.values()) == 123_686
    assert all(LOADED.licence(code).provenance == "seed" for code in used)


def test_what_was_written_by_hand_agrees_with_the_first_four() -> None:
    assert LOADED.licence("lao-food-sale-large").validity == Validity(years=1)
    assert LOADED.licence("osmep-sme-register").validity is None


SMES = [
    # sector, employees, yearly income in baht, verdict (ministerial regulation B.E. 2562 on SMEs)
    ("manufacturing", 200, 500_000_000, "approve"),
    ("manufacturing", 201, 500_000_000, "officer"),
    ("manufacturing", 200, 500_000_001, "officer"),
    ("services", 100, 300_000_000, "approve"),
    ("trade", 100, 300_000_000, "approve"),
    ("trade", 101, 1_000_000, "officer"),
    ("services", 12, 300_000_001, "officer"),
    ("agriculture", 1, 1, "officer"),
]


@pytest.mark.parametrize(("sector", "employees", "baht", "verdict"), SMES)
def test_a_business_is_an_sme_up_to_the_bounds_of_the_regulation(
    sector: str, employees: int, baht: int, verdict: str
) -> None:
    table = LOADED.procedure("osmep-sme-register", "new", TODAY).automatic
    assert table is not None
    counted = {"sme.sector": sector, "sme.employees": employees, "sme.yearly_income_satang": baht * 100}

    assert automatic.decide(table, {"company.active": True, **counted}).verdict == verdict
    assert automatic.decide(table, {"company.active": False, **counted}).verdict == "officer"
    assert automatic.decide(table, counted).verdict == "officer"
