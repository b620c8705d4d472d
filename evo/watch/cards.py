"""Cards of the page that only show: what is claimed, the population as it is now, and how far it is."""

from nicegui import ui

from evo.scenario.spec import Spec
from evo.watch import layout


def claim(spec: Spec) -> None:
    """What the scenario claims, and which property it asks for."""
    prop = spec.scenario.property
    told = spec.world.told(prop.trait)
    with ui.element("div"):
        layout.text("h1", spec.scenario.claim).classes("evo-claim")
        ui.label(
            f"Asked for: {prop.trait} ({told.unit}), {told.meaning}. Realized where its mean is {prop.threshold:g} or "
            "more at the end. Selection sees fitness alone."
        ).classes("evo-sub")


def population(spec: Spec) -> None:
    """The population as a picture, and its genotypes as bands over time."""
    with ui.element("section").classes("evo-card evo-world"):
        layout.text("h2", "The population now")
        layout.canvas("evo-population")
        layout.key_of_population(spec)
        if sum(block.count for block in spec.world.layout(spec.knobs).loci):
            layout.text("h2", "Genotypes over time")
            layout.canvas("evo-muller")
            ui.label(
                "A band is a genotype, as high as its share of the population; those below 1 % are left blank."
            ).classes("evo-note")


def measures(spec: Spec, deploys: bool) -> None:
    """The stages of the funnel as lamps, the means over time, and what moves them."""
    prop = spec.scenario.property
    with ui.element("section").classes("evo-card evo-told"):
        layout.text("h2", "How far it is")
        ui.element("div").classes("evo-lamps").props("id=evo-lamps aria-live=off")
    with ui.element("section").classes("evo-card evo-told"):
        layout.text("h2", "Means over time")
        canvas = layout.canvas("evo-measures")
        canvas.props["data-property"] = f"{prop.trait} ({spec.world.told(prop.trait).unit})"
        with ui.element("div").classes("evo-key"):
            layout.entry("line", "blue", "training")
            if deploys:
                layout.entry("dash", "orange", "deployment")
            layout.entry("dash", "glow", "threshold")
        if spec.asked:
            ui.label("A probe: known at recorded generations.").classes("evo-note")
    with ui.element("section").classes("evo-card evo-told"):
        trait = "fitness" if spec.asked else prop.trait
        layout.text("h2", f"What moves the mean of {trait}, per generation")
        layout.canvas("evo-price")
        ui.label("Terms of the Price equation, since the last picture; they add up to the change.").classes("evo-note")
