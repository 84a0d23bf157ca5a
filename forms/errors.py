"""What is wrong with an answer, said so that the person can put it right."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one answer: which field, and what to do about it, in both languages.

    `field` is written as the form names it: `floor_area_sqm`, `premises.postcode`, `people[0].person.first_name`.
    `kind` is the sort of mistake (`missing`, `too-long`, ...), for programs.
    """

    field: str
    th: str
    en: str
    kind: str = "wrong"


class Problems(Exception):
    """The answers cannot be taken as they are; one problem for each field that is wrong."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.field}: {p.en}" for p in self.problems))


class DefinitionFault(ValueError):
    """A form's own text is wrong (an unknown key, a missing language): ours to mend, never the applicant's."""
