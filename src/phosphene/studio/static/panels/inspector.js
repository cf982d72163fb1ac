// @ts-check
/** The panel at the right: layers, scenes and the song as forms. */
import { by, make } from "../dom.js";
import { layerColour } from "../timeline/ink.js";
import { moveKey, removeKey } from "../timeline/edits.js";
import { number, row } from "./forms.js";
import { gates } from "./gates.js";
import { entryOf, keyOf, markMistakes } from "./mistakes.js";
import { clock, short } from "../music.js";
import { renderPanel } from "./queue.js";
import { scenesPanel } from "./scenes.js";
import { songPanel } from "./beats.js";
import { edit, emit, layers, nameOf, on, select, store } from "../store.js";

const TABS = ["layers", "scenes", "song", "render"];

export class Inspector {
  /** @param {import("../timeline/timeline.js").Timeline} timeline */
  constructor(timeline) {
    this.timeline = timeline;
    this.tab = "layers";
    for (const name of TABS) by(`tab-${name}`).addEventListener("click", () => this.open(name));
    by("tabs").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      this.open(TABS[(TABS.indexOf(this.tab) + by + TABS.length) % TABS.length], true);
      event.stopPropagation();
    });
    /** @type {EventTarget | null} A field whose text is not in the file yet. */ this.typing = null;
    this.stale = false;
    by("panel").addEventListener("input", (/** @type {Event} */ event) => (this.typing = event.target));
    for (const done of ["change", "focusout"]) {
      by("panel").addEventListener(done, () => {
        this.typing = null;
        if (this.stale) setTimeout(() => this.show());
      });
    }
    on("tab", (name) => this.open(name));
    on("state", () => this.show());
    on("selection", () => this.show());
    on("jobs", () => this.tab === "render" && this.show());
  }

  /** @param {string} name @param {boolean} [focus] */
  open(name, focus = false) {
    if (name !== this.tab) by("panel").scrollTop = 0;
    this.tab = name;
    for (const other of TABS) {
      const button = by(`tab-${other}`);
      button.setAttribute("aria-selected", String(other === name));
      button.tabIndex = other === name ? 0 : -1;
    }
    by("panel").setAttribute("aria-labelledby", `tab-${name}`);
    this.show();
    if (focus) by(`tab-${name}`).focus();
  }

  /** Show the panel; the control that has the focus keeps it, and one that is dragged or typed in stays. */
  show() {
    if (store.state?.phase === "broken") by("panel").replaceChildren(make("p", { class: "note" }, "The project cannot be shown until its errors are fixed. Edit its file; the page updates when you save it."));
    if (!store.state?.project || !store.choices) return;
    const panel = by("panel"), active = /** @type {any} */ (document.activeElement);
    const inside = panel.contains(active);
    if (inside && active.type === "range" && active.matches(":active")) return;
    this.stale = inside && active === this.typing && active.matches("input:not([type=range], [type=checkbox]), textarea");
    if (this.stale) return;
    const [id, label] = inside ? [active.id, active.getAttribute("aria-label")] : ["", ""];
    const down = panel.scrollTop;
    const made = { layers: () => this.layers(), scenes: () => scenesPanel(this.timeline), song: () => songPanel(this.timeline), render: () => renderPanel(this.timeline) };
    panel.replaceChildren(...made[/** @type {keyof made} */ (this.tab)]());
    panel.scrollTop = down;
    markMistakes(panel);
    if (!inside) return;
    const again = (id && by(id)) || [...panel.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === label);
    /** @type {any} */ (again)?.focus({ preventScroll: true });
    if (again && active.selectionEnd > active.selectionStart) /** @type {any} */ (again).setSelectionRange?.(active.selectionStart, active.selectionEnd);
  }

  layers() {
    const list = make("ul", { class: "rows" }, ...layers().map((layer) => make("li", {}, this.layerRow(layer))));
    const uses = Object.entries(store.choices.modulators).map(([name, one]) => make("option", { value: `use ${name}`, title: one.about }, name));
    const looks = Object.entries(store.choices.looks).map(([name, about]) => make("option", { value: `look ${name}`, title: about }, name));
    const adding = make("select", { "aria-label": "Add a layer", onchange: () => this.add(adding.value) },
      make("option", { value: "" }, "Add a layer …"), make("optgroup", { label: "Looks" }, ...looks), make("optgroup", { label: "Modulators" }, ...uses));
    const layer = layers()[store.layer];
    const empty = !layers().length && make("p", { class: "note" }, "Nothing moves yet. Add a look, such as pulse, to begin with.");
    return [make("div", { class: "row spread" }, make("h2", {}, "Layers"), adding), empty || list, ...(layer ? this.form(layer) : [])].filter(Boolean);
  }

  /** @param {import("../store.js").Layer} layer */
  layerRow(layer) {
    const { index, values } = layer;
    const wrong = store.state.errors.some((/** @type {any} */ one) => one.entry.startsWith(layer.entry));
    const silent = store.state.project.silent.some((/** @type {string} */ one) => one.startsWith(layer.entry));
    const dot = make("span", { class: "dot", "aria-hidden": "true" });
    dot.style.background = layerColour(index);
    const to = Object.keys(values.to ?? {}).concat(layer.keys.map((table) => table.channel).filter((name) => name !== "amount"));
    const pick = make("button", { class: "pick", onclick: () => select({ kind: "layer", index }), "aria-label": `Layer ${index + 1}, ${layer.use || layer.look}` },
      layer.use || layer.look, " ", make("small", {}, to.map((name) => name.replaceAll("_", " ")).join(", ")));
    const amount = typeof values.amount === "number" ? `${short(100 * values.amount, 3)} %` : typeof values.amount === "string" ? values.amount : values.amount ? "curve" : "";
    const toggle = (/** @type {"mute" | "solo"} */ key) => make("button", {
      class: "small", "aria-pressed": String(values[key] === true), "aria-label": `${key === "mute" ? "Mute" : "Solo"} layer ${index + 1}`, title: key === "mute" ? "Mute (M)" : "Solo (O)",
      onclick: () => toggled(layer, key) }, key === "mute" ? "M" : "S");
    return make("div", { class: `layer${silent ? " silent" : ""}${wrong ? " wrong" : ""}`, "aria-current": String(index === store.layer) },
      dot, pick, make("span", { class: "share" }, amount), toggle("mute"), toggle("solo"));
  }

  /** @param {import("../store.js").Layer} layer */
  form(layer) {
    const { index, values } = layer;
    const about = store.choices.modulators[layer.use];
    const put = (/** @type {string} */ key) => (/** @type {any} */ value, /** @type {string} */ gesture = "") =>
      edit(`Change ${key}`, [value === undefined ? { op: "drop", path: ["motion", index, key] } : { op: "put", path: ["motion", index, key], value }], gesture);
    const chosen = store.selection?.kind === "key" ? store.selection : null;
    const rows = [];
    if (typeof (values.amount ?? 1) === "number") {
      rows.push(make("label", { for: "field-amount" }, "amount"), number({ value: values.amount ?? 1, min: 0, max: 2, label: "amount", id: "field-amount", own: "amount" in values, path: ["motion", index, "amount"] }, put("amount")));
    }
    if (layer.use) {
      const mixes = make("select", { id: "field-mix", "data-entry": entryOf(["motion", index, "mix"]), onchange: () => put("mix")(mixes.value) }, ...store.choices.mixes.map((/** @type {string} */ name) => make("option", {}, name)));
      mixes.value = values.mix ?? "add";
      rows.push(make("label", { for: "field-mix" }, "mix"), mixes);
    }
    const fields = (about?.fields ?? []).filter((/** @type {any} */ field) => !(field.name in store.choices.channels));
    const own = fields.flatMap((/** @type {any} */ field) => row(field, values[field.name], put(field.name), ["motion", index, field.name]));
    const parts = [make("div", { class: "row spread" }, make("h2", {}, `${layer.use || layer.look}`), this.actions(layer))];
    if (about) parts.push(make("p", { class: "note" }, about.about + (layer.plugin ? ` From the plugin ${layer.plugin}.` : "")));
    if (layer.look) parts.push(make("p", { class: "note" }, store.choices.looks[layer.look]));
    if (layer.use && about?.envelope) parts.push(make("h2", {}, "Drives"), this.drives(layer));
    for (const table of layer.keys) parts.push(make("h2", {}, `${table.channel.replaceAll("_", " ")} over time`), this.points(table, chosen));
    parts.push(make("h2", {}, "Parameters"), make("div", { class: "form" }, ...rows, ...own));
    parts.push(make("h2", {}, "Active"), ...gates(this.timeline, layer));
    return parts;
  }

  /** @param {import("../store.js").Layer} layer */
  actions({ index }) {
    const move = (/** @type {number} */ to) => edit("Move layer", [{ op: "move_layer", index, to }]).then((done) => done && select({ kind: "layer", index: to }));
    return make("div", { class: "row" },
      make("button", { class: "small", disabled: index === 0, "aria-label": "Move layer up", onclick: () => move(index - 1) }, "↑"),
      make("button", { class: "small", disabled: index === layers().length - 1, "aria-label": "Move layer down", onclick: () => move(index + 1) }, "↓"),
      make("button", { class: "small", onclick: () => edit("Remove layer", [{ op: "drop_layer", index }]).then((done) => done && select({ kind: "layer", index: Math.max(0, index - 1) })) }, "Remove"));
  }

  /** @param {import("../store.js").Layer} layer */
  drives({ index, values }) {
    const to = values.to ?? {}, channels = store.choices.channels;
    const rows = Object.entries(to).flatMap(([name, value]) => {
      const about = channels[name] ?? {};
      const room = about.max !== null && about.min !== null && about.max - about.min <= 2 ? about.max - about.min : undefined;
      const path = ["motion", index, "to", name];
      const field = number({ value: Number(value), min: room && -room, max: room, label: name, id: `to-${name}`, own: true, hint: `${about.unit}; ${about.about}`, path, needed: true },
        (given, gesture) => edit(`Change ${name}`, [{ op: "put", path, value: given }], gesture));
      const drop = make("button", { class: "small", "aria-label": `Do not drive ${name}`, onclick: () => edit(`Remove ${name}`, [{ op: "drop", path }]) }, "×");
      return [make("label", { for: `to-${name}`, class: "own", title: about.about }, name.replaceAll("_", " ")), make("div", { class: "row" }, grown(field), drop)];
    });
    const left = Object.keys(channels).filter((name) => !(name in to));
    const adding = make("select", { "aria-label": "Drive another channel", onchange: () => adding.value && edit(`Drive ${adding.value}`, [{ op: "put", path: ["motion", index, "to", adding.value], value: channels[adding.value].max === 1 ? 0.1 : 0.05 }]) },
      make("option", { value: "" }, "Another channel …"), ...left.map((name) => make("option", { value: name, title: channels[name].about }, name.replaceAll("_", " "))));
    return make("div", { class: "form" }, ...rows, make("span", {}), adding);
  }

  /**
   * The keyframes of a table as rows.
   * @param {import("../store.js").Table} table
   * @param {any} chosen
   */
  points(table, chosen) {
    const name = nameOf(table);
    const rows = [...table.points].sort((a, b) => (a.at ?? 0) - (b.at ?? 0)).flatMap((point) => {
      const current = chosen?.table === name && chosen.position === point.position ? "current" : "";
      const path = table.constant ? table.path : [...table.path, point.position];
      const where = make("input", { value: point.position, class: current, "data-entry": keyOf(path), "aria-label": `Position of the keyframe at ${point.position}`, title: point.at === null ? "outside the song" : clock(point.at),
        onfocus: () => point.at !== null && this.timeline.view.reveal(point.at) && (this.timeline.dirty = true),
        onchange: () => moveKey(table, point.position, where.value.trim(), point.value) });
      const value = make("input", { type: "number", step: "any", value: point.value, class: current, "data-entry": entryOf(path), "aria-label": `Value at ${point.position}`,
        onchange: () => value.value !== "" && moveKey(table, point.position, point.position, Number(value.value)) });
      const drop = make("button", { class: "small", "aria-label": `Remove the keyframe at ${point.position}`, disabled: table.constant, onclick: () => removeKey(table, point.position) }, "×");
      return [where, value, drop];
    });
    return make("div", { class: "points" }, ...rows);
  }

  /** @param {string} choice */
  async add(choice) {
    if (!choice) return;
    const [kind, name] = choice.split(" ");
    /** @type {Record<string, any>} */ const layer = { [kind]: name };
    if (kind === "use" && name === "keyframes") layer.zoom = { 0: 1.0 };
    else if (kind === "use" && store.choices.modulators[name].envelope) layer.to = { zoom: 0.03 };
    const index = layers().length;
    if (await edit(`Add ${name}`, [{ op: "add_layer", layer }])) select({ kind: "layer", index });
    else this.show();
  }
}

/** @param {any} element */
function grown(element) {
  element.style.flex = "1";
  element.style.minWidth = "0";
  return element;
}

/** @param {import("../store.js").Layer} layer @param {"mute" | "solo"} key */
export function toggled(layer, key) {
  const path = ["motion", layer.index, key];
  const on = layer.values[key] === true;
  return edit(`${on ? "Un" : ""}${key} layer`, [on ? { op: "drop", path } : { op: "put", path, value: true }]);
}
