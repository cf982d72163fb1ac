// @ts-check
/** The page: connects its parts, and draws in one loop. */
import { advice, connect, get, Refused } from "./api.js";
import { by, icon, make, speak, toast } from "./dom.js";
import { Inspector } from "./panels/inspector.js";
import { barAndBeat, clock, song } from "./music.js";
import { Preview } from "./preview/preview.js";
import { paintBars, paintFrame, paintTakes } from "./panels/queue.js";
import { help, shortcuts } from "./shortcuts.js";
import { emit, on, refresh, revert, select, store } from "./store.js";
import { Takes } from "./preview/takes.js";
import { entries } from "./timeline/entries.js";
import { Timeline } from "./timeline/timeline.js";
import { Transport } from "./transport.js";
import { acceptDrops, welcome } from "./welcome.js";

const transport = new Transport();
const timeline = new Timeline(by("lanes"), by("over"), by("flag"), transport);
const preview = new Preview(by("preview"), by("screen"));
const takes = new Takes(by("takes"), preview);
new Inspector(timeline);
shortcuts(timeline, preview);
acceptDrops();

/** For tests and the curious: `phosphene.sync` has the times of the clock and the picture, frame by frame. */
const watched = { transport, timeline, preview, store, sync: /** @type {number[][]} */ ([]), watch: false };
Object.assign(window, { phosphene: watched });

const system = matchMedia("(prefers-color-scheme: light)");
function applyTheme() {
  const theme = localStorage.getItem("phosphene-theme") ?? (system.matches ? "light" : "dark");
  document.documentElement.dataset.theme = theme;
  timeline.recolour();
  emit("selection");
}
system.addEventListener("change", applyTheme);
applyTheme();

