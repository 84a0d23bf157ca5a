"""The attack set: at least one file for each row of the known attacks on sealed PDF, with the exact answer to each."""

import asyncio
from collections.abc import Callable
from typing import Any

import attacks  # type: ignore[import-not-found]
import pytest
from forging import LOOSE, LooseSealer  # type: ignore[import-not-found]
from sayings import Told, judged, told  # type: ignore[import-not-found]
from signing_sheets import RECORD, a_licence  # type: ignore[import-not-found]

from signing.document import render
from signing.seal import load_seals
from signing.token import Token
from signing.trust import Trust
from signing.verify import verify

Attack = Callable[[bytes], bytes]
BROKEN_RULE, BROKEN_HASH = "TOTAL-FAILED SIG_CONSTRAINTS_FAILURE", "TOTAL-FAILED HASH_FAILURE"
NO_PDF, NO_PROOF = "TOTAL-FAILED FORMAT_FAILURE", "INDETERMINATE NO_POE"
ALTERED = told(BROKEN_RULE, "altered", "altered")
METADATA = told(BROKEN_RULE, "altered", "metadata")
OTHER_BYTES = told(BROKEN_HASH, "altered", "altered", "cannot-tell")
UNREADABLE = told(NO_PDF, "not-ours", "unreadable")
UNCONFIRMED = told(NO_PROOF, "cannot-tell", "no-archive", "look-up")
GOOD = told("TOTAL-PASSED", "in-force", "genuine", "in-force")
NOT_THAT_FILE = told("TOTAL-PASSED", "not-in-register", "not-that-file")

ON_A_SEALED_LICENCE: dict[Attack, Told] = {
    # incremental saving: something is appended that changes what is seen, read or run
    attacks.page_replaced: ALTERED,
    attacks.note_laid_over: ALTERED,
    attacks.words_renamed: ALTERED,
    attacks.record_swapped: ALTERED,
    attacks.script_added: ALTERED,
    attacks.layers_switched: ALTERED,
    attacks.pages_exchanged: ALTERED,
    # what change analysis lets pass
    attacks.title_changed: METADATA,
    attacks.author_changed: METADATA,
    # the bytes themselves
    attacks.byte_flipped: OTHER_BYTES,
    attacks.copied_and_altered: OTHER_BYTES,
    attacks.seal_forgotten: told(NO_PDF, "not-ours", "unsealed"),
    # signature wrapping, universal forgery, and what readers stumble over
    attacks.wrapped: UNREADABLE,
    attacks.byte_range_negative: UNREADABLE,
    attacks.byte_range_absent: UNREADABLE,
    attacks.byte_range_null: UNREADABLE,
    attacks.signature_zeroed: UNREADABLE,
    attacks.raw_tail: UNREADABLE,
    attacks.junk_before: UNREADABLE,
    attacks.many_revisions: UNREADABLE,
    attacks.megabytes_of_nothing: UNREADABLE,
    # the rooms that were kept for signatures: under the archive stamp not a byte, in its own room nothing that counts
    attacks.padding_filled: told(BROKEN_RULE, "altered", "altered", "cannot-tell"),
    attacks.padding_filled_before_the_archive: UNCONFIRMED,
    attacks.archive_padding_filled: NOT_THAT_FILE,
    # cut off, or with something after the end that says nothing
    attacks.archive_cut_off: UNCONFIRMED,
    attacks.blank_tail: GOOD,
    attacks.certificates_added: GOOD,
}


def numbered(**changes: Any) -> Any:
    """A licence whose record names its number, as every one does."""
    return a_licence(**{"record": {**RECORD, "licence_number": RECORD["number"]}, **changes})


