"""An audit's part of a report: what was asked of which program, the answer, figures, the program, how to repeat it."""

from typing import Any

from evo.audits.figures import drawings
from evo.audits.sentences import blind_told, fitness_told, populations, property_told
from evo.figures.style import PAGE, plain_style
from evo.report.figures import drawn
from evo.report.origin import facts_and_runs
from evo.report.page import Cell, Element, element, section, table
from evo.wording import counted, interval, number, rate_text

CAPTIONS = {
    "realized": "How often each property is realized: the share of runs whose population mean is at the threshold or "
    "above at the end, with its 95 % interval; blind: where fitness is as it would be without the property.",
    "trajectories": "The means of fitness and of each property over the generations: each line is one run, coloured by "
    "its outcome; beside them is where they end.",
    "price": "What changed the mean of each property, summed over all generations (the Price partition): selection, "
    "as those with more of it have more or fewer offspring; transmission, as offspring differ from their parents.",
}
MEANINGS = (
    ("realized", "the population mean is at the threshold or above at the end of the run"),
    ("arose", "in how many runs somebody had the property at its threshold in some generation"),
    ("established", "in how many runs the population mean reached the threshold in some generation"),
    ("best", "the property of the fittest individual at the end, in the mean over runs"),
    ("selection, transmission, arrival", "sums over the run of the Price partition (Price 1970): the covariance of "
     "relative offspring number and the property; what children differ from their parents by; what individuals without "
     "known parents change. Together they are the change of the mean, exactly"),
    ("gradient", "the property's own selection gradient, the other properties held fixed (Lande and Arnold 1983)"),
    ("selection intensity", "selection differential over standard deviation of fitness, a generation; positive where "
     "the fitter have more offspring"),
)  # fmt: skip


def _asked(results: Any) -> list[Element]:
    said = results.said
    rows = [[name, what, f"{said['thresholds'].get(name, 0.5):g}"] for name, what in said["properties"]]
    if not rows:  # which the program says itself
        rows = [[name, "said by the program", f"{p['threshold']:g}"] for _, one in populations(results.summary)
                for name, p in one["properties"].items()]  # fmt: skip
    more = [("Fitness in deployment", said["deployment"]), ("Without the property", said["without"])]
    return [
        table(["property", "a number of each individual x", "threshold of the mean"], rows, "Properties", (2,)),
        *(element("p", f"{name}: ", element("code", what), ".") for name, what in more if what),
    ]


def _answer(results: Any, place: str) -> Element:
    n, summary = results.summary["replicates"], results.summary
    told: list[Element] = []
    for called, population in populations(summary):
        told += [element("p", f"{called}:")] if called else []
        told += [element("p", text, class_="answer") for text in
                 (property_told(name, p, n) for name, p in population["properties"].items())]  # fmt: skip
        told += [element("p", text)] if (text := fitness_told(population)) else []
    told += [element("p", blind_told(name, arm)) for name, arm in summary.get("blind", {}).items()]
    runs = f"{counted(n, 'run')}, each with other random numbers; intervals are of 95 %."
    failed = [element("p", f"Run {one['replicate']} failed and is left out: {one['error']}", class_="missing")
              for one in summary["failed"]]  # fmt: skip
    missing = results.said["replicates"] - n - len(failed)
    failed += [element("p", f"This audit is not finished: {missing} runs are missing.")] if missing else []
    head = element("p", "Is what the program ", element("code", results.said["script"]), " selects for realized?")
    return section("Question and answer", place, head, *_asked(results), *told, element("p", runs), *failed)


def _diagnoses(results: Any, place: str) -> Element | None:
    found = results.summary["diagnoses"]
    rows = [part for one in found for part in
            (element("dt", one["kind"].replace("_", " ")), element("dd", one["text"]))]  # fmt: skip
    return section("What stands out", place, element("dl", *rows)) if rows else None


def _table(results: Any, place: str) -> Element:
    n, rows = results.summary["replicates"], []
    for called, population in populations(results.summary):
        for name, p in population["properties"].items():
            price = p["price"]
            rows.append([
                f"{name} ({called})" if called else name, str(p["arose"]), str(p["established"]),
                f"{p['realized']} of {n}", (rate_text(p), p["rate"]),
                *(_mean(entry) for entry in (p["start"], p["end"])), (number(p["best"]), p["best"]),
                *(_mean(price[term]) for term in ("selection", "transmission", "arrival")), _mean(p["gradient"]),
            ])  # fmt: skip
    head = ["property", "arose", "established", "realized", "rate (95 %)", "mean at the start", "at the end", "best",
            "selection", "transmission", "arrival", "gradient"]  # fmt: skip
    return section("Properties", place, table(head, rows, "Properties: stages and sums", range(1, len(head))))


def _mean(entry: dict[str, Any]) -> Cell:
    span = interval(entry["low"], entry["high"])
    return number(entry["mean"]) + (f" ({span})" if span else ""), entry["mean"]


def _figures(results: Any, place: str) -> Element:
    with plain_style(PAGE.width):
        made = [drawn(f"{place}-{name}", drawing, origin, CAPTIONS[name], f"evo figures FOLDER --only {name} --data")
                for name, drawing, origin in drawings(results, None, PAGE.width)]  # fmt: skip
    return section("Figures", place, *made)


def _meanings(results: Any, place: str) -> Element:
    rows = [part for name, text in MEANINGS for part in (element("dt", name), element("dd", f"{text}."))]
    return section("What the numbers mean", place, element("dl", *rows))


def _program(results: Any, place: str) -> Element:
    said = results.said
    words = " ".join(said["arguments"])
    files = [
        element("details", element("summary", name), element("pre", element("code", text)))
        for name, text in results.program()
    ]
    given = element("p", "Its arguments: ", element("code", words), ".") if words else None
    return section("Program", place, element("p", "The files as they were when it was audited."), given, *files)


def _origin(results: Any, place: str) -> Element:
    facts = [["records", f"sha256 {results.digest()}", "digest of the reports of all finished runs"]]
    return section("Where it comes from", place, *facts_and_runs(facts, results.provenance()))


def _again(results: Any, place: str) -> Element:
    script = results.said["script"]
    steps = [
        element("li", "Install evo, and what the program itself needs."),
        element("li", "Save the program above as ", element("code", script), ", with what it reads beside it."),
        element(
            "li", "Give the command above; ", element("code", "evo digest FOLDER"), " must print the digest above."
        ),
        element("li", "One run alone, with what it prints: the same command with ", element("code", "--replay K"), "."),
    ]
    return section("How to repeat it", place, element("ol", *steps))


_SECTIONS = {
    "question": _answer, "diagnoses": _diagnoses, "properties": _table, "figures": _figures, "meanings": _meanings,
    "program": _program, "provenance": _origin, "again": _again,
}  # fmt: skip


def of_audit(results: Any, number: int, name: str) -> tuple[Element, Element]:
    """An audit's part of the page, and its line of the table of contents. number: its place; name: its heading"""
    start = f"batch-{number}"
    made = {one: build(results, f"{start}-{one}") for one, build in _SECTIONS.items()}
    found = {one: part for one, part in made.items() if part is not None}
    head = element("h2", name)
    folder = element("p", f"Results folder: {results.folder.resolve().name}", class_="soft")
    part = element("article", head, folder, *found.values(), id=start)
    links = [element("li", element("a", str(part[0].text), href=f"#{start}-{one}")) for one, part in found.items()]
    return part, element("li", element("a", name, href=f"#{start}"), element("ul", *links))
