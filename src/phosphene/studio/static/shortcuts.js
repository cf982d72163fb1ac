// @ts-check
/** Keyboard shortcuts for everything that the pointer can do. */
import { tap } from "./panels/beats.js";
import { by, dialog, make, speak } from "./dom.js";
import { toggled } from "./panels/inspector.js";
import { nearest, placed, short, song, span } from "./music.js";
import { paintBars, paintFrame, paintTakes } from "./panels/queue.js";
import { edit, emit, clearRefusal, layers, nameOf, revert, select, settled, store, tableOf } from "./store.js";
import { addAt, dissolve, moveEntry, moveKey, removeEntry, removeKey } from "./timeline/edits.js";
import { chosenEntry, dissolves, entries } from "./timeline/entries.js";

const KEYS = [
  ["Space", "play or pause"], ["Home, End", "to the start, to the end"], ["← →", "a beat back, forward"], ["Shift ← →", "a bar"],
  ["Alt ← →", "a frame"], ["+ −", "zoom in, out"], ["0", "the whole song"], ["L", "loop on or off"], ["[ ]", "loop begins, ends here"],
  ["S", "snap to beats, bars, or not"], ["N, Shift N", "next, previous keyframe or scene"], ["Ctrl ← → ↑ ↓", "move what is selected; ↑ ↓ lengthen, shorten a dissolve"], ["Del", "remove it"], ["K", "add a scene here"],
  ["M, O", "mute, solo the layer"], ["P, B, Shift B", "paint this frame, these bars, four takes"], ["T, D", "tap the tempo, a bar begins here"],
  ["Ctrl Z, Ctrl Shift Z", "undo, redo"], ["?", "these keys"],
];

