// @ts-check
/** The entries of the row of scenes: `[[scene]]` tables and `[prompts.at]`, in the order of time. */
import { lastBefore } from "../music.js";
import { store } from "../store.js";

/**
 * @typedef {{kind: "scene" | "prompt", index: number, position: string, at: number | null,
 *   text: string, path: (string | number)[], only: boolean, scene?: any}} Entry
 */

/** The scenes, with the part before the first `[[scene]]`, or none if the project has no `[[scene]]`. */
export const scenesOf = () => {
  /** @type {any[]} */ const scenes = store.state?.project?.scenes ?? [];
  return scenes.some((scene) => scene.index >= 0) ? scenes : [];
};

/** @returns {Entry[]} */
export function entries() {
  const prompts = store.state?.project?.prompts ?? [];
  const scenes = scenesOf().filter((scene) => scene.index >= 0);
  const only = prompts.length + scenes.length < 2;
  const all = [
    ...scenes.map((scene) => ({ kind: "scene", index: scene.index, position: scene.position, at: scene.at, text: scene.text, path: ["scene", scene.index], only, scene })),
    ...prompts.map((/** @type {any} */ one, /** @type {number} */ index) => ({ kind: "prompt", index, ...one, only })),
  ];
  return all.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
}

/**
 * The entry that is shown at a time.
 * @param {number} t
 */
export function entryAt(t) {
  const placed = entries().filter((one) => one.at !== null);
  return placed[Math.max(0, lastBefore(placed.map((one) => Number(one.at)), t))];
}

/**
 * The entry that begins near a point.
 * @param {import("./geometry.js").View} view
 * @param {number} x
 */
export const borderAt = (view, x) => entries().find((one) => one.at !== null && Math.abs(view.x(one.at) - x) < 7);

/**
 * Whether something is before a scene that it can dissolve from.
 * @param {Entry} entry
 */
export const dissolves = ({ scene, at }) => Boolean(scene) && at !== null && at > 0;

/**
 * The scene whose dissolve begins near a point; of several, the one that is selected.
 * @param {import("./geometry.js").View} view
 * @param {number} x
 */
export function footAt(view, x) {
  const near = entries().filter((one) => dissolves(one) && Math.abs(view.x(Number(one.at) - one.scene.fade) - 4 - x) < 8);
  return near.find(isChosen) ?? near[0];
}

/** @param {Entry} entry */
export const isChosen = ({ kind, position }) => store.selection?.kind === kind && store.selection.position === position;

/** The entry that is selected. */
export const chosenEntry = () => entries().find(isChosen);
