// @ts-check
/** The colours of the preview: a palette for each prompt, as `phosphene.engines.preview.camera` makes it. */

const CONES = [
  [1, 0.3963377774, 0.2158037573],
  [1, -0.1055613458, -0.0638541728],
  [1, -0.0894841775, -1.291485548],
];
const LINEAR = [
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.707614701],
];
const FRONT = 0.12;

/** @param {number[]} row @param {number[]} v */
const dot = (row, v) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2];

/**
 * Light of every shade around a hue.
 * @param {number} hue
 * @param {number} shades
 */
export function palette(hue, shades) {
  const light = new Float32Array(3 * shades);
  for (let k = 0; k < shades; k++) {
    const around = (2 * Math.PI * k) / shades, angle = hue + 1.2 * Math.sin(around);
    const lab = [0.72 + 0.1 * Math.cos(2 * around), 0.17 * Math.cos(angle), 0.17 * Math.sin(angle)];
    const cones = CONES.map((row) => dot(row, lab) ** 3);
    LINEAR.forEach((row, channel) => {
      const linear = Math.min(Math.max(dot(row, cones), 0), 1);
      const level = linear > 0.0031308 ? 1.055 * linear ** (1 / 2.4) - 0.055 : 12.92 * linear;
      light[3 * k + channel] = level ** 1.6;
    });
  }
  return light;
}

/**
 * The palette of a frame: where prompts morph, one spreads from shade to shade.
 * @param {Float32Array[]} palettes
 * @param {ArrayLike<number>} weights
 * @param {Uint8Array} out RGBA
 */
export function mixed(palettes, weights, out) {
  const shades = out.length / 4;
  out.fill(0);
  for (let k = 0; k < shades; k++) {
    const place = Math.abs(-1 + (2 * k) / shades);
    const low = Math.max(place - FRONT, 0), high = Math.min(place + FRONT, 1);
    let end = 0, before = low;
    const sum = [0, 0, 0];
    for (let p = 0; p < palettes.length; p++) {
      end = p === palettes.length - 1 ? 1 : end + weights[p];
      const within = Math.min(Math.max(end, low), high);
      const share = (within - before) / (high - low);
      before = within;
      if (share <= 0) continue;
      for (let c = 0; c < 3; c++) sum[c] += share * palettes[p][3 * k + c];
    }
    for (let c = 0; c < 3; c++) out[4 * k + c] = Math.round(255 * Math.min(sum[c], 1));
    out[4 * k + 3] = 255;
  }
}
