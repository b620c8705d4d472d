// Draws what the server sends: pictures and lines on canvases, by the colours of page.css. No library, no request.
"use strict";
const evo = (() => {
  const MOST = 900; // points of a line, of which every second is left out when there are more
  let line = [], bands = [], film = null, last = null, price = null, started = 0, frames = 0;

  const colour = (name) => getComputedStyle(document.body).getPropertyValue("--" + name).trim();
  const rgb = (name) => {
    const hex = colour(name).slice(1);
    return [0, 2, 4].map((k) => parseInt(hex.slice(k, k + 2), 16));
  };
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const number = (x, digits = 3) => x === null ? "-" : Math.abs(x) >= 1e5 || (x !== 0 && Math.abs(x) < 1e-3)
    ? x.toExponential(1).replace("e+", "e") : String(Number(x.toPrecision(digits)));

  // A canvas as sharp as the screen is, and its size in the page's own pixels.
  function open(id) {
    const canvas = document.getElementById(id);
    if (!canvas) return null;
    const box = canvas.getBoundingClientRect(), scale = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(box.width * scale)), height = Math.max(1, Math.round(box.height * scale));
    if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, box.width, box.height);
    pen.font = "12px " + getComputedStyle(document.body).fontFamily;
    return { canvas, pen, w: box.width, h: box.height };
  }

  const mix = (a, b, t) => a.map((x, k) => Math.round(x + (b[k] - x) * t));

  function drawPopulation(p) {
    const at = open("evo-population");
    if (!at || !p) return;
    const off = rgb("off"), on = rgb("on"), low = rgb("blue"), high = rgb("orange"), zero = rgb("card");
    const table = [off, on];
    for (let k = 2; k < 256; k++) {
      const t = Math.max(-1, Math.min(1, (k - 128) / 126));
      table.push(t < 0 ? mix(zero, low, -t) : mix(zero, high, t));
    }
    const sheet = document.createElement("canvas");
    sheet.width = Math.max(1, p.columns); sheet.height = p.rows;
    const image = new ImageData(sheet.width, sheet.height), cells = bytes(p.cells);
    for (let k = 0; k < cells.length; k++) {
      const c = table[cells[k]];
      image.data.set([c[0], c[1], c[2], 255], 4 * k);
    }
    sheet.getContext("2d").putImageData(image, 0, 0);
    const pen = at.pen, strip = 14, gap = 5, left = strip + gap, width = at.w - 2 * left;
    pen.imageSmoothingEnabled = false;
    let total = 0, x = left;
    for (const n of p.blocks) total += Math.min(n, p.columns);
    const between = p.blocks.length > 1 ? 4 : 0, room = width - between * (p.blocks.length - 1);
    let column = 0;
    for (const n of p.blocks) {
      const wide = Math.max(0, Math.min(n, p.columns - column)), share = room * wide / Math.max(1, Math.min(total, p.columns));
      if (wide) pen.drawImage(sheet, column, 0, wide, p.rows, x, 0, share, at.h);
      x += share + between; column += wide;
    }
    const tall = at.h / p.rows, marks = bytes(p.marks), fitness = bytes(p.fitness), glow = rgb("glow"), ground = rgb("wash"), ink = rgb("ink");
    for (let r = 0; r < p.rows; r++) {
      pen.fillStyle = `rgb(${mix(ground, ink, fitness[r] / 255 * 0.75)})`;
      pen.fillRect(0, r * tall, strip, tall + 0.6);
      pen.fillStyle = `rgb(${mix(ground, glow, marks[r] / 255)})`;
      pen.fillRect(at.w - strip, r * tall, strip, tall + 0.6);
    }
    const share = marks.filter((m) => m === 255).length / Math.max(1, p.rows);
    at.canvas.setAttribute("aria-label", `${p.of} individuals, sorted by genome; ${Math.round(100 * share)} % have the property`);
  }

  function axes(pen, box, low, high, title) {
    pen.strokeStyle = colour("line"); pen.lineWidth = 1;
    pen.fillStyle = colour("soft"); pen.textAlign = "right"; pen.textBaseline = "middle";
    const digits = [3, 4, 5].find((d) => number(low, d) !== number(high, d)) || 6;
    for (const t of [0, 0.5, 1]) {
      const y = box.y + box.h * (1 - t);
      pen.beginPath(); pen.moveTo(box.x, y); pen.lineTo(box.x + box.w, y); pen.stroke();
      if (t !== 0.5) pen.fillText(number(low + (high - low) * t, digits), box.x - 6, y);
    }
    pen.textAlign = "left"; pen.fillStyle = colour("ink");
    pen.fillText(title, box.x, box.y - 9);
  }

  function stroke(pen, box, span, range, key, hue, dash) {
    pen.strokeStyle = colour(hue); pen.lineWidth = 2; pen.setLineDash(dash || []); pen.lineJoin = "round";
    pen.beginPath();
    let begun = false;
    for (const point of line) {
      if (point[key] === null || point[key] === undefined) continue;
      const x = box.x + box.w * (point.g - span[0]) / (span[1] - span[0]);
      const y = box.y + box.h * (1 - (point[key] - range[0]) / (range[1] - range[0]));
      if (begun) pen.lineTo(x, y); else pen.moveTo(x, y);
      begun = true;
    }
    pen.stroke(); pen.setLineDash([]);
  }

  function range(keys, extra) {
    let low = Infinity, high = -Infinity;
    for (const point of line) for (const key of keys) if (typeof point[key] === "number") {
      low = Math.min(low, point[key]); high = Math.max(high, point[key]);
    }
    for (const x of extra) { low = Math.min(low, x); high = Math.max(high, x); }
    if (!(high > low)) { const m = Number.isFinite(low) ? low : 0; low = m - 0.05 * (Math.abs(m) || 1); high = m + 0.05 * (Math.abs(m) || 1); }
    return [low, high];
  }

  function drawMeasures() {
    const at = open("evo-measures");
    if (!at || !last) return;
    const left = 46, wide = at.w - left - 10, each = (at.h - 74) / 2;
    const top = { x: left, y: 20, w: wide, h: each }, under = { x: left, y: 54 + each, w: wide, h: each };
    const span = [0, Math.max(20, last.generation)];
    const level = range(["training", "deployment"], [0, last.threshold]);
    axes(at.pen, top, level[0], level[1], at.canvas.dataset.property);
    const y = top.y + top.h * (1 - (last.threshold - level[0]) / (level[1] - level[0]));
    at.pen.strokeStyle = colour("glow"); at.pen.setLineDash([2, 4]); at.pen.lineWidth = 1.5;
    at.pen.beginPath(); at.pen.moveTo(top.x, y); at.pen.lineTo(top.x + top.w, y); at.pen.stroke(); at.pen.setLineDash([]);
    stroke(at.pen, top, span, level, "deployment", "orange", [6, 4]);
    stroke(at.pen, top, span, level, "training", "blue");
    const fit = range(["fitness"], []);
    axes(at.pen, under, fit[0], fit[1], "fitness in training");
    stroke(at.pen, under, span, fit, "fitness", "green");
    at.pen.fillStyle = colour("soft"); at.pen.textBaseline = "top"; at.pen.textAlign = "left";
    at.pen.fillText("0", left, at.h - 14); at.pen.textAlign = "right";
    at.pen.fillText(`generation ${span[1].toLocaleString("en")}`, left + wide, at.h - 14);
    at.canvas.setAttribute("aria-label", `generation ${last.generation}: property ${number(last.training)} in training` +
      (last.deployment === null ? "" : `, ${number(last.deployment)} in deployment`) + `; fitness ${number(last.fitness)}`);
  }

  const TERMS = [["selection, expected", "blue"], ["drift", "soft"], ["mutation", "orange"], ["recombination", "pink"], ["environment", "green"]];
  let most = 0;
  function drawPrice() {
    const at = open("evo-price");
    if (!at) return;
    const values = price || [0, 0, 0, 0, 0], left = Math.min(132, at.w * 0.36), right = 66;
    most = Math.max(0.97 * most, ...values.map(Math.abs), 1e-12);
    const middle = left + (at.w - left - right) / 2, half = (at.w - left - right) / 2, tall = at.h / TERMS.length;
    at.pen.strokeStyle = colour("line"); at.pen.beginPath(); at.pen.moveTo(middle, 0); at.pen.lineTo(middle, at.h); at.pen.stroke();
    TERMS.forEach(([name, hue], k) => {
      const y = k * tall, w = half * values[k] / most;
      at.pen.fillStyle = colour(hue);
      at.pen.fillRect(w < 0 ? middle + w : middle, y + 7, Math.max(1, Math.abs(w)), tall - 14);
      at.pen.textBaseline = "middle"; at.pen.textAlign = "left"; at.pen.fillStyle = colour("ink");
      at.pen.fillText(name, 0, y + tall / 2);
      at.pen.textAlign = "right"; at.pen.fillStyle = colour("soft");
      at.pen.fillText((values[k] > 0 ? "+" : "") + number(values[k]), at.w, y + tall / 2);
    });
    at.canvas.setAttribute("aria-label", TERMS.map(([name], k) => `${name} ${number(values[k])}`).join(", ") + " per generation");
  }

  const hues = new Map();
  const hue = (id) => {
    if (hues.size > 5000) hues.clear();
    if (!hues.has(id)) hues.set(id, (parseInt(id, 16) % 997) * 137.508 % 360);
    return `hsl(${hues.get(id)} 42% ${document.body.classList.contains("body--dark") ? 58 : 62}%)`;
  };
  function drawBands() {
    const at = open("evo-muller");
    if (!at || !bands.length) return;
    const order = new Map();
    for (const band of bands) for (const [id] of band.of) if (!order.has(id)) order.set(id, order.size);
    const span = Math.max(20, bands[bands.length - 1].g);
    bands.forEach((band, k) => {
      const x = at.w * band.g / span, next = k + 1 < bands.length ? at.w * bands[k + 1].g / span : Math.max(x + 1, at.w * Math.min(span, band.g + 1) / span);
      let y = at.h;
      for (const [id, share] of [...band.of].sort((a, b) => order.get(a[0]) - order.get(b[0]))) {
        at.pen.fillStyle = hue(id);
        at.pen.fillRect(x, y - share * at.h, next - x + 0.7, share * at.h + 0.5);
        y -= share * at.h;
      }
    });
  }

  const SHAPES = ["circle", "square", "triangle", "diamond"];
  function shape(pen, kind, x, y, r) {
    pen.beginPath();
    if (kind === "circle") pen.arc(x, y, r, 0, 7);
    else if (kind === "square") pen.rect(x - r, y - r, 2 * r, 2 * r);
    else if (kind === "triangle") { pen.moveTo(x, y - r); pen.lineTo(x + r, y + r); pen.lineTo(x - r, y + r); pen.closePath(); }
    else { pen.moveTo(x, y - r); pen.lineTo(x + r, y); pen.lineTo(x, y + r); pen.lineTo(x - r, y); pen.closePath(); }
    pen.fill();
  }
  const kindHue = (kind, k) => kind === "wall" ? "soft" : ["blue", "amber", "green", "pink", "orange", "red"][k % 6];
  function drawFilm(now) {
    const at = film && open("evo-film");
    if (!at) return;
    const step = Math.max(0, Math.floor((now - started) / 1000 / film.step)), names = Object.keys(film.shots);
    let low = [Infinity, Infinity], high = [-Infinity, -Infinity];
    for (const name of names) for (const frame of film.shots[name]) for (const e of frame) if (e[2] >= 0) for (const d of [0, 1]) {
      low[d] = Math.min(low[d], e[d]); high[d] = Math.max(high[d], e[d]);
    }
    const gap = 18, wide = (at.w - gap) / 2, size = Math.min((wide - 8) / (high[0] - low[0] + 1), (at.h - 30) / (high[1] - low[1] + 1));
    names.forEach((name, which) => {
      const shot = film.shots[name], frame = shot[Math.min(step, shot.length - 1)];
      const x0 = which * (wide + gap) + (wide - size * (high[0] - low[0] + 1)) / 2, y0 = 26;
      at.pen.fillStyle = colour("card");
      at.pen.fillRect(x0, y0, size * (high[0] - low[0] + 1), size * (high[1] - low[1] + 1));
      at.pen.fillStyle = colour("ink"); at.pen.textAlign = "left"; at.pen.textBaseline = "top";
      at.pen.fillText(name, x0, 7);
      for (const e of [...frame].sort((a, b) => b[2] - a[2])) {
        if (e[2] < 0) continue;
        const kind = film.kinds[e[2]], x = x0 + size * (e[0] - low[0] + 0.5), y = y0 + size * (high[1] - e[1] + 0.5);
        at.pen.globalAlpha = 0.2 + 0.8 * Math.max(0, Math.min(1, e[3]));
        at.pen.fillStyle = colour(kindHue(kind, e[2]));
        shape(at.pen, kind === "wall" ? "square" : SHAPES[e[2] % 4], x, y, size * (kind === "wall" ? 0.5 : 0.36));
        at.pen.globalAlpha = 1;
      }
    });
    at.canvas.setAttribute("aria-label", `${film.which} of generation ${film.generation}, in training and in deployment`);
    const longest = Math.max(...names.map((name) => film.shots[name].length));
    if (step > longest + 6) started = now; // again
  }
  function roll(now) { drawFilm(now); if (film) requestAnimationFrame(roll); }

  function text(parent, tag, words, name) {
    const one = document.createElement(tag);
    one.textContent = words;
    if (name) one.className = name;
    parent.appendChild(one);
    return one;
  }
  function lamps(of) {
    const at = document.getElementById("evo-lamps");
    if (!at) return;
    at.replaceChildren();
    for (const lamp of of) {
      const row = text(at, "div", "", "evo-lamp" + (lamp.on ? " on" : lamp.half ? " half" : ""));
      text(row, "i", ""); text(row, "b", lamp.name); text(row, "span", lamp.says);
      row.setAttribute("aria-label", `${lamp.name}: ${lamp.on ? "reached" : "not reached"}, ${lamp.says}`);
    }
  }
  function filmKey() {
    const at = document.getElementById("evo-film-key");
    if (!at) return;
    at.replaceChildren();
    film.kinds.forEach((kind, k) => {
      const one = text(at, "span", "");
      text(one, "i", "").style.background = colour(kindHue(kind, k));
      one.append(kind);
    });
    text(at, "span", `${film.which} of generation ${film.generation.toLocaleString("en")}` +
      (film.which.startsWith("agent") ? "" : `, agent ${film.agent}`));
  }

  function draw() { if (last) { drawPopulation(last.picture); drawMeasures(); drawPrice(); drawBands(); } }

  function show(sent) {
    if (sent.fresh) { line = []; bands = []; most = 0; price = null; }
    last = sent; frames += 1;
    for (const point of sent.points) {
      line.push(point);
      bands.push({ g: point.g, of: point.genotypes });
    }
    if (line.length > MOST) line = line.filter((_, k) => k % 2 === 0 || k === line.length - 1);
    if (bands.length > MOST) bands = bands.filter((_, k) => k % 2 === 0 || k === bands.length - 1);
    if (sent.price) price = sent.price;
    lamps(sent.lamps);
    const counter = document.getElementById("evo-generation");
    if (counter) counter.textContent = `generation ${sent.generation.toLocaleString("en")}`;
    if (sent.film) {
      const first = !film;
      film = sent.film; started = performance.now(); filmKey();
      if (first) requestAnimationFrame(roll);
    }
    draw();
    return true;
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

  new MutationObserver(() => { draw(); if (film) filmKey(); }).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  window.addEventListener("resize", draw);
  return { show, seats, get frames() { return frames; }, get points() { return line.length; } };
})();
