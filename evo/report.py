"""What a person reads in the terminal: the scenario, the progress, the table."""

import gc
import sys
import threading
from typing import Any

from rich.console import Console
from rich.table import Table


class Loading:
    """While open, modules and kernels load; says so where it takes long enough for compilation to be the reason."""

    def __enter__(self) -> "Loading":
        gc.disable()  # loading makes a million objects that all stay: looking through them takes a tenth of the time
        self._timer = threading.Timer(1.5, self._say)
        self._timer.daemon = True
        self._timer.start()
        return self

    def _say(self) -> None:
        print("evo: compiling the kernels, about 20 seconds, the first time only ...", file=sys.stderr, flush=True)

    def __exit__(self, *_: Any) -> None:
        self._timer.cancel()
        gc.freeze()
        gc.enable()


class Progress:
    """A progress bar on standard error with rate and time left."""

    def __init__(self, hidden: bool):
        self._hidden = hidden
        self._bar: Any = None
        self._task: Any = None
        self._start: int | None = None
        self._done = 0
        self.total = 0

    @property
    def new(self) -> int:
        """Replicates that this run added."""
        return self._done - (self._start or 0)

    def __enter__(self) -> "Progress":
        return self

    def update(self, done: int, total: int) -> None:
        """Take note of `done` of `total` finished replicates."""
        self._done, self.total = done, total
        if self._start is None:
            self._start = done
            if not self._hidden and done < total:
                from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
                from rich.progress import Progress as Bar

                self._bar = Bar(
                    TextColumn("evolving"),
                    BarColumn(),
                    MofNCompleteColumn(),
                    TextColumn("{task.fields[rate]}"),
                    TimeRemainingColumn(),
                    console=Console(stderr=True),
                    transient=True,
                )
                self._task = self._bar.add_task("evolving", total=total, completed=done, rate="")
                self._bar.start()
        if self._bar is not None:
            speed = self._bar.tasks[0].speed
            self._bar.update(self._task, completed=done, rate=f"{speed:.1f} replicates/s" if speed else "")

    def __exit__(self, *_: Any) -> None:
        if self._bar is not None:
            self._bar.stop()


def show_scenario(spec: Any) -> None:
    """Print claim, source, knobs, property and theory."""
    s, console = spec.scenario, Console(highlight=False)
    console.print(f"[bold]{s.name}[/bold]: {s.claim}")
    if s.source:
        console.print(f"source: {s.source}")
    console.print(f"world: {spec.world.name}, {spec.world.summary}\n")
    table = Table("knob", "value", "deployment", "allowed", "unit", "meaning", box=None, pad_edge=False)
    for knob in spec.world.knobs:
        shifted = spec.deployment[knob.name]
        table.add_row(
            knob.name,
            f"{spec.knobs[knob.name]:g}",
            f"{shifted:g}" if shifted != spec.knobs[knob.name] else "",
            f"{knob.low:g} to {knob.high:g}",
            knob.unit,
            knob.meaning,
        )
    console.print(table)
    for name in ("population", "selection", "variation", "batch"):
        values = ", ".join(f"{k} {v}" for k, v in getattr(s, name).model_dump().items() if v is not None)
        console.print(f"{name}: {values}")
    trait = spec.world.traits[spec.world.trait(s.property.trait)]
    console.print(
        f"property: {trait.name} ({trait.meaning}, {trait.unit}), realized at {s.property.threshold:g} or more"
    )
    for key, values in s.sweep.items():
        console.print(f"sweep: {key} over {values}")
    if spec.theory is not None:
        console.print(f"theory: {spec.theory.regime}" + ("" if spec.theory.holds else " (outside its regime)"))
        for name, value in spec.theory.rates.items():
            console.print(f"  {name}: {value:.4g}")
        if spec.theory.realized is not None:
            console.print(f"  realized by the last generation: {spec.theory.realized:.4g}")


def _rate(summary: dict[str, Any]) -> str:
    return (
        f"< {summary['high']:.2g}"
        if summary["realized"] == 0
        else f"{summary['rate']:.3g} ({summary['low']:.2g} to {summary['high']:.2g})"
    )


def print_batch(batch: Any, new: int) -> None:
    """Print the table of cells, a sentence each, and where the batch is."""
    console = Console(highlight=False)
    summaries = batch.summaries()
    scenario = batch.spec.scenario
    console.print(f"[bold]{scenario.name}[/bold]: {scenario.claim}")
    prop = scenario.property
    console.print(
        f"realized: mean {prop.trait} of {prop.threshold:g} or more at the end, with 95 % interval (Wilson)\n"
    )
    keys = list(scenario.sweep)
    table = Table(*keys, "realized", "rate (95 %)", "arose", "establ.", "general.", box=None, pad_edge=False)
    traits = ("fitness", prop.trait)
    for name in traits:
        table.add_column(f"{name} train/deploy")
    for summary in summaries:
        table.add_row(
            *(f"{summary['set'][key]}" for key in keys),
            f"{summary['realized']} of {summary['replicates']}",
            _rate(summary),
            *(str(summary[stage]) for stage in ("arose", "established", "generalizes")),
            *("{training:.3g}/{deployment:.3g}".format(**summary["traits"][name]) for name in traits),
        )
    console.print(table)
    console.print()
    for summary in summaries:
        cell = ", ".join(f"{key} {summary['set'][key]}" for key in keys) or scenario.name
        console.print(f"{cell}: {summary['why']}")
    console.print(f"\n{new} new replicates" if new else "\nnothing to do: every replicate was there already")
    console.print(f"records: {batch.folder}")
