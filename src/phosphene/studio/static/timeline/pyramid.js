// @ts-check
/** Extremes of a curve at several resolutions: a column of pixels costs the same at every zoom. */

const FACTOR = 4;

export class Pyramid {
  /** @param {Float32Array} values */
  constructor(values) {
    this.length = values.length;
    /** @type {{low: Float32Array, high: Float32Array}[]} */
    this.levels = [{ low: values, high: values }];
    while (this.levels[this.levels.length - 1].low.length > 64) {
      const { low, high } = this.levels[this.levels.length - 1];
      const count = Math.ceil(low.length / FACTOR);
      const next = { low: new Float32Array(count), high: new Float32Array(count) };
      for (let k = 0; k < count; k++) {
        let least = Infinity, most = -Infinity;
        for (let i = k * FACTOR; i < Math.min((k + 1) * FACTOR, low.length); i++) {
          if (low[i] < least) least = low[i];
          if (high[i] > most) most = high[i];
        }
        next.low[k] = least;
        next.high[k] = most;
      }
      this.levels.push(next);
    }
    const top = this.levels[this.levels.length - 1];
    this.least = Math.min(...top.low);
    this.most = Math.max(...top.high);
  }

  /**
   * The extremes of the values that each column covers.
   * @param {number} first frame at the left edge of the first column, with its fraction
   * @param {number} step frames in a column
   * @param {number} count columns
   * @param {Float32Array} low
   * @param {Float32Array} high
   */
  columns(first, step, count, low, high) {
    let depth = 0, size = 1;
    while (depth + 1 < this.levels.length && size * FACTOR <= step) {
      depth++;
      size *= FACTOR;
    }
    const level = this.levels[depth];
    const last = level.low.length - 1;
    for (let x = 0; x < count; x++) {
      const from = Math.max(0, Math.min(last, Math.floor((first + x * step) / size)));
      const to = Math.max(from, Math.min(last, Math.ceil((first + (x + 1) * step) / size) - 1));
      let least = Infinity, most = -Infinity;
      for (let i = from; i <= to; i++) {
        if (level.low[i] < least) least = level.low[i];
        if (level.high[i] > most) most = level.high[i];
      }
      low[x] = least;
      high[x] = most;
    }
  }
}
