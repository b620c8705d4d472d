"""The page, with NiceGUI: what is shown of a session, and what is done to it. What people type is never markup."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from nicegui import Client, run, ui

from evo.errors import EvolutionError, ScenarioError, WorldError
from evo.places import scenario_files
from evo.scenario.library import load
from evo.scenario.spec import Spec
from evo.watch import layout
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
        layout.head()
        try:
            session = await run.io_bound(lambda: begin(scenario))
        except (ScenarioError, WorldError, EvolutionError) as error:
            layout.cannot(str(error))
        else:
            if session is not None:  # None where the server ends
                Page(session, client).build()

    ui.run_with(
        app, title="evo watch", dark=None, reconnect_timeout=3.0, message_history_length=_KEPT,
        show_welcome_message=False, tailwind=False,
    )  # fmt: skip
    return Guard(app, token, port)


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
            layout.top(spec.scenario.name)
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
            layout.text("h1", spec.scenario.claim).classes("evo-claim")
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
                    layout.text("h2", "A life, in training and in deployment")
                    ui.element("div").classes("evo-space")
                    self.who = ui.select(list(FILMED), value=FILMED[0], on_change=self._film)
                    self.who.props("dense outlined options-dense behavior=menu aria-label='whose life'")
                    most = spec.scenario.population.size - 1
                    self.number = ui.number("or agent", min=0, max=most, step=1, format="%d", on_change=self._film)
                    self.number.props("dense outlined aria-label=agent").style("width: 96px")
                    ui.button("Save as a GIF", icon="movie", on_click=self._save_film).props("flat dense")
                layout.canvas("evo-film")
                ui.element("div").classes("evo-key").props("id=evo-film-key")
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

    def _measures(self, spec: Spec) -> None:
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
                if self.session.sandbox.deploys:
                    layout.entry("dash", "orange", "deployment")
                layout.entry("dash", "glow", "threshold")
            if spec.asked:
                ui.label("A probe: known at recorded generations.").classes("evo-note")
        with ui.element("section").classes("evo-card evo-told"):
            trait = "fitness" if spec.asked else prop.trait
            layout.text("h2", f"What moves the mean of {trait}, per generation")
            layout.canvas("evo-price")
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
        self._tell_turn()

    def _tell_turn(self) -> None:
        """Let the button say what it would do now."""
        text = "Pause" if self.session.player.playing else "Play"
        if self.button.text != text:
            self.button.set_text(text)
            self.button.props(f"icon={'pause' if text == 'Pause' else 'play_arrow'} aria-label={text}")

    async def _one(self) -> None:
        self.session.player.pause()
        self._tell_turn()
        await self.act(lambda: self.session.sandbox.advance(1))

    async def _restart(self) -> None:
        box, replicate, seed = self.session.sandbox, self.replicate.value, self.seed.value

        def again() -> None:
            if seed is not None and seed != box.spec.scenario.batch.seed:
                box.set({"batch.seed": int(seed) if seed == int(seed) else seed})
            box.restart(replicate)

        await self.act(again)
        self.replicate.set_value(box.steps.replicate)  # where another was asked for in vain
        self.seed.set_value(box.spec.scenario.batch.seed)
        self.hands.refresh()

    async def _watch(self, replicate: int) -> None:
        """Watch one of the many, from its founders."""
        self.replicate.set_value(replicate)
        await self._restart()
        self.session.player.play()

    def _speed(self, rate: float) -> None:
        self.session.player.rate = rate

    def _film(self) -> None:
        self.session.film(self.who.value if self.number.value is None else int(self.number.value))

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
            if sent["failure"]:
                self._say(f"generation {sent['generation']}: {sent['failure']}")
            await self._run(f"evo.show({json.dumps(sent)})")

    async def _tick_slowly(self) -> None:
        player = self.session.player
        if player.problem:
            self._say(player.problem)
        self._tell_turn()
        if (seats := self.crowd.look()) is not None:
            await self._run(seats)

    async def _run(self, code: str) -> None:
        try:
            await self.client.run_javascript(f"return typeof evo === 'undefined' ? false : {code}", timeout=_PATIENCE)
        except TimeoutError:  # it is busy, or gone; the next picture will do
            self._again = True
