"""Pieces of the page that only show: its top, texts, canvases, and what colours stand for."""

from nicegui import ui

from evo import reading
from evo.places import scenario_files
from evo.scenario.spec import Spec
from evo.watch.picture import MOST_ROWS
from evo.wording import short

_SCRIPTS = ("pen", "pictures", "lines", "film", "page")  # each uses those before it


def head() -> None:
    """Style, script and the first colour."""
    ui.add_head_html('<link rel="stylesheet" href="/evo/page.css">')
    for name in _SCRIPTS:
        ui.add_head_html(f'<script src="/evo/{name}.js" defer></script>')
    ui.colors(primary="#0072b2")


def _picker(current: str) -> None:
    """Scenarios by name, each with its claim in words."""
    options = {}
    for name, path in sorted(scenario_files().items()):
        try:
            claim = str(reading.tables(path).get("claim", ""))
        except (OSError, ValueError):
            continue
        options[name] = f"{name}: {claim}"
    value = current if current in options else None
    ui.select(
        options, value=value, label="scenario", on_change=lambda event: ui.navigate.to(f"/?scenario={event.value}")
    ).classes("evo-pick").props("dense outlined options-dense behavior=menu aria-label=scenario")


def top(current: str) -> None:
    """Name, scenarios, and light or dark. current: the scenario that is open, or nothing."""
    with ui.element("header").classes("evo-top"):
        with ui.element("div").classes("evo-name"):
            ui.label("evo watch")
        ui.element("div").classes("evo-space")
        _picker(current)
        dark = ui.dark_mode(None)

        def turn() -> None:
            dark.value = {None: True, True: False, False: None}[dark.value]
            shade.set_text({None: "as the system", True: "dark", False: "light"}[dark.value])

        shade = ui.button("as the system", icon="contrast", on_click=turn).props(
            "flat dense aria-label='light or dark'"
        )


def cannot(why: str) -> None:
    """A page that says why there is nothing to see, and lets another scenario be chosen."""
    with ui.element("main").classes("evo-page"):
        top("")
        with ui.element("section").classes("evo-card"):
            ui.label("This cannot be watched").classes("evo-said")
            ui.label(short(why, 900)).classes("evo-problem").props("role=alert")


def text(tag: str, words: str) -> ui.element:
    """Words in an element of its own."""
    with ui.element(tag) as element:
        ui.label(words)
    return element


def canvas(name: str) -> ui.element:
    """A canvas that the scripts draw on by its name."""
    return ui.element("canvas").classes(f"evo {name}").props(f"id={name} role=img")


def entry(kind: str, hue: str, words: str) -> None:
    """What a colour of page.css stands for. kind: line, dash, or nothing for a patch."""
    with ui.element("span"):
        mark = ui.element("i")
        mark.classes(kind) if kind else None
        mark.style(f"border-color: var(--{hue})" if kind == "dash" else f"background: var(--{hue})")
        ui.label(words).style("display: inline")


def key_of_population(spec: Spec) -> None:
    """What the picture's columns, strips and colours are."""
    layout, size = spec.world.layout(spec.knobs), spec.scenario.population.size
    loci, reals = sum(block.count for block in layout.loci), sum(block.count for block in layout.reals)
    with ui.element("div").classes("evo-key"):
        if loci:
            entry("", "on", f"a locus that is 1 ({loci} loci)")
            entry("", "off", "one that is 0")
        if reals:
            entry("", "orange", f"a real above 0 ({reals} reals)")
            entry("", "blue", "below")
        if not spec.asked:
            entry("", "glow", "right: has the property")
        entry("", "soft", "left: fitness")
    drawn = f"; {MOST_ROWS} of {size:,} are drawn" if size > MOST_ROWS else ""
    ui.label(f"A row is an individual, sorted by genome{drawn}.").classes("evo-note")
