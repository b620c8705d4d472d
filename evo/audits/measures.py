"""What an audit says: stages reached, the Price partition, gradients, realized pressure, and a figure."""

from typing import Any

import numpy as np

from evo.audits.ledger import Course, without_parents
from evo.measure.gradients import regress


class Report:
    """The measures of one audit. `print` it, take `to_dict()`, or `draw()` it."""

    def __init__(self, audit: Any):
        self.audit, courses = audit, audit.ledger.courses()
        self.courses = [one for one in courses if not audit.given_up.issuperset(one.parts)]
        self.given_up = len(courses) - len(self.courses)
        alone = [audit.parentless.issuperset(one.parts) and len(one.sizes) > 1 for one in self.courses]
        self.parentless = any(alone)
        self.courses = [without_parents(one) if swarm else one for swarm, one in zip(alone, self.courses, strict=True)]

    def to_dict(self) -> dict[str, Any]:
        """A JSON object: of the population, and of all of them where several never exchanged parents.

        Price sums are over the whole run; change = selection + transmission + arrival, exactly. Fitness is as the user
        counts it; its intensity is positive where the fitter have more offspring.
        """
        told = [self._population(course) for course in self.courses]
        notes = ({"no_parents": ""} if self.parentless else {}) | self.audit.notes
        if self.given_up:
            notes["given_up"] = (
                f"{self.given_up} populations that the program had put others in place of by its end are left out"
            )
        return told[0] | {"notes": notes} | ({"populations": told} if len(told) > 1 else {})

    def _population(self, course: Course) -> dict[str, Any]:
        properties, objectives = {}, course.mean.shape[1] - len(self.audit.names)
        best = max(self.audit.best[part] for part in course.parts if part in self.audit.best)[1]
        for k, name in enumerate(self.audit.names):
            means, limit = course.mean[:, objectives + k], self.audit.threshold(name)
            properties[name] = {
                "threshold": limit,
                "start": float(means[0]),
                "end": float(means[-1]),
                "best": float(best[k]),
                "arose_at": _first(course.reached[:, k]),
                "established_at": _first(means >= limit),
                "realized": bool(means[-1] >= limit),
                **_price(course, objectives + k),
                "gradient": self._gradient(course, k),
                "intensity": _intensity(course, objectives + k),
            }
        fitness, pull = course.mean[:, 0], _intensity(course, 0)
        return {
            "generations": len(course.sizes) - 1,
            "individuals": int(course.sizes[-1]),
            "fitness": {
                "start": _number(fitness[0]),
                "end": _number(fitness[-1]),
                **_price(course, 0),
                "intensity": None if pull is None else pull * self.audit.signs_of[course.parts[0]][0],
                "deployment": _number(course.deployment[-1]),
            },
            "objectives": [_number(value) for value in course.mean[-1, :objectives]],
            "offspring_variance": _number(_mean(course.variance)),
            "without_known_parents": float(course.unknown.mean()) if course.unknown.size else 0.0,
            "properties": properties,
            "trajectory": {
                "fitness": _numbers(fitness), "deployment": _numbers(course.deployment),
                "properties": {
                    name: _numbers(course.mean[:, objectives + k]) for k, name in enumerate(self.audit.names)
                },
            },
        }  # fmt: skip

    def _gradient(self, course: Course, k: int) -> dict[str, float | None]:
        """The property's own selection gradient, the others held fixed (Lande and Arnold 1983), pooled.

        Over generations in which it varies; the others are the other properties, not fitness.
        """
        count = len(self.audit.names)
        offset = course.mean.shape[1] - count
        order = [offset + k, *(offset + j for j in range(count) if j != k)]
        covariance, spread = course.covariance[:-1], course.variance
        steps = (covariance[:, order[0], order[0]] > 0.0) & np.isfinite(course.selection[:, order]).all(axis=1)
        if not steps.any():
            return {"beta": None, "se": None, "standardized": None}
        pooled = covariance[steps][:, order][:, :, order].mean(axis=0)
        differential = course.selection[steps][:, order].mean(axis=0)
        points = int(course.sizes[:-1][steps].sum())
        beta, se, _ = regress(pooled[None], differential[None], np.array([spread[steps].mean()]), np.array([points]))
        finite = [_number(x) for x in (beta[0, 0], se[0, 0])]
        scaled = None if finite[0] is None else finite[0] * float(np.sqrt(pooled[0, 0]))
        return {"beta": finite[0], "se": finite[1], "standardized": scaled}

    def __str__(self) -> str:
        """A few lines for a person."""
        return "\n\n".join(self._text(self._population(course)) for course in self.courses)

    def _text(self, found: dict[str, Any]) -> str:
        fitness = found["fitness"]
        told = [] if fitness["end"] is None else [f"fitness {_short(fitness['start'])} to {fitness['end']:.4g}"]
        told += [] if fitness["deployment"] is None else [f"{fitness['deployment']:.4g} in deployment"]
        lines = [
            f"{found['generations']} generations, {found['individuals']} individuals at the end"
            + (f"; {', '.join(told)}" if told else "")
            + ("" if fitness["intensity"] is None else f"; selection intensity {fitness['intensity']:.2g} a generation")
        ]
        for name, p in found["properties"].items():
            arose = "never arose" if p["arose_at"] is None else f"arose in generation {p['arose_at']}"
            stage = f"{arose}, not realized"
            if p["realized"]:
                stage = f"realized (established in generation {p['established_at']})"
            text = f"{name}: {stage}; mean {p['start']:.3g} to {p['end']:.3g}, best {p['best']:.3g}"
            if p["selection"] is not None:
                text += (
                    f"; of the change {p['change']:+.3g} selection {p['selection']:+.3g}, transmission "
                    f"{p['transmission']:+.3g}"
                )
                text += f", arrivals {p['arrival']:+.3g}" if found["without_known_parents"] > 0.0 else ""
            g = p["gradient"]
            text += "; did not vary" if g["beta"] is None else f"; gradient {g['beta']:+.3g}"
            lines.append(text + (f" (standard error {g['se']:.2g})" if None not in (g["beta"], g["se"]) else ""))
        if found["without_known_parents"] > 0.0:
            lines.append(f"{found['without_known_parents']:.1%} of individuals came without known parents")
        return "\n".join(lines)

    def draw(self) -> Any:
        """A Figure: means of fitness and properties by generation, and the running Price sums of each property."""
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        from evo.figures.style import COLOURS, STYLE

        course, names = self.courses[0], self.audit.names
        offset = course.mean.shape[1] - len(names)
        with rc_context(STYLE):
            figure = Figure(figsize=(2.9 * (1 + len(names)), 2.9), layout="constrained")
            first, *rest = figure.subplots(1, 1 + len(names))
            at = np.arange(len(course.sizes))
            first.plot(at, course.mean[:, 0], color=COLOURS[0], label="training")
            if np.isfinite(course.deployment).any():
                first.plot(at, course.deployment, color=COLOURS[1], linestyle="--", label="deployment")
                first.legend()
            first.set_title("fitness")
            first.set_ylabel("population mean")
            for k, (axes, name) in enumerate(zip(rest, names, strict=True)):
                t = offset + k
                axes.plot(at, course.mean[:, t], color="k", label="mean")
                axes.axhline(self.audit.threshold(name), color="0.7", linestyle=":", label="threshold")
                for label, colour, style in (("selection", COLOURS[0], "-"), ("transmission", COLOURS[1], "--")):
                    sums = np.cumsum(np.concatenate([[0.0], getattr(course, label)[:, t]]))
                    axes.plot(at, sums, color=colour, linestyle=style, linewidth=1, label=f"{label}, summed")
                axes.set_title(name)
            rest[0].legend(fontsize=7)
            for axes in (first, *rest):
                axes.set_xlabel("generation")
        return figure


