"""Kill, damage and crowd batches at random: no finished replicate may be lost, none may count twice (`make torture`).

    python -m tests.torture [--kills 200] [--corruptions 200] [--pairs 100] [--seed 1]

- kills: a batch is run by the command, which gets a random signal (SIGKILL, SIGTERM, SIGINT, SIGHUP) at a random
  moment, again and again until it is finished. What the manifest named after a kill must be there ever after; the
  digest at the end is that of a batch that nothing happened to.
- corruptions: one random damage to a random file of a finished folder. A reader gets the right digest or one sentence;
  the next run gives the right digest, and so does the reader after it.
- pairs: two commands run one batch at the same time, for another number of replicates each, while a third process
  reads it all the time and must never be told of damage.

Prints a line for each, and exits 1 where anything went wrong. About half an hour on two cores.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import evo
from evo.batch import chunks
from evo.batch.disk import at_work
from evo.batch.store import Store
from evo.errors import ScenarioError

CODE = """
import evo.batch.chunks, evo.batch.run, sys
from pathlib import Path
from evo.cli import main

started, prepare = Path(sys.argv.pop()), evo.batch.run._prepare

def marked(*args):
    started.touch()
    prepare(*args)

evo.batch.chunks.SECONDS, evo.batch.run._prepare = {seconds}, marked
main()
"""
ARGS = ["wolf_sniper", "--over", "parts=6,7", "--set", "population.size=100", "--quiet"]
STARTED = "started"
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
READER = """
import sys, time, evo
from evo.errors import ScenarioError
from pathlib import Path
while Path(sys.argv[1]).exists():
    for folder in Path(sys.argv[1]).glob("wolf_sniper-*"):
        if (folder / "scenario.toml").exists():
            try:
                evo.Batch.open(folder).digest()
            except ScenarioError as error:
                print(error)
                sys.exit(1)
    time.sleep(0.01)
"""


def command(out: Path, replicates: int, seconds: float = 0.002) -> subprocess.Popen:
    """`evo run`, in parts of so many seconds; it makes the file `STARTED` beside `out` once it is at work."""
    words = [sys.executable, "-c", CODE.format(seconds=seconds), "run", *ARGS]
    return subprocess.Popen(
        [*words, "--replicates", str(replicates), "--jobs", "2", "--out", str(out), str(out.parent / STARTED)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def spec_of() -> evo.scenario.spec.Spec:  # type: ignore[name-defined]
    """The scenario of `ARGS`."""
    return evo.load("wolf_sniper").over({"parts": [6, 7]}).set({"population.size": 100})


def folder_in(out: Path) -> Path | None:
    """The batch's folder, once it is there."""
    return next(iter(out.glob("wolf_sniper-*")), None)


def once(folder: Path, replicates: int) -> list[str]:
    """What is wrong with how often replicates of a finished folder count."""
    rows = evo.Batch.open(folder).runs()
    twice = rows.height - rows.select("cell", "replicate").unique().height
    missing = 2 * replicates - rows.height
    return ([f"{twice} counted twice"] if twice else []) + ([f"{missing} lost"] if missing > 0 else [])


class Report:
    """What was tried, and what went wrong."""

    def __init__(self, name: str):
        self.name, self.tried, self.wrong = name, Counter[str](), Counter[str]()
        self.began, self.hits = time.monotonic(), 0

    def fail(self, why: str) -> None:
        """Count something that went wrong."""
        self.wrong[why[:160]] += 1

    def end(self) -> bool:
        """Print it; whether all was well."""
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.tried.items()))
        kinds += f"; {self.hits} hit a batch at work" if self.hits else ""
        seconds = time.monotonic() - self.began
        print(f"{self.name}: {self.tried.total()} tried ({kinds}); {self.wrong.total()} faults; {seconds:.0f} s")
        for why, count in self.wrong.items():
            print(f"  {count} x {why}")
        sys.stdout.flush()
        return not self.wrong


