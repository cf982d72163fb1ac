// @ts-check
/** The row of scenes: a block for each, with its dissolve and its shots; or the prompts of a project without scenes. */
import { dissolves, entries, isChosen, scenesOf } from "./entries.js";
import { GUTTER, SCENES } from "./geometry.js";
import { clipped, FONT, sceneColour } from "./ink.js";
import { song } from "../music.js";

/** @typedef {import("./geometry.js").View} View */
/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {{begin: number, end: number, room: number, fade: number, at: number, text: string, shots: {at: number, text: string}[],
 *   colour: number, chosen: boolean, border: boolean, handle: boolean}} Block */

const INSET = 4;

/** @param {Context} g @param {View} view @param {Record<string, string>} c */
export function scenes(g, view, c) {
  const top = view.scenesTop;
  g.fillStyle = c.panel;
  g.fillRect(GUTTER, top, view.inner, SCENES);
  const all = entries(), given = scenesOf();
  for (const one of given.length ? cuts(given, all) : morphs(all)) block(g, view, c, one);
  for (const one of given.length ? all : []) {
    if (one.kind !== "prompt" || one.at === null) continue;
    g.fillStyle = isChosen(one) ? c.accent : c.ink;
    g.fillRect(view.x(one.at), top + INSET, 2, SCENES - 2 * INSET);
  }
  g.fillStyle = c.line;
  g.fillRect(GUTTER, top, view.inner, 1);
  g.fillRect(GUTTER, top + SCENES - 1, view.inner, 1);
}

/** @param {any[]} given @param {import("./entries.js").Entry[]} all @returns {Block[]} */
const cuts = (given, all) => given.map((scene, k) => ({
  ...scene,
  room: scene.end - (given[k + 1]?.fade ?? 0) / 2, // where the next dissolve is half as high as the row
  begin: scene.at,
  text: (scene.values.continues ? "↩ " : "") + scene.text,
  chosen: all.some((one) => one.scene === scene && isChosen(one)),
  border: scene.index >= 0,
  handle: all.some((one) => one.scene === scene && dissolves(one)),
}));

/** @param {import("./entries.js").Entry[]} all @returns {Block[]} */
const morphs = (all) => all.filter((one) => one.at !== null).map((one, k, placed) => ({
  begin: k ? Number(one.at) : 0,
  at: Number(one.at),
  end: placed[k + 1]?.at ?? song().duration,
  room: placed[k + 1]?.at ?? song().duration,
  fade: 0,
  text: one.text,
  shots: [],
  colour: k,
  chosen: isChosen(one),
  border: true,
  handle: false,
}));

/** @param {Context} g @param {View} view @param {Record<string, string>} c @param {Block} one */
function block(g, view, c, { begin, end, room, fade, at, text, shots, colour, chosen, border, handle }) {
  const top = view.scenesTop + INSET, bottom = top + SCENES - 2 * INSET;
  const left = view.x(begin - fade), right = view.x(end) - 2;
  if (right < GUTTER || left > view.width) return;
  g.fillStyle = sceneColour(colour, chosen ? 0.42 : 0.22);
  g.beginPath();
  g.moveTo(left, bottom);
  g.lineTo(view.x(begin), top);
  g.lineTo(Math.max(right, view.x(begin) + 1), top);
  g.lineTo(Math.max(right, view.x(begin) + 1), bottom);
  g.fill();
  const edge = chosen ? c.accent : sceneColour(colour);
  if (fade) {
    g.strokeStyle = edge;
    g.lineWidth = 1.5;
    g.beginPath();
    g.moveTo(left, bottom);
    g.lineTo(view.x(begin), top);
    g.stroke();
  }
  g.fillStyle = edge;
  if (border) g.fillRect(view.x(at), top, 3, bottom - top);
  if (handle && right - left > 24) {
    g.beginPath();
    g.moveTo(left + 1, bottom);
    g.lineTo(left - 9, bottom);
    g.lineTo(left + 1, bottom - 10);
    g.fill();
  }
  const texts = [{ at, text }, ...shots];
  texts.forEach((shot, k) => {
    const x = view.x(shot.at), next = view.x(Math.min(texts[k + 1]?.at ?? end, room));
    if (k) {
      g.fillStyle = edge;
      g.fillRect(x, bottom - 9, 2, 9);
    }
    const from = Math.max(GUTTER, x) + 9;
    clipped(g, shot.text, from, (top + bottom) / 2 + 0.5, next - from - 7, c.ink, `12px ${FONT}`);
  });
}
