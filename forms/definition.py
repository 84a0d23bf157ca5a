"""A form as its TOML tells it: pages of questions, some of them asked again for each item."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from forms.conditions import Answered, Condition, condition
from forms.errors import DefinitionFault
from forms.question import Question
from forms.questions import question
from forms.words import Words, words

ROOM = Path(__file__).parent
MOST_ITEMS = 100
_USED: dict[str, tuple["Page", ...]] = {}
"""The pages of this installation's blocks, by how they are used: pages are never changed."""
_PAGE_KEYS = frozenset({"id", "title", "hint", "when", "law", "each", "question"})
_USE_KEYS = frozenset({"block", "prefix", "only", "without", "title", "hint", "when", "law", "question"})


@dataclass(frozen=True, slots=True)
class Each:
    """How often a page of items is asked: once for each director, each machine."""

    name: Words
    min: int
    max: int


@dataclass(frozen=True, slots=True)
class Page:
    """Questions on one topic. With `each`, the page is asked once per item and its id is the answer's key."""

    id: str
    title: Words
    questions: tuple[Question, ...]
    hint: Words | None = None
    when: Condition | None = None
    each: Each | None = None

    def applies(self, answers: Answered) -> bool:
        """Whether the page is asked at all, given the answers so far."""
        return self.when is None or self.when.holds(answers)


@dataclass(frozen=True, eq=False)
class Form:
    """What one operation on one licence asks (แบบคำขอ)."""

    id: str
    title: Words
    pages: tuple[Page, ...]
    hint: Words | None = None
    law: str = ""
    provisional: bool = False  # nobody has read its questions against the Act yet
    derived: bool = False  # it follows from a licence's first form by a rule (`derived.py`)

    @property
    def groups(self) -> tuple[Page, ...]:
        """The pages that are asked once per item."""
        return tuple(page for page in self.pages if page.each)

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """The questions outside the groups, by id."""
        return {one.id: one for page in self.pages if not page.each for one in page.questions}

    def page(self, page_id: str) -> Page:
        """One page; raises KeyError when the form has no such page."""
        for page in self.pages:
            if page.id == page_id:
                return page
        raise KeyError(page_id)

    def everything(self) -> Iterator[tuple[Page, Question]]:
        """Every question with its page, those of groups too."""
        for page in self.pages:
            for one in page.questions:
                yield page, one


def names() -> tuple[str, ...]:
    """Every form there is; reads the folder, not the forms."""
    return tuple(sorted(path.stem for path in (ROOM / "data").glob("*.toml")))


@cache
def load(name: str) -> Form:
    """The form that is written under that name, read once in a process.

    Raises KeyError when there is no such form, DefinitionFault when its text is wrong.
    """
    path = ROOM / "data" / f"{name}.toml"
    if name != path.stem or not path.is_file():
        raise KeyError(f"there is no form {name!r}")
    return read(name, tomllib.loads(path.read_text(encoding="utf-8")))


Blocks = Callable[[str], Mapping[str, Any]]


def read(name: str, raw: Mapping[str, Any], blocks: Blocks | None = None) -> Form:
    """A form out of its parsed TOML, with the blocks that it uses: this installation's, or those given."""
    if unknown := set(raw) - {"title", "hint", "law", "page", "provisional"}:
        raise DefinitionFault(f"{name}: a form has no key {', '.join(sorted(unknown))}")
    law = raw.get("law", "")
    pages = tuple(page for one in raw.get("page", ()) for page in pages_of(one, name, law, blocks))
    hint = words(raw["hint"], f"{name}: hint") if "hint" in raw else None
    return checked(
        Form(name, words(raw.get("title"), f"{name}: title"), pages, hint, law, raw.get("provisional", False))
    )


@cache
def _block(name: str) -> Mapping[str, Any]:
    """A block's parsed TOML, read once in a process."""
    path = ROOM / "blocks" / f"{name}.toml"
    if name != path.stem or not path.is_file():
        raise DefinitionFault(f"there is no block {name!r}")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def pages_of(raw: Mapping[str, Any], where: str, law: str, blocks: Blocks | None = None) -> Iterator[Page]:
    """One page as written, or the pages of the block that it uses."""
    if "block" not in raw:
        yield _page(raw, where, law, str)
        return
    if unknown := set(raw) - _USE_KEYS:
        raise DefinitionFault(f"{where}: the use of a block has no key {', '.join(sorted(unknown))}")
    where = f"{where}: block {raw['block']}"
    pages = list(_of_block(raw, blocks(raw["block"]), where, law) if blocks else _of_own_block(raw, where, law))
    added = tuple(question(one, where, raw.get("law", law)) for one in raw.get("question", ()))
    if not pages:
        raise DefinitionFault(f"{where}: nothing is left of it")
    pages[-1] = replace(pages[-1], questions=pages[-1].questions + added)
    yield from pages


def forget() -> None:
    """Read every form and block anew, as a new process does."""
    load.cache_clear()
    _block.cache_clear()
    _USED.clear()


