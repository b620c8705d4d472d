"""The line of descent of one replicate: its branches, and fitness and property along it, with every step marked."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from evo.figures.fonts import inches
from evo.figures.style import COLOURS, logarithmic, wrapped
from evo.kernels.links import LIVED
from evo.kernels.plan import FITNESS
from evo.measure.descent import BENEFICIAL, DELETERIOUS, NEUTRAL, UNDECIDED, branches
from evo.wording import cell_name

_LIVING, _DEAD = 30, 60  # branches beside the line that are drawn, at most
_LINE, _ALIVE, _DIED, _HAD = COLOURS[0], COLOURS[3], "0.72", COLOURS[1]
_MARKS: dict[str, Any] = {  # what a step is marked by, from below
    UNDECIDED: {"marker": ".", "color": "0.65", "markersize": 4},
    NEUTRAL: {"marker": "o", "color": "0.35", "markersize": 4.5, "markerfacecolor": "white"},
    DELETERIOUS: {"marker": "v", "color": COLOURS[2], "markersize": 6},
    BENEFICIAL: {"marker": "^", "color": COLOURS[5], "markersize": 6},
}
_MANY = 150  # steps, from which on they have a panel of their own
_SMALL, _ROOM = 7, 6.3  # points of a legend, and inches that a panel has for it
_LOGARITHMIC = 50  # times the lowest fitness, from which on the axis is logarithmic


@dataclass
class _Branch:
    """A way in the tree: generations of its beginning and end, and where it is drawn."""

    begins: int
    ends: int
    from_lane: "_Branch | None"
    colour: str
    lane: float = 0.0


def lineage_figure(line: Any) -> Figure:
    """Three panels over generations: the tree, fitness and property. line: `evo.analyses.lineage.Line`."""
    many = len(line.changes) > _MANY
    figure = Figure(figsize=(7.4, 8.0 if many else 6.8), layout="constrained")
    tree, fitness, *effects, prop = figure.subplots(
        4 if many else 3, 1, sharex=True, height_ratios=[1.25, 0.9, *([0.7] if many else []), 0.8]
    )
    last, scenario = line.followed.last, line.cell.spec.scenario
    _draw_tree(tree, line)
    traits = line.cell.spec.world.traits
    name = scenario.property.trait
    unit = traits[line.cell.spec.world.trait(name)].unit
    _draw_course(fitness, line, LIVED.fitness, "fitness", f"fitness\n({traits[FITNESS].unit})")
    _draw_course(prop, line, LIVED.property, name, f"{name}\n({unit})")
    for axes in effects:
        _draw_effects(axes, line)
    prop.axhline(scenario.property.threshold, color="0.5", linewidth=0.8, linestyle=":")
    for axes in (tree, fitness, *effects, prop):
        if line.ancestor_at is not None:
            axes.axvline(line.ancestor_at, color="0.4", linewidth=0.8, linestyle="--", zorder=0)
    if line.ancestor_at is not None:
        early = line.ancestor_at < last / 2
        tree.annotate(
            "common ancestor of\nthe last population", (line.ancestor_at, 1.0), (4 if early else -4, 0), va="top",
            xycoords=("data", "axes fraction"), textcoords="offset points", fontsize=6.5, color="0.3",
            ha="left" if early else "right", zorder=9, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
    prop.set_xlim(-0.015 * last, 1.015 * last)
    prop.set_xlabel("generation")
    where = cell_name(line.cell.set)
    title = f"The line of descent · {scenario.name}{', ' if where else ''}{where} · replicate {line.replicate}"
    figure.suptitle(wrapped(title, 90), fontsize=10, x=0.01, ha="left")
    which = f"cell {line.cell.key} · replicate {line.replicate} · seed {scenario.batch.seed}"
    text = f"evo · {line.batch.folder.name} · {which}"
    figure.text(0.005, -0.005, text, fontsize=6, color="0.4", va="top")
    return figure


# --- the tree


def _tree(line: Any) -> list[_Branch]:
    """The line first, then the branches beside it."""
    pool = line.followed.ancestors
    drawn = np.zeros(pool.parent.size, bool)
    drawn[line.places] = True
    main = _Branch(0, line.followed.last, None, _LINE)
    owner: dict[int, _Branch] = dict.fromkeys(line.places.tolist(), main)
    found = [main]
    living = line.followed.living[:: max(1, line.followed.living.size // _LIVING)]
    ends = np.flatnonzero(pool.end > 0)
    ends = ends[:: max(1, -(-ends.size // _DEAD))]
    threshold = line.cell.spec.scenario.property.threshold
    for places, alive in ((living, True), (ends[::-1], False)):
        for way in branches(pool, places.tolist(), drawn):
            if way.size == 1:
                continue  # a founder without offspring
            had = pool.lived[way[-1], LIVED.property] >= threshold
            colour = _ALIVE if alive else _HAD if had else _DIED
            joins = owner.get(int(way[0]))
            branch = _Branch(int(pool.generation[way[0]]), int(pool.generation[way[-1]]), joins, colour)
            owner |= dict.fromkeys(way[1 if joins else 0 :].tolist(), branch)
            found.append(branch)
    return found


def _lay_out(found: list[_Branch]) -> None:
    """Give every branch a lane, so that none crosses another: of those on one side the latest is the nearest."""
    children: dict[int, list[_Branch]] = {}
    for branch in found[1:]:
        children.setdefault(id(branch.from_lane), []).append(branch)

    def outward(parent: _Branch, kin: list[_Branch], lane: float, side: int) -> float:
        """Lay out these children of a branch, and theirs, from a lane on; the next lane that is free."""
        waiting = sorted(kin, key=lambda branch: branch.begins)  # the latest is taken first
        stack = [waiting]
        while stack:
            if not stack[-1]:
                stack.pop()
                continue
            branch = stack[-1].pop()
            lane += side
            branch.lane = lane
            stack.append(sorted(children.get(id(branch), []), key=lambda one: one.begins))
        return lane

    main = found[0]
    mine = sorted(children.get(id(main), []), key=lambda branch: -branch.begins)
    up = outward(main, mine[::2], 0.0, 1)
    down = outward(main, mine[1::2], 0.0, -1)
    for n, root in enumerate(children.get(id(None), [])):  # of other founders: no way leads to the line
        root.lane = up + 1 if n % 2 else down - 1
        reached = outward(root, children.get(id(root), []), root.lane, 1 if n % 2 else -1)
        up, down = (reached, down) if n % 2 else (up, reached)


def _draw_tree(axes: Any, line: Any) -> None:
    found = _tree(line)
    _lay_out(found)
    for colour, width, order in ((_DIED, 0.7, 1), (_HAD, 0.9, 2), (_ALIVE, 0.8, 3), (_LINE, 2.4, 5)):
        mine = [branch for branch in found if branch.colour == colour]
        ways = []
        for branch in mine:
            start = branch.lane if branch.from_lane is None else branch.from_lane.lane
            ways.append([(branch.begins, start), (branch.begins, branch.lane), (branch.ends, branch.lane)])
        axes.add_collection(LineCollection(ways, colors=colour, linewidths=width, zorder=order, capstyle="round"))
        if colour in (_DIED, _HAD):
            axes.plot(
                [branch.ends for branch in mine], [branch.lane for branch in mine], linestyle="none", marker="o",
                color=colour, markersize=2.2, zorder=order,
            )  # fmt: skip
    lanes = [branch.lane for branch in found]
    axes.set_ylim(min(lanes) - 1.5, max(lanes) + 1.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_ylabel("branches\n(some of them)", fontsize=8)
    used = {branch.colour for branch in found}
    entries = (
        (_LINE, 2.4, "line of descent"), (_ALIVE, 1.0, "alive at the end"), (_DIED, 1.0, "died out"),
        (_HAD, 1.0, "died out, with the property"),
    )  # fmt: skip
    handles: list[Any] = [
        Line2D([], [], color=colour, linewidth=width, label=label) for colour, width, label in entries if colour in used
    ]
    _legend_above(axes, handles)


def _legend_above(axes: Any, handles: list[Any]) -> None:
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=_columns(handles), fontsize=_SMALL,
        borderaxespad=0.2, columnspacing=1.1, handlelength=1.6, handletextpad=0.5,
    )  # fmt: skip


def _columns(handles: list[Any]) -> int:
    """As many columns of a legend as a panel is wide for: each as wide as the widest of its entries."""
    wide = [inches(str(handle.get_label()), _SMALL) + 3.2 * _SMALL / 72.0 for handle in handles]
    for count in range(len(wide), 1, -1):
        rows = -(-len(wide) // count)
        if sum(max(wide[first : first + rows]) for first in range(0, len(wide), rows)) <= _ROOM:
            return count
    return 1


# --- along the line


def _draw_course(axes: Any, line: Any, column: int, trait: str, label: str) -> None:
    """One number along the line: as lived, and, where chance is in a life, as the mean of the genome's lives."""
    pool, places = line.followed.ancestors, line.places
    when, lived = pool.generation[places], pool.lived[places, column]
    steps = np.array([pool.generation[change.place] for change in line.changes], float)
    outcome = line.lived.outcome[:, :, :, column]
    noisy = bool(
        line.lived.lives.size and line.lived.lives.max() > 1 and np.nanstd(outcome, axis=2).max(initial=0.0) > 0
    )
    if noisy:
        axes.plot(when, lived, color="0.8", linewidth=0.6, zorder=1, label="as it lived")
        values = np.nanmean(outcome[:, 1], axis=1)
        first = np.nanmean(outcome[0, 0])
        name = f"its genome, mean of {line.lived.lives.max()} lives"
        axes.step(
            np.concatenate([[0.0], steps, [line.followed.last]]), np.concatenate([[first], values, values[-1:]]),
            where="post", color=_LINE, linewidth=1.2, zorder=3, label=name,
        )  # fmt: skip
    else:
        values = np.array([pool.lived[change.place, column] for change in line.changes])
        axes.step(when, lived, where="post", color=_LINE, linewidth=1.4, zorder=3)
    traces = line.batch.traces(line.cell, [f"training.{_column(line, column)}"])
    traces = traces.filter(traces["replicate"] == line.replicate).sort("generation")
    axes.plot(
        traces["generation"], traces[f"training.{_column(line, column)}"], color="0.25", linewidth=0.9,
        linestyle=(0, (4, 2)), zorder=2, label="mean of the population",
    )  # fmt: skip
    axes.set_ylabel(label, fontsize=8)
    axes.margins(y=0.12)
    if column == LIVED.fitness and 0.0 < lived.min() < lived.max() / _LOGARITHMIC:
        logarithmic(axes.yaxis)
    if steps.size <= _MANY:
        _mark(axes, line, steps, values, column)
    handles, labels = axes.get_legend_handles_labels()
    if column == LIVED.fitness and labels:
        _legend_above(axes, handles)


