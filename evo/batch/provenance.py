"""Where a batch's records come from: versions, machine, commit, command, times."""

import os
import platform
import subprocess
import sys
import time
from importlib import metadata
from typing import Any

from evo.places import CHECKOUT
from evo.scenario.spec import Spec


def _git_commit() -> str | None:
    if not (CHECKOUT / ".git").exists():
        return None
    try:
        answer = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=CHECKOUT, capture_output=True, text=True, timeout=5, check=False
        )
    except OSError:
        return None
    return answer.stdout.strip() or None


def provenance(spec: Spec, started: float, finished: float, new: int) -> dict[str, Any]:
    """Versions, machine, commit, command, seed and times of one run."""
    packages = ("evo-sandbox", "numba", "numpy", "polars")
    return {
        "command": ["evo", *sys.argv[1:]],
        "seed": spec.scenario.batch.seed,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
        "seconds": round(finished - started, 3),
        "new_replicates": new,
        "commit": _git_commit(),
        "versions": {"python": platform.python_version(), **{p: metadata.version(p) for p in packages}},
        "machine": {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()},
    }