def _of_own_block(use: Mapping[str, Any], where: str, law: str) -> tuple[Page, ...]:
    """The same of this installation's blocks; one that forms use in the same way is made once for all of them."""
    raw = _block(use["block"])
    law = use.get("law", raw.get("law", law))
    how = f"{sorted((key, value) for key, value in use.items() if key != 'question')!r} {law}"
    if how not in _USED:
        _USED[how] = tuple(_of_block(use, raw, where, law))
    return _USED[how]


def _of_block(use: Mapping[str, Any], raw: Mapping[str, Any], where: str, law: str) -> Iterator[Page]:
    """The block's pages, under their prefix, with `only` or `without` some questions."""
    prefix = use.get("prefix", "")
    own = {one["id"] for page in raw["page"] for one in page.get("question", ())} | {page["id"] for page in raw["page"]}
    only, without = set(use.get("only", own)), set(use.get("without", ()))
    if strangers := (only | without) - own:
        raise DefinitionFault(f"{where}: it has no question {', '.join(sorted(strangers))}")

    def rename(path: str) -> str:
        first, dot, rest = path.partition(".")
        return f"{prefix}{first}{dot}{rest}" if first in own else path

    law = use.get("law", raw.get("law", law))
    for page in raw["page"]:
        kept = [one for one in page.get("question", ()) if (one["id"] in only) and one["id"] not in without]
        if kept:
            changed = {key: use[key] for key in ("title", "hint", "when") if key in use}
            yield _page(page | changed | {"question": kept}, where, law, rename, outside="when" in use)


def _page(raw: Mapping[str, Any], where: str, law: str, rename: Callable[[str], str], *, outside: bool = False) -> Page:
    """One page. Its `when` looks `outside` the block when the form that uses the block wrote it."""
    where = f"{where}: page {raw.get('id', '?')}"
    if unknown := set(raw) - _PAGE_KEYS:
        raise DefinitionFault(f"{where}: a page has no key {', '.join(sorted(unknown))}")
    page_law = raw.get("law", law)
    return Page(
        rename(raw["id"]),
        words(raw.get("title"), f"{where}: title"),
        tuple(question(one, where, page_law, rename) for one in raw.get("question", ())),
        words(raw["hint"], f"{where}: hint") if "hint" in raw else None,
        condition(raw["when"], where, str if outside else rename) if "when" in raw else None,
        _each(raw["each"], where) if "each" in raw else None,
    )


def _each(raw: Mapping[str, Any], where: str) -> Each:
    """`each = { name = { th, en }, min = 1, max = 20 }`."""
    if unknown := set(raw) - {"name", "min", "max"}:
        raise DefinitionFault(f"{where}: `each` has no key {', '.join(sorted(unknown))}")
    each = Each(words(raw.get("name"), f"{where}: each"), raw.get("min", 1), raw.get("max", MOST_ITEMS))
    if not 0 <= each.min <= each.max <= MOST_ITEMS:
        raise DefinitionFault(f"{where}: `each` is between 0 and {MOST_ITEMS}, min before max")
    return each


def checked(form: Form) -> Form:
    """The same form; raises DefinitionFault for a name used twice, which would overwrite another's answers."""
    if not form.pages:
        raise DefinitionFault(f"{form.id}: a form has at least one page")
    pages = [page.id for page in form.pages]
    keys = [key for page in form.pages for key in ([page.id] if page.each else [one.id for one in page.questions])]
    inside = [[one.id for one in page.questions] for page in form.groups]
    for ids in (pages, keys, *inside):
        if twice := {one for one in ids if ids.count(one) > 1}:
            raise DefinitionFault(f"{form.id}: asked twice: {', '.join(sorted(twice))}")
    return form


def faults(form: Form) -> list[str]:
    """What reading does not notice: conditions that look at nothing, or at a question not asked yet; missing law."""
    found: list[str] = []
    seen: set[str] = set()
    for page in form.pages:
        found += _blind(page.id, page.when, seen)
        inside: set[str] = set()
        for one in page.questions:
            found += _blind(one.id, one.when, seen | inside)
            found += [] if one.law or one.kind.name == "info" else [f"{one.id}: which provision asks for it?"]
            found += [] if one.id.isidentifier() and one.id.islower() else [f"{one.id}: not a snake_case name"]
            inside.add(one.id)
        seen |= {page.id} if page.each else inside
    return [f"{form.id}: {fault}" for fault in found]


def _blind(where: str, when: Condition | None, seen: set[str]) -> list[str]:
    asked = when.questions() if when else ()
    return [
        f"{where}: looks at {path}, which is not asked before it" for path in asked if path.split(".")[0] not in seen
    ]


def out_of_reach(form: Form) -> list[str]:
    """Conditions that compare with an answer that cannot be given: what stands behind them is never asked."""
    kinds = {one.id: one for _, one in form.everything()}
    found = []
    for page, one in form.everything():
        for when in (page.when, one.when):
            for looked_at, value in when.compared() if when else ():
                if looked_at in kinds and not _can_be(kinds[looked_at], value):
                    found.append(f"{one.id}: {looked_at} is never {value!r}")
    return found


def _can_be(asked: Question, value: Any) -> bool:
    if asked.options:
        return value in {option.value for option in asked.options}
    return isinstance(value, bool) if asked.kind.name == "yes-no" else True