for (const button of document.querySelectorAll("button.icon")) icon(button);
by("undo").onclick = () => revert("undo");
by("redo").onclick = () => revert("redo");
by("begin").onclick = () => transport.seek(0);
by("play").onclick = () => (transport.playing ? transport.pause() : transport.play());
by("loop").onclick = () => {
  if (!transport.range && !transport.looping) timeline.range(transport.time, transport.time);
  else transport.repeat(transport.range, !transport.looping);
};
by("snap").onchange = () => (timeline.snap = by("snap").value);
by("volume").oninput = () => (transport.loudness = Number(by("volume").value));
by("help").onclick = help;
by("theme").onclick = () => {
  localStorage.setItem("phosphene-theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  applyTheme();
};
by("paint-frame").onclick = () => paintFrame(timeline, preview);
by("paint-bars").onclick = () => paintBars(timeline);
by("paint-takes").onclick = () => paintTakes(timeline);

transport.changed.push(() => {
  const button = by("play"), name = transport.playing ? "pause" : "play";
  icon(button, name);
  button.firstChild.textContent = transport.playing ? "Pause" : "Play";
  by("loop").setAttribute("aria-pressed", String(transport.looping));
  by("paint-bars").textContent = transport.range ? "Paint the loop" : "Paint 8 bars";
  timeline.dirty = true;
});

on("refused", (error) => {
  const text = error instanceof Error ? error.message : String(error);
  if (store.refused?.placed) speak(text);
  else toast(text, true);
});
on("source", (text) => (by("source").textContent = text));
on("state", () => {
  const { state } = store;
  const empty = state.phase === "empty";
  by("welcome").hidden = !empty && state.phase !== "listening";
  by("studio").hidden = empty || state.phase === "listening";
  if (empty) return welcome(state);
  if (state.phase === "listening") return listening(state.listening);
  document.title = `${state.name} – Phosphene studio`;
  by("name").textContent = state.name;
  by("name").title = state.file;
  for (const way of ["undo", "redo"]) {
    const button = by(way), keys = way === "undo" ? "Ctrl+Z" : "Ctrl+Shift+Z";
    button.disabled = !state[way];
    button.title = `${way === "undo" ? "Undo" : "Redo"}${state[way] ? `: ${state[way]}` : ""} (${keys})`;
  }
  issues();
  for (const name of ["frame", "bars", "takes"]) by(`paint-${name}`).disabled = !state.project;
  if (!state.project) return;
  const { tempo, metre } = song();
  by("tempo").textContent = tempo ? `${tempo.toFixed(1)} BPM, ${metre}/4` : "no beats detected";
  if (models !== state.project.model.name) chooseModels(state);
  transport.duration = song().duration;
});

on("camera", () => {
  const { state } = store; // the first picture comes before the sound
  if (sounding !== `${state.file} ${song().name}`) {
    sounding = `${state.file} ${song().name}`;
    transport.load("api/sound.wav").catch((error) => toast(`The sound cannot be played: ${error.message}`, true));
  }
});

let models = "", sounding = "", lost = false;

/** @param {any} state */
function chooseModels(state) {
  if (!store.choices) return;
  models = state.project.model.name;
  const names = [...new Set([models, "none", "worlds", ...Object.keys(store.choices.engines)])];
  by("model").replaceChildren(...names.map((name) => make("option", { value: name, title: store.choices.engines[name] ?? "" }, name)));
  by("model").value = models;
}

const LOST = { entry: "", message: "The studio has ended. Nothing is lost: start it again with `phosphene studio`." };

/** The bar of errors: those of the file, and a lost connection to the studio. */
function issues() {
  const errors = [...(lost ? [LOST] : []), ...store.state.errors];
  const box = by("issues");
  box.hidden = !errors.length;
  box.replaceChildren(...errors.map((one) => {
    const [, table, index] = /^(motion|scene)\[(\d+)\]/.exec(one.entry) ?? [];
    const scene = table === "scene" && entries().find((entry) => entry.kind === "scene" && entry.index === Number(index));
    const show = (table === "motion" || scene) && make("button", { class: "small", onclick: () => {
      select(scene ? { kind: "scene", position: scene.position } : { kind: "layer", index: Number(index) });
      emit("tab", scene ? "scenes" : "layers");
    } }, "Show");
    return make("p", {}, make("strong", {}, "Error"), advice(one), show);
  }));
}

/** @param {[string, number]} progress step and share done */
function listening([step, share]) {
  const box = by("welcome");
  if (!by("hearing")) {
    box.replaceChildren(make("div", { class: "card" }, make("h1", {}, "Listening to the song"), make("p", { class: "lead", id: "step" }),
      make("progress", { id: "hearing", max: 1, "aria-label": "Listening" })));
  }
  by("step").textContent = step === "cache" ? "loading the analysis" : step;
  by("hearing").value = share;
}

function draw() {
  transport.tick();
  const t = transport.time;
  preview.frame(t, transport.playing);
  timeline.frame();
  const text = `${clock(t)}`, bar = barAndBeat(t);
  if (by("clock").firstChild.textContent !== text) by("clock").firstChild.textContent = text;
  if (by("clock").lastChild.textContent !== bar) by("clock").lastChild.textContent = bar;
  takes.frame(t);
  if (watched.watch) watched.sync.push([transport.time, preview.shown, performance.now()]);
  requestAnimationFrame(draw);
}

/** @param {any} message */
function onMessage(message) {
  if (message.type === "state") refresh().catch((error) => emit("refused", error));
  if (message.type === "listening" && store.state?.phase === "listening") listening([message.step, message.share]);
  if (message.type !== "job") return;
  const k = store.jobs.findIndex((job) => job.id === message.id);
  if (!message.job) store.jobs.splice(k, k < 0 ? 0 : 1);
  else if (k < 0) store.jobs.push(message.job);
  else {
    if (message.job.state === "done" && store.jobs[k].state !== "done") toast(`${message.job.output || message.job.asked.label} is painted.`);
    store.jobs[k] = message.job;
  }
  emit("jobs");
}

connect(onMessage, (connected) => {
  if (connected) {
    if (lost) toast("Connected again.");
    lost = false;
    if (store.state?.errors) issues();
    refresh().catch((error) => emit("refused", error));
  } else if (!lost) {
    lost = true;
    if (store.state?.errors) issues();
    if (by("studio").hidden) toast(LOST.message, true);
  }
});

get("api/choices").then((choices) => {
  store.choices = choices;
  if (store.state) emit("state", { fresh: false });
  if (store.curves) emit("curves");
}).catch((error) => error instanceof Refused && emit("refused", error));
requestAnimationFrame(draw);
