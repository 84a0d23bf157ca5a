"""What a document is worth: the seal's evidence and the register's word."""

import dataclasses
from datetime import UTC, date, datetime

import pytest

from api import verdict
from api.verdict import Known, Worth
from licences.register import Standing
from signing.verify import SAID, Findings, SealedBy

NUMBER = "LAO-2569-0000017-3"
ISSUED, OLDER = "a" * 64, "b" * 64


def findings(**changes: object) -> Findings:
    good = Findings(
        intact=True,
        sealed_by=SealedBy("lao", "เทศบาลตัวอย่าง", "1f"),
        sealed_at=datetime(2026, 11, 20, 3, tzinfo=UTC),
        key_was_good=True,
        changes_after="none",
        indication="TOTAL-PASSED",
        sub_indication="",
        record={"licence_number": NUMBER},
        sha256=ISSUED,
        sentences=(SAID["intact"],),
    )
    return dataclasses.replace(good, **changes)  # type: ignore[arg-type]


def known(**changes: object) -> Known:
    now = Known(
        licence_number=NUMBER,
        agency="lao",
        standing=Standing.IN_FORCE,
        valid_from=date(2026, 11, 20),
        valid_until=date(2027, 11, 19),
        documents=(OLDER, ISSUED),
        current=ISSUED,
        as_of=datetime(2026, 11, 21, tzinfo=UTC),
    )
    return dataclasses.replace(now, **changes)  # type: ignore[arg-type]


FAILED = {"indication": "TOTAL-FAILED", "sealed_by": None, "record": {}}


@pytest.mark.parametrize(
    ("found", "register", "asked", "worth", "exit_code"),
    [
        (findings(), known(), True, Worth.IN_FORCE, 0),
        (findings(**FAILED, intact=False, sub_indication="HASH_FAILURE"), known(), True, Worth.ALTERED, 1),
        (findings(**FAILED, intact=True, sub_indication="NO_CERTIFICATE_CHAIN_FOUND"), None, True, Worth.NOT_OURS, 1),
        (findings(**FAILED, intact=None, sub_indication="FORMAT_FAILURE"), None, True, Worth.NOT_OURS, 1),
        (findings(indication="INDETERMINATE", sub_indication="NO_POE"), known(), True, Worth.CANNOT_TELL, 2),
        (findings(), None, False, Worth.CANNOT_TELL, 2),
        (findings(), None, True, Worth.NOT_IN_REGISTER, 1),
        (findings(sha256="c" * 64), known(), True, Worth.NOT_IN_REGISTER, 1),
        (findings(sealed_by=SealedBy("fda", "อย.", "2")), known(), True, Worth.NOT_IN_REGISTER, 1),
        (findings(record={"licence_number": "LAO-2569-0000018-1"}), known(), True, Worth.NOT_IN_REGISTER, 1),
        (findings(sha256=OLDER), known(), True, Worth.NOT_IN_FORCE, 3),
        (findings(sha256=OLDER), known(current=""), True, Worth.NOT_IN_FORCE, 3),
        *((findings(), known(standing=s), True, Worth.NOT_IN_FORCE, 3) for s in Standing if s is not Standing.IN_FORCE),
    ],
)
def test_a_document_is_worth_what_seal_and_register_say_together(
    found: Findings, register: Known | None, asked: bool, worth: Worth, exit_code: int
) -> None:
    said = verdict.verdict(found, register, register_asked=asked)

    assert (said.worth, said.exit_code) == (worth, exit_code)
    assert said.sentences and all(sentence.th and sentence.en for sentence in said.sentences)


def test_a_revoked_licence_with_a_good_seal_is_genuine_and_not_in_force() -> None:
    register = known(standing=Standing.REVOKED)

    said = verdict.as_json(findings(), register, verdict.verdict(findings(), register, register_asked=True))

    assert (said["genuine"], said["in_force"], said["exit"]) == (True, False, 3)
    assert said["register"]["status"] == "revoked"
    assert any("revoked" in sentence for sentence in said["en"])


def test_what_cannot_be_told_is_neither_true_nor_false() -> None:
    found = findings(indication="INDETERMINATE")

    said = verdict.as_json(found, known(), verdict.verdict(found, known(), register_asked=True))

    assert (said["genuine"], said["in_force"]) == (None, None)


def test_the_sentence_says_until_when() -> None:
    said = verdict.verdict(findings(), known(), register_asked=True).sentences[-1]

    assert "19 พฤศจิกายน พ.ศ. 2570" in said.th and "2027-11-19" in said.en


def test_which_file_it_is_is_told_apart_from_what_it_is_worth() -> None:
    which = [verdict.as_json(f, known(), verdict.verdict(f, known(), register_asked=True))["file"]["is"]
             for f in (findings(), findings(sha256=OLDER), findings(sha256="c" * 64))]  # fmt: skip

    assert which == ["current", "older-copy", "unknown"]
