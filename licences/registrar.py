"""The register as an office of its own: it seals what it says about itself (verification reports), and nothing else."""

from licences import catalogue
from licences.procedure import Agency, Text

REGISTRAR = Agency(
    code="register",
    title=Text(th="ทะเบียนใบอนุญาตประกอบธุรกิจ", en="The register of business licences"),
    ministry=Text(th="ระบบใบอนุญาตประกอบธุรกิจ", en="Biz Portal"),
    level="central",
    connects="on-platform",
    domain="",
    abbreviation="REG",
    organisation_id="0994999000999",  # a test number that belongs to nobody
    keep_years=2,
)


def who_seals(code: str) -> Agency:
    """An agency, or the register itself. Raises what `Catalogue.agency` raises for neither."""
    return REGISTRAR if code == REGISTRAR.code else catalogue.load().agency(code)
