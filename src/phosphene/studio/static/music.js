// @ts-check
/** Seconds, beats and bars; and positions as they are written into a project. */
import { store } from "./store.js";

/**
 * The number of the last time at or before `t`, from -1.
 * @param {number[]} times
 * @param {number} t
 */
export function lastBefore(times, t) {
  let low = 0, high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t + 1e-6) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** @param {number[]} times @param {number} t */
export function nearest(times, t) {
  const k = lastBefore(times, t);
  if (k < 0) return 0;
  return k + 1 < times.length && times[k + 1] - t < t - times[k] ? k + 1 : k;
}

export const song = () => store.state?.song ?? { duration: 1, beats: [], bars: [], metre: 4, tempo: 0, sections: [], features: [] };

export const fps = () => store.curves?.header.fps ?? 12;

/** @param {number} t */
export function barAndBeat(t) {
  const { bars, beats } = song();
  const bar = lastBefore(bars, t);
  if (bar < 0 || !beats.length) return "";
  const first = nearest(beats, bars[bar]);
  return `bar ${bar + 1}.${Math.max(1, lastBefore(beats, t) - first + 1)}`;
}

/** @param {number} t @param {number} [digits] */
export function clock(t, digits = 2) {
  const minutes = Math.floor(Math.max(0, t) / 60);
  const seconds = Math.max(0, t) - 60 * minutes;
  const shown = Math.min(seconds, 60 - 10 ** -digits).toFixed(digits);
  return `${minutes}:${shown.padStart(digits ? 3 + digits : 2, "0")}`;
}

/**
 * The time to snap to, and how it is written.
 * @param {number} t seconds
 * @param {string} snap beat, bar or off
 * @param {string} [before] how the position was written, whose unit is kept without snapping
 */
export function placed(t, snap, before = "") {
  const { beats, bars, duration } = song();
  t = Math.min(Math.max(0, t), duration);
  if (snap !== "off" && bars.length) {
    const bar = nearest(bars, t);
    const beat = nearest(beats, t);
    if (snap === "bar" || Math.abs(bars[bar] - beats[beat]) < 1e-3) return { at: bars[bar], text: `bar ${bar + 1}` };
    return { at: beats[beat], text: `beat ${beat + 1}` };
  }
  if (/^\s*(frame\s+)?\d+\s*$/.test(before)) {
    const frame = Math.round(t * fps());
    return { at: frame / fps(), text: String(frame) };
  }
  if (/%\s*$/.test(before)) {
    const share = Math.round((t / duration) * 1e4) / 100;
    return { at: (share / 100) * duration, text: `${share}%` };
  }
  const rounded = Math.round(t * 1000) / 1000;
  return { at: rounded, text: `${rounded}s` };
}

/**
 * The span from a time up to another one, and how it is written; empty if nothing is left.
 * @param {number} t seconds
 * @param {number} end seconds
 * @param {string} snap beat, bar or off
 */
export function span(t, end, snap) {
  const { beats, metre } = song(), k = nearest(beats, end);
  const beat = beats[k + 1] - beats[k] || beats[k] - beats[k - 1], unit = snap === "bar" ? metre : 1;
  if (snap === "off" || !beat) {
    const seconds = Math.max(0, Math.round((end - t) * 100) / 100);
    return { at: end - seconds, text: seconds ? `${seconds}s` : "" };
  }
  const count = Math.max(0, Math.round((end - t) / beat / unit)) * unit;
  const [number, name] = count % metre ? [count, "beat"] : [count / metre, "bar"];
  return { at: end - count * beat, text: count ? `${number} ${name}${number === 1 ? "" : "s"}` : "" };
}

/**
 * A number with as many digits as matter.
 * @param {number} value
 * @param {number} [digits]
 */
export const short = (value, digits = 4) => Number(value.toPrecision(digits));