/** @param {import("./timeline/timeline.js").Timeline} timeline @param {import("./preview/preview.js").Preview} preview */
export function shortcuts(timeline, preview) {
  const { transport } = timeline;
  /** @type {Record<string, (event: KeyboardEvent) => void>} */
  const plain = {
    " ": () => (transport.playing ? transport.pause() : transport.play()),
    Home: () => go(0),
    End: () => go(song().duration),
    ArrowLeft: (event) => step(event, -1),
    ArrowRight: (event) => step(event, 1),
    ArrowUp: () => (timeline.view.down -= 58),
    ArrowDown: () => (timeline.view.down += 58),
    "+": () => timeline.zoom(1.4),
    "=": () => timeline.zoom(1.4),
    "-": () => timeline.zoom(1 / 1.4),
    0: () => timeline.view.fit(),
    l: () => by("loop").click(),
    "[": () => transport.repeat([placed(transport.time, timeline.snap).at, transport.range?.[1] ?? song().duration], true),
    "]": () => transport.repeat([transport.range?.[0] ?? 0, placed(transport.time, timeline.snap).at], true),
    s: () => cycle(),
    n: (event) => next(event.shiftKey ? -1 : 1),
    k: () => addAt(placed(transport.time, timeline.snap).text),
    Delete: () => remove(),
    Backspace: () => remove(),
    m: () => layers()[store.layer] && toggled(layers()[store.layer], "mute"),
    o: () => layers()[store.layer] && toggled(layers()[store.layer], "solo"),
    p: () => paintFrame(timeline, preview),
    b: (event) => (event.shiftKey ? paintTakes(timeline) : paintBars(timeline)),
    t: () => tap(timeline),
    d: () => edit("Bar begins here", [{ op: "put", path: ["song", "downbeat"], value: nearest(song().beats, transport.time) + 1 }]),
    "?": () => help(),
    Escape: () => {
      emit("compare", null);
      select(null);
      clearRefusal();
    },
  };

  const go = (/** @type {number} */ t) => {
    transport.seek(t);
    timeline.view.reveal(t);
  };
  const step = (/** @type {KeyboardEvent} */ event, /** @type {number} */ by) => timeline.step(by, event.altKey ? "frame" : event.shiftKey ? "bar" : "beat");
  const cycle = () => {
    const names = ["beat", "bar", "off"];
    timeline.snap = by("snap").value = names[(names.indexOf(timeline.snap) + 1) % 3];
    speak(`Snap: ${timeline.snap}`);
  };

  /**
   * Select the next keyframe of the layer, or scene.
   * @param {number} by
   */
  const next = (by) => {
    const keys = (layers()[store.layer]?.keys ?? []).flatMap((table) => table.points.map((point) => ({ kind: /** @type {const} */ ("key"), table: nameOf(table), position: point.position, at: point.at ?? 0 })));
    /** @type {any[]} */ const all = keys.length ? keys : entries().map((one) => ({ kind: one.kind, position: one.position, at: one.at ?? 0 }));
    all.sort((a, b) => (a.table ?? "").localeCompare(b.table ?? "") || a.at - b.at);
    const chosen = /** @type {any} */ (store.selection);
    const now = all.findIndex((one) => one.kind === chosen?.kind && one.position === chosen?.position && one.table === chosen?.table);
    const one = all[(now + by + all.length) % all.length];
    if (!one) return;
    select(one);
    timeline.view.reveal(one.at);
    if (one.table) {
      const k = timeline.view.lanes.findIndex((lane) => lane.name === one.table.split(".")[2]);
      if (k >= 0) timeline.show(k);
    }
    speak(`${one.table ? one.table.split(".")[2] : one.kind} at ${one.position}`);
  };

  /** @param {number} across @param {number} up */
  const nudge = async (across, up) => {
    await settled();
    const chosen = store.selection;
    const entry = chosenEntry();
    if (entry?.at != null && across) moveEntry(entry, moved(entry.at, across, entry.position));
    if (entry && up && dissolves(entry)) {
      const { beats, metre } = song(), beat = beats.length > 1 ? beats[1] - beats[0] : 0.5;
      const by = { beat, bar: beat * metre, off: 0.1 }[timeline.snap] ?? beat;
      dissolve(entry, span(Number(entry.at) - entry.scene.fade - up * by, Number(entry.at), timeline.snap).text);
    }
    if (chosen?.kind !== "key") return;
    const table = tableOf(chosen.table), point = table?.points.find((one) => one.position === chosen.position);
    const lane = timeline.view.lanes.find((one) => one.name === table?.channel);
    if (!table || !point || !lane) return;
    const fine = 10 ** (Math.floor(Math.log10(lane.high - lane.low)) - 1);
    const value = short(point.value + up * fine, 6);
    moveKey(table, point.position, across ? moved(point.at ?? 0, across, point.position) : point.position, value);
  };
  const moved = (/** @type {number} */ at, /** @type {number} */ by, /** @type {string} */ before) => {
    const { beats, bars } = song();
    const times = timeline.snap === "bar" ? bars : beats;
    const to = timeline.snap === "off" || !times.length ? at + by * 0.05 : times[Math.min(Math.max(0, nearest(times, at) + by), times.length - 1)];
    return placed(to, timeline.snap, before).text;
  };
  const remove = async () => {
    await settled();
    const chosen = store.selection;
    const table = chosen?.kind === "key" && tableOf(chosen.table);
    if (table) removeKey(table, /** @type {any} */ (chosen).position);
    const entry = chosenEntry();
    if (entry && !entry.only) removeEntry(entry);
  };

  addEventListener("keydown", (event) => {
    if (by("studio").hidden || by("dialog").open || !store.state?.project) return;
    const at = /** @type {HTMLElement} */ (event.target);
    const typing = at.matches("input:not([type=range], [type=checkbox]), textarea, select");
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "z" && !(typing && at.matches("textarea"))) {
      event.preventDefault();
      revert(event.shiftKey ? "redo" : "undo");
      return;
    }
    if (control && event.key.toLowerCase() === "y") {
      event.preventDefault();
      revert("redo");
      return;
    }
    if (typing) {
      if (event.key === "Escape") {
        clearRefusal();
        by("lanes").focus();
      }
      return;
    }
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (control && arrows) {
      event.preventDefault();
      nudge(arrows[0], arrows[1]);
      return;
    }
    if (control || (at.matches("button, input") && [" ", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Enter", "Home", "End"].includes(event.key))) return;
    const work = plain[event.key] ?? plain[event.key.toLowerCase()];
    if (!work) return;
    event.preventDefault();
    work(event);
    timeline.view.clamp();
    timeline.dirty = true;
  });
}

export function help() {
  dialog("Keyboard", make("div", { class: "keys" }, ...KEYS.flatMap(([keys, what]) => [make("span", {}, ...keys.split(", ").flatMap((key, k) => [k ? " " : "", make("kbd", {}, key)])), make("span", {}, what)])));
}
