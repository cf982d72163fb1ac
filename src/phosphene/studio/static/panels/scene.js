// @ts-check
/** The form of a scene, or of a prompt: from the schema of `[[scene]]`, with inherited values in grey. */
import { make } from "../dom.js";
import { row } from "./forms.js";
import { entryOf, keyOf } from "./mistakes.js";
import { edit, store } from "../store.js";
import { moveEntry, removeEntry } from "../timeline/edits.js";

/** @typedef {import("../timeline/entries.js").Entry} Entry */

const OWN = ["at", "prompt", "continues"]; // fields with their own form
/** @type {Record<string, any>} Fields that are shown differently from their schema. */
const CHANGED = { seed: { kind: "mixed" }, image: { list: "pictures" }, dissolve: { placeholder: "a cut" } };

/** @param {Entry} entry */
export function form(entry) {
  const where = make("input", { id: "scene-at", value: entry.position, list: "positions", "data-entry": entry.scene ? entryOf([...entry.path, "at"]) : keyOf(entry.path.slice(0, 3)),
    onchange: () => moveEntry(entry, where.value.trim()) });
  const remove = make("button", { class: "small", disabled: entry.only, onclick: () => removeEntry(entry) }, "Remove");
  const rows = [make("label", { for: "scene-at" }, entry.kind === "scene" ? "at" : "from"), make("div", { class: "row" }, where, remove)];
  if (!entry.scene) {
    const put = (/** @type {any} */ event) => edit("Change prompt", [{ op: "put", path: entry.path, value: event.target.value }]);
    return make("div", { class: "form" }, ...rows, make("label", { for: "scene-text" }, "prompt"), make("textarea", { id: "scene-text", value: entry.text, "data-entry": entryOf(entry.path), onchange: put }));
  }
  const { values, taken } = entry.scene;
  const change = (/** @type {string} */ key) => (/** @type {any} */ value, gesture = "") =>
    edit(`Change ${key} of a scene`, [value === undefined ? { op: "drop", path: [...entry.path, key] } : { op: "put", path: [...entry.path, key], value }], gesture);
  const fields = store.choices.scene.filter((/** @type {any} */ field) => !OWN.includes(field.name));
  const pictures = make("datalist", { id: "pictures" }, ...store.state.pictures.map((/** @type {string} */ value) => make("option", { value })));
  return make("div", { class: "form" }, ...rows, ...prompts(entry), ...continues(entry, change("continues")),
    ...fields.flatMap((/** @type {any} */ field) => row({ ...field, default: taken[field.name], ...CHANGED[field.name] }, values[field.name], change(field.name), [...entry.path, field.name])), pictures);
}

/**
 * The shots of a scene: one field each.
 * @param {Entry} entry
 */
function prompts({ path, scene, text }) {
  const given = scene.values.prompt, key = [...path, "prompt"];
  const list = Array.isArray(given) ? given : [given ?? ""];
  const put = (/** @type {(string | number)[]} */ path, /** @type {any} */ value) => edit("Change prompt", [{ op: "put", path, value }]);
  const fields = list.map((value, k) => {
    const write = () => {
      if (Array.isArray(given)) put([...key, k], words.value);
      else if (words.value.trim()) put(key, words.value);
      else edit("Change prompt", [{ op: "drop", path: key }]);
    };
    const words = make("textarea", { id: k ? `scene-text-${k}` : "scene-text", "data-entry": entryOf(Array.isArray(given) ? [...key, k] : key), "aria-label": k ? `Shot ${k + 1}` : "Prompt", value, placeholder: given === undefined ? text : "", onchange: write });
    const drop = list.length > 1 && make("button", { class: "small", "aria-label": `Remove shot ${k + 1}`, onclick: () => edit("Remove shot", [{ op: "drop", path: [...key, k] }]) }, "×");
    return make("div", { class: "row shot" }, words, drop);
  });
  const more = given !== undefined && make("button", { class: "small", title: "The scene changes to it after a shot, and begins again after the last", onclick: () =>
    edit("Add shot", [Array.isArray(given) ? { op: "put", path: [...key, given.length], value: "a new shot" } : { op: "put", path: key, value: [given, "a new shot"] }]) }, "Add a shot");
  return [make("label", { for: "scene-text", class: given === undefined ? "" : "own" }, "prompt"), make("div", { class: "stack" }, ...fields, more)];
}

/**
 * The earlier scene that a scene continues.
 * @param {Entry} entry
 * @param {(value: any) => void} changed
 */
function continues({ index, path, scene }, changed) {
  const { values } = scene;
  const earlier = store.state.project.scenes.filter((/** @type {any} */ one) => one.index >= 0 && one.index < index);
  const names = [...new Set([...earlier.map((/** @type {any} */ one) => one.values.name ?? one.position), ...(values.continues ? [values.continues] : [])])];
  const choice = make("select", { id: "field-continues", "data-entry": entryOf([...path, "continues"]), class: values.continues ? "own" : "quiet", onchange: () => changed(choice.value || undefined) },
    make("option", { value: "" }, "(a new picture)"), ...names.map((name) => make("option", { value: name }, name)));
  choice.value = values.continues ?? "";
  return [make("label", { for: "field-continues", class: values.continues ? "own" : "", title: "The earlier scene that it continues, from its last frame" }, "continues"), choice];
}
