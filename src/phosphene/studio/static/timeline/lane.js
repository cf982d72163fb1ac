// @ts-check
/** A lane of the timeline: the values of a channel, the part of each layer, and keyframes. */
import { GUTTER, LANE } from "./geometry.js";
import { layerColour } from "./ink.js";
import { nameOf, store } from "../store.js";

/** @typedef {import("./geometry.js").View} View */
/** @typedef {CanvasRenderingContext2D} Context */

const low = new Float32Array(8192), high = new Float32Array(8192);
const low2 = new Float32Array(8192), high2 = new Float32Array(8192);

/** @param {Context} g @param {View} view @param {Record<string, string>} c @param {number} k */
export function lane(g, view, c, k) {
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
