// @ts-check
/** Colours and texts of the timeline. */

const HUES = [265, 195, 35, 330, 140, 85, 230, 15, 300, 170];
export const FONT = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

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
    "bar", "wave", "wave-loud", "value", "playhead", "loop", "accent-ground", "on-accent", "bad"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/**
 * The colour of a scene: the one that the preview shows its first prompt in.
 * @param {number} k
 * @param {number} [alpha]
 */
export const sceneColour = (k, alpha = 1) => `oklch(0.68 0.15 ${((k * 137.5) % 360).toFixed(1)} / ${alpha})`;

/** Text, shortened with an ellipsis to fit the width. */
export function clipped(/** @type {CanvasRenderingContext2D} */ g, /** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y,
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
