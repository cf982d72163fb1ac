// @ts-check
/** What the page knows: the server's state, the curves, and what is selected. */
import { get, getBinary, post, Refused } from "./api.js";

/**
 * @typedef {{position: string, at: number | null, value: number}} Point
 * @typedef {{channel: string, path: (string | number)[], constant: boolean, points: Point[]}} Table
 * @typedef {{index: number, entry: string, use: string, look: string, plugin: string,
 *   values: Record<string, any>, keys: Table[]}} Layer
 * @typedef {{kind: "key", table: string, position: string}
 *   | {kind: "scene" | "prompt", position: string} | {kind: "layer", index: number} | null} Selection
 */

/** @type {Record<string, Set<(value: any) => void>>} */
const listeners = {};

/**
 * @typedef {{lane?: string, value?: number, at: number}} Place where in the timeline an edit is made: seconds
 * @typedef {{errors: any[], ops: any[], place: Place | null, placed: boolean}} Refusal the edit that was refused
 *   last, until one is made; `placed` where its message is shown at its place
 */

/** @type {Record<string, any> & {selection: Selection, layer: number, jobs: any[], refused: Refusal | null}} */
export const store = {
  state: null,
  choices: null,
  curves: null,
  peaks: null,
  camera: null,
  selection: null,
  layer: 0,
  jobs: [],
  refused: null,
};

/**
 * @param {string} event
 * @param {(value: any) => void} listener
 */
export function on(event, listener) {
  (listeners[event] ??= new Set()).add(listener);
}

/**
 * @param {string} event
 * @param {any} [value]
 */
export function emit(event, value) {
  for (const listener of listeners[event] ?? []) listener(value);
}

/** @param {Selection} selection */
export function select(selection) {
  store.selection = selection;
  if (selection?.kind === "layer") store.layer = selection.index;
  if (selection?.kind === "key") store.layer = Number(selection.table.split(".")[1]);
  emit("selection");
}

/** @returns {Layer[]} */
export const layers = () => store.state?.project?.layers ?? [];

/**
 * A name for a table of keyframes.
 * @param {Table} table
 */
export const nameOf = (table) => table.path.join(".");

/** @param {string} name @returns {Table | undefined} */
export const tableOf = (name) =>
  layers().flatMap((layer) => layer.keys).find((table) => nameOf(table) === name);

let loading = 0;

/** Fetch the state, and the arrays that it changed. */
export async function refresh() {
  const turn = ++loading;
  const state = await get("api/state");
  if (turn !== loading) return;
  await adopt(state);
}

/** @param {any} state */
export async function adopt(state) {
  const before = store.state;
  if (before && before.file === state.file && state.version < before.version) return;
  const fresh = !before || before.file !== state.file;
  if (fresh) store.refused = null;
  store.state = state;
  store.jobs = state.jobs ?? (fresh ? [] : store.jobs); // the answer to an edit has none
  if (fresh) store.curves = store.peaks = store.camera = null;
  const same = !fresh && before.version === state.version && before.phase === state.phase;
  if (!same) emit("state", { fresh }); // redrawing the panel would clear the selection in a field
  emit("jobs");
  if (state.phase !== "ready") return;
  const { version, file } = state;
  const current = () => store.state.version === version && store.state.file === file;
  const song = JSON.stringify([state.song.name, state.song.duration]);
  // The server makes them in this order: what the first picture needs comes first.
  const known = [
    store.curves?.version === version ? store.curves : getBinary("api/curves.bin"),
    store.camera?.version === version ? store.camera : getBinary("api/camera.bin"),
    store.peaks?.song === song ? store.peaks : getBinary("api/peaks.bin"),
  ];
  for (const [k, name] of ["curves", "camera", "peaks"].entries()) {
    const got = await known[k];
    if (!current()) return;
    if (store[name] === got) continue;
    store[name] = { ...got, version, song };
    emit(name);
  }
}

/** @type {Promise<any>} */ let busy = Promise.resolve();
/** @type {any} */ let waiting = null;

/** Resolves when all edits so far are in the file. */
export const settled = () => busy;

/**
 * Change the project file; edits are made one after the other.
 * @param {string} label
 * @param {any[]} ops
 * @param {string} [gesture] changes with the same one are undone together; of those that wait, only
 *   the newest is made
 * @param {Place | null} [place]
 * @returns {Promise<boolean>} whether it was made
 */
export function edit(label, ops, gesture = "", place = null) {
  if (gesture && waiting?.gesture === gesture) {
    waiting.ops = ops;
    return waiting.made;
  }
  const mine = { label, ops, gesture, place, made: /** @type {any} */ (null) };
  waiting = mine;
  mine.made = busy.then(() => {
    if (waiting === mine) waiting = null;
    return send(mine);
  });
  busy = mine.made.catch(() => {});
  return mine.made;
}

/**
 * Show a refused edit at its place, or in a message if its place is not visible.
 * @param {Refused} error
 * @param {any[]} [ops]
 * @param {Place | null} [place]
 */
export function refuse(error, ops = [], place = null) {
  store.refused = { errors: error.errors, ops, place, placed: place !== null };
  emit("state", { fresh: false });
  emit("refused", error);
}

/** Remove the marks of a refused edit. */
export function clearRefusal() {
  if (!store.refused) return;
  store.refused = null;
  emit("state", { fresh: false });
}

/** @param {{label: string, ops: any[], gesture: string, place: Place | null}} change */
async function send({ label, ops, gesture, place }) {
  try {
    loading++;
    const state = await post("api/edit", { base: store.state.digest, label, ops, gesture });
    clearRefusal(); // also if the state arrived first through the socket
    adopt(state).catch((error) => emit("refused", error));
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refuse(error, ops, place);
    refresh().catch(() => {});
    return false;
  }
}

/** @param {"undo" | "redo"} way */
export async function revert(way) {
  try {
    await settled();
    const state = await post(`api/${way}`);
    clearRefusal();
    await adopt(state);
  } catch (error) {
    emit("refused", error);
  }
}
