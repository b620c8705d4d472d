"""The page in a real browser: what can be seen, done, and not done. Needs NiceGUI, playwright and a Chromium."""

import http.client
import importlib.util
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from evo.places import CHECKOUT
from tests.worlds.seekers import scenario as seekers

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MISSING = [name for name in ("nicegui", "playwright") if importlib.util.find_spec(name) is None]
MISSING += [] if CHROMIUM else ["a Chromium, as from apt-get install chromium"]
if MISSING and os.environ.get("EVO_BROWSER") != "needed":  # as it is in `make browser`
    pytest.skip(f"needs {', '.join(MISSING)}: make browser", allow_module_level=True)

pytestmark = pytest.mark.browser
PATIENCE = 60_000  # milliseconds, where other things run beside
SEEKERS = seekers()
SMALL = ("--set", "population.size=60", "--set", "population.generations=400")


class Served:
    """`evo watch` as a process of its own."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "evo", "watch", *arguments, "--no-browser"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, cwd=CHECKOUT, env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        )  # fmt: skip
        if not select.select([self.process.stdout], [], [], 300)[0]:  # it may have to compile
            self.process.kill()
            raise AssertionError("the page is not served")
        self.address = self.process.stdout.readline().strip()
        self.place = urlsplit(self.address)

    def end(self, number=signal.SIGINT):
        """Interrupt it; its exit status and how many seconds it took."""
        begin = time.monotonic()
        self.process.send_signal(number)
        status = self.process.wait(30)
        return status, time.monotonic() - begin


@pytest.fixture(scope="module")
def served():
    found = Served("igf", *SMALL, "--port", "8521")
    yield found
    found.end()


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, served):
    """Opens the page, and holds it to what every page must keep: no error, and no request that leaves the machine."""
    contexts, wrong = [], []

    def look(address=served.address, **how):
        context = chromium.new_context(**how)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        here = urlsplit(address).netloc
        for kind in ("request", "websocket"):
            page.on(kind, lambda one: wrong.append(one.url) if outside(one.url, here) else None)
        page.goto(address)
        page.wait_for_function("typeof evo !== 'undefined' && evo.frames > 0")
        return page

    yield look
    for context in contexts:
        context.close()
    assert not wrong


def outside(url, here):
    place = urlsplit(url)
    return place.scheme not in ("data", "blob") and place.netloc != here


def generation(page):
    return int(re.sub(r"\D", "", page.locator("#evo-generation").inner_text()))


def plays(page):
    before = generation(page)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(f"+document.getElementById('evo-generation').textContent.replace(/\\D/g, '') > {before + 3}")


def painted(page, name):
    """How many colours are on a canvas."""
    return page.evaluate(
        """name => {
        const c = document.getElementById(name), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        return new Set(new Uint32Array(d.buffer)).size; }""",
        name,
    )


def test_it_opens_and_plays(opened):
    page = opened()
    assert "token" not in page.url
    assert (
        page.locator("h1").inner_text()
        == "Evolution selects for inclusive genetic fitness, yet people don't care about it."
    )
    assert generation(page) == 0
    plays(page)
    page.wait_for_function("evo.points > 20")
    for name in ("evo-population", "evo-measures", "evo-price", "evo-muller"):
        assert painted(page, name) > 3, name
        if name != "evo-muller":
            assert page.locator(f"#{name}").get_attribute("aria-label")
    assert page.locator(".evo-lamp.on").first.inner_text().startswith("selected for")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(400)
    stood = generation(page)
    page.wait_for_timeout(400)
    assert generation(page) == stood
    page.get_by_role("button", name="One generation").click()
    page.wait_for_function(f"document.getElementById('evo-generation').textContent.endsWith('{stood + 1}')")
    page.get_by_role("button", name="Restart").click()
    page.wait_for_function("document.getElementById('evo-generation').textContent.endsWith(' 0')")


def test_hands_on_it_act_and_are_logged_and_saved(opened, tmp_path):
    page = opened()
    plays(page)
    log = page.locator("#evo-log")
    page.get_by_label("part_cost, slider").locator("[tabindex]").focus()
    page.keyboard.press("ArrowRight")
    log.get_by_text(re.compile(r"generation \d+: part_cost 0.005 to 0.00\d+")).wait_for()
    page.get_by_role("button", name="Shift the environment now").click()
    log.get_by_text("training shifted: validity -0.2").wait_for()
    page.get_by_role("button", name="Insert a carrier now").click()
    log.get_by_text("a carrier inserted").wait_for()
    page.wait_for_function("[...document.querySelectorAll('.evo-lamp.on b')].some(b => b.textContent === 'arose')")
    page.get_by_role("switch", name="stop selection").click()
    log.get_by_text("selection for the property stopped").wait_for()
    number = page.get_by_label("sweet", exact=True)
    number.fill("7")
    number.press("Enter")
    page.get_by_role("alert").filter(has_text="sweet = 7").wait_for()  # not allowed, and said
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a scenario").click()
    saved = Path(tmp_path / "saved.toml")
    download.value.save_as(saved)
    data = tomllib.loads(saved.read_text())
    assert data["name"] == "igf_by_hand" and set(data["change"]["knobs"]) == {"part_cost"}
    assert "cannot say it: from generation" in saved.read_text()


def test_a_number_that_is_not_allowed_is_said_and_taken_back(opened):
    page = opened()

    def enters(name, text):
        number = page.get_by_label(name, exact=True)
        number.fill(text)
        number.press("Enter")
        return number

    for name, text, before in (
        ("sweet", "7", "0.5"),
        ("choices", "4.5", "4"),
        ("replicate", "-5", "0"),
        ("seed", "-1", "1"),
    ):
        number = enters(name, text)
        page.get_by_role("alert").filter(has_text=f"{name} = {text}").wait_for()
        page.wait_for_function("([one, text]) => one.value === text", arg=[number.element_handle(), before])
    number = enters("warm", "")  # nothing
    page.wait_for_function("one => one.value === '0.6'", arg=number.element_handle())
    page.get_by_label("sweet, slider").locator("[tabindex]").focus()
    for key, end in (("End", "1"), ("Home", "-1")):
        page.keyboard.press(key)
        page.wait_for_function(
            "([one, text]) => one.value === text", arg=[page.get_by_label("sweet", exact=True).element_handle(), end]
        )


def test_a_slider_moves_the_result(opened):
    """What cues tell of fitness is what agents can live by."""
    page = opened()

    def at_the_end(validity):
        number = page.get_by_label("validity", exact=True)
        number.fill(validity)
        number.press("Enter")
        page.get_by_role("button", name="Restart").click()
        page.wait_for_function("document.getElementById('evo-generation').textContent.endsWith(' 0')")
        page.get_by_role("button", name="Play", exact=True).click()
        page.wait_for_function("document.getElementById('evo-generation').textContent.endsWith(' 400')")
        return float(re.search("fitness (.*)", page.locator("#evo-measures").get_attribute("aria-label")).group(1))

    page.get_by_role("combobox", name="speed").click()
    page.get_by_role("option", name="as fast as it goes").click()
    assert at_the_end("0.1") < at_the_end("1") - 0.3


def test_many_at_once_fill_the_grid_and_a_prediction_is_judged(opened):
    page = opened()
    page.get_by_role("switch", name="predict first").click()
    start = page.get_by_role("button", name="Evolve them")
    page.get_by_role("button", name="Evolve them", disabled=True).wait_for()
    page.get_by_label("predicted share").locator("[tabindex]").focus()
    for key, share in (("End", 100), ("Home", 0), ("ArrowRight", 1)):
        page.keyboard.press(key)
        page.get_by_text(f"I say: {share}% of the populations").wait_for()
    start.click()
    page.get_by_text(re.compile(r"\d+ of 24 \(95 % interval .*\) realized it")).wait_for()
    page.locator(".evo-seat.ended").nth(23).wait_for()
    assert page.locator(".evo-seat").count() == 24
    page.get_by_text(re.compile("You said 1%; it was")).wait_for()
    page.locator(".evo-seat").nth(7).click()
    page.wait_for_function("document.querySelector('[aria-label=replicate]').value === '7'")
    page.wait_for_function("+document.getElementById('evo-generation').textContent.replace(/\\D/g, '') > 0")


def test_a_second_tab_is_independent(opened):
    one, two = opened(), opened()
    plays(one)
    assert generation(two) == 0
    two.get_by_role("button", name="Shift the environment now").click()
    two.locator("#evo-log").get_by_text("training shifted").wait_for()
    assert one.locator("#evo-log").get_by_text("training shifted").count() == 0


def test_closing_the_tab_stops_its_evolution(served, opened):
    psutil = pytest.importorskip("psutil")
    process = psutil.Process(served.process.pid)

    def busy(seconds=1.0):
        before = sum(process.cpu_times()[:2])
        time.sleep(seconds)
        return (sum(process.cpu_times()[:2]) - before) / seconds

    page = opened()
    page.get_by_role("button", name="96").click()
    page.get_by_role("button", name="Evolve them").click()
    plays(page)
    at_work = busy()
    page.close()
    time.sleep(0.5)
    assert busy() < 0.5 * at_work


REACHED = """() => {
  const named = document.activeElement.closest('[aria-label]');
  return named && named.ariaLabel;
}"""


def test_by_keyboard_alone(opened):
    page = opened()

    def reach(name):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(REACHED) == name:
                return
        raise AssertionError(f"{name} cannot be reached")

    reach("Play")
    page.keyboard.press("Enter")
    page.wait_for_function("+document.getElementById('evo-generation').textContent.replace(/\\D/g, '') > 3")
    reach("Insert a carrier now")
    page.keyboard.press("Enter")
    page.locator("#evo-log").get_by_text("a carrier inserted").wait_for()
    reach("choices, slider")
    page.keyboard.press("ArrowRight")
    page.locator("#evo-log").get_by_text("choices 4 to").wait_for()
    reach("Evolve them")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.evo-seat').length === 24")


@pytest.mark.parametrize("width", [360, 1600])
def test_it_fits_and_can_be_read(opened, width):
    page = opened(viewport={"width": width, "height": 900})
    plays(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in ("Play|Pause", "Shift the environment now", "Evolve them", "Save as a scenario"):
        box = page.get_by_role("button", name=re.compile(name)).first.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["height"] >= 24, name
    for shade in ("light", "dark"):  # as the system says
        page.emulate_media(color_scheme=shade)
        body = f"document.body.classList.contains('body--dark') === {'true' if shade == 'dark' else 'false'}"
        page.wait_for_function(body)
        contrast = page.evaluate(CONTRAST)
        assert min(contrast.values()) >= 4.5, (shade, contrast)


# Contrast of what is written with what it is written on, as WCAG 2 computes it.
CONTRAST = """() => {
  const light = (text) => {
    const linear = x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map(x => linear(x / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const found = getComputedStyle(one).backgroundColor;
      if (!found.endsWith(', 0)') && found !== 'transparent') return found;
    }
    return 'rgb(255, 255, 255)';
  };
  const found = {};
  const written = 'h1, h2, .evo-sub, .evo-note, .evo-label, .evo-lamp span, .evo-counter';
  for (const one of document.querySelectorAll(written)) {
    if (!one.textContent.trim()) continue;
    const a = light(getComputedStyle(one).color), b = light(ground(one));
    found[one.textContent.slice(0, 20)] = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }
  return found;
}"""


def test_another_scenario_can_be_picked(opened):
    page = opened()
    page.get_by_role("combobox", name="scenario").click()
    page.get_by_role("option", name=re.compile("^wolf_sniper: Evolution selects for wolves")).click()
    page.locator("h1").get_by_text("biological sniper rifles").wait_for()
    page.wait_for_function("typeof evo !== 'undefined' && evo.frames > 0")
    page.get_by_role("button", name="Shift the environment now", disabled=True).wait_for()  # to nothing
    page.get_by_role("combobox", name="scenario").click()
    page.get_by_role("option", name=re.compile("^wolf_sniper_sizes")).click()
    page.wait_for_function("typeof evo !== 'undefined' && evo.frames > 0")


HOSTILE = "<img src=x onerror=document.title='run'><script>document.title='run'</script>"
PICTURE = "() => document.getElementById('evo-film').toDataURL()"


@pytest.fixture(scope="module")
def own(served, tmp_path_factory):
    """A scenario that somebody wrote, whose world is Python and draws films; at a port that is taken."""
    file = tmp_path_factory.mktemp("own") / "own.toml"
    world, trait = CHECKOUT / "tests" / "worlds" / "seekers.py", SEEKERS.scenario.property.trait
    file.write_text(
        f'name = "own"\nclaim = "{HOSTILE}"\nworld = "{world}"\n[population]\nsize = 40\ngenerations = 200\n'
        f'[property]\ntrait = "{trait}"\n'
    )
    found = Served(str(file), "--trust", "--port", str(served.place.port))
    yield found
    if found.process.poll() is None:
        found.end()


def test_what_somebody_wrote_is_text(own, chromium):
    page = chromium.new_page()
    page.goto(own.address)
    page.locator("h1").get_by_text(HOSTILE).wait_for()
    assert page.title() == "evo watch"
    page.close()


def test_in_a_world_that_draws_films_a_life_moves(own, chromium):
    page = chromium.new_page()
    page.goto(own.address)
    page.wait_for_function("typeof evo !== 'undefined' && evo.frames > 0")
    first = page.evaluate(PICTURE)
    page.wait_for_function(f"({PICTURE})() !== {json.dumps(first)}")  # though no generation was lived
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a GIF").click()
    assert download.value.suggested_filename == "own_0_0.gif"
    page.close()


# --- who is let in


def asked(served, path="/", **headers):
    connection = http.client.HTTPConnection(served.place.hostname, served.place.port, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer


def test_a_wrong_token_and_a_wrong_origin_are_refused(served):
    assert asked(served).status == 403
    assert asked(served, "/?token=wrong").status == 403
    let_in = asked(served, f"/?{served.place.query}")
    assert let_in.status == 303
    cookie = let_in.getheader("set-cookie").split(";")[0]
    assert asked(served, Cookie=cookie).status == 200
    assert asked(served, Cookie=cookie, Origin="http://evil.example").status == 403
    assert asked(served, Cookie=cookie, Host=f"evil.example:{served.place.port}").status == 403
    socket = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }  # fmt: skip
    way = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    here = f"http://{served.place.netloc}"
    assert asked(served, way, Cookie=cookie, Origin=here, **socket).status == 101
    assert asked(served, way, Cookie=cookie, Origin="http://evil.example", **socket).status == 403
    assert asked(served, way, Origin=here, **socket).status == 403


def test_a_port_that_is_taken_is_passed_over_and_an_interrupt_ends_it(served, own):
    assert own.place.port > served.place.port
    status, seconds = own.end()
    assert status == 130 and seconds < 2.0
    said = own.process.stderr.read()
    assert f"port {served.place.port} is taken; {own.place.port}, the next that is free, is used" in said
    assert "Traceback" not in said and said.rstrip().endswith("evo: the page is closed")
