"""Forms as they stood: an application keeps the text of the form on which it was filed.

`records` keeps the texts under the version of the procedure and says them here (`remember`); whoever shows, checks or
prints the answers of an application asks for the form under that version. No clock and no files: texts in, forms out.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from forms import definition, derived
from forms.definition import Form

_TEXTS: dict[str, Mapping[str, str]] = {}
"""What was said of each version; a version never changes, so nothing here is ever forgotten or replaced."""


def remember(version: str, texts: Mapping[str, str]) -> None:
    """These are the texts of the form of that version, by place: data/x.toml, blocks/y.toml, rules/z.toml."""
    _TEXTS.setdefault(version, dict(texts))


def load(name: str, version: str = "") -> Form:
    """The form of that name, as it stood under that version of its procedure; as it stands today where none is known.

    Raises KeyError when there is no such form or rule, DefinitionFault when its text is wrong.
    """
    return _then(name, version) if _TEXTS.get(version) else derived.today(name)


@cache
def _then(name: str, version: str) -> Form:
    return read(name, _TEXTS[version])


def read(name: str, texts: Mapping[str, str]) -> Form:
    """A form out of its texts."""
    parsed: dict[str, Mapping[str, Any]] = {place: tomllib.loads(text) for place, text in texts.items()}
    by, _, first = name.rpartition(":")

    def block(called: str) -> Mapping[str, Any]:
        return parsed[f"blocks/{called}.toml"]

    form = definition.read(first, parsed[f"data/{first}.toml"], block)
    return derived.derive(name, parsed[f"rules/{by}.toml"], form, block) if by else form


class Difference(NamedTuple):
    """The questions (and lists of items) of a form that are new, gone, or asked in another way."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def asked(self) -> frozenset[str]:
        """What one who answered the old form has to answer anew."""
        return frozenset((*self.new, *self.changed))


def difference(old: Form, new: Form) -> Difference:
    """What of two texts of a form differs, for whoever has answered the old one."""
    was, now = _parts(old), _parts(new)
    return Difference(
        tuple(name for name in now if name not in was),
        tuple(name for name in was if name not in now),
        tuple(name for name in now if name in was and now[name] != was[name]),
    )


def _parts(form: Form) -> dict[str, object]:
    """Each question that is answered, and each list with all its questions, as it is asked."""
    found: dict[str, object] = {}
    for page in form.pages:
        if page.each:
            found[page.id] = (page.each, page.questions)
        else:
            found |= {
                one.id: (page.when, one) for one in page.questions if one.kind.answered and one.kind.name != "fact"
            }
    return found