def kills(count: int, root: Path, rng: random.Random) -> bool:
    """Kill a batch at random moments until it is finished; then another one."""
    report, replicates = Report("kills"), 150
    wanted = evo.run(spec_of(), replicates=replicates, out=root / "whole").digest()
    batch, out = 0, root / "killed-0"
    promised: dict[str, set[int]] = {}
    while report.tried.total() < count:
        (root / STARTED).unlink(missing_ok=True)
        process = command(out, replicates)
        began = time.monotonic()
        while process.poll() is None and not (root / STARTED).exists():
            time.sleep(0.005)
        time.sleep(rng.uniform(0.0, 0.3) if rng.random() < 0.5 else rng.uniform(0.0, 2.0))
        number = rng.choice(SIGNALS)
        alive = process.poll() is None
        here = folder_in(out)
        hit = alive and here is not None and at_work(here)
        process.send_signal(number)
        try:
            _, said = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            report.fail(f"{number.name}: goes on for a minute")
            continue
        if alive:
            report.tried[number.name] += 1
            report.hits += hit
        if hit and "Traceback" in said:
            report.fail(f"{number.name}: {said.splitlines()[-1]}")
        folder = folder_in(out)
        if folder is None:
            continue
        done = Store(folder).done()
        for cell, known in promised.items():
            if lost := known - done.get(cell, set()):
                report.fail(f"{len(lost)} lost after {number.name}")
        promised = done
        with contextlib.suppress(ScenarioError):
            evo.Batch.open(folder).digest()
        if process.returncode == 0 or time.monotonic() - began > 300:
            for why in once(folder, replicates):
                report.fail(why)
            if evo.Batch.open(folder).digest() != wanted:
                report.fail("another digest at the end")
            shutil.rmtree(out)
            batch, promised = batch + 1, {}
            out = root / f"killed-{batch}"
    return report.end()


# --- damage


def _part(folder: Path, rng: random.Random) -> Path:
    return rng.choice(sorted([*(folder / "runs").glob("*.parquet"), *(folder / "traces").glob("*.parquet")]))


def _file(folder: Path, rng: random.Random) -> Path:
    names = ("manifest.jsonl", "manifest.jsonl", "scenario.toml", "world.json", "provenance.jsonl")
    return folder / rng.choice(names) if rng.random() < 0.6 else _part(folder, rng)


def _flip(path: Path, rng: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)


def _cut(path: Path, rng: random.Random) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: rng.randrange(len(data))])


def _zeros(path: Path, rng: random.Random) -> None:
    data = path.read_bytes()
    count = rng.randrange(1, len(data))
    path.write_bytes(data[:-count] + bytes(count))


def _lines(folder: Path, rng: random.Random) -> None:
    file = folder / "manifest.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    number = rng.randrange(len(lines))
    how = rng.choice(("lost", "twice", "shuffled"))
    if how == "lost":
        del lines[number]
    elif how == "twice":
        lines.insert(number, lines[rng.randrange(len(lines))])
    else:
        rng.shuffle(lines)
    file.write_text("".join(lines))


def _swap(folder: Path, rng: random.Random) -> None:
    one, other = _part(folder, rng), _part(folder, rng)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


def _join(folder: Path, other: Path, rng: random.Random) -> None:
    for path in other.rglob("*.parquet"):
        to = folder / path.relative_to(other)
        if not to.exists():
            shutil.copy(path, to)
    manifest = folder / "manifest.jsonl"
    if rng.random() < 0.5:
        manifest.write_text(manifest.read_text() + (other / "manifest.jsonl").read_text())
    else:
        manifest.unlink()


