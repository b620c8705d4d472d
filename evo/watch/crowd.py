"""The page's many at once: a grid of populations, the rate with its interval, and a prediction made first."""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from nicegui import ui

from evo.watch.hands import Act
from evo.watch.many import COUNTS, judged
from evo.watch.session import Session

_KEY = (
    ("\u25cb", "evolves"), ("\u25d4", "arose"), ("\u25d1", "was established"), ("\u25cf", "has it now"),
    ("\u2605", "in deployment too"), ("\u00d7", "failed"),
)  # fmt: skip


class Crowd:
    """The same scenario with other luck, many times over."""

    def __init__(self, session: Session, act: Act, watch: Callable[[int], Awaitable[None]]):
        self._session, self._act, self._watch = session, act, watch
        self._guess: float | None = None
        self._last = ""
        with ui.element("section").classes("evo-card evo-crowd"):
            with ui.element("h2"):
                ui.label("Many at once")
            ui.label("The same again, with other luck: did it work once, or does it work?").classes("evo-note")
            with ui.element("div").classes("evo-row"):
                self._count = ui.toggle(list(COUNTS), value=COUNTS[0]).props("unelevated dense padding='4px 12px'")
                self._start = ui.button("Evolve them", icon="grid_view", on_click=self._begin)
                self._start.props("unelevated aria-label='Evolve them'")
                self._stop = ui.button("Stop", on_click=self._end).props("flat")
            self._first = ui.switch("predict first", on_change=self._predicts)
            with ui.element("div").style("width: 100%") as self._asked:
                self._says = ui.label("")
                self._slider = ui.slider(min=0, max=100, step=1, value=50, on_change=self._said).props(
                    "aria-label='predicted share, per cent'"
                )
                for key, end in (("home", 0), ("end", 100)):
                    self._slider.on(f"keydown.{key}", partial(self._slider.set_value, end))
            self._asked.set_visibility(False)
            ui.element("div").classes("evo-said").props("id=evo-said aria-live=polite")
            ui.element("div").classes("evo-rate").props("id=evo-rate")
            ui.element("div").classes("evo-grid").props("id=evo-grid role=group aria-label='populations'")
            with ui.element("div").classes("evo-key"):
                for sign, words in _KEY:
                    if session.sandbox.deploys or sign != "\u2605":
                        ui.label(f"{sign} {words}")
            self._verdict = ui.label("").props("aria-live=polite")
            ui.label("Click one to watch it from its founders.").classes("evo-note")
        ui.on("evo_seat", self._picked)

    def _predicts(self) -> None:
        on = bool(self._first.value)
        self._asked.set_visibility(on)
        self._guess = None
        self._says.set_text("Move the slider: in what share of the populations will it be realized?")
        self._start.set_enabled(not on)

    def _said(self) -> None:
        self._guess = self._slider.value / 100.0
        self._says.set_text(f"I say: {self._guess:.0%} of the populations will realize it.")
        self._start.set_enabled(True)

    async def _begin(self) -> None:
        self._verdict.set_text("")
        await self._act(lambda: self._session.begin_many(int(self._count.value)))

    async def _end(self) -> None:
        self._session.end_many()

    async def _picked(self, event: Any) -> None:
        many, seat = self._session.many, event.args
        if isinstance(seat, int) and many is not None and 0 <= seat < many.count:
            await self._watch(seat)

    def look(self) -> str | None:
        """What the browser is to draw of them; None where nothing is new."""
        sent = self._session.look_at_many()
        if sent is None:
            return None
        told = json.dumps(sent)
        if told == self._last:
            return None
        self._last = told
        many = self._session.many
        if sent["over"] and many is not None and self._guess is not None:
            self._verdict.set_text(judged(self._guess, many))
        return f"evo.seats({told}, {json.dumps(self._guess)})"
