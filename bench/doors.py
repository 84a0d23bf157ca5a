"""What people's ways through the pages cost, counted by the browser tests themselves, beside the goals of the design.

Pages, presses and shares do not depend on the machine; seconds do, and are told with the machine's load.
"""

import json
import statistics
import subprocess
import sys

from bench import prefilled
from bench.measuring import Figure
from licences import finder
from local import ROOT

COUNTS = ROOT / "out" / "doors" / "counts.json"
TESTS = ("test_journey.py", "test_finder.py", "test_together.py", "test_budgets.py")
PATIENCE_S = 1200
"""For one way through the pages: what is counted are presses and shares, also on a machine that does much else."""
GOALS: dict[str, tuple[str, float, bool]] = {
    "finder: questions of a restaurant": ("", 8, False),
    "application: pages, the check included": ("pages", 12, False),
    "application of a company for the first time: filled in, per cent": ("%", 60, True),
    "application of a company again: filled in, per cent": ("%", 60, True),
    "application of a person for the first time: filled in, per cent": ("%", 40, True),
    "application of a person again: filled in, per cent": ("%", 40, True),
    "renewal: filled in, per cent": ("%", 60, True),
    "set of three: questions asked once instead of again": ("", 1, True),
    "renewal with nothing changed: pages": ("pages", 3, False),
    "return: presses to fix and send again": ("presses", 4, False),
    "officer: presses to decide, after reading": ("presses", 3, False),
    "verify by QR: seconds to the answer": ("s", 2, False),
    "verify by file: seconds to the answer": ("s", 5, False),
    "verify by photograph: seconds to the answer": ("s", 5, False),
    "first paint of the first page on slow 4G: seconds": ("s", 1, False),
    "first paint of a licence's page on slow 4G: seconds": ("s", 1, False),
    "first page: bytes, before compression": ("bytes", 50_000, False),
}
"""Each count with its unit, its goal, and whether the goal is a least."""


def main() -> list[Figure]:
    """Walk the ways, and read what was counted. A goal that is missed is said so."""
    COUNTS.unlink(missing_ok=True)
    tests = [str(ROOT / "tests" / "browser" / name) for name in TESTS]
    patient = f"--timeout={PATIENCE_S}"
    subprocess.run([sys.executable, "-m", "pytest", "-q", patient, *tests], cwd=ROOT, check=True)
    counted: dict[str, list[float]] = json.loads(COUNTS.read_text(encoding="utf-8"))
    most = max(len(finder.asked(kind.slug)) for kind in finder.business_types())
    return [
        Figure("doors: finder: questions, of the business asked most", most, "", 8, goal=True),
        *prefilled.figures(),
        *(_figure(name, counted[name]) for name in GOALS),
    ]


def _figure(name: str, values: list[float]) -> Figure:
    unit, goal, at_least = GOALS[name]
    return Figure(f"doors: {name}", statistics.median(values), unit, goal, at_least, goal=True)
