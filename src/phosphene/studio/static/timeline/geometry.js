// @ts-check
/** The geometry of the timeline: seconds and pixels, rows and values. */
import { layers, nameOf, store } from "../store.js";
import { song } from "../music.js";
import { Pyramid } from "./pyramid.js";
import { borderAt, footAt } from "./entries.js";

export const GUTTER = 132;
export const RULER = 24;
export const SECTIONS = 20;
export const WAVE = 56;
export const SCENES = 40;
export const LANE = 58;
/** The lower part of the row of scenes, in which the handles of dissolves are. */
export const FOOT = 16;

/**
 * @typedef {{name: string, unit: string, neutral: number, value: Pyramid,
 *   parts: {below: Pyramid, above: Pyramid, number: number, entry: string}[],
 *   keys: import("../store.js").Table[], low: number, high: number}} Lane
 */

export class View {
  constructor() {
    this.width = 800;
    this.height = 300;
    /** Seconds at the left edge. */ this.start = 0;
    /** Pixels in a second. */ this.scale = 40;
    /** Pixels that the lanes are scrolled down. */ this.down = 0;
    /** @type {Lane[]} */ this.lanes = [];
    /** Seconds at the playhead. */ this.now = 0;
  }

  get sections() {
    return song().sections.length ? SECTIONS : 0;
  }
  get waveTop() {
    return RULER + this.sections;
  }
  get scenesTop() {
    return this.waveTop + WAVE;
  }
  get lanesTop() {
    return this.scenesTop + SCENES;
  }
  get inner() {
    return Math.max(1, this.width - GUTTER);
  }
  get end() {
    return this.start + this.inner / this.scale;
  }

  /** @param {number} t */
  x(t) {
    return GUTTER + (t - this.start) * this.scale;
  }
  /** @param {number} x */
  t(x) {
    return this.start + (x - GUTTER) / this.scale;
  }
  /** @param {number} k */
  top(k) {
    return this.lanesTop + k * LANE - this.down;
  }
  /** @param {Lane} lane @param {number} top @param {number} value */
  y(lane, top, value) {
    return top + LANE - 7 - ((value - lane.low) / (lane.high - lane.low)) * (LANE - 14);
  }
  /** @param {Lane} lane @param {number} top @param {number} y */
  value(lane, top, y) {
    return lane.low + ((top + LANE - 7 - y) / (LANE - 14)) * (lane.high - lane.low);
  }

  /** Pixels in a second that show the whole song. */
  get fitting() {
    return this.inner / (song().duration * 1.01);
  }

  /** Whether the whole song is shown. */
  get whole() {
    return this.start === 0 && Math.abs(this.scale / this.fitting - 1) < 1e-6;
  }

  fit() {
    this.scale = this.fitting;
    this.start = 0;
  }

  clamp() {
    const { duration } = song();
    const least = this.inner / (duration * 1.25);
    this.scale = Math.min(Math.max(this.scale, least), 4000);
    const most = Math.max(0, duration + 40 / this.scale - this.inner / this.scale);
    this.start = Math.min(Math.max(0, this.start), most);
    const tall = this.lanes.length * LANE - (this.height - this.lanesTop);
    this.down = Math.min(Math.max(0, this.down), Math.max(0, tall));
  }

  /**
   * Zoom, with the time at `x` staying where it is.
   * @param {number} factor
   * @param {number} x
   */
  zoom(factor, x) {
    const t = this.t(x);
    this.scale *= factor;
    this.clamp();
    this.start = t - (x - GUTTER) / this.scale;
    this.clamp();
  }

  /**
   * Scroll so that a time is visible.
   * @param {number} t
   * @param {boolean} [page] by whole pages
   */
  reveal(t, page = false) {
    if (t >= this.start && t <= this.end - (page ? 0 : 20 / this.scale)) return false;
    this.start = t - (page ? 0.02 : 0.3) * (this.inner / this.scale);
    this.clamp();
    return true;
  }

  /** Make the lanes of new curves. */
  adopt() {
    const { header, arrays } = store.curves;
    const keyed = layers().flatMap((layer) => layer.keys);
    const names = header.channels.map((/** @type {any} */ channel) => channel.name);
    this.lanes = header.channels.map((/** @type {any} */ channel) => {
      const { name, unit, neutral } = channel;
      const value = new Pyramid(arrays[name]);
      const parts = channel.layers.map((/** @type {any} */ part, /** @type {number} */ k) => ({
        below: new Pyramid(arrays[`${name}.${k}.below`]),
        above: new Pyramid(arrays[`${name}.${k}.above`]),
        number: Number(/\d+/.exec(part.entry)?.[0] ?? 0),
        entry: part.entry,
      }));
      const keys = keyed.filter((table) => table.channel === name);
      const values = keys.flatMap((table) => table.points.map((point) => point.value));
      const all = [value, ...parts.flatMap((/** @type {any} */ part) => [part.below, part.above])];
      let low = Math.min(neutral, ...values, ...all.map((one) => one.least));
      let high = Math.max(neutral, ...values, ...all.map((one) => one.most));
      if (high - low < 1e-9) [low, high] = [low - 0.5, high + 0.5];
      const room = 0.08 * (high - low);
      return { name, unit, neutral, value, parts, keys, low: low - room, high: high + room };
    });
    // A channel with keyframes that are at rest has a lane too, or they could not be moved.
    for (const table of keyed) {
      if (names.includes(table.channel) || !store.choices?.channels[table.channel]) continue;
      names.push(table.channel);
      const { unit, neutral } = store.choices.channels[table.channel];
      const value = new Pyramid(new Float32Array(header.frames).fill(neutral));
      const keys = keyed.filter((one) => one.channel === table.channel);
      this.lanes.push({ name: table.channel, unit, neutral, value, parts: [], keys, low: neutral - 1, high: neutral + 1 });
    }
    this.clamp();
  }

  /**
   * What is under a point of the canvas.
   * @param {number} x
   * @param {number} y
   */
  hit(x, y) {
    if (y < RULER) return { kind: x < GUTTER ? "gutter" : "ruler" };
    if (y < this.scenesTop) return { kind: x < GUTTER ? "gutter" : "wave" };
    if (y < this.lanesTop) {
      if (x < GUTTER) return { kind: "gutter" };
      const foot = y > this.scenesTop + SCENES - FOOT && footAt(this, x);
      if (foot) return { kind: "dissolve", entry: foot };
      const entry = borderAt(this, x);
      return entry ? { kind: "border", entry } : { kind: "scenes" };
    }
    const k = Math.floor((y - this.lanesTop + this.down) / LANE);
    const lane = this.lanes[k];
    if (!lane) return { kind: "empty" };
    const top = this.top(k);
    if (x < GUTTER) return { kind: "name", lane, k };
    let best = 81, found = null;
    for (const table of lane.keys) {
      for (const point of table.points) {
        if (point.at === null) continue;
        const away = (this.x(point.at) - x) ** 2 + (this.y(lane, top, point.value) - y) ** 2;
        if (away < best) [best, found] = [away, { kind: "key", lane, k, top, table, point, name: nameOf(table) }];
      }
    }
    return found ?? { kind: "lane", lane, k, top };
  }
}
