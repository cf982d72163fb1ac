// @ts-check
/** The overlay of the timeline: the playhead, dragged items, and refused edits. */
import { clock } from "../music.js";
import { messageOf } from "../panels/mistakes.js";
import { store } from "../store.js";
import { GUTTER, SCENES } from "./geometry.js";
import { FONT } from "./ink.js";

/** @typedef {import("./geometry.js").View} View */
/** @typedef {CanvasRenderingContext2D} Context */

/** @param {Context} g @param {View} view @param {Record<string, string>} c */
export function playhead(g, view, c) {
  const x = Math.round(view.x(view.now));
  if (x < GUTTER || !store.curves) return;
  g.fillStyle = c.playhead;
  g.fillRect(x, 0, 1.5, view.height);
  g.beginPath();
  g.moveTo(x - 5, 0);
  g.lineTo(x + 6.5, 0);
  g.lineTo(x + 0.75, 8);
  g.fill();
}

/**
 * A dragged item at its new place.
 * @param {Context} g @param {View} view @param {Record<string, string>} c @param {any} drag
 */
export function ghost(g, view, c, drag) {
  if (!drag?.moved || !drag.place) return;
  const x = view.x(drag.place.at);
  g.fillStyle = g.strokeStyle = c.accent;
  let label = `${drag.place.text} · ${clock(drag.place.at)}`;
  let y = view.scenesTop + 10;
  if (drag.kind === "dissolve") {
    const bottom = view.scenesTop + SCENES - 4;
    label = drag.place.text ? `dissolve over ${drag.place.text}` : "a cut";
    g.lineWidth = 2;
    g.beginPath();
    g.moveTo(x, bottom);
    g.lineTo(view.x(drag.entry.at), view.scenesTop + 4);
    g.stroke();
    g.fillRect(x - 4, bottom - 4, 8, 8);
  } else g.fillRect(x, view.scenesTop, 1, view.height);
  if (drag.kind === "key") {
    y = view.y(drag.lane, drag.top, drag.value);
    g.beginPath();
    g.arc(x, y, 6, 0, 7);
    g.fill();
    label = `${drag.value} at ${label}`;
  }
  g.font = `600 12px ${FONT}`;
  const width = g.measureText(label).width + 14;
  const left = x + width + 12 > view.width ? x - width - 10 : x + 10;
  g.fillStyle = c.raised;
  g.fillRect(left, y - 26, width, 20);
  g.fillStyle = c.ink;
  g.textBaseline = "middle";
  g.fillText(label, left + 7, y - 16);
}

/** Size of the message in pixels. */
let room = [0, 0];

/**
 * A ring where an edit was refused, and the message beside it.
 * @param {Context} g @param {View} view @param {Record<string, string>} c @param {HTMLElement} box @param {number} unit
 */
export function refusal(g, view, c, box, unit) {
  const { refused } = store, place = refused?.place;
  const [x, y] = place ? where(view, place) : [-1, -1];
  const seen = x >= GUTTER && x <= view.width && y >= 0 && y <= view.height;
  if (box.hidden === seen) box.hidden = !seen;
  if (!seen || !refused) return;
  g.strokeStyle = c.bad;
  g.lineWidth = 2;
  g.beginPath();
  g.arc(x, y, 8, 0, 7);
  g.stroke();
  const text = refused.errors.map(messageOf).join("\n");
  if (box.textContent !== text) {
    box.textContent = text;
    room = [box.offsetWidth / unit, box.offsetHeight / unit];
  }
  const left = x + room[0] + 14 > view.width ? x - room[0] - 14 : x + 14, top = y + room[1] + 14 > view.height ? y - room[1] - 14 : y + 14;
  const at = `${Math.round(Math.max(0, left) * unit)}px ${Math.round(Math.max(0, top) * unit)}px`;
  if (box.style.translate !== at) box.style.translate = at;
}

/** @param {View} view @param {import("../store.js").Place} place */
function where(view, { at, lane, value }) {
  const k = view.lanes.findIndex((one) => one.name === lane);
  if (k < 0) return [view.x(at), view.scenesTop + SCENES / 2];
  const y = view.y(view.lanes[k], view.top(k), value ?? 0);
  return [view.x(at), y < view.lanesTop ? -1 : y];
}
