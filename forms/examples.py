"""Answers made up from the form itself: right ones for the sandbox and the tests, wrong ones to be refused."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from forms.asking import empty
from forms.definition import Form, Page
from forms.question import Context, Question

SEEDS_TRIED = 40
CHOSEN = ("choice", "choices", "yes-no")
"""Seed 0 takes the form's own example of these; the others try every answer, and so every condition."""
Answer = dict[str, Any]


def example(form: Form, seed: int = 0) -> Answer:
    """Valid answers, the same for the same seed. Seed 0 answers every question that applies; others skip some.

    The files it names are in `example_attachments`; whoever files the example puts uploaded ids in their place.
    """
    rng, answers, seen = Random(seed), Answer(), Answer()
    for page in form.pages:
        if page.applies(seen):
            if page.each:
                least = max(page.each.min, 1 if seed == 0 else 0)
                count = rng.randint(least, max(least, min(page.each.max, 2)))
                items = [_fill(page.questions, seen, rng, thorough=seed == 0) for _ in range(count)]
                if items:
                    answers[page.id] = [sent for sent, _ in items]
                    seen[page.id] = [checked for _, checked in items]
            else:
                sent, checked = _fill(page.questions, seen, rng, thorough=seed == 0)
                answers |= sent
                seen |= checked
    return answers


def _fill(
    questions: Sequence[Question], seen: Mapping[str, Any], rng: Random, *, thorough: bool
) -> tuple[Answer, Answer]:
    """Answers to some questions, as sent and as checked: conditions look at the checked ones."""
    sent, checked = Answer(), Answer()
    for one in questions:
        wanted = one.required or thorough or rng.random() < 0.5
        if one.kind.answered and one.kind.name != "fact" and wanted and one.applies({**seen, **checked}):
            chosen = thorough and one.example is not None and one.kind.name in CHOSEN
            sent[one.id] = one.example if chosen else one.kind.example(one, rng)
            checked[one.id] = one.kind.check(one, sent[one.id], one.id, Context())
    return sent, checked


def example_attachments(form: Form) -> dict[str, str]:
    """The files that examples of this form name, id to media type."""
    found = {}
    for _, one in form.everything():
        if one.kind.name == "file":
            sent = one.kind.example(one, Random(0))
            found[sent if isinstance(sent, str) else sent[0]] = one.accept[0] if one.accept else "application/pdf"
    return found


def invalid_examples(form: Form) -> Iterator[tuple[Answer, str]]:
    """Answers with one thing wrong, and the field that must be named when they are refused."""
    for answers, field, _ in wrong_answers(form):
        yield answers, field


def wrong_answers(form: Form) -> Iterator[tuple[Answer, str, str]]:
    """The same, with the kind of problem."""
    yield example(form) | {"no_such_question": "x"}, "no_such_question", "unknown"
    for page in form.pages:
        if page.each:
            yield from _wrong_items(form, page)
        for one in page.questions:
            base = _with(form, page, one)
            if base is not None and one.kind.answered:
                yield from _wrong_answers(page, one, base)


def _with(form: Form, page: Page, question: Question) -> Answer | None:
    """An example in which the question is asked; None when none of the first few asks it."""
    for seed in range(SEEDS_TRIED):
        answers = example(form, seed)
        inside = answers.get(page.id, [{}])[0] if page.each and answers.get(page.id) else answers
        if question.id in inside or (question.kind.name == "fact" and question.when is None and page.applies(answers)):
            return answers
    return None


def _wrong_answers(page: Page, question: Question, base: Answer) -> Iterator[tuple[Answer, str, str]]:
    for bad in question.kind.invalid(question):
        if not empty(bad.value):
            yield *_put(page, question, base, bad.value, bad.part), bad.kind
    if question.required and question.kind.name != "fact":
        yield *_put(page, question, base, None, ""), "missing"


def _put(page: Page, question: Question, base: Answer, value: Any, part: str) -> tuple[Answer, str]:
    """The base with one value put in place of the right one, and the field's full name."""
    if not page.each:
        return base | {question.id: value}, f"{question.id}{part}"
    first, *rest = base[page.id]
    return base | {page.id: [first | {question.id: value}, *rest]}, f"{page.id}[0].{question.id}{part}"


def _wrong_items(form: Form, page: Page) -> Iterator[tuple[Answer, str, str]]:
    base = next((found for seed in range(SEEDS_TRIED) if (found := example(form, seed)).get(page.id)), None)
    if base is None or page.each is None:
        return
    items = base[page.id]
    yield base | {page.id: "not a list"}, page.id, "wrong-type"
    yield base | {page.id: ["not an object", *items[1:]]}, f"{page.id}[0]", "wrong-type"
    yield base | {page.id: (items * (page.each.max + 1))[: page.each.max + 1]}, page.id, "too-many"
    if page.each.min:
        few = items[: page.each.min - 1]
        yield base | {page.id: few}, page.id, "missing" if page.each.min == 1 else "too-few"
