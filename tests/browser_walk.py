"""Somebody who walks through the pages with a browser, and looks at each page the way a reviewer would.

At every stop nothing was fetched from elsewhere, and the browser's console has no complaint (of the content policy, of
a script). Once for each kind of page and language nothing is wider than a 320-pixel screen, and axe finds nothing (WCAG
2.0 to 2.2, A and AA).
"""

import asyncio
import os
import re
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from api.pages import ROUTERS
from forms import places
from forms.definition import Form
from forms.definition import Page as FormPage
from forms.plain import RADIOS_UP_TO
from forms.question import Question
from forms.words import BUDDHIST_ERA

Answer = TypeVar("Answer")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
OF_ONE = re.compile(r"/(?:[A-Za-z]+-)?[^/]*\d[^/]*")
A_NUMBER = re.compile(r"[A-Z]+-\d+-\d+-\w")
NARROW, PHONE, DESK = 320, 360, 1280
HIGH = 800
MOST_PAGES = 40
ONLY_POSTED = ("/decision", "/submit", "/resubmit", "/revocation", "/look", "/visits", "/move")
SAVE, ATTACH, GO_ON = "บันทึกและทำต่อ", "แนบและทำต่อ", "ทำต่อ"


NO_PAGES = re.compile(r"\.(csv|png|pdf|json|xml)$|/state$|/papers/|^/files/|^/stay$|^/sign-in|^/operations/cases$")
"""Addresses among the pages' that answer with something else: a file, a word, the way to the sign-in."""
PAGES: Mapping[str, re.Pattern[str]] = {
    route.path: route.path_regex
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and "GET" in route.methods and not NO_PAGES.search(route.path)
}
"""Every page that is hung, and what its addresses look like."""
SHOT: set[str] = set()
"""Pictures of the fixed set that this run has taken."""
LOOKED: set[tuple[str, str]] = set()
"""Pages and languages that somebody has looked at closely in this run."""


def pattern_of(path: str) -> str | None:
    """The page that an address leads to; None: to no page of ours."""
    bare = urlsplit(path).path
    return next((page for page, regex in PAGES.items() if regex.match(bare)), None)


ASKS = ("/cases/start", "/cases/new")
"""Pages that are nothing without the question in their address."""
PICTURED = frozenset(
    {
        "/", "/find/{kind}", "/find/{kind}/licences", "/licences/{code}", "/apply/{code}/{operation}",
        "/drafts/{draft_id}",
        "/drafts/{draft_id}/questions/{page_id}", "/drafts/{draft_id}/check", "/together/{name}", "/applications",
        "/applications/{number}", "/applications/{number}/bills/{ref1}", "/applications/{number}/opinion", "/my-data",
        "/powers", "/my-licences", "/desk", "/desk/{task_id}", "/desk/office", "/desk/cases/{number}",
        "/operations", "/operations/cases/{number}", "/operations/repairs/{repair}", "/applications/{number}/answer",
        "/pay/{ref1}", "/register", "/register/log", "/v/{licence_number}",
        "/verify", "/statistics", "/open-data", "/audit", "/audit/cases/{number}", "/audit/money",
    }
)  # fmt: skip
"""Pages of which a picture is kept with every run: narrow, wide, dark and as printed."""


SEEN: set[str] = set()
"""Kinds of pages that somebody has looked at closely in this run: by script or without, on a light or a dark screen."""
IN_ENGLISH: set[str] = set()
"""Kinds of pages, as they are in Thai, that somebody went back to in English in this run."""

LOOKS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("phone", PHONE, {"color_scheme": "light", "media": "screen"}),
    ("wide", DESK, {"color_scheme": "light", "media": "screen"}),
    ("dark", PHONE, {"color_scheme": "dark", "media": "screen"}),
    ("print", DESK, {"color_scheme": "light", "media": "print"}),
)


class Counted(dict[str, list[float]]):
    """What people's ways cost them: name → every time it was counted."""

    def add(self, name: str, value: float) -> None:
        """Count once more."""
        self.setdefault(name, []).append(value)


