"""`evo audit`: a script run again and again."""

import json
import signal
import time
from pathlib import Path

import pytest

from tests.audits.programs import HEAD
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


def test_a_property_beside_an_audit_of_the_programs_own_is_refused(tmp_path):
    script = tmp_path / "own.py"
    script.write_text((EXAMPLES / "onemax.py").read_text().replace("n=100", "n=10").replace("ngen=50", "ngen=2"))
    done = command("audit", script, "--property", "ones=sum(x)", "--replicates", "1")
    assert done.returncode == 2 and "--property: the program has an audit of its own" in done.stderr, done.stderr


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


EVOLVES = HEAD.format(weight=1.0) + (
    "rows = toolbox.population(n=12)\nalgorithms.eaSimple(rows, toolbox, 0.3, 0.3, 3, verbose=False)\n"
)
ONES = ("--property", "ones=sum(x)/len(x)")


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        (EVOLVES + "raise RuntimeError('later\\non')\n", ONES, "replicate 0 raised RuntimeError: later on"),
        ("while True: pass\n", (*ONES, "--time-limit", "1"), "took longer than --time-limit 1 s"),
        ("x = 1\n", ONES, "no operator of DEAP chose out of a list of individuals"),
        ("n = input()\n", ONES, "what asks for input gets none in an audit"),
        ("import nosuchmodule\n", ONES, "raised ModuleNotFoundError: No module named 'nosuchmodule'"),
        (
            "import argparse\nargparse.ArgumentParser(prog='it').parse_args(['--n'])\n",
            ONES,
            "ended with exit status 2; it said last: it: error: unrecognized arguments: --n",
        ),
        ("import sys; sys.exit('no luck')\n", ONES, "ended with the message 'no luck'"),
        (EVOLVES, ("--property", "p=x[99]"), "property 'p' raised IndexError: list index out of range, for the indiv"),
        (EVOLVES, ("--property", "p=str(x)"), "it must give a number"),
        (EVOLVES, ("--property", "p='0.5'"), "property 'p' gave \"0.5\" for the individual"),
        (EVOLVES, ("--property", "p=float('nan')"), "property 'p' gave NaN for the individual ["),
        (EVOLVES, ("--property", "p=x[["), "--property x[[: is no expression in x"),
        (EVOLVES, ("--property", "p=no.py:f"), "there is no file no.py"),
        (EVOLVES, (*ONES, "--deployment", "x[99]"), "deployment raised IndexError"),
        (EVOLVES, (*ONES, "--deployment", "str(x)"), "deployment gave"),
        (EVOLVES, ("--deployment", "x[0]"), "--deployment: needs --property"),
        (EVOLVES, (*ONES, "--threshold", "ones=nan"), "must be NAME=NUMBER"),
        (EVOLVES, (*ONES, "--without", "x[0]"), "--without x[0]: must be FILE.py:FUNCTION"),
    ],
)
def test_bad_input_gets_one_sentence(tmp_path, text, words, message):
    script = tmp_path / "script.py"
    script.write_text(text)
    done = command("audit", script, "--replicates", "1", "--out", tmp_path / "out", *words)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "more",
    [
        "import os, tempfile; os.chdir(tempfile.mkdtemp())\n",
        "import sys; sys.exit()\n",
        "import sys; sys.exit(rows)\n",
        "import matplotlib.pyplot as plt; plt.plot([1]); plt.show()\n",
        "import os\nif os.fork() == 0: pass\n",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n",
    ],
)
def test_a_program_may_do_what_programs_do(tmp_path, more):
    script = tmp_path / "script.py"
    script.write_text(EVOLVES + more if "sys" in more else more + EVOLVES)
    done = command("audit", script, "--replicates", "1", "--out", tmp_path / "out", "--json", *ONES)
    assert done.returncode == 0 and json.loads(done.stdout)["replicates"] == 1, done.stderr


def test_what_is_evolved_in_other_processes_is_told(tmp_path):
    script = tmp_path / "script.py"
    lines = EVOLVES.splitlines()
    script.write_text("\n".join([
        *lines[:-2], "def go():", *(f"    {line}" for line in lines[-2:]), "import multiprocessing",
        "one = multiprocessing.get_context('fork').Process(target=go)", "one.start()", "one.join()", "",
    ]))  # fmt: skip
    done = command("audit", script, "--replicates", "1", "--out", tmp_path / "out", *ONES)
    assert done.returncode == 2 and "in processes that it starts is not seen" in done.stderr, done.stderr


def test_interrupted(tmp_path):
    script, done = tmp_path / "slow.py", tmp_path / "done"
    script.write_text((EXAMPLES / "onemax.py").read_text() + f'    open(r"{done}", "a").write("one\\n")\n')
    process = start("audit", script, "--replicates", "500")
    while not done.exists() or done.read_text().count("one") < 4:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "of 500 runs" in err and "last bit" in out and "Traceback" not in err, err
