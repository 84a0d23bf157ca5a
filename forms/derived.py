"""Forms that follow from another: a renewal, an amendment or an end of what its first form asked for.

A rule (`rules/<rule>.toml`) is a form with places left open, and a licence's own first form fills them: what is printed
on that licence, which of its questions are asked again, which of its facts may change. `load("renewal:fda-spa")` is the
rule `renewal` over the form `fda-spa`. So a renewal is about the licence's own subject, and no form is written twice.

# A rule: the keys of a form, and

    [form]  title         {title} in it stands for the title of the first form
    facts                 the page to which what the licence says is added, read only
    choose                the question whose options are the facts printed on the licence, before its own
    again                 the kinds of question asked again, of those not printed: counts, standards, declarations
    [page]  derived       "again": the pages with what is asked again. "amended": those with what may change, each
                          question asked when it was chosen, or when the new answer to another calls for it
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from forms import definition
from forms.conditions import Combination, Comparison, Condition
from forms.definition import ROOM, Form, Page, checked, pages_of
from forms.errors import DefinitionFault
from forms.question import Option, Question
from forms.questions import KINDS
from forms.words import Words, words

REGISTER = Words("ทะเบียนใบอนุญาต", "Register of licences")
NOW = "now_"
"""Before the id of a fact that the present entry states."""
CHOSEN = frozenset({"changes", "no_longer_true"})
"""The questions in which the facts of a licence are chosen from."""
_KEYS = frozenset({"title", "hint", "page", "facts", "choose", "again"})


@cache
def today(name: str) -> Form:
    """The form of that name as this installation has it, `<rule>:<form>` too, read or derived once in a process.

    Raises KeyError when there is no such form or rule, DefinitionFault when its text is wrong.
    """
    by, _, first = name.rpartition(":")
    return derive(name, rule(by), definition.load(first)) if by else definition.load(name)


@cache
def rule(name: str) -> Mapping[str, Any]:
    """A rule's parsed TOML, read once in a process. Raises KeyError when there is no such rule."""
    path = ROOM / "rules" / f"{name}.toml"
    if name != path.stem or not path.is_file():
        raise KeyError(f"there is no rule {name!r} to derive a form by")
    return _checked_rule(name, tomllib.loads(path.read_text(encoding="utf-8")))