def corruptions(count: int, root: Path, rng: random.Random) -> bool:
    """Damage a finished folder in one place; read it, run it again, read it again."""
    report, seconds = Report("corruptions"), chunks.SECONDS
    chunks.SECONDS = 0.002
    for replicates in (3, 9, 14):
        plain = evo.run(spec_of(), replicates=replicates, out=root / "plain", jobs=2)
    wanted, name = plain.digest(), plain.folder.name
    chunks.SECONDS = 10.0
    other = evo.run(spec_of(), replicates=10, out=root / "other", jobs=1).folder
    kinds: dict[str, Callable[[Path], object]] = {
        "flip": lambda folder: _flip(_file(folder, rng), rng),
        "cut": lambda folder: _cut(_file(folder, rng), rng),
        "zeros": lambda folder: _zeros(_file(folder, rng), rng),
        "gone": lambda folder: _file(folder, rng).unlink(),
        "lines": lambda folder: _lines(folder, rng),
        "swap": lambda folder: _swap(folder, rng),
        "two folders in one": lambda folder: _join(folder, other, rng),
    }
    for trial in range(count):
        kind = list(kinds)[trial % len(kinds)]
        folder = root / f"damaged-{trial}" / name
        shutil.copytree(plain.folder, folder)
        kinds[kind](folder)
        report.tried[kind] += 1
        for when in ("reading", "running again", "reading after it"):
            try:
                if when == "running again":
                    digest = evo.run(spec_of(), replicates=14, out=folder.parent, jobs=2).digest()
                else:
                    digest = evo.Batch.open(folder).digest()
                if digest != wanted:
                    report.fail(f"{kind}, {when}: another digest without a word")
            except ScenarioError as error:
                if when != "reading" or "\n" in str(error):
                    report.fail(f"{kind}, {when}: {error}")
            except BaseException as error:
                report.fail(f"{kind}, {when}: {type(error).__name__}: {error}")
        for why in once(folder, 14):
            report.fail(f"{kind}: {why}")
        shutil.rmtree(folder.parent)
    chunks.SECONDS = seconds
    return report.end()


def pairs(count: int, root: Path, rng: random.Random) -> bool:
    """Two commands at work on one batch, and a reader beside them."""
    report = Report("pairs")
    wanted = evo.run(spec_of(), replicates=30, out=root / "thirty").digest()
    for trial in range(count):
        out = root / f"pair-{trial}"
        out.mkdir()
        reader = subprocess.Popen([sys.executable, "-c", READER, str(out)], stdout=subprocess.PIPE, text=True)
        sizes = (30, rng.choice((10, 20, 30)))
        both = []
        for size in sizes if rng.random() < 0.5 else reversed(sizes):
            both.append(command(out, size, rng.choice((0.002, 0.02, 0.5))))
            time.sleep(rng.choice((0.0, rng.uniform(0.0, 1.5))))
        for process in both:
            _, said = process.communicate(timeout=300)
            if process.returncode != 0:
                report.fail(f"exit status {process.returncode}: {said.strip()[-120:]}")
        folder = folder_in(out)
        assert folder is not None
        if evo.Batch.open(folder).digest() != wanted:
            report.fail("another digest")
        for why in once(folder, 30):
            report.fail(why)
        moved = root / "read"
        out.rename(moved)
        said, _ = reader.communicate(timeout=60)
        # A reader that was just reading when the folder was moved away was not told of damage by the batch.
        moved_away = ("is not the folder", "No such file", "is there no more")
        if reader.returncode != 0 and not any(words in said for words in moved_away):
            report.fail(f"a reader was told: {said.strip().splitlines()[-1] if said.strip() else reader.returncode}")
        shutil.rmtree(moved)
        report.tried["pairs"] += 1
    return report.end()


def main() -> int:
    """Try as many of each as asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("kills", 200), ("corruptions", 200), ("pairs", 100), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    os.environ.setdefault("MPLBACKEND", "Agg")
    with tempfile.TemporaryDirectory(prefix="evo-torture-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        good = [
            kills(given.kills, root, rng),
            corruptions(given.corruptions, root, rng),
            pairs(given.pairs, root, rng),
        ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
