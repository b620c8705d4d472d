"""What an audit has found is told also where telling takes long."""

import signal
import time
from pathlib import Path

from evo import interrupts
from tests.command import PLAIN, start

ROOT = Path(__file__).resolve().parents[2]
SLOW = f"""
import time
from evo.audits import answer
summarize = answer.summarize
def slowly(*args):
    time.sleep({2 * interrupts.PATIENCE + 1})
    return summarize(*args)
if __name__ == "__main__":
    answer.summarize = slowly
    {PLAIN}
"""


def test_a_slow_machine_tells_all_that_it_has(tmp_path):
    script, done = tmp_path / "quick.py", tmp_path / "done"
    text = (ROOT / "docs" / "audit" / "onemax.py").read_text().replace("n=100", "n=10").replace("ngen=50", "ngen=2")
    script.write_text(text + f'    open(r"{done}", "a").write("one\\n")\n')
    process = start("audit", script, "--replicates", 5000, "--jobs", 2, code=SLOW)
    while not done.exists() or done.read_text().count("one") < 20:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "last bit" in out and "of 5000 runs" in err, err
    assert err.count("interrupted") == 1 and "Traceback" not in err
