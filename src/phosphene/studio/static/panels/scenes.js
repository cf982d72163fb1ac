// @ts-check
/** The scenes and prompts as a list, the settings for all of them, and the depth. */
import { make } from "../dom.js";
import { depthForm } from "./depth.js";
import { offered } from "./gates.js";
import { clock, placed } from "../music.js";
import { form } from "./scene.js";
import { edit, select, store } from "../store.js";
import { addPrompt, addScene } from "../timeline/edits.js";
import { entries, isChosen } from "../timeline/entries.js";
import { sceneColour } from "../timeline/ink.js";

/** @typedef {import("../timeline/timeline.js").Timeline} Timeline */
/** @typedef {import("../timeline/entries.js").Entry} Entry */

/** @param {Timeline} timeline */
export function scenesPanel(timeline) {
  const { style, negative, blend, shot } = store.state.project;
  const all = entries();
  const chosen = all.find(isChosen) ?? all[0];
  const field = (/** @type {string} */ key, /** @type {string} */ value, /** @type {string} */ tag, /** @type {string} */ hint) => [
    make("label", { for: key, title: hint }, key),
    make(tag, { id: key, value, title: hint, "data-entry": `prompts.${key}`, onchange: (/** @type {any} */ event) => edit(`Change ${key}`, [{ op: "put", path: ["prompts", key], value: event.target.value }]) })];
  const here = () => placed(timeline.transport.time, timeline.snap).text;
  const list = make("ul", { class: "rows" }, ...all.map((entry) => make("li", {}, head(timeline, entry, entry === chosen), entry === chosen && form(entry))));
  return [
    make("div", { class: "row spread" }, make("h2", {}, "Scenes"), make("div", { class: "row" },
      make("button", { class: "small", title: "A new picture at the playhead: a cut, or a dissolve", onclick: () => addScene(here()) }, "Add a scene"),
      make("button", { class: "small", title: "The picture changes to another prompt up to the playhead", onclick: () => addPrompt(here()) }, "Add a prompt"))),
    all.length ? list : make("p", { class: "note" }, "No scene yet. Add one and describe what to paint."),
    make("h2", {}, "For all scenes"),
    make("div", { class: "form" },
      ...field("blend", blend, "input", "Every change is a morph over this span"),
      ...field("shot", shot, "input", "A scene with several prompts changes to the next after this span"),
      ...field("style", style, "textarea", "Added to every prompt"),
      ...field("negative", negative, "textarea", "What to avoid")),
    make("h2", {}, "Depth"), ...depthForm(),
    offered(),
  ];
}

/** @param {Timeline} timeline @param {Entry} entry @param {boolean} chosen */
function head(timeline, { kind, position, at, text, scene, index }, chosen) {
  const title = make("button", { class: "pick", "aria-label": `${kind === "scene" ? "Scene" : "Prompt"} at ${position}`, onclick: () => {
    select({ kind, position });
    if (at !== null) timeline.transport.seek(at);
  } }, (scene?.values.continues ? "↩ " : "") + (text || "(empty)"));
  const wrong = kind === "scene" && store.state.errors.some((/** @type {any} */ one) => one.entry.startsWith(`scene[${index}]`));
  const dot = make("span", { class: "dot", "aria-hidden": "true" });
  if (scene) dot.style.background = sceneColour(scene.colour);
  return make("div", { class: `layer scene${wrong ? " wrong" : ""}`, "aria-current": String(chosen) },
    dot, title, make("span", { class: "share" }, at === null ? "outside" : clock(at, 1)));
}
