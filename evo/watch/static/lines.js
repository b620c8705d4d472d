// Means over time, and the terms of the Price equation.
"use strict";
const evoLines = (() => {
  const { colour, number, open } = evoPen;

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

  function stroke(pen, line, box, span, range, key, hue, dash) {
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

  function range(line, keys, extra) {
    let low = Infinity, high = -Infinity;
    for (const point of line) for (const key of keys) if (typeof point[key] === "number") {
      low = Math.min(low, point[key]); high = Math.max(high, point[key]);
    }
    for (const x of extra) { low = Math.min(low, x); high = Math.max(high, x); }
    if (!(high > low)) { const m = Number.isFinite(low) ? low : 0; low = m - 0.05 * (Math.abs(m) || 1); high = m + 0.05 * (Math.abs(m) || 1); }
    return [low, high];
  }

  // Points of the line: { g: generation, training, deployment, fitness }; now: what was sent now.
  function measures(line, now) {
    const at = open("evo-measures");
    if (!at) return;
    const left = 46, wide = at.w - left - 10, each = (at.h - 74) / 2;
    const top = { x: left, y: 20, w: wide, h: each }, under = { x: left, y: 54 + each, w: wide, h: each };
    const span = [0, Math.max(20, now.generation)];
    const level = range(line, ["training", "deployment"], [0, now.threshold]);
    axes(at.pen, top, level[0], level[1], at.canvas.dataset.property);
    const y = top.y + top.h * (1 - (now.threshold - level[0]) / (level[1] - level[0]));
    at.pen.strokeStyle = colour("glow"); at.pen.setLineDash([2, 4]); at.pen.lineWidth = 1.5;
    at.pen.beginPath(); at.pen.moveTo(top.x, y); at.pen.lineTo(top.x + top.w, y); at.pen.stroke(); at.pen.setLineDash([]);
    stroke(at.pen, line, top, span, level, "deployment", "orange", [6, 4]);
    stroke(at.pen, line, top, span, level, "training", "blue");
    const fit = range(line, ["fitness"], []);
    axes(at.pen, under, fit[0], fit[1], "fitness in training");
    stroke(at.pen, line, under, span, fit, "fitness", "green");
    at.pen.fillStyle = colour("soft"); at.pen.textBaseline = "top"; at.pen.textAlign = "left";
    at.pen.fillText("0", left, at.h - 14); at.pen.textAlign = "right";
    at.pen.fillText(`generation ${span[1].toLocaleString("en")}`, left + wide, at.h - 14);
    at.canvas.setAttribute("aria-label", `generation ${now.generation}: property ${number(now.training)} in training` +
      (now.deployment === null ? "" : `, ${number(now.deployment)} in deployment`) + `; fitness ${number(now.fitness)}`);
  }

  const TERMS = [["selection, expected", "blue"], ["drift", "soft"], ["mutation", "orange"], ["recombination", "pink"], ["environment", "green"]];
  let most = 0; // of all that was drawn lately, which the scale follows slowly
  function terms(price) {
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
  return { measures, terms, afresh: () => { most = 0; } };
})();
