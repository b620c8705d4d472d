"""`evo show`: a scenario's claim, source, knobs, property and theory."""

from typing import Any

from evo.measure.realization import NO_CARRIER
from evo.terminal.console import console, table, titled
from evo.wording import knobs_text, short_name, value_text


def show_scenario(spec: Any) -> None:
    """Print claim, source, knobs, property and theory."""
    s, out = spec.scenario, console()
    out.print(titled(s.name, f": {s.claim}"))
    if s.source:
        out.print(f"source: {s.source}")
    out.print(f"world: {spec.world.name}, {spec.world.summary}\n")
    knobs = table("knob", "value", "deployment", "allowed", "unit", "meaning")
    for knob in spec.world.knobs:
        shifted = spec.deployment[knob.name]
        knobs.add_row(
            knob.name,
            f"{spec.knobs[knob.name]:g}",
            f"{shifted:g}" if shifted != spec.changed[knob.name] else "",
            f"{knob.low:g} to {knob.high:g}",
            knob.unit,
            knob.meaning,
        )
    out.print(knobs)
    if s.change:
        out.print(f"change of training from generation {s.change.at} on: {knobs_text(s.change.knobs)}")
    for name in ("population", "selection", "variation", "optimizer", "batch"):
        if fields := getattr(s, name):
            values = ", ".join(f"{k} {value_text(v)}" for k, v in fields.model_dump().items() if v not in (None, []))
            out.print(f"{name}: {values}")
    for kind, chosen in (s.tuning.chosen if s.tuning else {}).items():
        out.print(f"tuned, {kind}: {knobs_text({short_name(key): value for key, value in chosen.items()})}")
    if spec.world.probes:
        probes = table("probe", "unit", "meaning")
        for probe in spec.world.probes:
            probes.add_row(probe.name, probe.unit, probe.meaning)
        out.print(probes)
    trait = spec.world.told(s.property.trait)
    out.print(f"property: {trait.name} ({trait.meaning}, {trait.unit}), realized at {s.property.threshold:g} or more")
    if spec.asked:
        out.print("it is a probe: when it arose and was established is known at recorded generations only")
    if spec.world.carrier is None:
        out.print(f"carrier: {NO_CARRIER}")
    for arm, changes in spec.arms.items():
        out.print(f"arm {arm}, of environment: training with {knobs_text(changes)}")
    for key, values in s.sweep.items():
        out.print(f"sweep: {key} over {values}")
    if spec.theory is not None:
        out.print(f"theory: {spec.theory.regime}" + ("" if spec.theory.holds else " (outside its regime)"))
        for name, value in spec.theory.rates.items():
            out.print(f"  {name}: {value:.4g}")
        if spec.theory.realized is not None:
            out.print(f"  realized by the last generation: {spec.theory.realized:.4g}")
