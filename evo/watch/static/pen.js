// What all pictures are drawn with: canvases, the colours of page.css, and shapes of things. No library, no request.
"use strict";
const evoPen = (() => {
  let shades = new Map(); // of the theme that is shown, by name
  function colour(name) {
    if (!shades.has(name)) shades.set(name, getComputedStyle(document.body).getPropertyValue("--" + name).trim());
    return shades.get(name);
  }
  const forget = () => { shades = new Map(); };
  const rgb = (name) => {
    const hex = colour(name).slice(1);
    return [0, 2, 4].map((k) => parseInt(hex.slice(k, k + 2), 16));
  };
  const mix = (a, b, t) => a.map((x, k) => Math.round(x + (b[k] - x) * t));
  const pixel = ([r, g, b]) => (255 << 24 | b << 16 | g << 8 | r) >>> 0; // as ImageData has it in memory
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
    pen.font = "12px " + face();
    return { canvas, pen, w: box.width, h: box.height };
  }
  let faces = "";
  const face = () => faces || (faces = getComputedStyle(document.body).fontFamily);

  // A shape within a circle of radius r. Those of `evo film` are in the same order.
  const round = (n, r, turn, inner = r) => Array.from({ length: n }, (_, k) => {
    const a = turn + 2 * Math.PI * k / n, far = k % 2 ? inner : r;
    return [far * Math.sin(a), -far * Math.cos(a)];
  });
  const PLUS = [[-1, 3], [1, 3], [1, 1], [3, 1], [3, -1], [1, -1], [1, -3], [-1, -3], [-1, -1], [-3, -1], [-3, 1], [-1, 1]];
  const turned = (points, a) => points.map(([x, y]) => [x * Math.cos(a) - y * Math.sin(a), x * Math.sin(a) + y * Math.cos(a)]);
  const CORNERS = [
    null, // a circle
    round(4, 1.2, Math.PI / 4), round(3, 1.15, 0), round(4, 1.15, 0), round(3, 1.15, Math.PI),
    PLUS.map(([x, y]) => [x / 3, y / 3]), turned(PLUS, Math.PI / 4).map(([x, y]) => [x / 3, y / 3]), round(10, 1.15, 0, 0.5),
  ];
  function shape(pen, kind, x, y, r) {
    const corners = CORNERS[kind % CORNERS.length];
    pen.beginPath();
    if (!corners) pen.arc(x, y, r, 0, 7);
    else corners.forEach(([a, b], k) => k ? pen.lineTo(x + r * a, y + r * b) : pen.moveTo(x + r * a, y + r * b));
    pen.fill();
  }
  return { colour, forget, rgb, mix, pixel, bytes, number, open, shape };
})();
