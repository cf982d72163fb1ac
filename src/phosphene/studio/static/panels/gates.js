// @ts-check
/** Gates of a layer as forms: `between` positions or sections, and `when` the song opens them. */
import { make } from "../dom.js";
import { number } from "./forms.js";
import { entryOf } from "./mistakes.js";
import { lastBefore, placed, song } from "../music.js";
import { edit, layers, settled } from "../store.js";

const MAX_POSITIONS = 200; // in the suggestions

/**
 * The forms of both gates.
 * @param {import("../timeline/timeline.js").Timeline} timeline
 * @param {import("../store.js").Layer} layer
 * @returns {Node[]}
 */
export function gates(timeline, layer) {
  return [make("div", { class: "form" }, ...between(timeline, layer), ...when(layer)), offered()];
}

/** The names of a song's sections, as `between` and positions have them: each role, and each one of it. */
function names() {
  const { sections } = song();
  /** @type {Map<string, number>} */ const counts = new Map();
  for (const { role } of sections) if (role) counts.set(role, (counts.get(role) ?? 0) + 1);
  const named = [...counts].flatMap(([role, count]) => (count === 1 ? [role] : [role, ...Array.from({ length: count }, (_, k) => `${role} ${k + 1}`)]));
  return [...named, ...sections.map((/** @type {any} */ _, /** @type {number} */ k) => `section ${k + 1}`)];
}

/** The suggestions of position fields. */
export function offered() {
  const { bars } = song(), every = 2 ** Math.max(0, Math.ceil(Math.log2(bars.length / MAX_POSITIONS)));
  const positions = [...names().filter((name) => / \d+$/.test(name)), ...bars.map((/** @type {number} */ _, /** @type {number} */ k) => `bar ${k + 1}`).filter((/** @type {string} */ _, /** @type {number} */ k) => k % every === 0), "100%"];
  return make("datalist", { id: "positions" }, ...positions.map((value) => make("option", { value })));
}

/** @param {import("../timeline/timeline.js").Timeline} timeline @param {import("../store.js").Layer} layer */
function between(timeline, { index, values }) {
  const given = values.between, path = ["motion", index, "between"];
  const several = Array.isArray(given) && given.some(Array.isArray);
  /** @type {any[]} */ const ranges = given === undefined ? [] : several ? given : [given];
  const changed = "Change where the layer is active";
  const write = (/** @type {any[]} */ all) =>
    edit(changed, [all.length ? { op: "put", path, value: all.length === 1 ? all[0] : all } : { op: "drop", path }]);
  const here = () => {
    const { range, time } = timeline.transport, { bars, duration } = song();
    const bar = lastBefore(bars, time);
    return (range ?? [bars[Math.max(0, bar)] ?? time, bars[bar + 8] ?? duration]).map((t) => (t > duration - 0.01 ? "100%" : placed(t, timeline.snap === "off" ? "off" : "bar").text));
  };
  const section = typeof given === "string";
  const choice = make("select", { id: "gate-between", "data-entry": entryOf(path), class: given === undefined ? "quiet" : "own", onchange: () => {
    if (choice.value === "range") write([here()]);
    else if (choice.value !== "ranges") write(choice.value ? [choice.value] : []);
  } },
    make("option", { value: "" }, "the whole song"),
    make("option", { value: several || Array.isArray(given) ? "ranges" : "range" }, "from … to"),
    make("optgroup", { label: "Sections of the song" }, ...[...new Set([...names(), ...(section ? [given] : [])])].map((name) => make("option", { value: name }, name))));
  choice.value = section ? given : given ? "ranges" : "";
  const rows = section ? [] : ranges.map((range, k) => {
    const drop = make("button", { class: "small", "aria-label": `Remove range ${k + 1}`, onclick: () => write(ranges.filter((_, other) => other !== k)) }, "×");
    if (typeof range === "string") return make("div", { class: "row" }, make("span", { class: "grow" }, range), drop);
    const ends = range.map((/** @type {any} */ position, /** @type {number} */ end) => {
      const at = [...path, ...(several ? [k] : []), end];
      const field = make("input", { value: position, list: "positions", "data-entry": entryOf(at), "aria-label": `Range ${k + 1} ${end ? "ends" : "begins"} at`,
        onchange: () => edit(changed, [{ op: "put", path: at, value: field.value.trim() }]) });
      return field;
    });
    return make("div", { class: "row range" }, ends[0], "to", ends[1], drop);
  });
  const more = ranges.length && !section ? make("button", { class: "small", title: "The loop, or eight bars from the playhead", onclick: () => write([...ranges, here()]) }, "Add a range") : null;
  return [make("label", { for: "gate-between", title: "Where the layer is active: sections, or from a position up to another", class: given === undefined ? "" : "own" }, "between"),
    make("div", { class: "stack" }, choice, ...rows, more)];
}

