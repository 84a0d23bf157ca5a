"""What the law costs to read: the whole catalogue loaded and checked, and one procedure resolved."""

import tomllib
from datetime import date

from bench.measuring import Figure, each_ms, median, own_cpu_ms
from commands import agreement
from forms import form
from forms.derived import forget
from licences import catalogue, check

LOAD_BAR_MS, RESOLVE_BAR_MS = 1000.0, 1.0
ON = date(2026, 11, 20)


def main(rounds: int = 5) -> list[Figure]:
    """The figures of the catalogue, each the median of several rounds."""
    form.load("clinic-business")  # what the first reading of any form loads is not the catalogue's
    load = each_ms(_load_and_check, rounds)
    floor = each_ms(_only_parse, rounds)
    whole = each_ms(_with_every_form, rounds)
    resolve = _resolve_ms(rounds)
    return [
        Figure("catalogue: loaded and checked whole", load, "ms", LOAD_BAR_MS),
        Figure("catalogue: loaded and checked with every form", whole, "ms", LOAD_BAR_MS),
        Figure("catalogue: floor, its files only parsed", floor, "ms"),
        Figure("catalogue: ratio to its floor", load / floor, "×"),
        Figure("catalogue: one procedure resolved for a day, the first time", resolve, "ms", RESOLVE_BAR_MS),
    ]


def _load_and_check() -> None:
    read = catalogue.read(catalogue.HOME / "data", catalogue.HOME / "archetypes")
    report = check.check(read)
    if report.errors:
        raise RuntimeError(f"the catalogue is not sound: {report.errors[:3]}")


def _with_every_form() -> None:
    """As `bizportal catalogue check` does it in a new process, which has read no form before."""
    forget()
    read = catalogue.read(catalogue.HOME / "data", catalogue.HOME / "archetypes")
    errors = [*check.check(read, agreement.questions(read)).errors, *agreement.faults(read)]
    if errors:
        raise RuntimeError(f"the catalogue is not sound: {errors[:3]}")


def _only_parse() -> None:
    for path in catalogue.HOME.glob("**/*.toml"):
        tomllib.loads(path.read_text("utf-8"))


def _resolve_ms(rounds: int) -> float:
    """The median of a first resolution, which builds the procedure; later ones find it."""
    spent = []
    for _ in range(rounds):
        known = catalogue.read(catalogue.HOME / "data", catalogue.HOME / "archetypes")
        every = [(licence.code, operation) for licence in known.licences for operation in licence.operations]
        began = own_cpu_ms()
        for code, operation in every:
            known.procedure(code, operation, ON)
        spent.append((own_cpu_ms() - began) / len(every))
    return median(spent)
