"""Where a batch's records come from: versions, machine, commit, command, times; a line per run in `provenance.jsonl`.

Nothing in it names a place outside of the folder: of paths and addresses in the command, the last name is kept.
"""

import functools
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any

from evo import reading
from evo.batch.disk import append_line, holds, sealed
from evo.places import CHECKOUT, PACKAGE, sources
from evo.scenario.identity import REVISION


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


@functools.cache
def build() -> dict[str, Any]:
    """Which evo this is: version, revision of its records, and sha256 of its sources."""
    total = hashlib.sha256()
    for file in sorted(sources(PACKAGE), key=lambda path: path.relative_to(PACKAGE).as_posix()):
        name = file.relative_to(PACKAGE).as_posix()
        if not name.startswith("library/"):  # scenarios, which are elsewhere in a checkout
            total.update(f"{name} ".encode() + hashlib.sha256(file.read_bytes()).digest())
    return {"version": metadata.version("evo-sandbox"), "revision": REVISION, "sources": total.hexdigest()}


def _bare(word: str) -> str:
    """A word of a command without the place that it names."""
    key, equals, value = word.partition("=")
    if "://" in word:
        return word.partition("://")[0] + "://..."
    if equals and not key.startswith(("/", ".", "~")) and "/" not in key:
        return f"{key}={_bare(value)}"
    looks = word.startswith(("/", "./", "../", "~")) or word.endswith((".toml", ".py"))
    if os.sep in word and (looks or Path(word).exists()):
        return Path(word).name or "."
    return word


def _command() -> list[str]:
    script = Path(sys.argv[0] if sys.argv and sys.argv[0] else "python")
    name = script.parent.name if script.name == "__main__.py" else script.name  # as `python -m evo` has it
    return [name, *(_bare(word) for word in sys.argv[1:])]


def write(folder: Path, seed: int, started: float, finished: float, new: int, **more: Any) -> None:
    """Append versions, machine, commit, command, seed and times of one run, and whatever more is said of it."""
    packages = ("numba", "numpy", "polars")
    entry = {
        "command": _command(),
        "seed": seed,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
        "seconds": round(finished - started, 3),
        "new_replicates": new,
        "commit": _git_commit(),
        "evo": build(),
        **more,
        "versions": {"python": platform.python_version(), **{p: metadata.version(p) for p in packages}},
        "machine": {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()},
    }
    append_line(folder / "provenance.jsonl", json.dumps(sealed(entry)))


def history(folder: Path) -> list[dict[str, Any]]:
    """What was appended, the oldest first, and before it what an earlier evo wrote; lines that do not hold left out."""
    found = []
    for name in ("provenance.json", "provenance.jsonl"):
        try:
            text = reading.content(folder / name).decode(errors="replace")
        except OSError:
            continue
        for line in [text] if name.endswith(".json") else text.splitlines():
            try:
                entry = reading.parsed(line)
            except ValueError:
                continue
            if isinstance(entry, dict) and (name.endswith(".json") or holds(entry)):
                found.append({key: value for key, value in entry.items() if key != "sum"})
    return found
