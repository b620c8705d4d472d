"""A page of HTML as a tree, so that whatever people wrote is text in it, and never markup."""

import base64
import hashlib
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

from evo.wording import shown

Element = ElementTree.Element

# Sorts a table by the column whose heading is pressed; without it the page says the same.
SCRIPT = """
for (const table of document.querySelectorAll("table.sort")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const value = (row) => {
        const cell = row.cells[column];
        const text = cell.dataset.value ?? cell.textContent;
        return text.trim() !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;
      };
      const order = (a, b) =>
        typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => (up ? 1 : -1) * order(value(a), value(b)));
      table.tBodies[0].append(...rows);
    });
  });
}
"""

# Nothing is fetched from anywhere, and nothing on the page is run but that script, by its hash.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    f"script-src 'sha256-{base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()}'"
)

STYLE = """
:root { color-scheme: light dark; --ink: #1d2126; --soft: #5b646e; --line: #d9dde2; --ground: #ffffff; --quiet: #f5f6f8;
  --link: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --soft: #a3acb6; --line: #383e46; --ground: #15181c;
  --quiet: #1e2227; --link: #7db7f0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 66rem; padding: 2rem 1.25rem 4rem; color: var(--ink); background: var(--ground);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1, h2, h3 { line-height: 1.25; font-weight: 600; overflow-wrap: anywhere; }
h1 { font-size: 1.8rem; margin: 0 0 .5rem; }
h2 { font-size: 1.5rem; margin: 3.5rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.12rem; margin: 2.2rem 0 .5rem; }
p, li, dd { max-width: 46rem; overflow-wrap: anywhere; }
a { color: var(--link); }
nav ul { padding-left: 1.2rem; margin: .3rem 0; }
nav ul ul { columns: 14rem 3; max-width: 46rem; }
blockquote { margin: 1rem 0; padding: .1rem 1rem; border-left: 3px solid var(--line); font-size: 1.1rem; }
.answer { font-size: 1.1rem; font-weight: 600; }
.soft { color: var(--soft); font-size: .9rem; }
.scroll { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); }
thead th { border-bottom: 2px solid var(--line); font-weight: 600; vertical-align: bottom; }
td.n, th.n { text-align: right; }
td.n, td.short { white-space: nowrap; }
td:first-child:not(.short) { min-width: 7.5rem; }
dt { font-weight: 600; margin-top: .8rem; overflow-wrap: anywhere; }
dd { margin: .1rem 0 0; }
figure { margin: 1.5rem 0 2rem; break-inside: avoid; }
figure img { display: block; max-width: 100%; height: auto; background: #fff; border: 1px solid var(--line);
  border-radius: 4px; padding: .5rem; }
figure svg { display: block; width: 100%; height: auto; background: #fff; border: 1px solid var(--line);
  border-radius: 4px; }
figure svg * { stroke-linejoin: round; stroke-linecap: butt; }
figure svg .spot { fill: transparent; }
figure svg .spot:hover { fill: rgba(0, 0, 0, .12); stroke: #000; stroke-width: .4; }
.missing { border-left: 3px solid #c9822b; padding-left: .8rem; }
.numbers pre { max-height: 16rem; overflow: auto; }
th button { all: unset; cursor: pointer; }
th button::after { content: " \\2195"; color: var(--soft); }
th[aria-sort="ascending"] button::after { content: " \\2191"; }
th[aria-sort="descending"] button::after { content: " \\2193"; }
th button:focus-visible { outline: 2px solid var(--link); }
figcaption { margin-top: .5rem; max-width: 46rem; font-size: .92rem; color: var(--soft); }
pre { background: var(--quiet); border: 1px solid var(--line); border-radius: 4px; padding: .8rem 1rem;
  overflow-x: auto;  font: .84rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font: .9em ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  overflow-wrap: anywhere; }
summary { cursor: pointer; }
@media screen and (min-width: 70rem) {
  .scroll:has(> table) { width: max-content; max-width: min(50vw + 30.5rem, 84rem); }
}
@media screen and (max-width: 40rem) {
  td:not(.n, .short) { min-width: 13rem; }
  figure svg, figure img { width: 36rem; max-width: none; }
}
@media print {
  @page { size: A4; margin: 16mm 14mm; }
  :root { --ink: #000; --soft: #444; --line: #bbb; --ground: #fff; --quiet: #fff; --link: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2 { border-top: 0; margin-top: 0; }
  article + article { break-before: page; }
  h2, h3, dt { break-after: avoid; }
  .scroll, pre { overflow: visible; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  table { font-size: 8pt; }
  .answer { font-size: 11pt; }
  figcaption, .soft { font-size: 8.5pt; }
  td.n:not(.short) { white-space: normal; }
  thead { display: table-header-group; }
  thead, tr, .few { break-inside: avoid; }
  nav { break-after: auto; }
  th button { display: contents; }  /* else it is not written on the next page */
  th button::after { content: "" !important; }
  .numbers { display: none; }
  figure { break-inside: avoid; }
  figure svg { border: 0; max-height: 225mm; }
  thead th, td { padding-right: .5rem; }
  h3 + p, h3 + .scroll { break-before: avoid; }
  p:has(+ .scroll, + pre) { break-after: avoid; }
}
"""


