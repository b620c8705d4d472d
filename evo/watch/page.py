"""The page, with NiceGUI: what is shown of a session, and what is done to it. What people type is never markup."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from nicegui import Client, run, ui

from evo import reading
from evo.errors import EvolutionError, ScenarioError, WorldError
from evo.places import scenario_files
from evo.scenario.library import load
from evo.scenario.spec import Spec
from evo.watch.crowd import Crowd
from evo.watch.guard import Guard
from evo.watch.hands import Hands
from evo.watch.session import FILMED, Session
from evo.wording import short

STATIC = Path(__file__).with_name("static")
SPEEDS: dict[float, str] = {
    1.0: "1 generation a second", 5.0: "5 a second", 20.0: "20 a second", 100.0: "100 a second",
    1000.0: "1,000 a second", math.inf: "as fast as it goes",
}  # fmt: skip
_COURSE = 25.0  # seconds that the whole course takes at first, roughly
_TICK = 1 / 30  # seconds between two looks
_PATIENCE = 5.0  # seconds that a browser may take for a picture
_COMPILING = 120.0  # and seconds that a world may take to be compiled
_KEPT = 60  # messages, for a browser that was out of reach for a moment; pictures are large


def application(spec: Spec, token: str, port: int) -> Guard:
    """The whole application behind its guard, which opens with this scenario."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/evo", StaticFiles(directory=STATIC))

    def begin(scenario: str) -> Session:
        return Session(load(scenario) if scenario in scenario_files() else spec)

    @ui.page("/", title="evo watch", response_timeout=_COMPILING)
    async def index(client: Client, scenario: str = "") -> None:
        _head()
        try:
            session = await run.io_bound(lambda: begin(scenario))
        except (ScenarioError, WorldError, EvolutionError) as error:
            _cannot(str(error))
        else:
            if session is not None:  # None where the server ends
                Page(session, client).build()

    ui.run_with(
        app, title="evo watch", dark=None, reconnect_timeout=3.0, message_history_length=_KEPT,
        show_welcome_message=False, tailwind=False,
    )  # fmt: skip
    return Guard(app, token, port)


def _head() -> None:
    ui.add_head_html('<link rel="stylesheet" href="/evo/page.css">')
    ui.add_head_html('<script src="/evo/page.js" defer></script>')
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


def _top(current: str) -> None:
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


def _cannot(why: str) -> None:
    """A page that says why there is nothing to see, and lets another scenario be chosen."""
    with ui.element("main").classes("evo-page"):
        _top("")
        with ui.element("section").classes("evo-card"):
            ui.label("This cannot be watched").classes("evo-said")
            ui.label(short(why, 900)).classes("evo-problem").props("role=alert")


