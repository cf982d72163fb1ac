// @ts-check
/** The scenes and prompts as a list, each with its form. */
import { make } from "../dom.js";
import { row } from "./forms.js";
import { offered } from "./gates.js";
import { clock, placed } from "../music.js";
import { edit, select, store } from "../store.js";
import { addPrompt, addScene, moveEntry, removeEntry } from "../timeline/edits.js";
import { entries, isChosen } from "../timeline/entries.js";
import { sceneColour } from "../timeline/ink.js";

/** @typedef {import("../timeline/timeline.js").Timeline} Timeline */
/** @typedef {import("../timeline/entries.js").Entry} Entry */

const PLAIN = ["dissolve", "seed", "look", "negative", "name"]; // fields that are one line of text

/** @param {Timeline} timeline */
export function scenesPanel(timeline) {
  const { style, negative, blend, shot } = store.state.project;
  const all = entries();
  const chosen = all.find(isChosen) ?? all[0];
  const field = (/** @type {string} */ key, /** @type {string} */ value, /** @type {string} */ tag, /** @type {string} */ hint) => [
    make("label", { for: key, title: hint }, key),
    make(tag, { id: key, value, title: hint, onchange: (/** @type {any} */ event) => edit(`Change ${key}`, [{ op: "put", path: ["prompts", key], value: event.target.value }]) })];
  const here = () => placed(timeline.transport.time, timeline.snap).text;
  const list = make("ul", { class: "rows" }, ...all.map((entry) => make("li", {}, head(timeline, entry, entry === chosen), entry === chosen && form(entry))));
  return [
    make("div", { class: "row spread" }, make("h2", {}, "Scenes"), make("div", { class: "row" },
      make("button", { class: "small", title: "A new picture at the playhead: a cut, or a dissolve", onclick: () => addScene(here()) }, "Add a scene"),
      make("button", { class: "small", title: "The picture changes to another prompt up to the playhead", onclick: () => addPrompt(here()) }, "Add a prompt"))),
    all.length ? list : make("p", { class: "note" }, "No scene yet: add one, and say what is to be painted."),
    make("h2", {}, "For all scenes"),
    make("div", { class: "form" },
      ...field("blend", blend, "input", "Every change is a morph over this span"),
      ...field("shot", shot, "input", "A scene with several prompts changes to the next after this span"),
      ...field("style", style, "textarea", "Added to every prompt"),
      ...field("negative", negative, "textarea", "What to avoid")),
    offered(),
  ];
}

/** @param {Timeline} timeline @param {Entry} entry @param {boolean} chosen */
function head(timeline, { kind, position, at, text, scene, index }, chosen) {
  const title = make("button", { class: "pick", "aria-label": `${kind === "scene" ? "Scene" : "Prompt"} at ${position}`, onclick: () => {
    select({ kind, position });
    if (at !== null) timeline.transport.seek(at);
  } }, (scene?.values.continues ? "↩ " : "") + (text || "(empty)"));
  const wrong = kind === "scene" && mistakes(`scene[${index}]`).length;
  const dot = make("span", { class: "dot", "aria-hidden": "true" });
  if (scene) dot.style.background = sceneColour(scene.colour);
  return make("div", { class: `layer scene${wrong ? " wrong" : ""}`, "aria-current": String(chosen) },
    dot, title, make("span", { class: "share" }, at === null ? "outside" : clock(at, 1)));
}

/** @param {Entry} entry */
function form(entry) {
  const where = make("input", { id: "scene-at", value: entry.position, list: "positions", onchange: () => moveEntry(entry, where.value.trim()) });
  const remove = make("button", { class: "small", disabled: entry.only, onclick: () => removeEntry(entry) }, "Remove");
  const rows = [make("label", { for: "scene-at" }, entry.kind === "scene" ? "at" : "from"), make("div", { class: "row" }, where, remove)];
  if (!entry.scene) {
    const put = (/** @type {any} */ event) => edit("Change prompt", [{ op: "put", path: entry.path, value: event.target.value }]);
    return make("div", { class: "form" }, ...rows, make("label", { for: "scene-text" }, "prompt"), make("textarea", { id: "scene-text", value: entry.text, onchange: put }));
  }
  const { values } = entry.scene;
  const change = (/** @type {string} */ key) => (/** @type {any} */ value) =>
    edit(`Change ${key} of a scene`, [value === undefined ? { op: "drop", path: [...entry.path, key] } : { op: "put", path: [...entry.path, key], value }]);
  const fields = PLAIN.map((name) => store.choices.scene.find((/** @type {any} */ field) => field.name === name));
  const made = make("div", { class: "form" }, ...rows, ...prompts(entry), ...continues(entry, change("continues")),
    ...fields.flatMap((field) => row({ ...field, kind: field.kind === "span" ? "span" : "text" }, values[field.name], (given) =>
      change(field.name)(field.kind === "integer" && /^\d+$/.test(given) ? Number(given) : given))));
  for (const { entry: wrong, message } of mistakes(`scene[${entry.index}].`)) {
    const key = wrong.split(".")[1], control = made.querySelector(key === "at" ? "#scene-at" : key === "prompt" ? "#scene-text" : `#field-${key}`);
    control?.setAttribute("aria-invalid", "true");
    control?.setAttribute("title", message);
  }
  return made;
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
    const words = make("textarea", { id: k ? `scene-text-${k}` : "scene-text", "aria-label": k ? `Shot ${k + 1}` : "Prompt", value, placeholder: given === undefined ? text : "", onchange: write });
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
function continues({ index, scene }, changed) {
  const { values } = scene;
  const earlier = store.state.project.scenes.filter((/** @type {any} */ one) => one.index >= 0 && one.index < index);
  const names = [...new Set([...earlier.map((/** @type {any} */ one) => one.values.name ?? one.position), ...(values.continues ? [values.continues] : [])])];
  const choice = make("select", { id: "field-continues", class: values.continues ? "own" : "quiet", onchange: () => changed(choice.value || undefined) },
    make("option", { value: "" }, "nothing: new picture"), ...names.map((name) => make("option", { value: name }, name)));
  choice.value = values.continues ?? "";
  return [make("label", { for: "field-continues", class: values.continues ? "own" : "", title: "The earlier scene that it continues, from its last frame" }, "continues"), choice];
}

/** @param {string} begin */
const mistakes = (begin) => store.state.errors.filter((/** @type {any} */ one) => one.entry.startsWith(begin));
