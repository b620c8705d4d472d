"""The bar with which a population is played: buttons, speed, and the numbers that it begins from."""

import math
from collections.abc import Callable
from typing import Any

from nicegui import ui

from evo.watch.hands import Act
from evo.watch.session import Session

SPEEDS: dict[float, str] = {
    1.0: "1 generation a second", 5.0: "5 a second", 20.0: "20 a second", 100.0: "100 a second",
    1000.0: "1,000 a second", math.inf: "as fast as it goes",
}  # fmt: skip
_COURSE = 25.0  # seconds that the whole course takes at first, roughly


class Transport:
    """Play, pause, step and begin anew. refresh: shows all other controls as they are set, after a new beginning."""

    def __init__(self, session: Session, act: Act, say: Callable[[str], None], refresh: Callable[[], None]):
        self._session, self._act, self._say, self._refresh = session, act, say, refresh
        pace = session.sandbox.spec.scenario.population.generations / _COURSE
        session.player.rate = min(SPEEDS, key=lambda rate: abs(math.log(rate / max(pace, 1.0))))
        with ui.element("section").classes("evo-card evo-bar").props("aria-label='play'"):
            self._button = ui.button("Play", icon="play_arrow", on_click=self._turn).props("unelevated aria-label=Play")
            ui.button("One generation", icon="skip_next", on_click=self._one).props("flat aria-label='One generation'")
            ui.button("Restart", icon="replay", on_click=self._restart).props("flat aria-label=Restart")
            ui.select(SPEEDS, value=session.player.rate, on_change=lambda event: self._speed(event.value)).classes(
                "evo-speed"
            ).props("dense outlined options-dense behavior=menu aria-label=speed")
            self._replicate = (
                ui.number("replicate", value=0, min=0, max=10**9, step=1, format="%d")
                .props("dense outlined aria-label=replicate")
                .style("width: 96px")
            )
            self._replicate.on("change", self._restart)
            self._seed = (
                ui.number("seed", value=session.sandbox.spec.scenario.batch.seed, min=0, step=1, format="%d")
                .props("dense outlined aria-label=seed")
                .style("width: 96px")
            )
            self._seed.on("change", self._restart)
            ui.element("div").classes("evo-space")
            ui.label("generation 0").classes("evo-counter").props("id=evo-generation")
        ui.keyboard(on_key=self._key)

    def _turn(self) -> None:
        player = self._session.player
        if player.playing:
            player.pause()
        elif self._session.sandbox.steps.ended:
            self._say("This population has ended; restart it, or change something.")
        else:
            player.play()
        self.tell()

    def tell(self) -> None:
        """Let the button say what it would do now."""
        text = "Pause" if self._session.player.playing else "Play"
        if self._button.text != text:
            self._button.set_text(text)
            self._button.props(f"icon={'pause' if text == 'Pause' else 'play_arrow'} aria-label={text}")

    async def _one(self) -> None:
        self._session.player.pause()
        self.tell()
        await self._act(lambda: self._session.sandbox.advance(1))

    async def _restart(self) -> None:
        box, replicate, seed = self._session.sandbox, self._replicate.value, self._seed.value

        def again() -> None:
            if seed is not None and seed != box.spec.scenario.batch.seed:
                box.set({"batch.seed": int(seed) if seed == int(seed) else seed})
            box.restart(replicate)

        await self._act(again)
        self._replicate.set_value(box.steps.replicate)  # where another was asked for in vain
        self._seed.set_value(box.spec.scenario.batch.seed)
        self._refresh()

    async def watch(self, replicate: int) -> None:
        """Watch one of the many, from its founders."""
        self._replicate.set_value(replicate)
        await self._restart()
        self._session.player.play()

    def _speed(self, rate: float) -> None:
        self._session.player.rate = rate

    async def _key(self, event: Any) -> None:
        if not event.action.keydown or event.action.repeat or event.modifiers.ctrl or event.modifiers.meta:
            return
        if event.key == " ":
            self._turn()
        elif event.key == ".":
            await self._one()
