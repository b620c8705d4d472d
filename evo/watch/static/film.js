// A life in training and in deployment, step after step, over and over again.
"use strict";
const evoFilm = (() => {
  const { colour, bytes, open, shape } = evoPen;
  const FIELDS = 4; // of an entity: x, y, kind (below 0 where it is not there), state
  const HELD = 6, WITHIN = 0.6; // steps that the last picture stays; the size of what lies within another, of its own
  let film = null, lives = [], box = null, started = 0, drawn = -1;

  const HUES = ["blue", "amber", "green", "pink", "ink", "orange", "red"];
  function hueOf(k) {
    const others = film.kinds.filter((kind) => kind !== "wall");
    return film.kinds[k] === "wall" ? "soft" : HUES[others.indexOf(film.kinds[k]) % HUES.length];
  }

  // { generation, agent, which, kinds, step: seconds, shots: { place: { steps, data } } }
  function show(sent) {
    const first = !film;
    film = sent; started = performance.now(); drawn = -1;
    lives = Object.entries(sent.shots).map(([name, shot]) => {
      const data = new Float32Array(bytes(shot.data).buffer);
      return { name, data, steps: shot.steps, each: data.length / shot.steps };
    });
    box = { low: [Infinity, Infinity], high: [-Infinity, -Infinity] };
    for (const { data } of lives) for (let e = 0; e < data.length; e += FIELDS) if (data[e + 2] >= 0) for (const d of [0, 1]) {
      box.low[d] = Math.min(box.low[d], data[e + d]); box.high[d] = Math.max(box.high[d], data[e + d]);
    }
    key();
    if (first) requestAnimationFrame(roll);
  }

  function key() {
    const at = document.getElementById("evo-film-key");
    if (!at || !film) return;
    at.replaceChildren();
    film.kinds.forEach((kind, k) => {
      const one = document.createElement("span"), sign = document.createElement("canvas"), scale = window.devicePixelRatio || 1;
      sign.width = sign.height = 14 * scale;
      const pen = sign.getContext("2d");
      pen.scale(scale, scale);
      pen.fillStyle = colour(hueOf(k));
      shape(pen, kind === "wall" ? 1 : k, 7, 7, 5.5);
      one.append(sign, kind);
      at.append(one);
    });
    const who = document.createElement("span");
    who.textContent = `${film.which} of generation ${film.generation.toLocaleString("en")}` +
      (film.which.startsWith("agent") ? "" : `, agent ${film.agent}`);
    at.append(who);
  }

  // Everything there is, the lowest first; what shares its place with something below is smaller, so that both are seen.
  function entities({ data, each, steps }, step) {
    const begin = each * Math.min(step, steps - 1), found = [], stacked = new Map();
    for (let e = begin; e < begin + each; e += FIELDS) if (data[e + 2] >= 0) found.push(data.subarray(e, e + FIELDS));
    found.sort((a, b) => b[2] - a[2]);
    return found.map(([x, y, kind, state]) => {
      const wall = film.kinds[kind] === "wall", place = `${x} ${y}`, below = wall ? 0 : stacked.get(place) || 0;
      if (!wall) stacked.set(place, below + 1);
      return { x, y, kind, state, wall, size: WITHIN ** below };
    });
  }

  function draw(step) {
    const at = open("evo-film");
    if (!at) return;
    const across = box.high[0] - box.low[0] + 1, upright = box.high[1] - box.low[1] + 1;
    const gap = 18, wide = (at.w - gap) / 2, size = Math.min((wide - 8) / across, (at.h - 30) / upright);
    lives.forEach((life, which) => {
      const x0 = which * (wide + gap) + (wide - size * across) / 2, y0 = 26, pen = at.pen;
      pen.fillStyle = colour("card");
      pen.fillRect(x0, y0, size * across, size * upright);
      pen.fillStyle = colour("ink"); pen.textAlign = "left"; pen.textBaseline = "top";
      pen.fillText(life.name, x0, 7);
      for (const one of entities(life, step)) {
        const x = x0 + size * (one.x - box.low[0] + 0.5), y = y0 + size * (box.high[1] - one.y + 0.5);
        pen.globalAlpha = 0.2 + 0.8 * Math.max(0, Math.min(1, one.state));
        pen.fillStyle = colour(hueOf(one.kind));
        if (one.wall) pen.fillRect(x - size / 2, y - size / 2, size, size);
        else shape(pen, one.kind, x, y, 0.4 * size * one.size);
        pen.globalAlpha = 1;
      }
    });
    at.canvas.setAttribute("aria-label", `${film.which} of generation ${film.generation}, in training and in deployment`);
  }

  function roll(now) {
    const step = Math.max(0, Math.floor((now - started) / 1000 / film.step));
    if (step !== drawn) { drawn = step; draw(step); }
    if (step > Math.max(...lives.map((life) => life.steps)) + HELD) { started = now; drawn = -1; } // again
    requestAnimationFrame(roll);
  }
  const again = () => { if (film) { drawn = -1; key(); } };
  return { show, again };
})();
