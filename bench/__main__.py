"""`make bench`, `python -m bench [NAME …]`: every figure, printed and written to `bench/results.json`.

NAME: catalogue, applications, issuing, doors, money, register, daily; without one, all. Exit code 1 when a bar is not
met.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import applications, catalogue, daily, doors, issuing, money, register
from bench.measuring import Figure, machine
from local import EVERYTHING, INFRASTRUCTURE, ROOT, System

RESULTS = Path(__file__).with_name("results.json")
APPLICATIONS = 60


def main(names: Sequence[str]) -> int:
    """Measure what is named."""
    if unknown := set(names) - set(BENCHES):
        print(f"bench: no {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
        return 2
    kept: list[Figure] = []
    for name in names or BENCHES:
        print(f"{name} …", flush=True)
        figures = BENCHES[name]()
        print("\n".join(figure.line() for figure in figures), flush=True)
        kept += figures
        _write(kept)
    missed = [figure.name for figure in kept if figure.met is False and not figure.goal]
    aims = [figure.name for figure in kept if figure.met is False and figure.goal]
    print(f"bench: {len(kept)} figures in bench/{RESULTS.name}; goals not reached: {'; '.join(aims) or 'none'}")
    print(f"bench: bars not met: {'; '.join(missed) or 'none'}")
    return 1 if missed else 0


def _write(figures: Sequence[Figure]) -> None:
    said = {"machine": machine(), "commit": _commit(), "figures": [figure.as_json() for figure in figures]}
    RESULTS.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _on(parts: Sequence[str], measure: Callable[[System], list[Figure]]) -> list[Figure]:
    """Measure on parts of the system, with a state of their own that goes away."""
    with (
        tempfile.TemporaryDirectory(prefix="bizportal-bench-", ignore_cleanup_errors=True) as folder,
        System(folder, parts=parts) as system,
    ):
        return measure(system)


def _commit() -> str:
    asked = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


BENCHES: dict[str, Callable[[], list[Figure]]] = {
    "catalogue": catalogue.main,
    "applications": lambda: _on(EVERYTHING, lambda system: applications.main(APPLICATIONS, system)),
    "issuing": lambda: _on(("store", "authority"), issuing.main),
    "doors": doors.main,
    "money": lambda: _on((*INFRASTRUCTURE, "web"), money.main),
    "register": lambda: _on(("postgres", "authority"), register.main),  # the door that is asked has a trust folder
    "daily": lambda: _on(("postgres",), daily.main),
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
