"""igf_variety: how much of training must be shifted, where the proxy can be told from fitness and where it cannot."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evo.batch.results import Batch
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, MARKERS, small_print
from evo.worlds.closed_form import best_of

PARTS, PROXY, VARIETY = "concept_parts", "sweet", "variety"


def lead(knobs: Any) -> float:
    """What the whole concept gains in training over one proxy, in fitness, less its cost: closed form.

    Value taken is the mean of the best of A options times alignment: 1 with the concept, rho by the cue, and
    rho times the shifted validity in the share v that is shifted. A proxy is followed, not turned around.
    """
    rho, v = knobs["sweet"], knobs["variety"]
    proxy = rho * ((1.0 - v) * knobs["validity"] + v * knobs["shifted_validity"])
    return best_of(int(knobs["options"])) * (1.0 - proxy) - knobs["part_cost"] * knobs["concept_parts"]


def _row(batch: Batch, parts: int, proxy: float) -> list[dict]:
    """Summaries of the cells of one concept and one proxy, by variety."""
    found = [s for s in batch.summaries() if s["set"][PARTS] == parts and s["set"][PROXY] == proxy]
    return sorted(found, key=lambda s: s["set"][VARIETY])


def _in_all(batch: Batch, parts: int) -> tuple[int, int]:
    """Populations that realize the property, and all, over the cells of one concept."""
    cells = [s for s in batch.summaries() if s["set"][PARTS] == parts]
    return sum(s["realized"] for s in cells), sum(s["replicates"] for s in cells)


def _least(batch: Batch, parts: int, proxy: float) -> str:
    """The least share of shifted choices at which most populations realize and keep the property."""
    row = _row(batch, parts, proxy)
    enough = next((s for s in row if s["generalizes"] > s["replicates"] / 2), None)
    none = row[0]
    without = f"without any, {none['generalizes']} of {none['replicates']} do"
    if enough is None:
        return f"at correlation {proxy:g} of the proxy at no share ({without})"
    at, k, n = enough["set"][VARIETY], enough["generalizes"], enough["replicates"]
    if at == none["set"][VARIETY]:
        return f"at correlation {proxy:g} of the proxy at all shares, and without any ({k} of {n})"
    return f"at correlation {proxy:g} of the proxy from a share of {at:g} on ({k} of {n}; {without})"


def sentences(batch: Batch) -> list[str]:
    """For each concept, from which share on most keep it, by how well the proxy can be told from fitness."""
    told = []
    for parts in batch.spec.axis(PARTS):
        proxies = "\n".join(f"- {_least(batch, parts, proxy)}" for proxy in batch.spec.axis(PROXY))
        k, n = _in_all(batch, parts)
        told.append(
            f"With a concept of {parts:g} {'locus' if parts == 1 else 'loci'} {k} of {n} populations care about "
            f"fitness itself, over all proxies and shares. Most keep it:\n\n{proxies}"
        )
    return [*told, _leads(batch)]


def _leads(batch: Batch) -> str:
    """What the concept gains where it takes least, by proxy and share of shifted choices."""
    parts = min(batch.spec.axis(PARTS))
    cells = {(c.set[PROXY], c.set[VARIETY]): c for c in batch.cells if c.set[PARTS] == parts}
    shares = batch.spec.axis(VARIETY)[:2]
    gains = "; ".join(
        f"{proxy:g}: " + ", ".join(f"{lead(cells[proxy, share].spec.knobs):+.3f} at {share:g}" for share in shares)
        for proxy in batch.spec.axis(PROXY)
    )
    return (
        "What a concept gains in training over the proxy, in fitness less its cost, is by construction "
        f"(`evo/claims/findings/igf_variety.py: lead`). By correlation of the proxy and share of shifted choices: "
        f"{gains}."
    )


def draw(batch: Batch) -> Figure:
    """The share of populations that care about fitness, against the share of shifted choices, a line each proxy."""
    concepts = batch.spec.axis(PARTS)
    figure = Figure(figsize=(7.2, 3.2), layout="constrained")
    panels = figure.subplots(1, len(concepts), sharey=True, squeeze=False)[0]
    for axes, parts in zip(panels, concepts, strict=True):
        for n, proxy in enumerate(batch.spec.axis(PROXY)):
            row = _row(batch, parts, proxy)
            x = np.arange(len(row)) + 0.06 * (n - 1.5)
            rate, low, high = (np.array([s[name] for s in row]) for name in ("rate", "low", "high"))
            reach = np.maximum([rate - low, high - rate], 0.0)
            axes.errorbar(x, rate, yerr=reach, fmt=MARKERS[n] + "-", color=COLOURS[n], markersize=4, capsize=2,
                          linewidth=1, label=f"{proxy:g}" + (", as fitness itself" if proxy == 1 else ""))  # fmt: skip
        axes.set_xticks(range(len(row)), [f"{s['set'][VARIETY]:g}" for s in row])
        axes.set_xlabel("share of choices that are shifted")
        axes.set_title(f"concept of {parts:g} {'locus' if parts == 1 else 'loci'}")
        axes.set_ylim(-0.03, 1.03)
    panels[0].set_ylabel("share of populations that care about fitness")
    panels[-1].legend(title="correlation of the proxy\nwith fitness in training", fontsize=7, title_fontsize=7,
                      loc="center left", bbox_to_anchor=(1.0, 0.5))  # fmt: skip
    small_print(figure, batch)
    return figure


FINDING = Finding(sentences=sentences, draw=draw)
