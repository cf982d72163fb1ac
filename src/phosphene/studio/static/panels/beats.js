// @ts-check
/** The song: what was detected, and the corrections of its beats. */
import { make, toast } from "../dom.js";
import { clock, nearest, short, song } from "../music.js";
import { edit, store } from "../store.js";

/** @type {number[]} */ let taps = [];

/** @param {import("../timeline/timeline.js").Timeline} timeline */
export function songPanel(timeline) {
  const { tempo, metre, beats, confidence, duration, sections, name } = song();
  const fixed = store.state.project.corrections;
  const put = (/** @type {string} */ key, /** @type {any} */ value, /** @type {string} */ label, /** @type {string[]} */ drop = []) =>
    edit(label, [value === undefined ? { op: "drop", path: ["song", key] } : { op: "put", path: ["song", key], value }, ...drop.map((other) => ({ op: "drop", path: ["song", other] }))]);
  const twice = (/** @type {"half" | "double"} */ which, /** @type {string} */ label) => {
    const back = fixed.tempo && fixed.tempo !== which;
    return make("button", { "aria-pressed": String(fixed.tempo === which), onclick: () => put("tempo", fixed.tempo === which || back ? undefined : which, label, ["bpm"]) }, label);
  };
  const downbeat = () => put("downbeat", nearest(beats, timeline.transport.time) + 1, "Bar begins here");
  const nudge = (/** @type {number} */ by) => put("offset", short((fixed.offset ?? 0) + by, 4), "Move the beats");
  const facts = [
    ["length", clock(duration, 1)], ["tempo", tempo ? `${tempo.toFixed(1)} BPM` : "no beats"], ["metre", `${metre || "–"} beats in a bar`],
    ["beats", `${beats.length}, ${Math.round(100 * confidence)} % confidence`],
  ];
  const parts = sections.map((/** @type {any} */ one) => make("li", {}, make("button", { class: "pick", onclick: () => timeline.transport.seek(one.start) },
    `${clock(one.start, 0)}  ${one.role || one.label}`)));
  const entry = (/** @type {string} */ key, /** @type {string} */ label, /** @type {any} */ about) => {
    const field = make("input", { id: `song-${key}`, "data-entry": `song.${key}`, type: "number", value: fixed[key] ?? "", ...about,
      onchange: () => put(key, field.value === "" ? undefined : Number(field.value), `Change ${key}`, key === "bpm" ? ["tempo"] : []) });
    return [make("label", { for: `song-${key}` }, label), field];
  };
  return [
    make("h2", {}, name || "Song"),
    make("div", { class: "form" }, ...facts.flatMap(([label, value]) => [make("span", { class: "quiet" }, label), make("span", { class: "number" }, value)])),
    make("h2", {}, "Correct the beats"),
    make("div", { class: "rows" },
      make("div", { class: "row" }, twice("half", "Half the tempo"), twice("double", "Double")),
      make("div", { class: "row" }, make("button", { onclick: downbeat, disabled: !beats.length, title: "A bar begins at the beat next to the playhead (D)" }, "Bar begins at the playhead"),
        make("button", { onclick: () => tap(timeline), title: "Tap in time while the song plays (T)" }, "Tap")),
      make("div", { class: "row" }, make("button", { onclick: () => nudge(-0.01) }, "Beats 10 ms earlier"), make("button", { onclick: () => nudge(0.01) }, "later"))),
    make("h2", {}, "In numbers"),
    make("div", { class: "form" }, ...entry("bpm", "tempo, BPM", { min: 20, max: 400, step: "any", placeholder: tempo.toFixed(1) }),
      ...entry("metre", "beats in a bar", { min: 1, max: 32, placeholder: metre }), ...entry("downbeat", "first beat of a bar", { min: 1, placeholder: "as detected" }),
      ...entry("offset", "offset, seconds", { step: 0.001, placeholder: "0" })),
    ...(parts.length ? [make("h2", {}, "Sections"), make("ul", { class: "rows" }, ...parts)] : []),
  ];
}

/**
 * Set the tempo from taps: the slope of their times over their numbers.
 * @param {import("../timeline/timeline.js").Timeline} timeline
 */
export function tap(timeline) {
  const now = timeline.transport.playing ? timeline.transport.time : performance.now() / 1000;
  const last = taps[taps.length - 1];
  if (last === undefined || now - last > 2 || now <= last) taps = [];
  taps.push(now);
  if (taps.length < 4) return toast(`Tap ${4 - taps.length} more`);
  const middle = (taps.length - 1) / 2, mean = taps.reduce((a, b) => a + b) / taps.length;
  let over = 0, under = 0;
  taps.forEach((t, k) => {
    over += (k - middle) * (t - mean);
    under += (k - middle) ** 2;
  });
  const bpm = Math.round((600 * under) / over) / 10;
  toast(`${bpm} BPM`);
  clearTimeout(waiting);
  waiting = window.setTimeout(() => {
    taps = [];
    if (bpm >= 20 && bpm <= 400) edit(`Set the tempo to ${bpm} BPM`, [{ op: "put", path: ["song", "bpm"], value: bpm }, { op: "drop", path: ["song", "tempo"] }]);
  }, 1500);
}

let waiting = 0;