@np.errstate(invalid="ignore")  # fitness may be infinite
def _price(course: Course, trait: int) -> dict[str, float | None]:
    """Sums over all steps; a step whose parents are not known leaves those sums unknown."""
    sums = {name: _number(getattr(course, name)[:, trait].sum()) for name in ("selection", "transmission", "arrival")}
    if not course.unknown.size:
        sums = dict.fromkeys(sums, None)
    return {**sums, "change": _number(course.mean[-1, trait] - course.mean[0, trait])}


@np.errstate(over="ignore", invalid="ignore")
def _intensity(course: Course, trait: int) -> float | None:
    """Mean of differential / standard deviation over generations in which the trait varies."""
    variance, pull = course.covariance[:-1, trait, trait], course.selection[:, trait]
    scale = np.maximum(1.0, course.mean[:-1, trait] ** 2)
    steps = np.isfinite(pull) & (variance > 1e-14 * scale)
    return float(np.mean(pull[steps] / np.sqrt(variance[steps]))) if steps.any() else None


def _first(flags: np.ndarray) -> int | None:
    return int(np.argmax(flags)) if flags.any() else None


def _mean(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else float("nan")


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _numbers(values: np.ndarray) -> list[float | None]:
    return [_number(value) for value in values]


def _short(value: float | None) -> str:
    return "?" if value is None else f"{value:.4g}"
