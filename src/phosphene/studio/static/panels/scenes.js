// @ts-check
/** The scenes: prompts, and when each is painted. */
import { make } from "../dom.js";
import { clock, placed } from "../music.js";
import { edit, select, store } from "../store.js";

/** @param {import("../timeline/timeline.js").Timeline} timeline */
export function scenesPanel(timeline) {
  const { prompts, style, negative, blend } = store.state.project;
  const sorted = [...prompts].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const chosen = store.selection?.kind === "prompt" ? store.selection.position : sorted[0]?.position;
  const put = (/** @type {string} */ key) => (/** @type {any} */ event) =>
    edit(`Change ${key}`, [{ op: "put", path: ["prompts", key], value: event.target.value }]);
  const here = () => timeline.addPrompt(placed(timeline.transport.time, timeline.snap).text);
  const list = make("ul", { class: "rows" }, ...sorted.map((prompt) => make("li", {}, scene(timeline, prompt, prompt.position === chosen))));
  return [
    make("div", { class: "row spread" }, make("h2", {}, "Scenes"), make("button", { class: "small", onclick: here }, "Add at the playhead")),
    sorted.length ? list : make("p", { class: "note" }, "No scene yet: add one, and say what is to be painted."),
    make("h2", {}, "For all scenes"),
    make("div", { class: "form" },
      make("label", { for: "blend", title: "every change is a morph over this span" }, "blend"), make("input", { id: "blend", value: blend, onchange: put("blend") }),
      make("label", { for: "style" }, "style"), make("textarea", { id: "style", value: style, onchange: put("style") }),
      make("label", { for: "negative" }, "negative"), make("textarea", { id: "negative", value: negative, onchange: put("negative") })),
  ];
}

/** @param {import("../timeline/timeline.js").Timeline} timeline @param {any} prompt @param {boolean} chosen */
function scene(timeline, prompt, chosen) {
  const { position, text, at } = prompt;
  const title = make("button", { class: "pick", "aria-label": `Scene at ${position}`, onclick: () => {
    select({ kind: "prompt", position });
    if (at !== null) timeline.transport.seek(at);
  } }, text || "(empty)");
  const head = make("div", { class: "layer scene", "aria-current": String(chosen) }, title, make("span", { class: "share" }, at === null ? "outside" : clock(at, 1)));
  if (!chosen) return head;
  const where = make("input", { id: "scene-at", value: position, onchange: () => timeline.movePrompt(position, where.value.trim()) });
  const words = make("textarea", { id: "scene-text", "aria-label": "Prompt", value: text, onchange: () => edit("Change prompt", [{ op: "put", path: ["prompts", "at", position], value: words.value }]) });
  const remove = make("button", { class: "small", disabled: store.state.project.prompts.length < 2, onclick: () => removeScene(position) }, "Remove");
  return make("div", {}, head, make("div", { class: "form" }, make("label", { for: "scene-at" }, "from"), make("div", { class: "row" }, where, remove), make("label", { for: "scene-text" }, "prompt"), words));
}

/** @param {string} position */
export async function removeScene(position) {
  if (await edit("Remove scene", [{ op: "drop", path: ["prompts", "at", position] }])) select(null);
}
