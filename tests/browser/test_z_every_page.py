"""Every page that is hung was looked at in both languages: with axe, at 320 pixels, for requests that go elsewhere.

The other browser tests look at the pages that they walk through. What they left is found here, by following the links
that each kind of person is shown. A new page that nobody walks to fails here.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser_walk import LOOKED, PAGES, Walker, pattern_of
from playwright.sync_api import Browser

from exchange.counterparts.people import SOLE_COMPANY

PEOPLE = ("", "practitioner", "applicant", "officer-lao", "inspector-lao", "supervisor-lao", "operator", "auditor")
LANGUAGES = ("th", "en")
MOST_PAGES = 400
ONLY_IN_TROUBLE = {"/operations/causes/{cause}"}
"""Pages that there are only while a part of the system is down: in this run every part is up."""


@pytest.fixture(scope="module")
def crawled(browser: Browser, web: str, shots: Path) -> None:
    """People have followed the links, one after the other, to what nobody had looked at before."""
    for persona in PEOPLE:
        if not _missing():
            return
        walker = Walker(browser, web, shots=shots)
        if persona:
            walker.sign_in(persona, "/my-data")
        if persona == "applicant":
            walker.act_for(SOLE_COMPANY.juristic_id)
        for path in _onward(walker):
            _in_both(walker, path)


def _onward(walker: Walker) -> Iterator[str]:
    """Where links lead, one address of each kind, as far as it was not looked at in both languages."""
    waiting, known = ["/", "/operations", "/audit", "/desk", "/applications", "/my-licences"], set[str]()
    while waiting and len(known) < MOST_PAGES and _missing():
        path = waiting.pop(0)
        pattern = pattern_of(path)
        if pattern is None or pattern in known:
            continue
        known.add(pattern)
        yield path
        waiting += walker.links()


def _missing() -> set[tuple[str, str]]:
    """Pages and languages that nobody has looked at yet."""
    return {(page, lang) for page in set(PAGES) - ONLY_IN_TROUBLE for lang in LANGUAGES} - LOOKED


def _in_both(walker: Walker, path: str) -> None:
    for lang in LANGUAGES:
        if (pattern_of(path), lang) not in LOOKED:
            walker.go(f"{path}{'&' if urlsplit(path).query else '?'}lang={lang}")
    if not walker.page.url.startswith(walker.web + urlsplit(path).path):
        walker.page.goto(walker.web + path)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("pattern", sorted(set(PAGES) - ONLY_IN_TROUBLE))
def test_every_page_was_looked_at(crawled: None, pattern: str, lang: str) -> None:
    assert (pattern, lang) in LOOKED, f"no browser test comes to {pattern} in {lang}: walk there, or link it"