def _mark(axes: Any, line: Any, steps: np.ndarray, values: np.ndarray, column: int, share: float = 1.0) -> None:
    """Mark every step by what it does to this number. share: of the usual size."""
    says = np.array([pair[column].says for pair in line.effects])
    for name, mark in _MARKS.items():
        mine = says == name
        if mine.any():
            style = mark | {"markersize": share * mark["markersize"], "markeredgewidth": 0.8 * share}
            count = f"{name} ({mine.sum()})" if column == LIVED.fitness else None
            axes.plot(steps[mine], values[mine], linestyle="none", zorder=4, label=count, **style)


def _draw_effects(axes: Any, line: Any) -> None:
    """The effect of each step on fitness, where there are many."""
    steps = np.array([line.followed.ancestors.generation[change.place] for change in line.changes], float)
    effect = np.array([fitness.mean for fitness, _ in line.effects])
    axes.axhline(0.0, color="0.5", linewidth=0.6, zorder=1)
    _mark(axes, line, steps, effect, LIVED.fitness, 0.45)
    axes.set_ylabel("effect of a\nstep on fitness", fontsize=8)
    _legend_above(axes, axes.get_legend_handles_labels()[0])


def _column(line: Any, column: int) -> str:
    """The trait that a column of LIVED holds."""
    world = line.cell.spec.world
    return str(world.traits[FITNESS].name if column == LIVED.fitness else line.cell.spec.scenario.property.trait)
