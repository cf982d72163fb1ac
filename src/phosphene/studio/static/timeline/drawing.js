// @ts-check
/** Draws the visible part of the timeline, whenever it changes. */
import { GUTTER, LANE, RULER, SCENES, SECTIONS, WAVE } from "./geometry.js";
import { clipped, FONT, layerColour } from "./ink.js";
import { lane } from "./lane.js";
import { clock, lastBefore, song } from "../music.js";
import { scenes } from "./scenes.js";
import { store } from "../store.js";

/** @typedef {import("./geometry.js").View} View */
/** @typedef {CanvasRenderingContext2D} Context */

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
