// @ts-check
/** The timeline as pixels: drawn anew whenever it changes, and only what is visible. */
import { GUTTER, LANE, RULER, SCENES, SECTIONS, WAVE } from "./geometry.js";
import { clock, lastBefore, song } from "../music.js";
import { nameOf, store } from "../store.js";

/** @typedef {import("./geometry.js").View} View */
/** @typedef {CanvasRenderingContext2D} Context */

const HUES = [265, 195, 35, 330, 140, 85, 230, 15, 300, 170];
const FONT = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const low = new Float32Array(8192), high = new Float32Array(8192);
const low2 = new Float32Array(8192), high2 = new Float32Array(8192);

/**
 * The colour of a layer, the same in every lane and list.
 * @param {number} k
 * @param {number} [alpha]
 */
export function layerColour(k, alpha = 1) {
  const dark = document.documentElement.dataset.theme !== "light";
  return `oklch(${dark ? 0.74 : 0.55} 0.14 ${HUES[k % HUES.length]} / ${alpha})`;
}

/** @returns {Record<string, string>} */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["ground", "panel", "raised", "line", "edge", "ink", "quiet", "accent", "lane", "lane-other", "beat",
    "bar", "wave", "wave-loud", "value", "playhead", "loop", "accent-ground", "on-accent"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** @param {Context} g @param {View} view @param {Record<string, string>} c @param {[number, number] | null} loop */
export function draw(g, view, c, loop) {
  g.fillStyle = c.lane;
  g.fillRect(0, 0, view.width, view.height);
  const visible = Math.ceil((view.height - view.lanesTop) / LANE) + 1;
  const first = Math.floor(view.down / LANE);
  g.save();
  g.beginPath();
  g.rect(0, view.lanesTop, view.width, view.height - view.lanesTop);
  g.clip();
  for (let k = first; k < Math.min(view.lanes.length, first + visible); k++) {
    if (k % 2) {
      g.fillStyle = c["lane-other"];
      g.fillRect(0, view.top(k), view.width, LANE);
    }
  }
  g.restore();
  grid(g, view, c);
  g.save();
  g.beginPath();
  g.rect(GUTTER, view.lanesTop, view.inner, view.height - view.lanesTop);
  g.clip();
  for (let k = first; k < Math.min(view.lanes.length, first + visible); k++) lane(g, view, c, k);
  g.restore();
  g.save();
  g.beginPath();
  g.rect(GUTTER, 0, view.inner, view.lanesTop);
  g.clip();
  if (view.sections) sections(g, view, c);
  wave(g, view, c);
  scenes(g, view, c);
  ruler(g, view, c, loop);
  g.restore();
  if (loop) {
    g.fillStyle = c.loop;
    const from = Math.max(GUTTER, view.x(loop[0]));
    g.fillRect(from, 0, Math.max(0, view.x(loop[1]) - from), view.height);
  }
  gutter(g, view, c, first, visible);
}

/** @param {Context} g @param {View} view @param {Record<string, string>} c */
function grid(g, view, c) {
  const { beats, bars } = song();
  const draw = (/** @type {number[]} */ times, /** @type {string} */ colour, /** @type {number} */ every) => {
    g.fillStyle = colour;
    for (let k = Math.max(0, lastBefore(times, view.start)); k < times.length && times[k] <= view.end; k++) {
      const x = Math.round(view.x(times[k]));
      if (k % every === 0 && x >= GUTTER) g.fillRect(x, RULER, 1, view.height);
    }
  };
  if (spacing(beats, view) > 9) draw(beats, c.beat, 1);
  draw(bars, c.bar, barStep(view));
}

/** @param {number[]} times @param {View} view */
const spacing = (times, view) => (times.length > 1 ? ((times[times.length - 1] - times[0]) / (times.length - 1)) * view.scale : 0);

/**
 * Every how many bars there is room for a line.
 * @param {View} view
 */
function barStep(view) {
  let step = 1;
  while (spacing(song().bars, view) * step < 44 && step < 1024) step *= 2;
  return step;
}

/** @param {Context} g @param {View} view @param {Record<string, string>} c @param {[number, number] | null} loop */
function ruler(g, view, c, loop) {
  g.fillStyle = c.panel;
  g.fillRect(GUTTER, 0, view.inner, RULER);
  if (loop) {
    g.fillStyle = c.accent;
    g.fillRect(view.x(loop[0]), 0, view.x(loop[1]) - view.x(loop[0]), 4);
  }
  g.fillStyle = c.line;
  g.fillRect(GUTTER, RULER - 1, view.inner, 1);
  g.textBaseline = "middle";
  const { bars } = song();
  const step = barStep(view);
  const all = Math.max(0, lastBefore(bars, view.start));
  for (let k = all - (all % step); k < bars.length && bars[k] <= view.end; k += step) {
    const x = Math.round(view.x(bars[k]));
    g.fillStyle = c.edge;
    g.fillRect(x, RULER - 8, 1, 8);
    g.fillStyle = c.ink;
    g.font = `600 11px ${FONT}`;
    g.fillText(String(k + 1), x + 4, RULER / 2 + 1);
    if (spacing(bars, view) * step > 86) {
      g.fillStyle = c.quiet;
      g.font = `11px ${FONT}`;
      g.fillText(clock(bars[k], 1), x + 10 + 7 * String(k + 1).length, RULER / 2 + 1);
    }
  }
  if (bars.length) return;
  let seconds = 1;
  while (seconds * view.scale < 60) seconds *= seconds % 4 === 0 ? 2.5 : 2;
  g.font = `11px ${FONT}`;
  g.fillStyle = c.ink;
  for (let t = Math.ceil(view.start / seconds) * seconds; t < view.end; t += seconds) {
    g.fillText(clock(t, 0), view.x(t) + 4, RULER / 2 + 1);
  }
}

/** @param {Context} g @param {View} view @param {Record<string, string>} c */
function sections(g, view, c) {
  const names = [...new Set(song().sections.map((/** @type {any} */ one) => one.role || one.label))];
  for (const part of song().sections) {
    const x = Math.max(GUTTER, view.x(part.start)), end = view.x(part.end);
    if (end < GUTTER || x > view.width) continue;
    const name = part.role || part.label;
    g.fillStyle = layerColour(names.indexOf(name) + 3, 0.16 + 0.34 * (part.energy ?? 0.4));
    g.fillRect(x, RULER + 1, end - x - 1, SECTIONS - 2);
    clipped(g, name, x + 6, RULER + SECTIONS / 2 + 0.5, end - x - 10, c.ink, `11px ${FONT}`);
  }
}

/** @param {Context} g @param {View} view @param {Record<string, string>} c */
function wave(g, view, c) {
  if (!store.peaks) return;
  const { header, arrays } = store.peaks;
  const wanted = header.rate / view.scale;
  let level = 0, size = header.finest;
  while (arrays[level + 1] && size * header.factor <= wanted) {
    level++;
    size *= header.factor;
  }
  const peaks = arrays[level], step = header.rate / view.scale / size, last = peaks.length / 3 - 1;
  const middle = view.waveTop + WAVE / 2, half = (WAVE / 2 - 3) / 127;
  const outer = new Path2D(), inner = new Path2D();
  const from = (view.start * header.rate) / size;
  for (let x = 0; x < view.inner; x++) {
    const a = Math.floor(from + x * step), b = Math.max(a, Math.floor(from + (x + 1) * step) - 1);
    if (a > last || b < 0) continue;
    let least = 127, most = -127, loud = 0;
    for (let k = Math.max(0, a); k <= Math.min(b, last); k++) {
      least = Math.min(least, peaks[3 * k]);
      most = Math.max(most, peaks[3 * k + 1]);
      loud = Math.max(loud, peaks[3 * k + 2]);
    }
    outer.rect(GUTTER + x, middle - most * half, 1, Math.max(1, (most - least) * half));
    inner.rect(GUTTER + x, middle - loud * half, 1, Math.max(1, 2 * loud * half));
  }
  g.fillStyle = c.wave;
  g.fill(outer);
  g.fillStyle = c["wave-loud"];
  g.fill(inner);
}

/** @param {Context} g @param {View} view @param {Record<string, string>} c */
function scenes(g, view, c) {
  const top = view.scenesTop;
  const prompts = [...(store.state?.project?.prompts ?? [])].filter((one) => one.at !== null).sort((a, b) => a.at - b.at);
  g.fillStyle = c.panel;
  g.fillRect(GUTTER, top, view.inner, SCENES);
  prompts.forEach((prompt, k) => {
    const begin = view.x(k === 0 ? 0 : prompt.at), end = view.x(prompts[k + 1]?.at ?? song().duration);
    const x = Math.max(GUTTER, begin);
    if (end < GUTTER || x > view.width) return;
    const chosen = store.selection?.kind === "prompt" && store.selection.position === prompt.position;
    g.fillStyle = sceneColour(k, chosen ? 0.42 : 0.22);
    g.fillRect(x, top + 4, Math.max(1, end - x - 2), SCENES - 8);
    g.fillStyle = chosen ? c.accent : sceneColour(k, 1);
    if (view.x(prompt.at) >= GUTTER - 4) g.fillRect(view.x(prompt.at), top + 4, 3, SCENES - 8);
    const text = Math.max(x, view.x(prompt.at)) + 9;
    clipped(g, prompt.text, text, top + SCENES / 2 + 0.5, end - text - 7, c.ink, `12px ${FONT}`);
  });
  g.fillStyle = c.line;
  g.fillRect(GUTTER, top, view.inner, 1);
  g.fillRect(GUTTER, top + SCENES - 1, view.inner, 1);
}

/**
 * The colour of a scene: the one that the preview shows it in.
 * @param {number} k
 * @param {number} alpha
 */
const sceneColour = (k, alpha) => `oklch(0.68 0.15 ${((k * 137.5) % 360).toFixed(1)} / ${alpha})`;

/** @param {Context} g @param {View} view @param {Record<string, string>} c @param {number} k */
function lane(g, view, c, k) {
  const one = view.lanes[k], top = view.top(k);
  const { fps, first } = store.curves.header;
  const from = view.start * fps - first, step = fps / view.scale;
  const begin = Math.max(0, Math.ceil(-from / step)), end = Math.min(view.inner, Math.ceil((one.value.length - from) / step));
  const count = Math.max(0, Math.min(end - begin, low.length));
  const left = GUTTER + begin, frame = from + begin * step;
  const rest = Math.round(view.y(one, top, one.neutral));
  g.fillStyle = c.bar;
  g.fillRect(GUTTER, rest, view.inner, 1);
  const chosen = store.layer;
  for (const part of one.parts) {
    part.below.columns(frame, step, count, low, high);
    part.above.columns(frame, step, count, low2, high2);
    for (let x = 0; x < count; x++) {
      low[x] = Math.min(low[x], low2[x]);
      high[x] = Math.max(high[x], high2[x]);
    }
    band(g, view, one, top, left, count, 0, layerColour(part.number, part.number === chosen ? 0.55 : 0.26), step < 1);
  }
  one.value.columns(frame, step, count, low, high);
  band(g, view, one, top, left, count, 0.65, c.value, step < 1);
  for (const table of one.keys) keys(g, view, c, one, top, table);
  g.fillStyle = c.line;
  g.fillRect(GUTTER, top + LANE - 1, view.inner, 1);
}

/** Fill from the lowest to the highest value of each column. */
function band(/** @type {Context} */ g, /** @type {View} */ view, /** @type {any} */ one, /** @type {number} */ top,
  /** @type {number} */ left, /** @type {number} */ count, /** @type {number} */ thick, /** @type {string} */ colour, /** @type {boolean} */ wide) {
  if (!count) return;
  g.beginPath();
  const scale = (LANE - 14) / (one.high - one.low), base = top + LANE - 7 + one.low * scale;
  const steps = wide ? 1 : 0; // where a frame is wider than a column, its value is a step
  for (let x = 0; x < count; x++) {
    const y = base - high[x] * scale - thick;
    g.lineTo(left + x, y);
    if (steps) g.lineTo(left + x + 1, y);
  }
  for (let x = count - 1; x >= 0; x--) {
    const y = base - low[x] * scale + thick;
    if (steps) g.lineTo(left + x + 1, y);
    g.lineTo(left + x, y);
  }
  g.fillStyle = colour;
  g.fill();
}

/** @param {Context} g @param {View} view @param {Record<string, string>} c @param {any} one @param {number} top @param {any} table */
function keys(g, view, c, one, top, table) {
  const name = nameOf(table);
  for (const point of table.points) {
    if (point.at === null || point.at < view.start - 1 || point.at > view.end + 1) continue;
    const chosen = store.selection?.kind === "key" && store.selection.table === name && store.selection.position === point.position;
    const x = view.x(point.at), y = view.y(one, top, point.value), size = chosen ? 6 : 4.5;
    g.beginPath();
    g.moveTo(x, y - size);
    g.lineTo(x + size, y);
    g.lineTo(x, y + size);
    g.lineTo(x - size, y);
    g.closePath();
    g.fillStyle = chosen ? c.accent : layerColour(Number(table.path[1]));
    g.fill();
    g.strokeStyle = chosen ? c.ink : c.lane;
    g.lineWidth = 1.5;
    g.stroke();
  }
}

/** @param {Context} g @param {View} view @param {Record<string, string>} c @param {number} first @param {number} visible */
function gutter(g, view, c, first, visible) {
  g.fillStyle = c.panel;
  g.fillRect(0, 0, GUTTER, view.height);
  g.textBaseline = "middle";
  for (let k = first; k < Math.min(view.lanes.length, first + visible); k++) {
    const one = view.lanes[k], top = view.top(k);
    const value = one.value.levels[0].low, { fps, first: begin } = store.curves.header;
    const at = Math.min(Math.max(0, Math.floor(view.now * fps + 1e-6) - begin), value.length - 1);
    clipped(g, one.name.replaceAll("_", " "), 12, top + 19, GUTTER - 20, c.ink, `600 12px ${FONT}`);
    clipped(g, `${Number(value[at].toPrecision(4))}`, 12, top + 37, GUTTER - 20, c.quiet, `11px ${FONT}`);
    g.fillStyle = c.line;
    g.fillRect(0, top + LANE - 1, GUTTER, 1);
  }
  g.fillStyle = c.panel;
  g.fillRect(0, 0, GUTTER, view.lanesTop);
  if (view.sections) clipped(g, "Sections", 12, RULER + SECTIONS / 2 + 0.5, GUTTER, c.quiet, `11px ${FONT}`);
  clipped(g, song().name || "Song", 12, view.waveTop + WAVE / 2, GUTTER - 20, c.ink, `600 12px ${FONT}`);
  clipped(g, "Scenes", 12, view.scenesTop + SCENES / 2, GUTTER, c.ink, `600 12px ${FONT}`);
  g.fillStyle = c.line;
  for (const y of [RULER, view.waveTop, view.scenesTop, view.lanesTop]) g.fillRect(0, y - 1, GUTTER, 1);
  g.fillRect(GUTTER - 1, 0, 1, view.height);
}

/** Text that ends with an ellipsis where there is no more room. */
export function clipped(/** @type {Context} */ g, /** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y,
  /** @type {number} */ room, /** @type {string} */ colour, /** @type {string} */ font) {
  if (room < 14) return;
  g.font = font;
  g.fillStyle = colour;
  g.textBaseline = "middle";
  const about = room / 5;
  let shown = text.length > about * 2 ? text.slice(0, Math.ceil(about * 2)) : text;
  if (g.measureText(shown).width > room || shown !== text) {
    let least = 0, most = shown.length;
    while (least < most) {
      const middle = (least + most + 1) >> 1;
      if (g.measureText(`${shown.slice(0, middle)}…`).width <= room) least = middle;
      else most = middle - 1;
    }
    shown = least ? `${shown.slice(0, least)}…` : "";
  }
  g.fillText(shown, x, y);
}