class Page:
    """One tab: a session of its own, which ends with it."""

    def __init__(self, session: Session, client: Client):
        self.session, self.client = session, client
        pace = session.sandbox.spec.scenario.population.generations / _COURSE
        self.session.player.rate = min(SPEEDS, key=lambda rate: abs(math.log(rate / max(pace, 1.0))))
        self._resumes, self._again = False, True
        client.on_disconnect(self._leave)
        client.on_connect(self._return)
        client.on_delete(self.session.close)

    # --- the tab is closed, or out of reach for a moment

    def _leave(self) -> None:
        session = self.session
        self._resumes = session.player.playing
        session.player.pause()
        if session.crowd:
            session.crowd.pause()

    def _return(self) -> None:
        self._again = True
        if self._resumes:
            self.session.player.play()
        if self.session.crowd and self.session.many and not self.session.many.ended:
            self.session.crowd.play()

    # --- what there is to see

    def build(self) -> None:
        """Put everything on the page."""
        spec = self.session.sandbox.spec
        with ui.element("main").classes("evo-page"):
            _top(spec.scenario.name)
            self._claim(spec)
            self._transport()
            with ui.element("div").classes("evo-main"):
                with ui.element("div"):
                    self._world(spec)
                    self.hands = Hands(self.session, self.act)
                with ui.element("div").classes("evo-side"):
                    self._measures(spec)
                    self.crowd = Crowd(self.session, self.act, self._watch)
                    self.hands.log()
        ui.timer(_TICK, self._tick)
        ui.timer(0.25, self._tick_slowly)
        ui.keyboard(on_key=self._key)

    def _claim(self, spec: Spec) -> None:
        prop = spec.scenario.property
        told = spec.world.told(prop.trait)
        with ui.element("div"):
            _text("h1", spec.scenario.claim).classes("evo-claim")
            ui.label(
                f"Selected for: {prop.trait} ({told.unit}), {told.meaning}. Realized where its mean is "
                f"{prop.threshold:g} or more at the end."
            ).classes("evo-sub")

    def _transport(self) -> None:
        with ui.element("section").classes("evo-card evo-bar").props("aria-label='play'"):
            self.button = ui.button("Play", icon="play_arrow", on_click=self._turn).props("unelevated aria-label=Play")
            ui.button("One generation", icon="skip_next", on_click=self._one).props("flat aria-label='One generation'")
            ui.button("Restart", icon="replay", on_click=self._restart).props("flat aria-label=Restart")
            ui.select(SPEEDS, value=self.session.player.rate, on_change=lambda event: self._speed(event.value)).classes(
                "evo-speed"
            ).props("dense outlined options-dense behavior=menu aria-label=speed")
            self.replicate = (
                ui.number("replicate", value=0, min=0, max=10**9, step=1, format="%d")
                .props("dense outlined aria-label=replicate")
                .style("width: 96px")
            )
            self.replicate.on("change", self._restart)
            self.seed = (
                ui.number("seed", value=self.session.sandbox.spec.scenario.batch.seed, min=0, step=1, format="%d")
                .props("dense outlined aria-label=seed")
                .style("width: 96px")
            )
            self.seed.on("change", self._restart)
            ui.element("div").classes("evo-space")
            ui.label("generation 0").classes("evo-counter").props("id=evo-generation")
        self.problem = ui.label("").classes("evo-problem").props("role=alert")
        self.problem.set_visibility(False)

    def _world(self, spec: Spec) -> None:
        if spec.world.film is not None:
            with ui.element("section").classes("evo-card evo-world"):
                with ui.element("div").classes("evo-row"):
                    _text("h2", "A life, in training and in deployment")
                    ui.element("div").classes("evo-space")
                    ui.select(list(FILMED), value=FILMED[0], on_change=lambda event: self._film(event.value)).props(
                        "dense outlined options-dense behavior=menu aria-label='whose life'"
                    )
                    ui.button("Save as a GIF", icon="movie", on_click=self._save_film).props("flat dense")
                _canvas("evo-film")
                ui.element("div").classes("evo-key").props("id=evo-film-key")
        with ui.element("section").classes("evo-card evo-world"):
            _text("h2", "The population now")
            _canvas("evo-population")
            _key_of_population(spec)
            if sum(block.count for block in spec.world.layout(spec.knobs).loci):
                _text("h2", "Genotypes over time")
                _canvas("evo-muller")
                ui.label(
                    "A band is a genotype, as high as its share of the population; those below 1 % are left blank."
                ).classes("evo-note")

    def _measures(self, spec: Spec) -> None:
        prop = spec.scenario.property
        with ui.element("section").classes("evo-card evo-told"):
            _text("h2", "How far it is")
            ui.element("div").classes("evo-lamps").props("id=evo-lamps aria-live=off")
        with ui.element("section").classes("evo-card evo-told"):
            _text("h2", "Means over time")
            canvas = _canvas("evo-measures")
            canvas.props["data-property"] = f"{prop.trait} ({spec.world.told(prop.trait).unit})"
            with ui.element("div").classes("evo-key"):
                _entry("line", "blue", "training")
                if self.session.sandbox.deploys:
                    _entry("dash", "orange", "deployment")
                _entry("dash", "glow", "threshold")
            if spec.asked:
                ui.label("A probe: known at recorded generations.").classes("evo-note")
        with ui.element("section").classes("evo-card evo-told"):
            trait = "fitness" if spec.asked else prop.trait
            _text("h2", f"What moves the mean of {trait}, per generation")
            _canvas("evo-price")
            ui.label("Terms of the Price equation, since the last picture; they add up to the change.").classes(
                "evo-note"
            )

    # --- what is done

    async def act(self, does: Callable[[], Any]) -> Any:
        """Do something to the session between two generations; None where it cannot be done, which is said."""

        def locked() -> Any:
            with self.session.sandbox.turns.asked():
                return does()

        try:
            done = await run.io_bound(locked)
        except (ScenarioError, EvolutionError) as error:
            self._say(str(error))
            return None
        self._say("")
        return True if done is None else done

    def _say(self, problem: str) -> None:
        self.problem.set_text(short(problem, 900))
        self.problem.set_visibility(bool(problem))

    def _turn(self) -> None:
        player = self.session.player
        if player.playing:
            player.pause()
        elif self.session.sandbox.steps.ended:
            self._say("This population has ended; restart it, or change something.")
        else:
            player.play()

    async def _one(self) -> None:
        self.session.player.pause()
        await self.act(lambda: self.session.sandbox.advance(1))

    async def _restart(self) -> None:
        box = self.session.sandbox
        replicate, seed = int(self.replicate.value or 0), int(self.seed.value or 0)

        def again() -> None:
            if seed != box.spec.scenario.batch.seed:
                box.set({"batch.seed": seed})
            box.restart(replicate)

        await self.act(again)
        self.hands.refresh()

    async def _watch(self, replicate: int) -> None:
        """Watch one of the many, from its founders."""
        self.replicate.set_value(replicate)
        await self._restart()
        self.session.player.play()

    def _speed(self, rate: float) -> None:
        self.session.player.rate = rate

    def _film(self, which: str) -> None:
        self.session.filmed = which

    async def _save_film(self) -> None:
        """Not between two generations: drawing takes a while, and needs only what was copied before."""
        try:
            found = await run.io_bound(self.session.saved_film)
        except ScenarioError as error:
            self._say(str(error))
        else:
            if found is not None:
                ui.download.content(found[1], found[0], "image/gif")

    async def _key(self, event: Any) -> None:
        if not event.action.keydown or event.action.repeat or event.modifiers.ctrl or event.modifiers.meta:
            return
        if event.key == " ":
            self._turn()
        elif event.key == ".":
            await self._one()

    # --- looking

    async def _tick(self) -> None:
        again, self._again = self._again, False
        sent = await run.io_bound(lambda: self.session.look(again))
        if sent is not None:
            await self._run(f"evo.show({json.dumps(sent)})")

    async def _tick_slowly(self) -> None:
        player = self.session.player
        if player.problem:
            self._say(player.problem)
        text = "Pause" if player.playing else "Play"
        if self.button.text != text:
            self.button.set_text(text)
            self.button.props(f"icon={'pause' if player.playing else 'play_arrow'} aria-label={text}")
        if (seats := self.crowd.look()) is not None:
            await self._run(seats)

    async def _run(self, code: str) -> None:
        try:
            await self.client.run_javascript(f"return typeof evo === 'undefined' ? false : {code}", timeout=_PATIENCE)
        except TimeoutError:  # it is busy, or gone; the next picture will do
            self._again = True


