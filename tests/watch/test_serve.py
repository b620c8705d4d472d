"""What `evo watch` says where it cannot serve."""

import socket
import sys

import pytest
from click.testing import CliRunner

from evo.cli import main
from evo.watch import serve


def asked(*arguments):
    return CliRunner().invoke(main, ["watch", *arguments])


def test_without_nicegui_the_line_that_installs_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "evo.watch.page", None)
    found = asked("igf", "--no-browser")
    assert found.exit_code == 2
    assert found.output == "evo: evo watch needs NiceGUI: pip install 'evo-sandbox[watch]'\n"


def test_the_python_of_a_scenario_is_not_run_without_trust(tmp_path):
    (tmp_path / "mine.py").write_text("raise SystemExit('it was run')\n")
    (tmp_path / "mine.toml").write_text(
        'name = "mine"\nclaim = "It is run."\nworld = "./mine.py"\n[property]\ntrait = "fitness"\n'
    )
    found = asked(str(tmp_path / "mine.toml"), "--no-browser")
    assert found.exit_code == 2 and "nobody has trusted yet" in found.output and "it was run" not in found.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nothing",), "there is no such scenario"),
        (("igf", "--set", "sweet=7"), "sweet = 7"),
        (("igf", "--set", "engine=deap"), 'engine = "deap"'),
        (("igf", "--port", "0"), "--port"),
    ],
)
def test_what_cannot_be_watched_is_said_in_a_sentence(arguments, says):
    found = asked(*arguments, "--no-browser")
    assert found.exit_code == 2 and says in found.output and "Traceback" not in found.output


def test_an_address_that_is_not_this_machines_is_said(monkeypatch):
    pytest.importorskip("nicegui")
    found = asked("igf", "--host", "203.0.113.7", "--no-browser")
    assert found.exit_code == 2 and "--host 203.0.113.7: cannot be listened on" in found.output


def test_a_browser_is_opened_only_where_there_is_a_screen(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert not serve._has_screen()
    monkeypatch.setenv("DISPLAY", ":0")
    assert serve._has_screen()


def test_the_next_free_port_is_found():
    first, _ = serve._listen("127.0.0.1", 8700)
    with first, serve._listen("127.0.0.1", first.getsockname()[1])[0] as second:
        assert second.getsockname()[1] > first.getsockname()[1]
        assert isinstance(second, socket.socket)
