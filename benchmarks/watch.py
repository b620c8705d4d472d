"""How soon `evo watch` answers a click while it evolves as fast as it goes, and how many pictures a second it paints.

.venv/bin/python benchmarks/watch.py                # milliseconds from a click to the paint that answers it
.venv/bin/python benchmarks/watch.py --minutes 30   # memory instead, each minute

Needs NiceGUI, playwright and a Chromium, as `make browser` installs them. The browser runs beside the server.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
from playwright.sync_api import Page, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
LONG = ("--set", "population.size=1000", "--set", "population.generations=100000000")  # it never comes to its end
PATIENCE = 300_000  # milliseconds that anything may take where other things run beside
PAUSE = 150  # milliseconds between an answer and the next click
# Of a click or a key: when it happened, and when what it is to change had changed and was painted.
PROBE = """() => {
  const painted = () => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { window.probe.took = performance.now() - window.probe.began; };
    channel.port2.postMessage(0);
  });
  const seen = new MutationObserver(() => {
    const probe = window.probe;
    if (probe && probe.began && !probe.done && probe.answered()) { probe.done = true; painted(); }
  });
  seen.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  for (const kind of ['click', 'keydown']) document.addEventListener(kind, (event) => {
    if (window.probe && !window.probe.began) window.probe.began = event.timeStamp;
  }, true);
}"""
# What must be seen before an answer counts: the button that says what a click would do now, and lines of the log.
SAYS = "[...document.querySelectorAll('.evo-bar button')].some(one => one.ariaLabel === '{}')"
# A slider that can go both ways, of a knob that is no whole number, by which a population goes on.
SLIDER = """[...document.querySelectorAll('.evo-control [role=slider]')].find(one =>
  +one.ariaValueMax > 150 && +one.ariaValueMin < +one.ariaValueNow && +one.ariaValueNow < +one.ariaValueMax)"""
CLICKED = "document.querySelector('h1').dataset.n"  # what the browser answers by itself: how slow the machine is now
LOG = "document.getElementById('evo-log').textContent"
MORE = f"(before => () => {LOG} !== before)({LOG})"


class Watched:
    """A page that evolves as fast as it goes, in a browser, and the server behind it."""

    def __init__(self, browser: Any, scenario: str, *changes: str):
        command = [sys.executable, "-m", "evo", "watch", scenario, *changes, "--no-browser", "--port", "8600"]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.server.stdout is not None
        self.page: Page = browser.new_page(viewport={"width": 1400, "height": 900})
        self.page.set_default_timeout(PATIENCE)
        try:
            self._begin(self.server.stdout.readline().strip())
        except BaseException:
            self.close()
            raise

    def _begin(self, address: str) -> None:
        self.page.goto(address)
        self.page.wait_for_function("typeof evo !== 'undefined' && evo.frames > 0")
        self.page.get_by_role("combobox", name="speed").click()
        self.page.get_by_role("option", name="as fast as it goes").click()
        self.press("Play")
        self.page.wait_for_timeout(2000)
        self.page.evaluate(PROBE)

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def offers(self, name: str) -> bool:
        """Whether there is such a button that can be pressed."""
        return self.page.get_by_role("button", name=name, disabled=False).count() > 0

    def close(self) -> None:
        """End both."""
        self.page.close()
        self.server.terminate()
        self.server.wait()

    def took(self, act: Callable[[], object], answered: str) -> float:
        """Milliseconds from a click or key to the paint of its answer. answered: JavaScript, a function."""
        self.page.evaluate(f"window.probe = {{ answered: {answered} }}")
        act()
        self.page.wait_for_function("window.probe.took !== undefined", polling=20)
        self.page.wait_for_timeout(PAUSE)
        return float(self.page.evaluate("window.probe.took"))

    def plays(self) -> None:
        """Let it evolve again, for a moment at least."""
        if self.page.get_by_role("button", name="Play", exact=True).count():
            self.press("Play")
            self.page.get_by_role("button", name="Pause", exact=True).wait_for()
        self.page.wait_for_timeout(2 * PAUSE)

    def generation(self) -> int:
        """The one that is shown."""
        return int(re.sub(r"\D", "", self.page.locator("#evo-generation").inner_text()))


def clicks(watched: Watched, times: int) -> dict[str, list[float]]:
    """Each kind of click so many times: milliseconds."""
    found: dict[str, list[float]] = {}
    page = watched.page

    def measure(name: str, act: Callable[[], object], answered: str) -> None:
        watched.plays()
        found.setdefault(name, []).append(watched.took(act, answered))

    turned = page.get_by_label(page.evaluate(f"({SLIDER}).ariaLabel"), exact=True).locator("[tabindex]")
    page.evaluate(
        "document.querySelector('h1').addEventListener('click', (e) => { e.currentTarget.dataset.n = e.timeStamp; })"
    )
    for turn in range(times):
        measure("browser alone", lambda: page.locator("h1").click(), f"(n => () => {CLICKED} !== n)({CLICKED})")
        measure("pause", lambda: watched.press("Pause"), f"() => {SAYS.format('Play')}")
        measure("one generation", lambda: watched.press("One generation"), f"() => {SAYS.format('Play')}")
        if watched.offers("Insert a carrier now"):
            measure("insert", lambda: watched.press("Insert a carrier now"), MORE)
        key = "ArrowRight" if turn % 2 else "ArrowLeft"
        measure("slider", lambda key=key: turned.press(key), MORE)  # type: ignore[misc]
        if watched.offers("Shift the environment now"):
            measure("shift", lambda: watched.press("Shift the environment now"), MORE)
            page.get_by_role("button", name="As the scenario says").click()
    return found


def pace(watched: Watched, seconds: float = 10.0) -> dict[str, float]:
    """Pictures and generations a second as it plays."""
    watched.plays()
    watched.page.wait_for_timeout(1000)
    begin, frames, generation = time.perf_counter(), watched.page.evaluate("evo.frames"), watched.generation()
    watched.page.wait_for_timeout(1000 * seconds)
    took = time.perf_counter() - begin
    return {
        "pictures_a_second": round((watched.page.evaluate("evo.frames") - frames) / took, 1),
        "generations_a_second": round((watched.generation() - generation) / took, 1),
    }


def memory(watched: Watched, minutes: int) -> list[dict[str, float]]:
    """Resident memory of the server and of the browser's page each minute, in MB."""
    server, found = psutil.Process(watched.server.pid), []
    for minute in range(minutes + 1):
        if minute:
            watched.page.wait_for_timeout(60_000)
        renderers = [
            one.memory_info().rss for one in psutil.Process().children(recursive=True)
            if "--type=renderer" in " ".join(one.cmdline())
        ]  # fmt: skip
        found.append({
            "minute": minute, "server_MB": round(server.memory_info().rss / 1e6, 1),
            "page_MB": round(max(renderers) / 1e6, 1), "pictures": watched.page.evaluate("evo.frames"),
        })  # fmt: skip
        print(json.dumps(found[-1]), flush=True)
    return found


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", default=["coin", "igf"])
    parser.add_argument("--times", type=int, default=20, help="clicks of each kind")
    parser.add_argument("--minutes", type=int, default=0, help="watch memory so long instead")
    asked = parser.parse_args()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name in asked.scenarios:
            watched = Watched(browser, name, *LONG)
            try:
                if asked.minutes:
                    memory(watched, asked.minutes)
                    continue
                told: dict[str, Any] = {"scenario": name, "load_before": round(os.getloadavg()[0], 1)} | pace(watched)
                for kind, took in clicks(watched, asked.times).items():
                    told[kind] = {
                        "median_ms": round(statistics.median(took)),
                        "95_percent_ms": round(float(np.percentile(took, 95))), "most_ms": round(max(took)),
                    }  # fmt: skip
                print(json.dumps(told | {"load_after": round(os.getloadavg()[0], 1)}), flush=True)
            finally:
                watched.close()
        browser.close()


if __name__ == "__main__":
    main()
