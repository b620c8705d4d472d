// Takes what the server sends, keeps what is drawn over time, and has it drawn.
"use strict";
const evo = (() => {
  const MOST = 900; // points of a line, of which every second is left out when there are more
  const RESTING = 500; // milliseconds until the next picture, where nobody sees this one
  let line = [], bands = [], order = new Map(), last = null, price = null, frames = 0, told = "";

  function text(parent, tag, words, name) {
    const one = document.createElement(tag);
    one.textContent = words;
    if (name) one.className = name;
    parent.appendChild(one);
    return one;
  }
  function lamps(of) {
    const at = document.getElementById("evo-lamps"), now = JSON.stringify(of);
    if (!at || now === told) return;
    told = now;
    at.replaceChildren();
    for (const lamp of of) {
      const row = text(at, "div", "", "evo-lamp" + (lamp.on ? " on" : lamp.half ? " half" : ""));
      text(row, "i", ""); text(row, "b", lamp.name); text(row, "span", lamp.says);
      row.setAttribute("aria-label", `${lamp.name}: ${lamp.on ? "reached" : "not reached"}, ${lamp.says}`);
    }
  }

  function keep(sent) {
    if (sent.fresh) { line = []; bands = []; order = new Map(); price = null; evoLines.afresh(); }
    last = sent;
    const thinned = (all) => all.length > MOST ? all.filter((_, k) => k % 2 === 0 || k === all.length - 1) : all;
    for (const point of sent.points) {
      for (const [id] of point.genotypes) if (!order.has(id)) order.set(id, order.size);
      line.push(point);
      bands.push({ g: point.g, of: point.genotypes.sort((a, b) => order.get(a[0]) - order.get(b[0])) });
    }
    line = thinned(line); bands = thinned(bands);
    if (sent.price) price = sent.price;
    if (sent.film) evoFilm.show(sent.film);
  }

  function draw() {
    if (!last) return;
    evoPictures.population(last.picture); evoPictures.genotypes(bands);
    evoLines.measures(line, last); evoLines.terms(price);
  }
  function paint() {
    draw();
    lamps(last.lamps);
    const counter = document.getElementById("evo-generation");
    if (counter) counter.textContent = `generation ${last.generation.toLocaleString("en")}`;
    frames += 1;
  }

  // Kept at once; answered when it is painted, so that no more pictures are sent than are seen, and clicks come between.
  function show(sent) {
    keep(sent);
    return new Promise((done) => {
      const answer = () => { paint(); setTimeout(() => done(true)); };
      if (document.hidden) setTimeout(answer, RESTING); else requestAnimationFrame(answer);
    });
  }

  const SIGNS = { waiting: "\u00b7", evolving: "\u25cb", arose: "\u25d4", established: "\u25d1", holds: "\u25cf", generalizes: "\u2605", failed: "\u00d7" };
  const WORDS = { holds: "has the property", generalizes: "has it in deployment too" };
  function seats(sent, guess) {
    const at = document.getElementById("evo-grid");
    if (!at) return;
    if (!sent) { at.replaceChildren(); return; }
    while (at.children.length > sent.seats.length) at.lastChild.remove();
    while (at.children.length < sent.seats.length) {
      const k = at.children.length, one = text(at, "button", "");
      one.type = "button";
      one.addEventListener("click", () => emitEvent("evo_seat", k));
    }
    sent.seats.forEach((stage, k) => {
      const one = at.children[k], words = `population ${k}: ${WORDS[stage] || stage}${sent.ended[k] ? ", at its end" : ""}`;
      if (one.title === words) return;
      one.className = `evo-seat ${stage}${sent.ended[k] ? " ended" : ""}`;
      one.textContent = SIGNS[stage]; one.title = words;
      one.setAttribute("aria-label", words);
    });
    const rate = document.getElementById("evo-rate");
    rate.replaceChildren();
    text(rate, "div", "", "track");
    const band = text(rate, "div", "", "band");
    band.style.left = `${100 * sent.low}%`; band.style.width = `${100 * (sent.high - sent.low)}%`;
    text(rate, "div", "", "dot").style.left = `${100 * sent.k / Math.max(1, sent.n)}%`;
    if (guess !== null) text(rate, "div", "", "guess").style.left = `${100 * guess}%`;
    document.getElementById("evo-said").textContent = sent.says;
  }

  const again = () => { evoPen.forget(); draw(); evoFilm.again(); };
  new MutationObserver(again).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  window.addEventListener("resize", again);
  return { show, seats, get frames() { return frames; }, get points() { return line.length; } };
})();