def element(tag: str, *inside: Element | str | None, **attributes: str) -> Element:
    """An element. inside: text, elements, None for nothing; an attribute that Python has for itself ends in _."""
    made = Element(tag, {name.rstrip("_").replace("_", "-"): shown(value) for name, value in attributes.items()})
    last: Element | None = None
    for part in inside:
        if part is None:
            continue
        if not isinstance(part, str):
            made.append(part)
            last = part
        elif last is None:
            made.text = (made.text or "") + shown(part)
        else:
            last.tail = (last.tail or "") + shown(part)
    return made


def section(title: str, name: str, *inside: Element | None, level: int = 3) -> Element:
    """A section with its heading; `name` is its place on the page, once on it. level: of the heading, 2 or 3."""
    return element("section", element(f"h{level}", title), *inside, id=name)


Cell = str | tuple[str, float | None]
_SHORT = 10  # letters that stay on one line
_FEW = 6  # rows that stay on one page of paper


def table(head: Iterable[str], rows: Iterable[Iterable[Cell]], label: str, numbers: Iterable[int] = ()) -> Element:
    """A table that scrolls by itself where the page is too narrow for it, and is sorted by its headings.

    rows : texts, or texts each with the number by which it is sorted
    label : what it shows, for those who cannot see it
    numbers : columns, from 0, that stand to the right
    """
    right, rows = set(numbers), [list(row) for row in rows]
    long = {i for row in rows for i, cell in enumerate(row) if len(cell if isinstance(cell, str) else cell[0]) > _SHORT}

    def cells(tag: str, texts: Iterable[Cell]) -> list[Element]:
        made = []
        for i, text in enumerate(texts):
            more: dict[str, str] = {"scope": "col"} if tag == "th" else {}
            kinds = ["n"] * (i in right) + ["short"] * (i not in long and tag == "td")
            more |= {"class_": " ".join(kinds)} if kinds else {}
            if not isinstance(text, str):
                text, value = text
                more |= {} if value is None else {"data_value": repr(float(value))}
            made.append(element(tag, text, **more))
        return made

    body = [element("tr", *cells("td", row)) for row in rows]
    made = element("table", element("thead", element("tr", *cells("th", head))), element("tbody", *body), class_="sort")
    kind = "scroll few" if len(rows) <= _FEW else "scroll"
    return element("div", made, class_=kind, tabindex="0", role="region", aria_label=label)


def lacking(what: str, error: Exception, *batches: Any) -> Element:
    """A sentence on what cannot be shown and why, which names no place of the machine that wrote it."""
    said = str(error)
    for batch in batches:
        said = said.replace(str(batch.folder), batch.folder.name)
    return element("p", f"{what}: {said}.", class_="missing")


def data(content: bytes, kind: str) -> str:
    """The address of something that is in the page itself. kind: its MIME type."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def document(title: str, *inside: Element, faces: str = "") -> bytes:
    """A whole page, complete in itself. faces: rules of the fonts that it brings along."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", STYLE + faces),
    )
    page = element("html", head, element("body", *inside, element("script", SCRIPT)), lang="en")
    return b"<!DOCTYPE html>\n" + ElementTree.tostring(page, encoding="utf-8", method="html") + b"\n"
