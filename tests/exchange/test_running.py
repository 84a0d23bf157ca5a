"""Starting the counterparts as a process."""

import socket
from pathlib import Path

import pytest

from exchange.counterparts.running import free_ports, running, start


def test_a_counterpart_can_run_alone(tmp_path: Path) -> None:
    with running(tmp_path, names=("dbd",)) as offices:
        offices.fault("dbd", gone=True)
        offices.mend()

        assert offices.get("dbd", "/faults") == {}


def test_a_taken_port_is_said_and_nothing_is_left_running(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(RuntimeError, match="did not start"):
        start(tmp_path, {"clamd": free_ports(1)[0], "bank": taken.getsockname()[1]})


def test_letters_are_found_again_after_a_restart(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "00000007.eml").write_bytes(b"To: a@b\r\nSubject: x\r\n\r\ntext")

    with running(tmp_path, names=("mailbox",)) as offices:
        assert [(letter["id"], letter["text"]) for letter in offices.letters("a@b")] == [("00000007", "text")]
