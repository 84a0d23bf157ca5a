"""The runbook has an entry for all that may be told, and every command in it can be typed."""

import argparse
import re

import cli
from control.causes import Kind
from local import ROOT

BOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")
ALERTS = (ROOT / "docs" / "alerts.yml").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", BOOK, re.MULTILINE))


def test_every_kind_and_every_alert_has_what_it_means_and_what_to_type() -> None:
    alerts = re.findall(r"- alert: (\w+)", ALERTS)

    assert len(alerts) > 5
    assert set(ROWS) == {kind.value for kind in Kind} | set(alerts)
    assert [name for name, row in ROWS.items() if len(row.split(" | ")) != 2 or len(row) < 40] == []


def test_every_alert_names_its_own_entry() -> None:
    named = re.findall(r'- alert: (\w+)(?:\n(?!      - alert).*)*?runbook: "docs/runbook\.md: (\w+)"', ALERTS)

    assert [(alert, entry) for alert, entry in named if alert != entry] == []
    assert len(named) == ALERTS.count("- alert:")


def test_every_command_of_the_runbook_can_be_typed() -> None:
    commands = next(one for one in cli.parser()._actions if isinstance(one, argparse._SubParsersAction)).choices
    typed = set(re.findall(r"bizportal ([a-z]+)", BOOK))

    assert len(typed) > 10
    assert typed - set(commands) == set()


def test_the_figures_that_the_runbook_alerts_on_are_named_as_the_door_names_them() -> None:
    door = (ROOT / "api" / "stuck_figures.py").read_text("utf-8")

    assert set(re.findall(r"bizportal_stuck_\w+", BOOK)) <= set(re.findall(r"bizportal_stuck_\w+", door))
