"""The page, with NiceGUI: what is shown of a session, and what is done to it. What people type is never markup."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from nicegui import Client, background_tasks, run, ui

from evo.errors import EvolutionError, ScenarioError, WorldError
from evo.places import scenario_files
from evo.scenario.library import load
from evo.scenario.spec import Spec
from evo.watch import cards, layout
from evo.watch.crowd import Crowd
from evo.watch.guard import Guard
from evo.watch.hands import Hands
from evo.watch.life import Life
from evo.watch.session import Session
from evo.watch.transport import Transport
from evo.wording import short

STATIC = Path(__file__).with_name("static")
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
        self._resumes, self._again = False, True
        self._drawing: asyncio.Task[None] | None = None
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
            cards.claim(spec)
            self.transport = Transport(self.session, self.act, self._say, lambda: self.hands.refresh())
            self.problem = ui.label("").classes("evo-problem").props("role=alert")
            self.problem.set_visibility(False)
            with ui.element("div").classes("evo-main"):
                with ui.element("div"):
                    if spec.world.film is not None:
                        Life(self.session, self._say)
                    cards.population(spec)
                    self.hands = Hands(self.session, self.act)
                with ui.element("div").classes("evo-side"):
                    cards.measures(spec, self.session.sandbox.deploys)
                    self.crowd = Crowd(self.session, self.act, self.transport.watch)
                    self.hands.log()
        ui.timer(_TICK, self._tick)
        ui.timer(0.25, self._tick_slowly)

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

    # --- looking

    async def _tick(self) -> None:
        again, self._again = self._again, False
        sent = await run.io_bound(lambda: self.session.look(again))
        if self._drawing is not None:  # the browser draws one picture while the next is taken
            await self._drawing
        if sent is not None:
            if sent["failure"]:
                self._say(f"generation {sent['generation']}: {sent['failure']}")
            self._drawing = background_tasks.create(self._run(f"evo.show({json.dumps(sent)})"))

    async def _tick_slowly(self) -> None:
        player = self.session.player
        if player.problem:
            self._say(player.problem)
        self.transport.tell()
        if (seats := self.crowd.look()) is not None:
            await self._run(seats)

    async def _run(self, code: str) -> None:
        try:
            await self.client.run_javascript(f"return typeof evo === 'undefined' ? false : {code}", timeout=_PATIENCE)
        except TimeoutError:  # it is busy, or gone; the next picture will do
            self._again = True
