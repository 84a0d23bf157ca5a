"""Every bench in a tiny size: it measures what it says, on the real parts. What the figures are is not asked here."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench import applications, catalogue, daily, issuing, money, papers, register
from bench.measuring import Figure, own_cpu_ms, tree_cpu_ms
from local import System


@pytest.fixture(scope="module")
def tools(infrastructure: System) -> Iterator[System]:
    """A system with a store, an authority and a database."""
    yield infrastructure


def named(figures: list[Figure]) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures}


def test_a_figure_is_met_on_its_side_of_the_bar() -> None:
    assert Figure("ratio", 1.9, "×", 2.0).met is True
    assert Figure("ratio", 2.1, "×", 2.0).met is False
    assert Figure("quicker", 15.0, "×", 15.0, at_least=True).met is True
    assert Figure("quicker", 14.9, "×", 15.0, at_least=True).met is False
    assert Figure("told only", 3.0, "ms").met is None
    assert "(goal ≥ 4: NOT MET)" in Figure("aimed at", 3.0, "ms", 4, at_least=True, goal=True).line()


def test_the_catalogue_is_measured_beside_its_bare_files() -> None:
    figures = named(catalogue.main(rounds=1))

    whole, floor = figures["catalogue: loaded and checked whole"], figures["catalogue: floor, its files only parsed"]
    assert whole.value > floor.value > 0


def test_papers_are_issued_four_ways_and_each_has_its_steps(tools: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "WARM_UP", 1)

    figures = named(issuing.main(tools, times=2, beside=1, fresh=1))

    assert {f"issuing: of which {step}" for step in papers.UNCHECKED} <= set(figures)
    assert all(figure.value > 0 for figure in figures.values())


def test_the_register_is_asked_small_and_large(tools: System) -> None:
    figures = named(register.main(tools, small=50, large=500, few=40, many=120, times=2))

    assert "register: look-up by number, 500" in figures
    assert {name for name in figures if name.endswith("ratio")} >= {
        "register: look-up by number: ratio", "register: search by a name: ratio", "desk: a page of the inbox: ratio",
        "desk: a page of a whole agency's inbox: ratio", "desk: a page of one's own tasks: ratio",
    }  # fmt: skip


def test_the_daily_scan_looks_at_what_is_due_and_nothing_else(tools: System) -> None:
    figures = named(daily.main(tools, large=400, due=20))

    assert {"daily scan: 20 due, a register of 20", "daily scan: 20 due, a register of 400"} <= set(figures)
    assert figures["daily scan: ratio"].value > 0


def test_money_is_told_in_a_burst_and_counted(system: System) -> None:
    figures = named(money.main(system, burst=20, each=3))

    assert all(figures[f"money: {what}"].met for what in ("notifications lost", "receipts missing or doubled"))
    assert figures["money: differences in the day's proof"].met
    assert figures["money: notifications acknowledged in the burst"].value == 22


def test_an_application_is_walked_and_its_floor_beside_it(system: System) -> None:
    figures = named(applications.main(2, system, warm_up=1, rounds=1))

    assert {f"application: of which {part}" for part in applications.COUNTED} <= set(figures)
    assert figures["application: history events"].met
    assert figures["application: ratio to its floor"].value > 0


def test_a_search_finds_the_holder_whose_name_was_made_here() -> None:
    assert register.name_of(1) != register.name_of(41)


def test_results_are_written_with_the_machine_they_were_measured_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(bench, "BENCHES", {"one": lambda: [Figure("too much", 3.0, "×", 2.0)]})

    code = bench.main([])

    kept = json.loads((tmp_path / "results.json").read_text())
    assert (code, kept["figures"][0]["met"], kept["machine"]["cores"] > 0) == (1, False, True)
    assert "bars not met: too much" in capsys.readouterr().out


def test_cpu_is_counted_for_a_process_and_its_children(tools: System) -> None:
    began = own_cpu_ms()

    assert tree_cpu_ms(tools.pid("postgres")) > 0
    assert own_cpu_ms() > began
