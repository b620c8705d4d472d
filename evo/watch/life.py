"""The card in which a life is shown in both environments, in worlds that draw films."""

from collections.abc import Callable

from nicegui import run, ui

from evo.errors import ScenarioError
from evo.watch import layout
from evo.watch.session import FILMED, Session


class Life:
    """A life of an agent that can be chosen, and its film as a file."""

    def __init__(self, session: Session, say: Callable[[str], None]):
        self._session, self._say = session, say
        most = session.sandbox.spec.scenario.population.size - 1
        with ui.element("section").classes("evo-card evo-world"):
            with ui.element("div").classes("evo-row"):
                layout.text("h2", "A life, in training and in deployment")
                ui.element("div").classes("evo-space")
                self._who = ui.select(list(FILMED), value=FILMED[0], on_change=self._film)
                self._who.props("dense outlined options-dense behavior=menu aria-label='whose life'")
                self._number = ui.number("or agent", min=0, max=most, step=1, format="%d", on_change=self._film)
                self._number.props("dense outlined aria-label=agent").style("width: 96px")
                ui.button("Save as a GIF", icon="movie", on_click=self._save_film).props("flat dense")
            layout.canvas("evo-film")
            ui.element("div").classes("evo-key").props("id=evo-film-key")

    def _film(self) -> None:
        self._session.film(self._who.value if self._number.value is None else int(self._number.value))

    async def _save_film(self) -> None:
        """Not between two generations: drawing takes a while, and needs only what was copied before."""
        try:
            found = await run.io_bound(self._session.saved_film)
        except ScenarioError as error:
            self._say(str(error))
        else:
            if found is not None:
                ui.download.content(found[1], found[0], "image/gif")
