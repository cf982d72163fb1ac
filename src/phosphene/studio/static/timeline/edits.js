// @ts-check
/** What is moved, added and removed in the timeline, as edits of the project. */
import { scenesOf } from "./entries.js";
import { edit, emit, layers, nameOf, select, store } from "../store.js";

/** @typedef {import("../store.js").Table} Table */
/** @typedef {import("./entries.js").Entry} Entry */

/** @param {Entry} entry @param {string} to */
export async function moveEntry({ kind, index, position }, to) {
  if (position === to) return;
  const op = kind === "scene" ? { op: "move_scene", index, at: to } : { op: "rename", path: ["prompts", "at"], key: position, to };
  if (await edit(kind === "scene" ? "Move scene" : "Move prompt", [op])) select({ kind, position: to });
}

/**
 * Add what the project has: a scene, or a prompt where it has no scenes.
 * @param {string} position
 */
export const addAt = (position) => (scenesOf().length ? addScene : addPrompt)(position);

/** @param {string} position */
export const addPrompt = (position) =>
  added("prompt", position, { op: "put", path: ["prompts", "at", position], value: "a new prompt" });

/** @param {string} position */
export const addScene = (position) => added("scene", position, { op: "add_scene", at: position, prompt: "a new scene" });

/** @param {"scene" | "prompt"} kind @param {string} position @param {any} op */
async function added(kind, position, op) {
  if (!(await edit(`Add ${kind}`, [op]))) return;
  select({ kind, position });
  emit("tab", "scenes");
}

/** @param {Entry} entry */
export async function removeEntry({ kind, index, position }) {
  const last = store.state.project.prompts.length === 1;
  const op = kind === "scene" ? { op: "drop_scene", index } : { op: "drop", path: ["prompts", "at", ...(last ? [] : [position])] };
  if (await edit(`Remove ${kind}`, [op])) select(null);
}

/** @param {Table} table @param {string} from @param {string} to @param {number} value */
export async function moveKey(table, from, to, value) {
  const { path } = table;
  /** @type {any[]} */ let ops = [];
  if (table.constant) ops = [{ op: "put", path, value: { [to]: value } }];
  else {
    if (from !== to) ops.push({ op: "rename", path, key: from, to });
    ops.push({ op: "put", path: [...path, to], value });
  }
  if (await edit(`Move ${table.channel} keyframe`, ops)) select({ kind: "key", table: nameOf(table), position: to });
}

/** @param {string} channel @param {string} position @param {number} value */
export async function addKey(channel, position, value) {
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
  if (await edit(`Add ${channel} keyframe`, ops)) {
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