def _checked_rule(name: str, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    if unknown := set(raw) - _KEYS:
        raise DefinitionFault(f"{name}: a rule has no key {', '.join(sorted(unknown))}")
    return raw


def forget() -> None:
    """Read every form, block and rule anew, as a new process does."""
    definition.forget()
    today.cache_clear()
    rule.cache_clear()


def rules() -> tuple[str, ...]:
    """Every rule there is."""
    return tuple(sorted(path.stem for path in (ROOM / "rules").glob("*.toml")))


def derive(name: str, raw: Mapping[str, Any], first: Form, blocks: definition.Blocks | None = None) -> Form:
    """The form that the rule makes of a licence's first form; as thoroughly thought through as that one."""
    said = words(raw.get("title"), f"{name}: title")
    title = Words(said.th.replace("{title}", first.title.th), said.en.replace("{title}", first.title.en))
    pages = tuple(page for one in raw["page"] for page in _pages(name, raw, one, first, blocks))
    hint = words(raw["hint"], f"{name}: hint") if "hint" in raw else None
    return checked(Form(name, title, pages, hint, first.law, first.provisional, derived=True))


def _pages(
    name: str, raw: Mapping[str, Any], one: Mapping[str, Any], first: Form, blocks: definition.Blocks | None
) -> Iterator[Page]:
    if one.get("derived") == "again":
        taken = {page["id"] for page in raw["page"] if "id" in page}
        yield from _again(first, frozenset(raw.get("again", ())), taken)
    elif one.get("derived") == "amended":
        yield from Amended(first, raw["choose"]).pages()
    elif "derived" in one:
        raise DefinitionFault(f"{name}: nothing is derived as {one['derived']!r}")
    else:
        for page in pages_of(one, name, first.law, blocks):
            yield _filled(page, raw, first)


# --- what the licence says ---


def _filled(page: Page, raw: Mapping[str, Any], first: Form) -> Page:
    """The rule's page with the licence's facts, and its choice among them."""
    questions = tuple(_choice(one, first) if one.id == raw.get("choose") else one for one in page.questions)
    facts = tuple(_fact(id_, label, first.law) for id_, label in said_by(first)) if page.id == raw.get("facts") else ()
    return replace(page, questions=questions + facts)


def _choice(question: Question, first: Form) -> Question:
    asked = {one.id: one for page, one in first.everything() if not page.each}
    own = tuple(Option(id_, _called(asked.get(id_), label)) for id_, label in said_by(first))
    return replace(question, options=own + question.options)


def _called(one: Question | None, label: Words) -> Words:
    """The fact by the question's own words, which say more than a label; a question that asks keeps the label."""
    return one.title if one and one.name == one.title else label


def said_by(first: Form) -> list[tuple[str, Words]]:
    """What a licence granted on this form says: question or list of items, and its label."""
    found: dict[str, Words] = {}
    for page, one in first.everything():
        if one.printed:
            found.setdefault(page.id if page.each else one.id, page.title if page.each else one.printed)
    if not found:
        raise DefinitionFault(f"{first.id}: it prints nothing, so nothing follows from it")
    return list(found.items())


def _fact(id_: str, label: Words, law: str) -> Question:
    return Question(
        NOW + id_, KINDS["fact"], label, label, prefill=f"entry.{id_}", source=REGISTER, law=law, required=False
    )


# --- what is asked again ---


def _again(first: Form, kinds: frozenset[str], taken: set[str]) -> Iterator[Page]:
    """The pages of the licence's own subject with what may have drifted since; lists of items are not told again."""
    asked = _wanted(first, kinds)
    for page in first.pages:
        kept = tuple(one for one in page.questions if one.id in asked)
        if kept and not page.each and page.id not in SHARED | taken:
            yield replace(page, questions=kept)


SHARED = frozenset({"company", "place", "contact", "attorney", "declarations", "documents"})
"""Pages of blocks that every form has in its own way: they are the rule's business, not the subject's."""


def _wanted(first: Form, kinds: frozenset[str]) -> set[str]:
    """The questions of those kinds; what decides whether they are asked; and what is asked because of them.

    What the licence says is not asked again, and nor is what hangs on it: a renewal does not change the licence.
    """
    own = [(page, one) for page in first.pages if not page.each and page.id not in SHARED for one in page.questions]
    free: set[str] = set()
    for page, one in own:
        if not one.printed and one.kind.name != "file" and looks_at(page, one) <= free:
            free.add(one.id)
    wanted = {one.id for _, one in own if one.kind.name in kinds} & free
    for page, one in reversed(own):
        wanted |= looks_at(page, one) if one.id in wanted else set()
    for page, one in own:
        wanted |= {one.id} & free if looks_at(page, one) & wanted else set()
    return wanted


def looks_at(page: Page, question: Question) -> set[str]:
    """The questions that decide whether this one is asked."""
    both = (when for when in (page.when, question.when) if when)
    return {path.split(".")[0] for when in both for path in when.questions()}


# --- what may change ---


class Amended:
    """The first form's questions as an amendment asks them, in their order."""

    def __init__(self, first: Form, choose: str) -> None:
        self.first, self.choose = first, choose
        self.asked: dict[str, Condition] = {}
        """Each question that is asked, and when."""

    def pages(self) -> Iterator[Page]:
        """Pages of questions, and the lists of items, that may change."""
        for page in self.first.pages:
            kept = self._list(page) if page.each else self._plain(page)
            if kept.questions:
                yield kept

    def _plain(self, page: Page) -> Page:
        kept = []
        for one in page.questions:
            if when := self._when(page, one):
                self.asked[one.id] = when
                kept.append(replace(one, when=when))
        return replace(page, when=None, questions=tuple(kept))

    def _when(self, page: Page, one: Question) -> Condition | None:
        """Chosen itself; or called for by the new answer to another that is asked."""
        chosen = [self._chosen(one.id)] if one.printed else []
        others = looks_at(page, one)
        if not others or not others <= self.asked.keys():
            return chosen[0] if chosen else None
        own = [when for when in (page.when, one.when) if when]
        called_for = Combination("all", (*(self.asked[other] for other in sorted(others)), *own))
        return Combination("any", (*chosen, called_for)) if chosen else called_for

    def _chosen(self, id_: str) -> Condition:
        return Comparison(self.choose, "is", id_)

    def _list(self, page: Page) -> Page:
        """A list of items changes as a whole; inside it, a question looks at its own item only."""
        if not any(one.printed for one in page.questions):
            return replace(page, questions=())
        inside = {one.id for one in page.questions}
        own = tuple(one if looks_at(_ALONE, one) <= inside else replace(one, when=None) for one in page.questions)
        return replace(page, when=self._chosen(page.id), questions=own)


_ALONE = Page("alone", REGISTER, ())
