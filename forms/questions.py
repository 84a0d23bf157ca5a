"""The closed vocabulary: every kind of question there is, and how one question is read from a form's TOML."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from forms import address, attaching, identifiers, numbers, person, plain, times
from forms.conditions import condition
from forms.errors import DefinitionFault
from forms.question import Kind, Option, Question
from forms.words import Words, words

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        plain.Text(),
        plain.TextArea(),
        numbers.Whole(),
        numbers.DecimalNumber(),
        numbers.Money(),
        times.Date(),
        times.Time(),
        plain.YesNo(),
        plain.Choice(),
        plain.Choices(),
        identifiers.ThaiId(),
        identifiers.JuristicId(),
        identifiers.TaxId(),
        identifiers.Phone(),
        identifiers.Email(),
        address.Address(),
        address.Place(),
        person.Person(),
        attaching.File(),
        plain.Declaration(),
        plain.Fact(),
        plain.Info(),
    )
}

IDENTITIES = ("thai-id", "thai-id-or-passport")
COMMON = frozenset(
    (
        *("id", "kind", "title", "name", "hint", "required", "when", "law"),
        *("sensitive", "reuse", "prefill", "printed", "example"),
    )
)
_BILINGUAL = ("unit", "yes", "no", "source")


def question(raw: Mapping[str, Any], where: str, law: str = "", rename: Callable[[str], str] = str) -> Question:
    """One question out of its table; `law` is the page's, `rename` gives the names of a block their prefix.

    Raises DefinitionFault for a key or a kind that is not in the vocabulary, and for a language left out.
    """
    where = f"{where}: question {raw.get('id', '?')}"
    kind = KINDS.get(raw.get("kind", ""))
    if kind is None:
        raise DefinitionFault(f"{where}: there is no kind {raw.get('kind')!r}; there are {', '.join(KINDS)}")
    if unknown := set(raw) - COMMON - kind.keys:
        raise DefinitionFault(f"{where}: a {kind.name} question has no key {', '.join(sorted(unknown))}")
    title = words(raw.get("title"), f"{where}: title")
    given: dict[str, Any] = {key: value for key, value in raw.items() if key not in ("kind", "options", "printed")}
    given |= {key: words(raw[key], f"{where}: {key}") for key in ("name", "hint", *_BILINGUAL) if key in raw}
    given |= {key: tuple(raw[key]) for key in ("accept", "provinces") if key in raw}
    given |= {
        "id": rename(raw["id"]),
        "kind": kind,
        "title": title,
        "name": given.get("name", title),
        "law": raw.get("law", law),
        "when": condition(raw["when"], where, rename) if "when" in raw else None,
        "printed": _printed(raw.get("printed"), title, where),
        "options": _options(raw.get("options"), where),
    }
    _sound(given, kind, where)
    return Question(**given)


def _printed(raw: Any, title: Words, where: str) -> Words | None:
    """The label on the licence: `true` for the question's own title, or other words."""
    if not raw:
        return None
    return title if raw is True else words(raw, f"{where}: printed")


def _options(raw: Any, where: str) -> tuple[Option, ...]:
    """`{ value = "mains", th = "น้ำประปา", en = "Mains water" }`, one for each answer on offer."""
    options = []
    for one in raw or ():
        if set(one) != {"value", "th", "en"}:
            raise DefinitionFault(f"{where}: an option has value, th and en; not {one!r}")
        options.append(Option(one["value"], Words(one["th"], one["en"])))
    if len({option.value for option in options}) < len(options):
        raise DefinitionFault(f"{where}: two options have the same value")
    return tuple(options)


def _sound(given: Mapping[str, Any], kind: Kind, where: str) -> None:
    """What a kind cannot do without."""
    if "options" in kind.keys and len(given["options"]) < (1 if kind.name == "choices" else 2):
        raise DefinitionFault(f"{where}: give the options to choose from")
    if kind.name == "fact" and not given.get("prefill"):
        raise DefinitionFault(f"{where}: say in `prefill` which fact of a register this is")
    if kind.name == "money" and not given["id"].endswith("_satang"):
        raise DefinitionFault(f"{where}: an amount of money is whole satang, so its id ends in _satang")
    if kind.name == "date" and not all(type(given.get(key, date.min)) is date for key in ("min", "max")):
        raise DefinitionFault(f"{where}: `min` and `max` of a date are dates, such as 2026-01-01")
    if given.get("places", 2) not in range(5):
        raise DefinitionFault(f"{where}: `places` is 0 to 4")
    if given.get("identity", "thai-id") not in IDENTITIES:
        raise DefinitionFault(f"{where}: `identity` is one of {', '.join(IDENTITIES)}")
    if given["printed"] and (given.get("sensitive") or (kind.personal and kind.name != "person")):
        raise DefinitionFault(f"{where}: what has to be masked is not printed on a licence (thai-rules EGA-13b)")
