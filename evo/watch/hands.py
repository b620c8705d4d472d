"""The page's controls: what can be done to a population, and every knob and field that can be turned."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from nicegui import ui

from evo.watch.controls import GROUPS, Control
from evo.watch.saved import Hand
from evo.watch.session import Session
from evo.wording import short

Act = Callable[[Callable[[], Any]], Awaitable[Any]]
_LINES = 200  # of the log that are shown, at most
_REBUILD = ("selection.scheme", "property.trait", "variation.parents", "variation.crossover", "population.size")


@dataclass
class _Group:
    """Controls that belong together: where they are, whether they were ever seen, and how to turn each."""

    place: ui.element
    shown: bool
    controls: list[Control] = field(default_factory=list)
    turns: list[Callable[[Any], None]] = field(default_factory=list)


def _shows(control: Control, other: Control) -> bool:
    """Whether a control can show what another says: all is alike but for the value, which its slider has room for."""
    alike = replace(other, value=control.value, top=control.top, decades=control.decades) == control
    return alike and (bool(other.options) or control.low <= other.value <= control.top)


def _plain(value: float) -> float:
    """A number as it is shown: 1, not 1.0."""
    return int(value) if value == int(value) else value


class Hands:
    """Buttons, sliders, choices, the log, and the scenario that they make."""

    def __init__(self, session: Session, act: Act):
        self._session, self._act = session, act
        self._told_of: list[Hand] | None = None  # the log that is shown, how much of it, and the word after it
        self._told = 0
        self._note: ui.label | None = None
        with ui.element("section").classes("evo-card evo-hands"):
            with ui.element("div").classes("evo-row"):
                with ui.element("h2"):
                    ui.label("Hands on it")
                ui.element("div").classes("evo-space")
                ui.button("As the scenario says", icon="restore", on_click=self._resets).props("flat dense")
            self._actions()
            self._groups: dict[str, _Group] = {}
            for k, name in enumerate(GROUPS):
                opens = partial(self._opens, name)
                with (
                    ui.expansion(name, value=k == 0, on_value_change=opens)
                    .props("dense dense-toggle")
                    .style("width: 100%")
                ):
                    self._groups[name] = _Group(ui.element("div").classes("evo-controls"), shown=k == 0)

    def _opens(self, name: str, event: Any) -> None:
        """Controls are there from when they are first seen on: a page of few things answers sooner."""
        if event.value and not self._groups[name].shown:
            self._groups[name].shown = True
            self.refresh()

    def log(self) -> None:
        """A card of what was done, and the scenario that it makes."""
        with ui.element("section").classes("evo-card evo-done"):
            with ui.element("div").classes("evo-row"):
                with ui.element("h2"):
                    ui.label("Done by hand")
                ui.element("div").classes("evo-space")
                ui.button("Save as a scenario", icon="download", on_click=self._save).props(
                    "flat dense aria-label='Save as a scenario'"
                )
            self._log = (
                ui.element("div").classes("evo-log").props("id=evo-log role=log tabindex=0 aria-label='done by hand'")
            )
        self.refresh()

    # --- actions

    def _actions(self) -> None:
        box = self._session.sandbox
        with ui.element("div").classes("evo-row"):
            self._shift = ui.button("Shift the environment now", icon="swap_horiz", on_click=self._shifts)
            insert = ui.button("Insert a carrier now", icon="add_circle_outline", on_click=self._inserts)
            insert.set_enabled(box.inserts)
            for button in (self._shift, insert):
                button.props(f'outline aria-label="{button.text}"')
            self._blind = ui.switch("stop selection for the property", on_change=self._blinds)
            self._blind.set_enabled(box.blinds)

    async def _shifts(self) -> None:
        if await self._act(self._session.sandbox.shift) is not None:
            self.refresh()

    async def _inserts(self) -> None:
        await self._act(self._session.sandbox.insert)
        self.tell()

    async def _blinds(self) -> None:
        on = bool(self._blind.value)
        if on == (self._session.sandbox.spec.arm == "blind"):
            return
        if await self._act(lambda: self._session.sandbox.blind(on)) is None:
            self._blind.set_value(not on)
        self.tell()

    async def _resets(self) -> None:
        await self._act(self._session.sandbox.reset)
        self.refresh()

    async def _save(self) -> None:
        found = await self._act(self._session.sandbox.saved)
        if found is None:
            return
        text, missing = found
        ui.download.content(text, f"{self._session.sandbox.spec.scenario.name}_by_hand.toml", "application/toml")
        if missing:
            ui.notify("A scenario cannot say all that was done; the file tells what is missing.", position="bottom")

    # --- controls

    def refresh(self) -> None:
        """Show everything as it is set now: what is there is set; only controls that are others are made anew."""
        spec = self._session.sandbox.spec
        for name, group in self._groups.items():
            if not group.shown:
                continue
            controls = list(GROUPS[name](spec))
            same = len(controls) == len(group.controls)
            if same and all(map(_shows, group.controls, controls)):
                for control, turn in zip(controls, group.turns, strict=True):
                    turn(control.value)
            else:
                group.place.clear()
                with group.place:
                    group.turns = [self._control(control) for control in controls]
                group.controls = controls
        shifted = self._session.sandbox.shifted
        self._shift.set_enabled(bool(shifted))
        self._blind.set_value(spec.arm == "blind")
        self.tell()

    def _control(self, control: Control) -> Callable[[Any], None]:
        """A control, and how to show another value of it."""
        with ui.element("div").classes("evo-control"):
            with ui.element("div").classes("evo-head"):
                ui.label(control.label).classes("evo-label")
                if control.options:
                    turn = self._choice(control)
                else:
                    number = (
                        ui.number(value=_plain(control.value), min=control.low, max=control.high)
                        .props("dense borderless input-class='text-right'")
                        .props(f'aria-label="{control.label}"')
                    )
            note = f"{control.meaning} ({control.unit})" if control.meaning and control.unit else control.meaning
            note = note or control.unit
            if not control.options:
                turn = self._slider(control, number)
            if note:
                ui.label(short(note, 200)).classes("evo-note")
        return turn

    def _choice(self, control: Control) -> Callable[[Any], None]:
        state = {"last": control.value}

        async def chosen(event: Any) -> None:
            if event.value != state["last"]:
                state["last"] = event.value
                await self._set(control, event.value)

        select = ui.select(list(control.options), value=control.value, on_change=chosen).classes("evo-choice")
        select.props("dense outlined options-dense behavior=menu").props(f'aria-label="{control.label}"')

        def turn(value: Any) -> None:
            state["last"] = value
            select.set_value(value)

        return turn

    def _slider(self, control: Control, number: ui.number) -> Callable[[Any], None]:
        slider = ui.slider(min=0, max=len(control.marks) - 1, step=1, value=control.place(control.value)).props(
            f'aria-label="{control.label}, slider"'
        )
        state = {"last": control.value}

        def turn(value: Any) -> None:
            state["last"] = value
            number.set_value(_plain(value))
            slider.set_value(control.place(value))

        async def apply(value: Any) -> None:
            if value is None or value == state["last"]:
                return
            before, state["last"] = state["last"], value
            if await self._set(control, value) is None:
                turn(before)

        async def slid() -> None:
            number.set_value(_plain(control.marks[int(slider.value)]))
            await apply(number.value)

        async def typed() -> None:
            if number.value is None:
                turn(state["last"])
            else:
                slider.set_value(control.place(number.value))
                await apply(int(number.value) if control.whole and number.value == int(number.value) else number.value)

        async def jump(end: int) -> None:
            slider.set_value(end)
            await slid()

        def follows(event: Any) -> None:
            if number.value is None or control.place(number.value) != int(event.value):  # moved by hand
                number.set_value(_plain(control.marks[int(event.value)]))

        slider.on_value_change(follows)
        slider.on("change", slid)
        slider.on("keydown.home", partial(jump, 0))
        slider.on("keydown.end", partial(jump, len(control.marks) - 1))
        number.on("change", typed)
        number.on("keydown.enter", typed)
        return turn

    async def _set(self, control: Control, value: Any) -> Any:
        done = await self._act(lambda: self._session.sandbox.set({control.key: value}))
        if done is not None and control.key in _REBUILD:
            self.refresh()
        self.tell(done if isinstance(done, str) and "begins" in done else "")
        return done

    # --- the log

    def tell(self, also: str = "") -> None:
        """Show the log as it is now, and a word that is no part of it."""
        log = self._session.sandbox.log
        if self._told_of is not log:
            self._log.clear()
            self._told_of, self._told, self._note = log, 0, None
        if self._note:
            self._note.delete()
        words = also or ("" if log else "Nothing yet: evo run evolves the same by what is set here, bit for bit.")
        with self._log:
            for hand in log[self._told :]:
                ui.label(f"generation {hand.at:,}: {hand.says}")
            self._note = ui.label(words).classes("" if also else "evo-note") if words else None
        self._told = len(log)
        for old in list(self._log)[:-_LINES]:
            old.delete()
