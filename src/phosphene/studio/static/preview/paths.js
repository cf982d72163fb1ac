// @ts-check
/** The camera's path between two places, composed from its steps. */
import { store } from "../store.js";

const FAR = 6; // maximum enlargement of a still, before the plane replaces it
export const STILL_HERE = [1, 0, 0, 0, 1, 0, 0, 0, 1];

export class Paths {
  constructor() {
    /** @type {Map<number, {to: number, matrix: number[]}>} */ this.known = new Map();
  }

  /** Clear the cache; called when the steps change. */
  clear() {
    this.known.clear();
  }

  /**
   * The matrix from a pixel at a place of the camera to its position at an earlier place of the shot.
   * @param {number} from
   * @param {number} to
   */
  since(from, to) {
    const { steps } = store.camera.arrays;
    let path = this.known.get(from);
    if (!path || path.to > to) {
      if (this.known.size > 8) this.known.clear();
      this.known.set(from, (path = { to: from, matrix: STILL_HERE }));
    }
    while (path.to < to) path.matrix = times(steps.subarray(9 * ++path.to, 9 * path.to + 9), path.matrix);
    const m = path.matrix, enlarged = Math.sqrt(Math.abs(m[0] * m[4] - m[1] * m[3])) / Math.abs(m[8]);
    const near = (FAR - Math.max(enlarged, 1 / enlarged)) / (FAR / 2);
    return { matrix: inverse(m), cover: from === to ? 1 : Math.min(Math.max(near, 0), 1) };
  }
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
function times(a, b) {
  const out = [];
  for (let i = 0; i < 9; i += 3) for (let j = 0; j < 3; j++) out.push(a[i] * b[j] + a[i + 1] * b[j + 3] + a[i + 2] * b[j + 6]);
  return out;
}

/**
 * Up to a factor that keeps the depth positive.
 * @param {number[]} m
 */
function inverse([a, b, c, d, e, f, g, h, i]) {
  const out = [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d];
  const determinant = a * out[0] + b * out[3] + c * out[6];
  return out.map((value) => value / determinant);
}