@pytest.fixture(scope="session")
def loosely(token: Token, authority: Any, trust: Trust) -> dict[str, dict[str, bytes]]:
    """By how much may be changed: a licence sealed so, and one prepared for each shadow."""

    async def seal() -> dict[str, dict[str, bytes]]:
        made: dict[str, dict[str, bytes]] = {}
        seals = load_seals(authority.prepared.seals)
        async with LooseSealer(token, seals, authority.prepared.tsa_url, trust.roots) as sealer:
            for sealer.how in LOOSE:
                drawn = {prepare.__name__: prepare(render(numbered())) for prepare, _ in attacks.SHADOWS}
                papers = {"": render(numbered()), **drawn}
                made[sealer.how] = {name: await sealer.seal(pdf, "dhss") for name, pdf in papers.items()}
        return made

    return asyncio.run(seal())


@pytest.mark.parametrize("attack", ON_A_SEALED_LICENCE, ids=lambda attack: attack.__name__)
async def test_what_is_told_of_an_attacked_licence(
    attack: Attack, loosely: dict[str, dict[str, bytes]], trust: Trust
) -> None:
    whole = await verify(loosely["P=1"][""], trust)
    findings = await verify(attack(loosely["P=1"][""]), trust)

    assert judged(whole, whole) == GOOD
    assert judged(findings, whole) == ON_A_SEALED_LICENCE[attack]
    assert findings.record in (whole.record, {}), "the record comes from the sealed revision or not at all"
    assert findings.changes_after == ("suspicious" if ON_A_SEALED_LICENCE[attack].worth == "altered" else "none")


@pytest.mark.parametrize("how", ["P=3", "approval"])
async def test_a_seal_that_allows_changes_is_not_of_our_kind_and_hides_no_change(
    how: str, loosely: dict[str, dict[str, bytes]], trust: Trust
) -> None:
    sealed = loosely[how][""]

    assert judged(await verify(sealed, trust)) == told(BROKEN_RULE, "not-ours", "weak-seal")
    for attack in attacks.TOUCHED:
        expected = {
            ALTERED: told(BROKEN_RULE, "altered", "altered", "weak-seal"),
            METADATA: told(BROKEN_RULE, "altered", "metadata", "weak-seal"),
            OTHER_BYTES: told(BROKEN_HASH, "altered", "altered", "weak-seal", "cannot-tell"),
        }[ON_A_SEALED_LICENCE[attack]]
        assert judged(await verify(attack(sealed), trust)) == expected, attack.__name__


@pytest.mark.parametrize("how", LOOSE)
@pytest.mark.parametrize(("prepare", "call"), attacks.SHADOWS, ids=lambda step: step.__name__)
async def test_what_was_hidden_before_the_seal_is_seen_when_it_is_called_forth(
    how: str, prepare: Attack, call: Attack, loosely: dict[str, dict[str, bytes]], trust: Trust
) -> None:
    findings = await verify(call(loosely[how][prepare.__name__]), trust)

    weak = () if how == "P=1" else ("weak-seal",)
    assert judged(findings) == told(BROKEN_RULE, "altered", "altered", *weak)


async def test_the_seal_of_another_true_licence_does_not_fit(
    sealed_licence: bytes, another_licence: bytes, trust: Trust
) -> None:
    findings = await verify(attacks.signature_swapped(sealed_licence, another_licence), trust)

    assert judged(findings) == OTHER_BYTES and not findings.record


@pytest.mark.parametrize("how", LOOSE)
async def test_a_second_signature_is_seen_whatever_the_first_allows(
    how: str, loosely: dict[str, dict[str, bytes]], signed_again: Callable[..., Any], trust: Trust
) -> None:
    findings = await verify(await signed_again(loosely[how][""]), trust)

    weak = () if how == "P=1" else ("weak-seal",)
    assert judged(findings) == told(BROKEN_RULE, "altered", "altered", "more-seals", *weak)
    assert findings.intact is False


async def test_a_licence_drawn_anew_by_hand_has_no_seal(trust: Trust) -> None:
    findings = await verify(render(numbered(number="DHSS-SPA-2569-000999")), trust)

    assert judged(findings) == told(NO_PDF, "not-ours", "unsealed")
