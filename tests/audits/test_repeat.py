"""`evo audit`: a script run again and again."""

import json
import signal
import time
from pathlib import Path

import pytest

from tests.command import command, start

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "audit"


def test_the_command_repeats_a_script(tmp_path):
    script = tmp_path / "seeded.py"
    text = (EXAMPLES / "onemax.py").read_text().replace("n=100", "n=40").replace("ngen=50", "ngen=20")
    script.write_text(text.replace("    properties =", "    random.seed(64)\n    properties ="))
    done = command("audit", script, "--replicates", "6", "--jobs", "2", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["replicates"] == 6 and found["distinct"] == 6  # though the script seeds itself
    p = found["properties"]["last bit"]
    assert p["low"] <= p["rate"] == p["realized"] / 6 <= p["high"] and p["price"]["selection"]["mean"] > 0.0
    again = command("audit", script, "--replicates", "6", "--jobs", "1", "--json")
    assert json.loads(again.stdout) == found
    table = command("audit", script, "--replicates", "2")
    assert table.returncode == 0 and "last bit: realized in" in table.stdout and "selection made" in table.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is no such file"),
        ("x = 1\n", "evolved nothing that could be seen: give --property NAME=WHAT"),
        ("raise KeyError('gene')\n", "replicate 0 raised KeyError: 'gene'"),
        ("import sys; sys.exit(3)\n", "ended with exit status 3"),
        ("def f(:\n", "raised SyntaxError"),
        ("import os; os._exit(0)\n", "ended its whole process"),
    ],
)
def test_scripts_that_cannot_be_audited(tmp_path, text, message):
    script = tmp_path / "script.py"
    if text is not None:
        script.write_text(text)
    done = command("audit", script, "--replicates", "1")
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_interrupted(tmp_path):
    script, done = tmp_path / "slow.py", tmp_path / "done"
    script.write_text((EXAMPLES / "onemax.py").read_text() + f'    open(r"{done}", "a").write("one\\n")\n')
    process = start("audit", script, "--replicates", "500")
    while not done.exists() or done.read_text().count("one") < 4:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "of 500 runs" in err and "last bit" in out and "Traceback" not in err, err
