// @ts-check
/** Edits of the project made in the timeline: moving, adding and removing. */
import { scenesOf } from "./entries.js";
import { edit, emit, layers, nameOf, select, store } from "../store.js";

/** @typedef {import("../store.js").Table} Table */
/** @typedef {import("./entries.js").Entry} Entry */

/** @typedef {import("../store.js").Place} Place */

/** @param {Entry} entry @param {string} to @param {Place | null} [place] */
export async function moveEntry({ kind, index, position }, to, place = null) {
  if (position === to) return;
  const op = kind === "scene" ? { op: "move_scene", index, at: to } : { op: "rename", path: ["prompts", "at"], key: position, to };
  if (await edit(kind === "scene" ? "Move scene" : "Move prompt", [op], "", place)) select({ kind, position: to });
}

/**
 * Change the length of a scene's dissolve; without one it is a cut.
 * @param {Entry} entry
 * @param {string} length
 * @param {Place | null} [place]
 */
export function dissolve({ path, scene }, length, place = null) {
  const to = [...path, "dissolve"];
  if (length || scene.values.dissolve !== undefined) edit("Change dissolve", [length ? { op: "put", path: to, value: length } : { op: "drop", path: to }], "", place);
}

/**
 * Add a scene, or a prompt if the project has no scenes.
 * @param {string} position
 * @param {Place | null} [place]
 */
export const addAt = (position, place = null) => (scenesOf().length ? addScene : addPrompt)(position, place);

/** @param {string} position @param {Place | null} [place] */
export const addPrompt = (position, place = null) =>
  added("prompt", position, { op: "put", path: ["prompts", "at", position], value: "a new prompt" }, place);

/** @param {string} position @param {Place | null} [place] */
export const addScene = (position, place = null) => added("scene", position, { op: "add_scene", at: position, prompt: "a new scene" }, place);

/** @param {"scene" | "prompt"} kind @param {string} position @param {any} op @param {Place | null} place */
async function added(kind, position, op, place) {
  if (!(await edit(`Add ${kind}`, [op], "", place))) return;
  select({ kind, position });
  emit("tab", "scenes");
}

/** @param {Entry} entry */
export async function removeEntry({ kind, index, position }) {
  const last = store.state.project.prompts.length === 1;
  const op = kind === "scene" ? { op: "drop_scene", index } : { op: "drop", path: ["prompts", "at", ...(last ? [] : [position])] };
  if (await edit(`Remove ${kind}`, [op])) select(null);
}

/** @param {Table} table @param {string} from @param {string} to @param {number} value @param {Place | null} [place] */
export async function moveKey(table, from, to, value, place = null) {
  const { path } = table;
  /** @type {any[]} */ let ops = [];
  if (table.constant) ops = [{ op: "put", path, value: { [to]: value } }];
  else {
    if (from !== to) ops.push({ op: "rename", path, key: from, to });
    ops.push({ op: "put", path: [...path, to], value });
  }
  if (await edit(`Move ${table.channel} keyframe`, ops, "", place)) select({ kind: "key", table: nameOf(table), position: to });
}

/** @param {string} channel @param {string} position @param {number} value @param {Place | null} [place] */
export async function addKey(channel, position, value, place = null) {
  const own = layers().filter((layer) => layer.use === "keyframes");
  const layer = own.find((one) => one.index === store.layer) ?? own.find((one) => channel in one.values) ?? own[own.length - 1];
  const table = layer?.keys.find((one) => one.channel === channel);
  /** @type {any[]} */ let ops;
  let index = layer?.index ?? layers().length;
  if (!layer) ops = [{ op: "add_layer", layer: { use: "keyframes", [channel]: { [position]: value } } }];
  else if (!table) ops = [{ op: "put", path: ["motion", index, channel], value: { [position]: value } }];
  else if (table.constant) {
    const before = table.points[0].value;
    ops = [{ op: "put", path: table.path, value: { 0: before, [position]: value } }];
  } else ops = [{ op: "put", path: [...table.path, position], value }];
  if (await edit(`Add ${channel} keyframe`, ops, "", place)) {
    select({ kind: "key", table: `motion.${index}.${channel}`, position });
    emit("tab", "layers");
  }
}

/** @param {Table} table @param {string} position */
export async function removeKey(table, position) {
  const last = table.points.length === 1;
  const ops = [{ op: "drop", path: last ? table.path : [...table.path, position] }];
  if (await edit(`Remove ${table.channel} keyframe`, ops)) select({ kind: "layer", index: Number(table.path[1]) });
  emit("tab", "layers");
}
