"""When a question is asked: a closed little language, read by the server only.

    when = { question = "has_grease_trap", is = true }
    when = { question = "floor_area_sqm", more_than = 500 }
    when = { question = "clinic_kind", in = ["dental", "medical"] }
    when = { not = { ... } }     { all = [ ... ] }     { any = [ ... ] }

`is` asked of a choices question means "this one is ticked". A question without an answer satisfies none of `is`,
`in`, `more_than`; so its `not` holds.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms.errors import DefinitionFault

Answered = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question's answer against a value: `is`, `in` or `more_than`."""

    question: str
    word: str
    value: Any

    def holds(self, answers: Answered) -> bool:
        """Whether the answer given satisfies it."""
        answer = _answer(answers, self.question)
        if answer is None:
            return False
        if self.word == "more_than":
            return isinstance(answer, int | float) and answer > self.value
        wanted = self.value if self.word == "in" else (self.value,)
        return any(one in wanted for one in answer) if isinstance(answer, list) else answer in wanted

    def questions(self) -> Iterator[str]:
        """The questions it looks at."""
        yield self.question

    def compared(self) -> Iterator[tuple[str, Any]]:
        """Each question with each value that its answer is compared with; a number that is exceeded is none."""
        for value in self.value if self.word == "in" else () if self.word == "more_than" else (self.value,):
            yield self.question, value


@dataclass(frozen=True, slots=True)
class Combination:
    """Several conditions together: `all`, `any`, or `not` of one."""

    word: str
    parts: tuple["Condition", ...]

    def holds(self, answers: Answered) -> bool:
        """Whether the parts, together, are satisfied."""
        truths = (part.holds(answers) for part in self.parts)
        if self.word == "not":
            return not next(truths)
        return all(truths) if self.word == "all" else any(truths)

    def questions(self) -> Iterator[str]:
        """The questions it looks at."""
        for part in self.parts:
            yield from part.questions()

    def compared(self) -> Iterator[tuple[str, Any]]:
        """Each question with each value that its answer is compared with."""
        for part in self.parts:
            yield from part.compared()


Condition = Comparison | Combination


def condition(raw: Any, where: str, rename: Callable[[str], str] = str) -> Condition:
    """Read a `when`; `rename` gives a block's own questions their prefixed names. Raises DefinitionFault."""
    if isinstance(raw, Mapping):
        if "question" in raw and len(raw) == 2:
            (word,) = set(raw) - {"question"}
            if word in ("is", "in", "more_than"):
                return Comparison(rename(raw["question"]), word, raw[word])
        elif len(raw) == 1:
            (word,) = raw
            if word in ("all", "any") and raw[word]:
                return Combination(word, tuple(condition(part, where, rename) for part in raw[word]))
            if word == "not":
                return Combination(word, (condition(raw[word], where, rename),))
    raise DefinitionFault(f"{where}: `when` does not understand {raw!r}")


def _answer(answers: Answered, path: str) -> Any:
    """The answer at a dotted path, such as `premises.province_code`; None when there is none."""
    found: Any = answers
    for step in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(step)
    return found
