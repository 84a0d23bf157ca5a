"""No story waits for anything that is not declared with who ends it and by when, or takes a step without words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from recording import HISTORIES
from temporalio.client import WorkflowHistory

import workflows
from control import declared, points, steps
from control.causes import SAYS, Kind
from records.standing import BY_PEOPLE, OFFICES
from workflows.messages import converter

ROOM = Path(workflows.__file__).parent
WAITS = ("workflow.wait_condition", "workflow.sleep", "asyncio.sleep", "asyncio.wait_for", "self.until")
BEGINS = ("workflow.execute_", "workflow.start_")
NAMES_STEPS = ("self.write", "self.ask", "self.ask_patiently", "self._kept", "_effect")
KEY = "A" * 43 + "="


def kept(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text("utf-8"))


def functions() -> Iterator[tuple[str, ast.AST]]:
    """Every function of every story, by its full name."""
    for path in ROOM.glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            for one in getattr(node, "body", []) if isinstance(node, ast.ClassDef) else [node]:
                if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield (f"{node.name}.{one.name}" if isinstance(node, ast.ClassDef) else one.name), one


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def stands_in(node: ast.AST) -> bool:
    """Whether a function itself waits: for a condition, for people, or for a step to be taken."""
    return any(ast.unparse(one.func).startswith((*WAITS, *BEGINS)) for one in calls(node))


def named(value: ast.expr) -> str:
    """The beginning of a step's name, as the text of a story has it; "" where it is handed on."""
    if isinstance(value, ast.Constant):
        return str(value.value)
    first = value.values[0] if isinstance(value, ast.JoinedStr) else None
    return str(first.value) if isinstance(first, ast.Constant) else ""


def steps_named() -> set[str]:
    """The kind of every step that a story takes."""
    found = set()
    for _, node in functions():
        for call in calls(node):
            said = [one.value for one in call.keywords if one.arg == "activity_id"]
            said += call.args[2:3] if ast.unparse(call.func) in NAMES_STEPS else []
            found |= {steps.kind(named(value)) for value in said if named(value)}
    return found


def test_every_wait_of_every_story_is_declared() -> None:
    standing = {name for name, node in functions() if stands_in(node)}
    known = {where for one in declared.WAITS for where in one.where}

    assert standing - known == set(), "say in control/declared.py who ends it, and by when"
    assert known - standing == set(), "declared, and nobody stands in it"


def test_every_step_that_a_story_takes_has_its_words_and_its_wait() -> None:
    assert len(steps_named()) > 15
    assert steps_named() - set(steps.STEPS) == set()
    assert set(steps.STEPS) - {step for one in declared.WAITS for step in one.steps} == set()


@pytest.mark.parametrize("path", sorted(HISTORIES.glob("*.json")), ids=lambda path: path.stem)
async def test_every_step_of_a_kept_history_is_known(path: Path) -> None:
    history = kept(path)
    taken = {await points.step_of(event, converter(KEY)) for event in history.events} - {""}

    assert taken and {steps.kind(step) for step in taken} <= set(steps.STEPS)


def test_every_wait_says_who_ends_it_by_when_and_how_it_is_named_in_both_languages() -> None:
    for one in declared.WAITS:
        assert one.ended_by.th and one.ended_by.en and one.by.th and one.by.en, one.name
        assert one.late and set(one.late) <= set(Kind), one.name
    assert set(SAYS) == set(Kind)


def test_what_the_records_say_is_waited_for_is_declared() -> None:
    names = {one.name for one in declared.WAITS}

    assert set(BY_PEOPLE) <= names
    assert set(OFFICES) == {"company-register", "bank"} and "office" in names