/** @param {import("../store.js").Layer} layer */
function when({ index, values }) {
  const given = values.when ?? {}, path = ["motion", index, "when"];
  /**
   * Change some conditions of what is in the file when it is their turn.
   * @param {(now: Record<string, any>) => Record<string, any>} change
   */
  const set = async (change, gesture = "") => {
    await settled();
    const now = layers()[index]?.values.when ?? {}, changes = change(now);
    const left = Object.entries({ ...now, ...changes }).filter(([, value]) => value !== undefined);
    const some = left.some(([key]) => key !== "subdivision");
    const ops = some ? Object.entries(changes).map(([key, value]) => (value === undefined ? { op: "drop", path: [...path, key] } : { op: "put", path: [...path, key], value }))
      : [{ op: "drop", path }];
    return edit("Change when the layer is active", ops, gesture);
  };
  const parts = [], chosen = [given.section ?? []].flat();
  const known = [...new Set(song().sections.flatMap((/** @type {any} */ one) => [one.role, one.label]).filter(Boolean))];
  const toggles = [...new Set([...known, ...chosen])].map((name) => make("button", { class: "small", "aria-label": `Active in ${name}`, "aria-pressed": String(chosen.includes(name)), onclick: () => set(({ section }) => {
    const before = [section ?? []].flat();
    const after = before.includes(name) ? before.filter((one) => one !== name) : [...before, name];
    return { section: after.length > 1 ? after : after[0] };
  }) }, name));
  parts.push(make("span", { class: chosen.length ? "own" : "", title: "Active in sections with one of these roles or labels" }, "when in"),
    toggles.length ? make("div", { class: "row wrap" }, ...toggles) : make("span", { class: "quiet" }, "the song has no sections"));
  const feature = make("select", { id: "gate-feature", "data-entry": entryOf([...path, "feature"]), class: given.feature ? "own" : "quiet", onchange: () =>
    set((now) => (feature.value ? { feature: feature.value, ...(now.feature ? {} : { above: 0.5 }) } : { feature: undefined, above: undefined, below: undefined })) },
    make("option", { value: "" }, "any sound"), ...[...new Set([...song().features, ...(given.feature ? [given.feature] : [])])].map((name) => make("option", {}, name)));
  feature.value = given.feature ?? "";
  parts.push(make("label", { for: "gate-feature", title: "Active while a feature of the song is above or below a value", class: given.feature ? "own" : "" }, "when"), feature);
  for (const key of given.feature ? ["above", "below"] : []) {
    const other = given[key === "above" ? "below" : "above"];
    const off = given[key] !== undefined && other !== undefined && make("button", { class: "small", "aria-label": `Remove ${key}`, onclick: () => set(() => ({ [key]: undefined })) }, "×");
    parts.push(make("label", { for: `gate-${key}` }, `is ${key}`), make("div", { class: "row" },
      number({ value: given[key], min: 0, max: 1, label: key, id: `gate-${key}`, own: key in given, path: [...path, key] }, (value, gesture) => set(() => ({ [key]: value }), gesture)), off));
  }
  const pattern = make("input", { id: "gate-pattern", "data-entry": entryOf([...path, "pattern"]), class: given.pattern ? "own" : "quiet", value: given.pattern ?? "", placeholder: "x..x..x.",
    onchange: () => set(() => (pattern.value.trim() ? { pattern: pattern.value.trim() } : { pattern: undefined, subdivision: undefined })) });
  parts.push(make("label", { for: "gate-pattern", title: "Active in the steps of a rhythm, from bar 1 on", class: given.pattern ? "own" : "" }, "when in steps"), pattern);
  if (given.pattern) {
    parts.push(make("label", { for: "gate-subdivision" }, "steps in a beat"), number({ value: given.subdivision ?? 1, min: 1, max: 48, integer: true, label: "steps in a beat", id: "gate-subdivision", own: "subdivision" in given, path: [...path, "subdivision"] }, (value, gesture) => set(() => ({ subdivision: value }), gesture)));
  }
  return parts;
}
