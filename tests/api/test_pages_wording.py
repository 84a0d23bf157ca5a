"""Nothing internal is ever shown: every status, verdict, kind and tag has its words, in both languages."""

import re
from datetime import date
from pathlib import Path

import pytest

from api import wording
from api.pages_public import province_names
from api.pages_verify import WORTHS
from api.verdict import Worth
from licences import catalogue
from licences.applications import Status, Verdict
from licences.procedure import Effect, Operation
from licences.register import EntryKind, Standing
from licences.visits import Visit

ROOT = Path(__file__).resolve().parents[2]
TAG = re.compile(r"""f?"((?:application|task):[a-z-]+:[a-z{}._-]+)\"""")
PARTS = {
    "{kind}": ("full", "late", "short", "over", "second", "dead-bill", "after-end", "part"),
    "{task.verdict}": tuple(Verdict),
    "{ending.status}": ("refused", "returned", "withdrawn"),
    "{told}": ("refused", "returned", "withdrawn"),
    "{what}": ("claimed", "released", "reassigned"),
    "{standing}": tuple(set(Visit) - {Visit.PROPOSED}),
    "{outcome.verdict}": ("approve", "officer"),
}


@pytest.mark.parametrize(
    ("words", "all_of"),
    [
        (wording.STATUSES, Status),
        (wording.NEXT, Status),
        (wording.OPERATIONS, Operation),
        (wording.EFFECTS, Effect),
        (wording.VERDICTS, Verdict),
        (wording.STANDINGS, Standing),
        (wording.VISITS, Visit),
        (wording.MEANINGS, Standing),
        (wording.ENTRIES, EntryKind),
        (WORTHS, Worth),
    ],
)
def test_every_value_has_its_words(words: dict[str, object], all_of: type) -> None:
    assert set(words) == set(all_of)


def test_everything_that_is_written_into_a_history_has_plain_words() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for room in ("activities", "records")
        for path in (ROOT / room).glob("*.py")
        if path.name != "tables.py"
    ]
    written = {tag for source in sources for tag in TAG.findall(source)}
    assert len(written) >= 8

    for tag in written:
        part = next((part for part in PARTS if part in tag), "")
        for value in PARTS[part] if part else ("",):
            assert tag.replace(part, value) in wording.HAPPENED, tag.replace(part, value)


def test_every_procedure_says_its_fee_in_both_languages() -> None:
    law = catalogue.load()

    for one in law.licences:
        for operation in one.operations:
            fee = wording.fee(law.procedure(one.code, operation, date(2026, 11, 20)), date(2026, 11, 20))
            assert fee.th and fee.en and "None" not in fee.th


def test_the_last_stage_says_that_approving_grants() -> None:
    procedure = catalogue.load().procedure("lao-food-sale-large", "new", date(2026, 11, 20))

    assert "granted" in wording.effects(procedure, "approval")[Verdict.APPROVE].en
    assert "next stage" in wording.effects(procedure, "completeness")[Verdict.APPROVE].en


@pytest.mark.parametrize(
    ("code", "en"),
    [
        ("lao-food-sale-large", "Nationwide"),
        ("mea-new-service", "Bangkok, Samut Prakan, Nonthaburi"),
        ("pea-new-service", "Every province except Bangkok, Samut Prakan, Nonthaburi"),
        ("dbd-foreign-business-licence", "From anywhere: the head office receives it"),
    ],
)
def test_where_a_licence_is_given_is_said_in_few_words(code: str, en: str) -> None:
    licence = catalogue.load().licence(code)

    assert wording.served(licence, province_names()).en.replace("Krung Thep Maha Nakhon", "Bangkok") == en
