// @ts-check
/** Painted pictures: the job that painted each frame, and a cache of decoded ones. */
import { url } from "../api.js";
import { emit, on, store } from "../store.js";

const MAX_BYTES = 128 * 2 ** 20; // of decoded pictures
const AHEAD = 16; // frames that are fetched before they are shown

/** @typedef {{job: string, frame: number}} Still */

/** @type {Map<string, {bitmap: ImageBitmap | null, bytes: number}>} */
const cache = new Map();
let held = 0;

/**
 * A picture from the cache; null while it is fetched.
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
        if (held <= MAX_BYTES) break;
        if (!old.bitmap) continue; // it counts when it is loaded
        held -= old.bytes;
        old.bitmap.close();
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

/** @param {string} job @param {number} frame @param {number} last */
export function fetchAhead(job, frame, last) {
  for (let next = frame + 1; next <= Math.min(last, frame + AHEAD); next++) bitmapOf({ job, frame: next });
}

/**
 * The job that painted each frame last, and the last still before each place of the camera in its shot.
 * @type {{painted: Map<number, string>, before: Int32Array} | null}
 */
let index = null;
on("jobs", () => (index = null));
on("camera", () => (index = null));

function indexed() {
  if (index) return index;
  const { rows, shots, seen } = store.camera.arrays, { first } = store.curves.header;
  const painted = new Map();
  for (const job of takes().reverse()) for (const frame of job.pictures) painted.set(frame, job.id);
  const before = new Int32Array(rows.length);
  for (let place = 0, last = -1; place < rows.length; place++) {
    const row = rows[place], alone = seen[2 * row] === place && seen[2 * row + 1] < 0;
    if (shots[place] === place) last = -1;
    if (alone && painted.has(first + row)) last = place;
    before[place] = last;
  }
  return (index = { painted, before });
}

/**
 * The newest picture of exactly this frame; the next ones are fetched as well.
 * @param {number} frame
 */
export function exactly(frame) {
  const { painted } = indexed();
  if (!painted.has(frame)) return null;
  for (let next = frame + 1; next <= frame + AHEAD; next++) {
    const job = painted.get(next);
    if (job) bitmapOf({ job, frame: next });
  }
  return bitmapOf({ job: painted.get(frame), frame });
}

/**
 * The last still from which the camera moved on to a place.
 * @param {number} place
 * @returns {{bitmap: ImageBitmap, place: number} | null}
 */
export function stillBefore(place) {
  const { painted, before } = indexed(), { rows, shots } = store.camera.arrays;
  let at = before[place];
  for (let tries = 0; at >= 0 && tries < 4; tries++) {
    const frame = store.curves.header.first + rows[at], bitmap = bitmapOf({ job: painted.get(frame), frame });
    if (bitmap) return { bitmap, place: at };
    at = at > shots[at] ? before[at - 1] : -1; // while it is fetched, the one before it
  }
  return null;
}
