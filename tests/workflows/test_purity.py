"""The stories run without the engine's sandbox, so this file says what a story may not do: nothing that could be
otherwise when it is replayed (no clock, no chance, no file, no network, no order of a set)."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

import worker
import workflows

ROOM = Path(workflows.__file__).parent
STORIES = sorted(path for path in ROOM.glob("*.py") if path.name not in ("__init__.py", "messages.py", "codec.py"))
"""`messages.py` holds shapes, and the way to the engine with its `codec.py`, which no story takes."""
MAY_IMPORT = {
    "__future__", "asyncio", "collections", "dataclasses", "datetime", "enum", "functools", "itertools", "typing",
    "temporalio", "activities", "licences", "workflows",
}  # fmt: skip
MAY_NOT_CALL = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "asyncio.wait", "asyncio.as_completed",
    "asyncio.to_thread", "asyncio.create_subprocess_exec", "asyncio.open_connection", "asyncio.get_event_loop",
    "asyncio.get_running_loop", "asyncio.run", "open", "input", "print", "id", "hash", "eval", "exec", "__import__",
}  # fmt: skip


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""


def called(tree: ast.AST) -> Iterator[str]:
    return (ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def walked(tree: ast.AST) -> Iterator[ast.expr]:
    """What is gone through in order: by a loop, a comprehension, or a list or tuple made of it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            yield node.iter
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("list", "tuple") and node.args:
            yield node.args[0]


def is_a_set(value: ast.expr) -> bool:
    return isinstance(value, ast.Set | ast.SetComp) or (
        isinstance(value, ast.Call) and ast.unparse(value.func) in ("set", "frozenset")
    )


def faults(text: str) -> list[str]:
    """Everything in a story's text that it may not do."""
    tree = ast.parse(text)
    wrong = [f"imports {name}" for name in imported(tree) if name.split(".")[0] not in MAY_IMPORT]
    wrong += [f"calls {name}" for name in called(tree) if name in MAY_NOT_CALL]
    wrong += [f"goes through a set: {ast.unparse(value)}" for value in walked(tree) if is_a_set(value)]
    return wrong + [
        f"keeps {ast.unparse(node)} for all" for node in ast.walk(tree) if isinstance(node, ast.Global | ast.Nonlocal)
    ]


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_a_story_does_nothing_that_could_be_otherwise_on_replay(story: Path) -> None:
    assert faults(story.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "import random",
        "from os import urandom",
        "import time",
        "from records import tasks",
        "at = datetime.now()",
        "for one in {1, 2}: pass",
        "several = list(set(many))",
        "done = asyncio.wait(many)",
        "def f():\n    global seen\n    seen = 1",
    ],
)
def test_what_could_be_otherwise_on_replay_is_found(text: str) -> None:
    assert len(faults(text)) == 1


@pytest.mark.parametrize("story", worker.WORKFLOWS, ids=lambda story: story.__name__)
async def test_every_story_would_also_load_in_the_sandbox(story: type) -> None:
    definition = workflow._Definition.must_from_class(story)

    SandboxedWorkflowRunner().prepare_workflow(definition)


def test_every_story_of_the_worker_is_looked_at() -> None:
    files = {Path(sys.modules[story.__module__].__file__ or "") for story in worker.WORKFLOWS}

    assert files <= set(STORIES)
