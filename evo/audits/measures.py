"""What an audit says: stages reached, the Price partition, gradients, realized pressure, and a figure."""

from typing import Any

import numpy as np

from evo.measure.gradients import regress


class Report:
    """The measures of one audit. `print` it, take `to_dict()`, or `draw()` it."""

    def __init__(self, audit: Any):
        self.audit = audit

    def to_dict(self) -> dict[str, Any]:
        """A JSON object. Price sums are over the whole run; change = selection + transmission + arrival, exactly."""
        a, steps = self.audit, self.audit.generations
        offset = a.objectives
        properties = {}
        for k, name in enumerate(a.properties):
            means = self._means(offset + k)
            reached = [bool(step.reached[k]) for step in steps] + [
                bool((a.final[:, offset + k] >= a.thresholds[name]).any())
            ]
            properties[name] = {
                "threshold": a.thresholds[name],
                "start": float(means[0]),
                "end": float(means[-1]),
                "arose_at": _first(reached),
                "established_at": _first((means >= a.thresholds[name]).tolist()),
                "realized": bool(means[-1] >= a.thresholds[name]),
                **self._price(offset + k, means),
                "gradient": self._gradient(k),
                "intensity": self._intensity(offset + k),
            }
        fitness = self._means(0)
        return {
            "generations": len(steps),
            "individuals": int(a.final.shape[0]),
            "fitness": {
                "start": float(fitness[0]),
                "end": float(fitness[-1]),
                **self._price(0, fitness),
                "intensity": self._intensity(0),
                "deployment": None if np.isnan(a.final_deployment) else a.final_deployment,
            },
            "offspring_variance": float(np.mean([step.offspring_variance for step in steps])),
            "without_known_parents": float(np.mean([step.orphans for step in steps])),
            "properties": properties,
        }

    def _means(self, trait: int) -> np.ndarray:
        """Population mean of every generation and of the final population."""
        return np.array([step.mean[trait] for step in self.audit.generations] + [self.audit.final[:, trait].mean()])

    def _price(self, trait: int, means: np.ndarray) -> dict[str, float]:
        sums = {
            "selection": sum(float(step.differential[trait]) for step in self.audit.generations),
            "transmission": sum(float(step.transmission[trait]) for step in self.audit.generations),
            "arrival": sum(float(step.arrival[trait]) for step in self.audit.generations),
        }
        return {**sums, "change": float(means[-1] - means[0])}

    def _intensity(self, trait: int) -> float | None:
        """Mean of differential / standard deviation over generations in which the trait varies."""
        found = [
            step.differential[trait] / np.sqrt(step.covariance[trait, trait])
            for step in self.audit.generations
            if step.covariance[trait, trait] > 0.0
        ]
        return float(np.mean(found)) if found else None

    def _gradient(self, k: int) -> dict[str, float | None]:
        """The property's own selection gradient, the others held fixed (Lande and Arnold 1983), pooled.

        Over generations in which it varies; the others are the other properties, not fitness.
        """
        offset, count = self.audit.objectives, len(self.audit.properties)
        order = [offset + k, *(offset + j for j in range(count) if j != k)]
        steps = [step for step in self.audit.generations if step.covariance[order[0], order[0]] > 0.0]
        if not steps:
            return {"beta": None, "se": None, "standardized": None}
        covariance = np.mean([step.covariance[np.ix_(order, order)] for step in steps], axis=0)
        differential = np.mean([step.differential[order] for step in steps], axis=0)
        spread = np.mean([step.offspring_variance for step in steps])
        points = sum(step.size for step in steps)
        beta, se, _ = regress(covariance[None], differential[None], np.array([spread]), np.array([points]))
        finite = [float(x) if np.isfinite(x) else None for x in (beta[0, 0], se[0, 0])]
        scaled = None if finite[0] is None else finite[0] * float(np.sqrt(covariance[0, 0]))
        return {"beta": finite[0], "se": finite[1], "standardized": scaled}

    def __str__(self) -> str:
        """A few lines for a person."""
        found = self.to_dict()
        fitness = found["fitness"]
        lines = [
            f"{found['generations']} generations, {found['individuals']} individuals at the end; "
            f"fitness {fitness['start']:.4g} to {fitness['end']:.4g}"
            + ("" if fitness["deployment"] is None else f", {fitness['deployment']:.4g} in deployment")
            + ("" if fitness["intensity"] is None else f"; selection intensity {fitness['intensity']:.2g} a generation")
        ]
        for name, p in found["properties"].items():
            arose = "never arose" if p["arose_at"] is None else f"arose in generation {p['arose_at']}"
            stage = (
                f"realized (established in generation {p['established_at']})"
                if p["realized"]
                else f"{arose}, not realized"
            )
            g = p["gradient"]
            direct = "did not vary" if g["beta"] is None else f"gradient {g['beta']:+.3g}"
            if g["beta"] is not None and g["se"] is not None:
                direct += f" (standard error {g['se']:.2g})"
            lines.append(
                f"{name}: {stage}; mean {p['start']:.3g} to {p['end']:.3g}, of the change {p['change']:+.3g} "
                f"selection {p['selection']:+.3g}, transmission {p['transmission']:+.3g}"
                + (f", arrivals {p['arrival']:+.3g}" if found["without_known_parents"] > 0.0 else "")
                + f"; {direct}"
            )
        if found["without_known_parents"] > 0.0:
            lines.append(f"{found['without_known_parents']:.1%} of individuals came without known parents")
        return "\n".join(lines)

    def draw(self) -> Any:
        """A Figure: means of fitness and properties by generation, and the running Price sums of each property."""
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        from evo.figures.style import COLOURS, STYLE

        a, steps = self.audit, self.audit.generations
        names, offset = list(a.properties), a.objectives
        with rc_context(STYLE):
            figure = Figure(figsize=(2.9 * (1 + len(names)), 2.9), layout="constrained")
            first, *rest = figure.subplots(1, 1 + len(names))
            at = np.arange(len(steps) + 1)
            first.plot(at, self._means(0), color=COLOURS[0], label="training")
            if a.deployment is not None:
                deployed = [step.deployment for step in steps] + [a.final_deployment]
                first.plot(at, deployed, color=COLOURS[1], linestyle="--", label="deployment")
                first.legend()
            first.set_title("fitness")
            first.set_ylabel("population mean")
            for k, (axes, name) in enumerate(zip(rest, names, strict=True)):
                t = offset + k
                axes.plot(at, self._means(t), color="k", label="mean")
                axes.axhline(a.thresholds[name], color="0.7", linestyle=":", label="threshold")
                for label, colour, style in (("selection", COLOURS[0], "-"), ("transmission", COLOURS[1], "--")):
                    source = "differential" if label == "selection" else label
                    sums = np.cumsum([0.0, *(getattr(step, source)[t] for step in steps)])
                    axes.plot(at, sums, color=colour, linestyle=style, linewidth=1, label=f"{label}, summed")
                axes.set_title(name)
            rest[0].legend(fontsize=7)
            for axes in (first, *rest):
                axes.set_xlabel("generation")
        return figure


def _first(flags: list[bool]) -> int | None:
    return flags.index(True) if any(flags) else None
