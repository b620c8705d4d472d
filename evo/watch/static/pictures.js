// The population as it is now, and genotypes over time: written as pixels, so that a picture costs little.
"use strict";
const evoPictures = (() => {
  const { rgb, mix, pixel, bytes, open } = evoPen;
  const sheet = document.createElement("canvas");

  // A column for each locus and real, then one for the property, then one for fitness.
  function onSheet(p, marks) {
    const wide = p.columns + 2, cells = bytes(p.cells), fitness = bytes(p.fitness);
    const zero = rgb("card"), low = rgb("blue"), high = rgb("orange"), table = new Uint32Array(256);
    table[0] = pixel(rgb("off")); table[1] = pixel(rgb("on"));
    for (let k = 2; k < 256; k++) {
      const t = Math.max(-1, Math.min(1, (k - 128) / 126));
      table[k] = pixel(t < 0 ? mix(zero, low, -t) : mix(zero, high, t));
    }
    const ground = rgb("wash"), glow = rgb("glow"), ink = rgb("ink");
    const image = new ImageData(wide, p.rows), out = new Uint32Array(image.data.buffer);
    for (let r = 0; r < p.rows; r++) {
      for (let k = 0; k < p.columns; k++) out[r * wide + k] = table[cells[r * p.columns + k]];
      out[r * wide + p.columns] = pixel(mix(ground, glow, marks[r] / 255));
      out[r * wide + p.columns + 1] = pixel(mix(ground, ink, fitness[r] / 255 * 0.75));
    }
    sheet.width = wide; sheet.height = p.rows;
    sheet.getContext("2d", { willReadFrequently: true }).putImageData(image, 0, 0);
  }

  function population(p) {
    const at = open("evo-population");
    if (!at || !p) return;
    const marks = bytes(p.marks), pen = at.pen, strip = 14, gap = 5, left = strip + gap, width = at.w - 2 * left;
    onSheet(p, marks);
    pen.imageSmoothingEnabled = false;
    const total = p.blocks.reduce((sum, n) => sum + n, 0), between = p.blocks.length > 1 ? 4 : 0;
    const room = width - between * (p.blocks.length - 1);
    let x = left, column = 0;
    for (const n of p.blocks) {
      const wide = Math.max(0, Math.min(n, p.columns - column)), share = room * wide / Math.max(1, Math.min(total, p.columns));
      if (wide) pen.drawImage(sheet, column, 0, wide, p.rows, x, 0, share, at.h);
      x += share + between; column += wide;
    }
    pen.drawImage(sheet, p.columns + 1, 0, 1, p.rows, 0, 0, strip, at.h);
    pen.drawImage(sheet, p.columns, 0, 1, p.rows, at.w - strip, 0, strip, at.h);
    const share = marks.filter((m) => m === 255).length / Math.max(1, p.rows);
    at.canvas.setAttribute("aria-label", `${p.of} individuals, sorted by genome; ${Math.round(100 * share)} % have the property`);
  }

  // A hue of its own for each genotype, by its name; lighter on a dark page.
  const hues = new Map();
  function hue(id, lightness) {
    const key = `${id} ${lightness}`;
    if (hues.size > 5000) hues.clear();
    if (!hues.has(key)) {
      const h = (parseInt(id, 16) % 997) * 137.508 % 360, a = 0.42 * Math.min(lightness, 1 - lightness);
      const part = (n) => { const k = (n + h / 30) % 12; return Math.round(255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1)))); };
      hues.set(key, pixel([part(0), part(8), part(4)]));
    }
    return hues.get(key);
  }
  // Bands: { g: generation, of: [[genotype, share], ...] sorted from the lowest up }, in the order of generations.
  function genotypes(bands) {
    const at = open("evo-muller");
    if (!at || !bands.length) return;
    const { width, height } = at.canvas, image = new ImageData(width, height), out = new Uint32Array(image.data.buffer);
    const span = Math.max(20, bands[bands.length - 1].g), lightness = document.body.classList.contains("body--dark") ? 0.58 : 0.62;
    bands.forEach((band, k) => {
      const until = k + 1 < bands.length ? bands[k + 1].g : Math.min(span, band.g + 1);
      const from = Math.floor(width * band.g / span), to = Math.min(width, Math.max(Math.floor(width * until / span), k + 1 < bands.length ? 0 : from + 1));
      let below = 0;
      for (const [id, share] of band.of) {
        const top = Math.round(height * (1 - below - share)), bottom = Math.round(height * (1 - below)), what = hue(id, lightness);
        if (to > from) for (let y = Math.max(0, top); y < bottom; y++) out.fill(what, y * width + from, y * width + to);
        below += share;
      }
    });
    at.pen.putImageData(image, 0, 0);
  }
  return { population, genotypes };
})();