def _text(tag: str, words: str) -> ui.element:
    with ui.element(tag) as element:
        ui.label(words).props("class=evo-plain")
    return element


def _canvas(name: str) -> ui.element:
    return ui.element("canvas").classes(f"evo {name}").props(f"id={name} role=img")


def _entry(kind: str, hue: str, words: str) -> None:
    with ui.element("span"):
        mark = ui.element("i")
        mark.classes(kind) if kind else None
        mark.style(f"border-color: var(--{hue})" if kind == "dash" else f"background: var(--{hue})")
        ui.label(words).style("display: inline")


def _key_of_population(spec: Spec) -> None:
    """What the picture's columns, strips and colours are."""
    layout, size = spec.world.layout(spec.knobs), spec.scenario.population.size
    loci, reals = sum(block.count for block in layout.loci), sum(block.count for block in layout.reals)
    with ui.element("div").classes("evo-key"):
        if loci:
            _entry("", "on", f"a locus that is 1 ({loci} loci)")
            _entry("", "off", "one that is 0")
        if reals:
            _entry("", "orange", f"a real above 0 ({reals} reals)")
            _entry("", "blue", "below")
        if not spec.asked:
            _entry("", "glow", "right: has the property")
        _entry("", "soft", "left: fitness")
    ui.label(f"A row is an individual, sorted by genome{'; a sample of them' if size > 360 else ''}.").classes(
        "evo-note"
    )