def beside(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Do something asynchronous in a thread of its own: the browser has this thread's loop."""
    with ThreadPoolExecutor() as thread:
        return thread.submit(asyncio.run, work).result()


class Walker:
    """One person's browser. A kind of page is looked at closely once in a run, whoever comes to it first."""

    def __init__(
        self, browser: Browser, web: str, *, script: bool = True, scheme: str = "light",
        shots: Path | None = None, width: int = PHONE, counted: Counted | None = None,
    ) -> None:  # fmt: skip
        self.web, self.script, self.shots = web, script, shots
        self.counted = Counted({}) if counted is None else counted
        self.scheme = scheme
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self.visited: list[str] = []
        self.kinds: dict[str, str] = {}
        self.context = browser.new_context(
            java_script_enabled=script,
            locale="th-TH",
            timezone_id="Asia/Bangkok",
            viewport={"width": width, "height": HIGH},
            color_scheme=scheme,
        )
        self.width = width
        self.pressed = 0
        # The identity provider stands in for ThaID and has a stylesheet from elsewhere: not ours, and not fetched.
        self.context.route(lambda url: not _is_loopback(url), lambda route: route.abort())
        self.page: Page = self.context.new_page()
        self.page.on("request", self._note)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, request: Request) -> None:
        ours = self.page.url.startswith(self.web)
        if ours and not request.url.startswith((self.web, "data:", "blob:")) and not request.is_navigation_request():
            self.foreign.append(request.url)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and self.page.url.startswith(self.web) and "status of 4" not in message.text:
            self.complaints.append(message.text)

    # Going

    def go(self, path: str) -> None:
        """Open an address of ours."""
        self.page.goto(self.web + path)
        self.look()

    def also_in_english(self) -> None:
        """Look at this page in the other language, and come back to it in Thai."""
        here = urlsplit(self.page.url)
        for lang in ("en", "th"):
            self.go(f"{here.path}?{here.query}{'&' if here.query else ''}lang={lang}")

    def press(self, words: str) -> None:
        """Press a button or link by its words."""
        link = self.page.get_by_role("link", name=words, exact=False)
        target = self.page.get_by_role("button", name=words, exact=False).or_(link).first
        target.click()
        self.pressed += 1
        self.page.wait_for_load_state()
        self.look()

    def press_timed(self, words: str, counted: str) -> None:
        """Press a button, and count the seconds until the answer stands there."""
        self._timed(lambda: self.page.get_by_role("button", name=words).first.click(), counted)

    def go_timed(self, path: str, counted: str) -> None:
        """Open an address, and count the seconds until the answer stands there."""
        self._timed(lambda: self.page.goto(self.web + path), counted)

    def _timed(self, act: Callable[[], object], counted: str) -> None:
        began = time.perf_counter()
        act()
        self.page.wait_for_load_state("domcontentloaded")
        self.counted.add(counted, time.perf_counter() - began)
        self.look()

    def sign_in(self, persona: str, to: str = "/applications") -> None:
        """Sign in at the identity provider's own page."""
        self.page.goto(f"{self.web}/sign-in?next={to}")
        self.authorize(persona)

    def authorize(self, persona: str) -> None:
        """Say at the identity provider who one is, and come back to where one wanted to go."""
        self.page.fill("input[name=sub]", persona)
        self.page.get_by_role("button", name="Authorize").click()
        self.page.wait_for_url(f"{self.web}/**")
        self.look()

    def again_in_english(self) -> None:
        """Look at every kind of page visited so far in the other language, and come back to Thai."""
        here, visited, self.visited = urlsplit(self.page.url).path, self.visited, []
        for path in visited:
            kind = self.kinds.get(path, path)
            if not path.endswith(ONLY_POSTED) and path not in ASKS and kind not in IN_ENGLISH:
                IN_ENGLISH.add(kind)
                self.go(f"{path}?lang=en")
        self.go(f"{here}?lang=th")

    def act_for(self, juristic_id: str) -> None:
        """Choose a company by its number."""
        self.go("/acting-for")
        self.page.check("#whom-other")
        self.page.fill("#number", juristic_id)
        self.press("ทำต่อ")

    def links(self) -> list[str]:
        """Where the links of this page lead, within our own pages."""
        found = self.page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
        return [str(one).partition("#")[0] for one in found if str(one).startswith("/")]

    # Filling in

    def fill(self, page: FormPage, answers: Mapping[str, Any], files: Sequence[str] = ()) -> None:
        """Put answers into the questions of one page; addresses first: looking one up may load the page anew. One that
        is only asked for after a choice comes after the choices."""
        asked = [one for one in page.questions if one.kind.answered and one.kind.name != "fact"]
        places = [one for one in asked if one.kind.name in ("address", "place")]
        choices = [
            one for one in asked if one.kind.name in ("choice", "yes-no") and any(place.when for place in places)
        ]
        first = [*(place for place in places if not place.when), *choices, *(place for place in places if place.when)]
        for one in (*first, *(other for other in asked if other not in first)):
            if one.id in answers and (not one.when or one.applies(answers)):
                self._answer(one, answers[one.id], one.id, files)

    def _answer(self, one: Question, value: Any, name: str, files: Sequence[str]) -> None:
        match one.kind.name:
            case "date":
                self._date(name, value)
            case "file":
                self.page.set_input_files(f'[name="{name}.file"]', list(files)[:1])
            case "address" | "place":
                self._address(one, value, name)
            case "person":
                for part in one.kind.parts(one):
                    if part.id in value:
                        self._answer(part, value[part.id], f"{name}.{part.id}", files)
            case "yes-no" | "choice" | "choices" | "declaration":
                self._choose(one, value, name)
            case kind:
                self.page.fill(f'[name="{name}"]', f"{value / 100:.2f}" if kind == "money" else str(value))
                self.page.locator(f'[name="{name}"]').blur()  # what it steers appears when one goes on

    def _choose(self, one: Question, value: Any, name: str) -> None:
        if one.kind.name == "choice" and len(one.options) > RADIOS_UP_TO:
            self.page.select_option(f'[name="{name}"]', value)
            return
        chosen = value if isinstance(value, list) else [value]
        for each in chosen:
            word = ("yes" if each else "no") if isinstance(each, bool) else each
            self.page.check(f'[name="{name}"][value="{word}"]')

    def _date(self, name: str, value: str) -> None:
        year, month, day = value.split("-")
        for box, text in (("day", day), ("month", month), ("year", str(int(year) + BUDDHIST_ERA))):
            self.page.fill(f'[name="{name}.{box}"]', text)

    def _address(self, one: Question, value: Mapping[str, Any], name: str) -> None:
        parts = {key: text for key, text in value.items() if key != "subdistrict_code"}
        if one.kind.name == "place":
            found = places.by_code(value["subdistrict_code"])
            assert found
            parts = {"postcode": found.subdistrict.postal_codes[0]}
        for key in ("house_no", "room", "floor", "building", "village", "moo", "soi", "road", "postcode"):
            if key in parts:
                self.page.fill(f'[name="{name}.{key}"]', str(parts[key]))
        choice = f'[name="{name}.subdistrict_code"] option[value="{value["subdistrict_code"]}"]'
        if self.script:
            self.page.locator(f'[name="{name}.postcode"]').blur()
        else:
            self.page.click(f'button[value="{name}.postcode"]')
        self.page.wait_for_selector(choice, state="attached")
        self.page.select_option(f'[name="{name}.subdistrict_code"]', value["subdistrict_code"])

    def fill_in(self, form: Form, answers: Mapping[str, Any], file: Path) -> int:
        """Go from page to page, as "save and continue" leads, until the check page; how many pages were filled in."""
        pages = 0
        while "/check" not in self.page.url:
            self._fill_here(form, answers, file)
            pages += 1
            assert not self.page.locator("#problems").count(), self.page.locator("#problems").inner_text()
            assert pages < MOST_PAGES, self.page.url
        return pages

    def _fill_here(self, form: Form, answers: Mapping[str, Any], file: Path) -> None:
        path = urlsplit(self.page.url).path
        if "/documents/" in path:
            self.page.set_input_files("#file", str(file))
            self.press(ATTACH)
            return
        page = form.page(path.split("/questions/")[1].split("/")[0])
        if not page.each:
            self.fill(page, answers, [str(file)])
            self.press(SAVE)
            return
        for item in answers.get(page.id, ()):
            self.page.locator("main a.button").click()
            self.look()
            self.fill(page, item, [str(file)])
            self.press(SAVE)
        if answers.get(page.id):
            self.go(f"{path}/0")
            self.go(path)
        self.press(GO_ON)

    # Looking

    def look(self) -> None:
        """What a reviewer asks of every page, once it is all there."""
        self.page.wait_for_load_state()
        if not self.page.url.startswith(self.web):
            return
        assert not self.foreign, f"fetched from elsewhere: {self.foreign}"
        assert not self.complaints, f"{self.page.url}: {self.complaints}"
        path = urlsplit(self.page.url).path
        self.visited += [] if path in self.visited else [path]
        lang = self.page.get_attribute("html", "lang") or ""
        title = A_NUMBER.sub("", self.page.title())
        kind = f"{OF_ONE.sub('/one', path)} {lang} {self._state()} {title}"
        self.kinds[path] = kind
        closely = f"{kind} {self.script} {self.scheme}"
        if self.script and (pattern := pattern_of(path)):
            LOOKED.add((pattern, lang))
        if closely not in SEEN:
            SEEN.add(closely)
            self._narrow(kind)
            self._axe(kind)
        self._shoot(kind)

    def _state(self) -> str:
        wrong = "wrong " * bool(self.page.locator("#problems").count())
        deciding = "deciding " * bool(self.page.locator("[name=verdict]").count())
        said = self.page.locator("main .notice h2")
        return wrong + deciding + (said.first.inner_text() if said.count() else "")

    def _narrow(self, kind: str) -> None:
        self.page.set_viewport_size({"width": NARROW, "height": HIGH})
        too_wide = self.page.evaluate("document.documentElement.scrollWidth") if self.script else self._width()
        self.page.set_viewport_size({"width": self.width, "height": HIGH})
        assert too_wide <= NARROW, f"{kind}: {too_wide} px wide on a {NARROW} px screen"

    def _width(self) -> int:
        """The page's width where scripts of the page are off: ours run through the debugger all the same."""
        return int(self.page.evaluate("document.documentElement.scrollWidth"))

    def _axe(self, kind: str) -> None:
        if not self.script:
            return
        found = Axe().run(self.page, options=RULES)
        assert found.violations_count == 0, f"{kind}\n{found.generate_report()}"

    def _shoot(self, kind: str) -> None:
        """Keep pictures: of every page where a folder was named, else of the fixed set."""
        every, pattern = "SCREENSHOTS" in os.environ, pattern_of(urlsplit(self.page.url).path)
        if self.shots is None or not (every or pattern in PICTURED):
            return
        name = re.sub(r"[^a-z0-9]+", "-", kind.split(" – ")[0].lower()).strip("-")
        name = name if every else f"{re.sub(r'[^a-z]+', '-', str(pattern)).strip('-') or 'home'}-{kind.split(' ')[1]}"
        if name in SHOT:
            return
        SHOT.add(name)
        for look, width, media in LOOKS if every or kind.split(" ")[1] == "th" else LOOKS[:2]:
            self.page.set_viewport_size({"width": width, "height": HIGH})
            self.page.emulate_media(**media)
            self.page.screenshot(path=self.shots / f"{name}-{look}.png", full_page=True)
        self.page.emulate_media(color_scheme="dark" if self.scheme == "dark" else "light", media="screen")
        self.page.set_viewport_size({"width": self.width, "height": HIGH})


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in ("localhost", "127.0.0.1") or url.startswith(("data:", "blob:"))
