"""How long a person waits: `evo --help`, a small warm batch, and the very first run with its compilation."""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EVO = [sys.executable, "-c", "from evo.cli import main; main()"]
SMALL = ["run", "wolf_sniper", "--replicates", "5", "--set", "population.size=100", "--over", "parts=1,2"]
SMALL += ["--set", "population.generations=50", "--quiet"]


def seconds(*args: str, package: str | None = None) -> float:
    """Wall time of one command, in a results folder of its own; of the package in this folder, where given."""
    with tempfile.TemporaryDirectory() as out:
        extra = ["--out", out] if args[0] == "run" else []
        start = time.perf_counter()
        subprocess.run([*EVO, *args, *extra], check=True, capture_output=True, cwd=package)
        return time.perf_counter() - start


def first_run() -> float:
    """The first run of both worlds from a copy of the package that was never compiled."""
    package = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as fresh:
        for name in ("evo", "scenarios"):
            shutil.copytree(package / name, Path(fresh) / name, ignore=shutil.ignore_patterns("__pycache__"))
        return seconds(*SMALL, package=fresh) + seconds(
            "run", "igf", "--replicates", "1", "--set", "population.size=100", "--set", "population.generations=9",
            "--over", "cues=1", "--quiet", package=fresh,
        )  # fmt: skip


if __name__ == "__main__":
    seconds(*SMALL)  # warm
    help_s, run_s = ([seconds(*args) for _ in range(9)] for args in (["--help"], SMALL))
    print(json.dumps({
        "help_s": {"median": round(statistics.median(help_s), 3), "best": round(min(help_s), 3)},
        "small_warm_run_s": {"median": round(statistics.median(run_s), 3), "best": round(min(run_s), 3)},
        "first_run_of_both_worlds_s": round(first_run(), 1),
    }))  # fmt: skip
