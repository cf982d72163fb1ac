// @ts-check
/** Painted pictures: which there are of a frame, and a few of them in memory. */
import { url } from "./api.js";
import { emit, store } from "./store.js";

const MOST = 128 * 2 ** 20; // bytes of decoded pictures
const AHEAD = 16; // frames that are fetched before they are shown

/** @typedef {{job: string, frame: number}} Still */

/** @type {Map<string, {bitmap: ImageBitmap | null, bytes: number}>} */
const cache = new Map();
let held = 0;

/**
 * A picture, if it is here; it is fetched if not.
 * @param {Still} still
 * @returns {ImageBitmap | null}
 */
export function bitmapOf({ job, frame }) {
  const name = `takes/${job}/${frame}.jpg`;
  const found = cache.get(name);
  if (found) {
    cache.delete(name);
    cache.set(name, found);
    return found.bitmap;
  }
  const entry = { bitmap: /** @type {ImageBitmap | null} */ (null), bytes: 0 };
  cache.set(name, entry);
  fetch(url(name))
    .then((answer) => (answer.ok ? answer.blob() : Promise.reject(answer.status)))
    .then((blob) => createImageBitmap(blob))
    .then((bitmap) => {
      entry.bitmap = bitmap;
      entry.bytes = 4 * bitmap.width * bitmap.height;
      held += entry.bytes;
      emit("picture");
      for (const [other, old] of cache) {
        if (held <= MOST) break;
        held -= old.bytes;
        old.bitmap?.close();
        cache.delete(other);
      }
    })
    .catch(() => setTimeout(() => cache.delete(name), 1000));
  return null;
}

/** Jobs whose pictures are at the project's own frame rate and size, the newest first. */
export function takes() {
  const fps = store.curves?.header.fps;
  return store.jobs
    .filter((job) => job.asked.kind !== "film" && job.pictures.length && Math.abs(job.fps - fps) < 1e-6)
    .reverse();
}

/**
 * The newest picture of exactly this frame, or else the last still before it.
 * @param {number} frame
 * @param {string} [only] a job
 * @returns {{still: Still, exact: boolean} | null}
 */
export function stillFor(frame, only = "") {
  let best = null;
  for (const job of takes()) {
    if (only && job.id !== only) continue;
    const first = job.pictures[0], last = job.pictures[job.pictures.length - 1];
    if (frame >= first && frame <= last) {
      for (let next = frame + 1; next <= Math.min(last, frame + AHEAD); next++) bitmapOf({ job: job.id, frame: next });
      const still = { job: job.id, frame };
      if (bitmapOf(still)) return { still, exact: true };
      for (let back = frame - 1; back >= Math.max(first, frame - 4); back--) {
        if (bitmapOf({ job: job.id, frame: back })) return { still: { job: job.id, frame: back }, exact: false };
      }
    }
    if (last < frame && (best === null || last > best.frame)) best = { job: job.id, frame: last };
  }
  return best && bitmapOf(best) ? { still: best, exact: false } : null;
}
